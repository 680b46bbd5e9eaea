/* room.h - a little room for the crash tests: two accounts, a pair of entries for each booking, a balance
 * that must be the sum of its entries. Its bookings run as real commands; its marks as plain jobs, which
 * have no op row (as the carrier's have none). The reader of the books shares no query and no arithmetic
 * with what writes them. */
#ifndef WUYE_CRASH_ROOM_H
#define WUYE_CRASH_ROOM_H

#include "kit/command/command.h"
#include "sys/db/lane.h"

enum { ROOM_ESTATE = 7, ROOM_ACCOUNTS = 6, ROOM_REFS = 4096 };

/* Registers statements and tables, starts the ids. Once per process, before the first connection. */
void room_start(void);
/* Makes the tables by a migration and opens the accounts. */
err room_make(struct conn *c) MUST;

/* One booking (or mark) as a job. It may be submitted again with the same key: that is what a client does. */
struct booking {
    struct job job;
    struct call call;
    i64 ref;
    bool mark;                /* a plain job without an op row */
    char key[24];
    void *in;
    err e;                    /* the answer */
    bool answered, replay;
    char result[96];
    void (*starts)(struct booking *b);     /* before each run; may be NULL */
    void (*told)(struct booking *b);       /* when it is answered; may be NULL */
};
/* Everything follows from ref. The arena is the caller's and is used for each run. */
void booking_make(struct booking *b, i64 ref, bool mark, struct arena *a);
void booking_again(struct booking *b);     /* forget the answer, keep the key */

/* What the database says, read row by row. */
struct books {
    u8 pairs[ROOM_REFS], ops[ROOM_REFS], marks[ROOM_REFS];
    i64 npairs, nops, nmarks, sealed, head;
    char problem[200];        /* empty when the books are sound in themselves */
};
/* E_MISSING when there are no tables yet. */
err books_read(struct conn *c, struct arena *a, struct books *ret) MUST;
/* The answer that stands in the op row of a booking; false if there is none. */
bool books_result(struct conn *c, struct arena *a, i64 ref, str *ret);
/* Sealing as the carrier does it: a look at what is unsealed, then a plain job that stores numbers and links. */
struct seal_job { struct job job; struct sealing s; bool done; };
err seal_make(struct seal_job *j, struct conn *c, struct arena *a) MUST;
/* Recomputes the chain. A sentence, or NULL when it is sound. */
const char *chain_problem(struct conn *c, struct arena *a);

/* What the program says about faults that were made on purpose is no news, unless WUYE_CRASH_LOUD is set. */
void quiet(void);

/* A small generator of its own, so that a seed means the same everywhere. */
u64 dice(u64 *state);
static inline u64 dice_below(u64 *state, u64 n) { return dice(state) % n; }

#endif
