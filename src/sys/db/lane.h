/* lane.h - the threads that wait so that HTTP threads never do. Each owns one connection.
 *
 * SQLite: one writer lane takes whatever waits, runs each job in a savepoint of one transaction, commits once, then
 * answers all of them; a few reader lanes take the pages that are not quick. PostgreSQL: N lanes for both; a write goes
 * to lane hash(shard) mod N, so that commands of one estate never race inside one server. */
#ifndef WUYE_DB_LANE_H
#define WUYE_DB_LANE_H

#include "sys/db/db.h"

struct job {
    struct job *next;
    /* May run more than once (contract of a command, rule 7): const input, nothing sent, nothing answered. */
    err (*run)(struct job *j, struct tx *tx);
    /* Once, on the lane's thread, after the outcome is durable. The lane touches the job no more. */
    void (*done)(struct job *j, err e);
    struct arena *a;
    instant now;
    i64 shard;     /* estate or person, 0 for reference data */
    bool write;
    bool bulk;     /* goes behind whatever is interactive */
    err outcome;   /* private */
};

struct lanes;
struct lane_stat { i64 waiting, batches, jobs, largest, retried, given_up, checkpoints; bool stopped; };

/* `lanes` is the number for PostgreSQL (0: 4); `queue` the most jobs that may wait (0: 1024). NULL if no connection. */
struct lanes *lanes_start(struct db *d, int lanes, int queue);
/* Lanes that only read, beside another process that writes; a write is refused with E_BROKEN. */
struct lanes *lanes_start_reading(struct db *d);
/* E_FULL when the queue is full, E_BROKEN when the writer has stopped after damage; else the job will be answered. */
err lanes_submit(struct lanes *l, struct job *j) MUST;
/* Runs one job on the caller's thread by waiting for it (jobs, tests, command line). */
err lanes_do(struct lanes *l, struct job *j) MUST;
struct lane_stat lanes_stats(struct lanes *l);
/* Changes with every commit, before it is answered. */
u64 lanes_version(const struct lanes *l);
/* Answers or refuses (E_FULL) what waits, then ends the threads. */
void lanes_stop(struct lanes *l);

#endif
