/* clock.h - the real clock, and ids made from it. Rooms take their time from rq->now; only sys and the
 * engine ask here.
 *
 * An id has 63 bits: 42 of milliseconds since 2024, 7 of node, 14 of sequence. Ids of one node only rise:
 * when the clock goes back they go on from the last one, and a full sequence borrows from the next
 * millisecond. So that this also holds over a restart, the node keeps a durable mark (ids_floor) and
 * starts above it. */
#ifndef WUYE_CLOCK_H
#define WUYE_CLOCK_H

#include <stdatomic.h>
#include "base/base.h"

#define IDS_NODES 128          /* node numbers are 0 .. 127 */
#define IDS_AHEAD_MS 10000     /* how far the durable mark runs before the clock */

/* Wall clock, microseconds UTC. It may be set back by the machine; for durations use clock_mono_ns. */
instant clock_now(void);
/* Nanoseconds that never go back, from an arbitrary start. */
i64 clock_mono_ns(void);

/* ---- a generator; any number of threads ---------------------------------------------------------------- */

struct ids {
    _Atomic u64 last;          /* ms since 2024 << 14 | sequence of the newest id handed out */
    u64 node;                  /* already shifted to its place */
    i64 (*now_ms)(void);       /* milliseconds since 1970; NULL: a counter that does not look at the clock */
};
/* A block of ids taken at once, handed out in order by ids_run_next. */
struct ids_run { u64 at, left, node; };

/* Starts above `floor_ms` (milliseconds since 2024, as ids_mark gave it; 0 for a new node). */
void ids_init(struct ids *g, int node, i64 floor_ms, i64 (*now_ms)(void));
/* The next id: greater than every id this generator gave before. Aborts once 42 bits of milliseconds are
 * used up. */
i64 ids_next(struct ids *g);
/* Takes the next n ids for a bulk run; ids made meanwhile by others lie above all of them. */
struct ids_run ids_take(struct ids *g, u64 n);
/* The next id of a block; aborts when the block is used up, which is a fault of the caller. */
i64 ids_run_next(struct ids_run *r);
/* The mark to store: ten seconds past the clock and past the newest id, in milliseconds since 2024. */
i64 ids_mark(struct ids *g);
/* True once the newest id is within five seconds of `stored_ms`: store a new mark before making more ids. */
bool ids_mark_due(struct ids *g, i64 stored_ms);

/* ---- the generator of this process --------------------------------------------------------------------- */

/* Before the first id: the leased node number and the stored mark. The caller then stores ids_floor()
 * before it uses an id, and again whenever ids_floor_due says so (a timer of one second is enough). */
void ids_start(int node, i64 floor_ms);
i64 ids_floor(void);
bool ids_floor_due(i64 stored_ms);
/* The next id of this process; aborts when neither ids_start nor ids_start_seeded was called. */
i64 id_new(void);
/* A block of n consecutive ids for a bulk run. */
struct ids_run id_reserve(u64 n);
/* Tests and reproducible seeding: ids count up from `seed` and do not depend on the clock. */
void ids_start_seeded(int node, u64 seed);

/* The instant at which an id was made, to the millisecond (a borrowed one lies a little ahead). */
instant id_made(i64 id);

#endif
