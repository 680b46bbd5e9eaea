/* rig.h - one writer lane on the caller's thread: the code of sys/db/lane.c itself, without its threads,
 * so that a fault can be put before an exact step and a run repeats from its seed. */
#ifndef WUYE_CRASH_RIG_H
#define WUYE_CRASH_RIG_H

#include "sys/db/lane.h"

struct rig;

/* Opens the writing connection; NULL if that fails. */
struct rig *rig_open(struct db *d);
/* Runs 1..64 jobs as one batch, to their answers: half of them at once, the others come while these run
 * and join. */
void rig_batch(struct rig *r, struct job **jobs, int n);
/* What an idle writer does: the log is copied into the file. */
void rig_idle(struct rig *r);
struct conn *rig_conn(struct rig *r);
bool rig_stopped(const struct rig *r);     /* the writer has stopped after damage */
struct lane_stat rig_stat(struct rig *r);
/* Ends in order, with the last checkpoint. */
void rig_close(struct rig *r);
/* The machine is gone: nothing is written any more (the disk must already refuse). */
void rig_drop(struct rig *r);

#endif
