/* event.h - reactions across rooms, and time. Both turn into commands, exactly once in effect.
 *
 * Events. A command puts events into its own op row. The carrier seals op rows, sums metrics, and turns each event into
 * the command of every module that subscribes to it (.on), in order per shard and subscriber, with the key
 * ev:<op>:<line>:<subscriber>. A module takes an event with at most one command. A new subscriber starts from the
 * beginning of every chain. The command
 *   - runs as the system, at the time of the op that caused it;
 *   - gets from the payload the fields it declares; a publisher may add fields without breaking anyone;
 *   - goes to the payload's estate_id (SHARD_ESTATE), person_id (SHARD_PERSON) or to shard 0 (SHARD_HOUSE).
 * What is refused ten times is parked: event_parked says why, that queue of that shard waits for an operator
 * (event.queue.retry, event.queue.skip), everything else goes on.
 *
 * Time. A clock is a row; when it is due the timer runs the command of the module that subscribes to "clock.<kind>"
 * with the key clk:<clock>:<armed_no>, at the due time, and stops the clock in the same transaction. The command takes
 * clock_event_fields. A command that fails ten times leaves its clock to the operator (clock.parked.retry). */
#ifndef WUYE_EVENT_H
#define WUYE_EVENT_H

#include "kit/entity/entity.h"
#include "kit/module/module.h"
#include "kit/rule/rule.h"
#include "kit/event/tables.def"
#include "sys/db/lane.h"

struct clock { FIELD_STRUCT(CLOCK_FIELDS) };
struct event_feed { FIELD_STRUCT(EVENT_FEED_FIELDS) };
struct event_parked { FIELD_STRUCT(EVENT_PARKED_FIELDS) };
extern struct entity clock_entity, event_feed_entity, event_parked_entity;

/* ---- clocks, inside commands of the estate ------------------------------------------------------------------- */

/* Starts the clock (kind, ref) by a rule from `start`; one that is there starts anew. */
err clock_arm(struct tx *tx, i64 estate, str kind, i64 ref, const struct rule_value *rule, instant start,
              struct clock *ret) MUST;
/* Each does nothing when there is no such clock, or it does not run (pause), or is not paused (resume). */
err clock_stop(struct tx *tx, i64 estate, str kind, i64 ref) MUST;
err clock_pause(struct tx *tx, i64 estate, str kind, i64 ref) MUST;
err clock_resume(struct tx *tx, i64 estate, str kind, i64 ref) MUST;
struct clocks { struct clock *p; size_t n, cap; };
/* Those of one thing that run or are paused, earliest due first. */
err clocks_of(struct tx *tx, i64 estate, i64 ref, struct clocks *ret) MUST;
/* Computes provisional clocks of an estate anew, after a year was loaded; emits clock.moved for each that changed. */
err clocks_recompute(struct tx *tx, i64 estate, i64 *ret_moved) MUST;

/* What a command subscribed to clock.<kind>, or to clock.moved, is given. */
#define CLOCK_EVENT(F)                                                                                           \
    F(estate_id, REF, "小区", .flags = REQ)                                                                      \
    F(id, REF, "时限编号", .flags = REQ)                                                                         \
    F(kind, TEXT, "时限", .flags = REQ)                                                                          \
    F(ref, REF, "案件", .flags = REQ)                                                                            \
    F(armed_no, INT, "第几次启动")                                                                               \
    F(rule, TEXT, "规则版本")
struct clock_event { FIELD_STRUCT(CLOCK_EVENT) };
extern const struct field clock_event_fields[];

/* ---- the carrier --------------------------------------------------------------------------------------------- */

struct carrier;
/* Starts the thread: at least five rounds a second while there is work, a full look every 30 s
 * (less often where it takes long). NULL without memory. */
struct carrier *carrier_start(struct lanes *l, const struct module *const *list, instant (*now)(void));
/* The same without a thread: only carrier_drain and carrier_run_until work it (tests, command line). */
struct carrier *carrier_make(struct lanes *l, const struct module *const *list, instant (*now)(void));
/* There is an op row to carry. Cheap, from any thread. */
void carrier_poke(struct carrier *c);
/* Carries until nothing is left. Waits for the lanes: never from an HTTP thread or a lane. */
err carrier_drain(struct carrier *c) MUST;
/* Carries and fires clocks in order of their due time, up to `until`, each at its own due time, with all it leads to,
 * until nothing is due: virtual time. */
err carrier_run_until(struct carrier *c, instant until, i64 *ret_fired) MUST;
/* Ends the thread after the round at hand; what is left is found at the next start. */
void carrier_stop(struct carrier *c);

struct carrier_stat { i64 rounds, sealed, delivered, fired, failures; err last; };
struct carrier_stat carrier_stats(struct carrier *c);

/* What the database says, with or without a carrier. */
struct event_stats {
    i64 unsealed, behind;       /* op rows without a number; (subscriber, shard) queues that are not at the end */
    i64 parked;                 /* queues that wait for an operator */
    i64 clocks, due, stuck;     /* running; past their due time by more than a minute; failed ten times */
    i64 provisional;
    i64 lag_us;                 /* age of the oldest unsealed row at `now` */
};
err event_stats(struct tx *tx, struct event_stats *ret) MUST;

/* Commands: event.queue.retry, event.queue.skip, clock.parked.retry (right admin.jobs); the recompute after
 * calendar.year.loaded. */
extern const struct module event_module;

#endif
