/* internal.h - shared by the files of kit/event. */
#ifndef WUYE_EVENT_INTERNAL_H
#define WUYE_EVENT_INTERNAL_H

#include <pthread.h>
#include "kit/event/event.h"

enum { TRIES_MAX = 10 };

/* A module that subscribes to something. */
struct subscriber {
    const char *name;
    const struct subscription *on;
    const struct command **command;   /* of each subscription; NULL: no module has it */
};

/* A queue whose first event failed. */
struct failing { size_t who; i64 shard; int tries; i64 next_ns; };

struct shards { i64 *p; size_t n, cap; };   /* sorted */

struct carrier {
    struct lanes *l;
    instant (*now)(void);
    struct subscriber *who;
    size_t nwho;
    struct arena *mem, *job;          /* of a round; of the job at hand */
    pthread_mutex_t round;            /* one round at a time */
    struct shards dirty;
    struct { struct failing *p; size_t n, cap; } failing;
    i64 looked_ns, look_every_ns;     /* last full look, and how long until the next */
    i64 parked;                       /* rows seen last */
    bool impatient;                   /* drain: no waiting between tries */
    struct carrier_stat stat, shown;  /* shown: what others read, under lock */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool threaded, poked, stopping;
};

/* Runs fn in a job of its own and waits; `arg` is what it reads and writes. c->job is fresh and keeps what fn made. */
err carrier_job(struct carrier *c, i64 shard, instant now, bool write, err (*fn)(struct tx *tx, void *arg),
                void *arg) MUST;
/* The writer has stopped: not the fault of the command at hand. (When the database cannot be reached or the queue is
 * full, the job that follows a failure fails as well, and the failure is not counted.) */
bool transient(err e);

void shards_add(struct shards *s, i64 shard);
const struct subscription *subscription_of(const struct subscriber *s, str event, const struct command **ret);

/* feed.c: one look at a shard: metrics, feeds without work. Queues with work are left to queue_run. */
struct scan { struct carrier *c; i64 shard; bool more; bool *work; /* by subscriber */ };
err feed_scan(struct tx *tx, void *scan) MUST;
/* Delivers what waits for a subscriber in a shard. *ret_more: something is left for another round. */
err queue_run(struct carrier *c, size_t who, i64 shard, i64 *ret_done, bool *ret_more) MUST;
/* Shards in which a subscriber is behind and not parked. */
err feeds_behind(struct tx *tx, const char *subscriber, struct rows *ret) MUST;

/* timer.c: *ret_tried counts what was fired and what failed. */
err timer_fire_until(struct carrier *c, instant until, i64 window_us, i64 *ret_tried) MUST;

/* Fills the input of a command from pairs (names it does not declare are left out) and completes the call. */
struct prepared { struct call call; const struct actor *actor; str why; };
err call_prepare(struct arena *a, const struct command *cmd, const struct pairs *in, enum face face, str key,
                 struct prepared *ret) MUST;
/* "E_INPUT: 字段 ...": why a call failed. */
str call_fault(struct arena *a, err e, const struct call *c);

extern const struct command event_commands[];

/* clock.c: E_MISSING when there is none. */
err clock_by_id(struct tx *tx, i64 estate, i64 ref, i64 id, struct clock *ret) MUST;

#endif
