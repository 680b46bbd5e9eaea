/* internal.h - shared by the files of kit/casework. */
#ifndef WUYE_CASEWORK_INTERNAL_H
#define WUYE_CASEWORK_INTERNAL_H

#include "kit/casework/casework.h"
#include "kit/event/event.h"

/* What is late, as bits of case_head.late. */
enum { LATE_ACCEPT = 1, LATE_ARRIVE = 2, LATE_DONE = 4 };

bool case_open_state(i64 state);   /* WAITING, WORKING, ARRIVED */

/* Adds a line to the timeline. */
err case_write(struct tx *tx, const struct case_head *h, const struct case_act *act) MUST;
/* Writes the head (version + 1, nearest due time) and moves the case between desks. */
err case_save(struct tx *tx, const struct casework *k, const struct case_head *was, struct case_head *h) MUST;
/* Runs when the case has closed: outcome, instants, counters. */
err case_close(struct tx *tx, const struct casework *k, struct case_head *h, i64 outcome) MUST;
err case_count(struct tx *tx, i64 metric, i64 delta) MUST;

/* clocks.c: starts and stops what the change of state asks for; `from` is 0 for a new case. */
err case_clocks_sync(struct tx *tx, const struct casework *k, struct case_head *h, i64 from) MUST;
/* Sets running clocks anew by the rules of another urgency. */
err case_clocks_resort(struct tx *tx, const struct casework *k, struct case_head *h) MUST;
err case_clocks_pause(struct tx *tx, const struct case_head *h, bool resume) MUST;
/* Raises an overdue case to every level whose time has come, and sets the clock for the next. */
err case_escalate(struct tx *tx, const struct casework *k, struct case_head *h) MUST;
/* Nearest due time into the head. */
err case_due(struct tx *tx, struct case_head *h) MUST;
err case_expire_run(struct tx *tx, const void *in) MUST;
err case_refresh_run(struct tx *tx, const void *in) MUST;

/* desks.c: events that take the case off the desks it was on and put it on those it belongs to (`was` NULL: new). */
err case_desks(struct tx *tx, const struct casework *k, const struct case_head *was, const struct case_head *h) MUST;
/* The level above a side; 0 above the city. */
enum case_side case_above(enum case_side side);
err case_desk_of(struct tx *tx, const struct casework *k, const struct case_head *h, enum case_side side,
                 struct case_desk *ret) MUST;
extern const struct field case_desk_put_fields[], case_desk_take_fields[];
struct desk_take_in { i64 desk_id, desk, estate_id; str kind; i64 ref; };
err case_desk_put_run(struct tx *tx, const void *in) MUST;
err case_desk_take_run(struct tx *tx, const void *in) MUST;

extern const struct check case_checks[];

#endif
