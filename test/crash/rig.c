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
    if (r->lane.c) return r;
    free(r);
    return NULL;
}

void rig_batch(struct rig *r, struct job **jobs, int n) {
    if (n < 1 || n > BATCH_MAX) abort();
    write_batch(&r->lane, jobs, n);
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
