/* rig.c - see rig.h.
 *
 * WUYE_CONTROL_NO_ALIVE takes away the look at the transaction after each command: whether the engine has
 * left it by itself, and whether its savepoint could still be released or rolled back (which says the
 * same). The test of faulty batches must then fail. */
#include "rig.h"
#ifdef WUYE_CONTROL_NO_ALIVE
static err overlooked(err e) { return (void)e, OK; }
#define tx_alive(tx) true
#define tx_keep(tx) overlooked(tx_keep(tx))
#define tx_undo(tx) overlooked(tx_undo(tx))
#endif
#include "sys/db/lane.c"

struct rig { struct lanes lanes; struct lane lane; };

struct rig *rig_open(struct db *d) {
    struct rig *r = calloc(1, sizeof *r);
    if (!r) abort();
    r->lanes = (struct lanes){ .d = d, .lane = &r->lane, .n = 1, .writers = 1, .queue_max = QUEUE_DEFAULT };
    r->lane = (struct lane){ .l = &r->lanes, .write = true, .dice = 1, .c = db_connect(d, DB_WRITE) };
    r->lane.now.tail = &r->lane.now.head;
    pthread_mutex_init(&r->lane.lock, NULL);
    if (r->lane.c) return r;
    free(r);
    return NULL;
}

void rig_batch(struct rig *r, struct job **jobs, int n) {
    struct job *batch[BATCH_MAX];
    int at_once = (n + 1) / 2;
    if (n < 1 || n > BATCH_MAX) abort();
    for (int i = 0; i < n; i++) {
        if (i < at_once) batch[i] = jobs[i];
        else put(&r->lane.now, jobs[i]), ADD(r->lane.waiting, 1);
    }
    do write_batch(&r->lane, batch, at_once);
    while ((at_once = take_waiting(&r->lane, batch, BATCH_MAX)) > 0);   /* what came too late to join */
}

void rig_idle(struct rig *r) {
    if (db_wal_pages(r->lane.c) > 0) db_checkpoint(r->lane.c, false);
}

struct conn *rig_conn(struct rig *r) { return r->lane.c; }
bool rig_stopped(const struct rig *r) { return r->lanes.stopped; }
struct lane_stat rig_stat(struct rig *r) { return r->lanes.stat; }

void rig_close(struct rig *r) {
    db_checkpoint(r->lane.c, true);
    rig_drop(r);
}

void rig_drop(struct rig *r) {
    db_disconnect(r->lane.c);
    free(r);
}
