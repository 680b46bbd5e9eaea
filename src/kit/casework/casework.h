/* casework.h - the kernel of every case: intake, number, responsible side, clocks, timeline, escalation, confirmation,
 * reopening, rating. A room (appeal, repair, mediation, dispatch) supplies a struct casework and its own commands, each
 * of which loads the head, calls one function here, and returns:
 *
 *     static err accept_run(struct tx *tx, const void *p) {
 *         const struct act_in *in = p;
 *         struct case_head h;
 *         TRY(case_get(tx, &appeal, op_estate(tx), in->case_id, in->version, &h));
 *         struct case_act act = { "accept", in->words, in->photos, .side = SIDE_ENTERPRISE };
 *         return case_move(tx, &appeal, &h, &act);
 *     }
 *
 * What the kernel does with a step follows from the state it leads to, not from its name:
 *   WAITING, WORKING, ARRIVED  the case is open: it stands on the desk of its side; clocks run
 *   DONE                       answered: the reporter has it on his desk; the clock `confirm` runs
 *   CLOSED                     closed, with an outcome
 * Clocks, each only if a rule of that name exists for the day it starts (appeal.urgent.accept, else appeal.accept):
 *   accept   runs in WAITING                      arrive   in WAITING, WORKING
 *   done     in WAITING, WORKING, ARRIVED         confirm  in DONE; when it runs out the case closes as 按期未反馈
 * They start when the case enters such a state and stop when it leaves; after a reopening they start anew. One of the
 * first three running out makes the case overdue: it rises to each level for which a rule <kind>.escalate.<level>
 * (community, street, district) exists, that long after it began to be late, with a sentence in the timeline. When what
 * was late is made good it goes back to its side; `overdue` stays.
 *
 * Who runs what: clocks and desks come back as events; the module casework_module (in modules.def) takes them. */
#ifndef WUYE_CASEWORK_H
#define WUYE_CASEWORK_H

#include "kit/desk/desk.h"
#include "kit/module/module.h"
#include "kit/casework/tables.def"

enum case_state { CASE_STATE(ITEM_ENUM) };
enum case_urgency { CASE_URGENCY(ITEM_ENUM) };
enum case_place { CASE_PLACE(ITEM_ENUM) };
enum case_side { CASE_SIDE(ITEM_ENUM) };
enum case_outcome { CASE_OUTCOME(ITEM_ENUM) };
enum case_contact { CASE_CONTACT(ITEM_ENUM) };
enum case_part_state { CASE_PART(ITEM_ENUM) };
extern const struct item case_states[], case_urgencies[], case_places[], case_sides[], case_outcomes[], case_contacts[],
    case_parts[];

struct case_head { FIELD_STRUCT(CASE_HEAD_FIELDS) };
struct case_text { FIELD_STRUCT(CASE_TEXT_FIELDS) };
struct case_entry { FIELD_STRUCT(CASE_ENTRY_FIELDS) };
struct case_serial { FIELD_STRUCT(CASE_SERIAL_FIELDS) };
struct case_part { FIELD_STRUCT(CASE_PART_FIELDS) };
extern struct entity case_head_entity, case_text_entity, case_entry_entity, case_serial_entity, case_part_entity;

/* ---- what a room supplies ---------------------------------------------------------------------------------- */

struct case_desk { i64 id; enum desk_kind desk; };   /* id 0: nobody has it on a desk */

/* Metric numbers; 0 is not counted. Each is counted in the month in which the thing happens. */
struct case_metrics {
    i64 reported, done, overdue, reopened, closed;
    i64 solved, unanswered;          /* closed with that outcome */
    i64 rated, stars;                /* ratings given, and their sum */
    i64 category_base;               /* reported by category: category_base + category; 0: the room counts itself */
};

struct casework {
    const char *kind;                /* "appeal": stands in case_head.kind, desk items and names of rules */
    const char *label;               /* "诉求" */
    const struct flow *flow;         /* of case_head.state; a step from 0 opens a case; .evidence: it needs words */
    struct case_metrics metrics;
    /* The estate's public sign: 5 letters of Crockford base32, lower case. */
    err (*sign)(struct tx *tx, i64 estate, str *ret);
    enum case_urgency (*urgency)(i64 category);
    enum case_side (*side)(i64 category);                 /* who is responsible first; NULL: the enterprise */
    /* Whose desk a side is for this case; NULL: case_desk_default. */
    err (*desk)(struct tx *tx, const struct case_head *h, enum case_side side, struct case_desk *ret);
    /* After a clock ran out and the kernel did its part: whom the room tells. `action` is overdue, escalate or
     * unanswered; several may follow one another for one clock. NULL: nobody. */
    err (*expired)(struct tx *tx, const struct case_head *h, const char *action, str words);
};

/* Makes the kernel know the room: once per configuration, at file scope. */
#define CASEWORK(var)                                                                                            \
    static const struct casework *const var##_case __attribute__((section("wuye_casework"), used)) = &(var);
const struct casework *casework_by_kind(str kind);   /* NULL if there is none */

/* Enterprise: the estate's own desk. Community, street, district, city: the office of that area above the estate (id 0
 * where the estate has none). Owner: the reporter's own desk. */
err case_desk_default(struct tx *tx, const struct case_head *h, enum case_side side, struct case_desk *ret) MUST;

/* ---- inside the room's commands (SHARD_ESTATE) ---------------------------------------------------------------- */

struct case_new {
    i64 category, place, contact;
    str title, words, spot, photos;
    opt_i64 reporter, home;
    opt_str phone;                   /* already sealed */
    enum case_side by;               /* who reports: SIDE_OWNER, or the clerk who took it down */
    i64 urgency;                     /* 0: as the category says */
};
/* Opens a case by the flow's step from 0. Puts case, no into the result. */
err case_open(struct tx *tx, const struct casework *k, const struct case_new *n, struct case_head *ret) MUST;

struct case_act {
    const char *action;
    str words, photos;
    enum case_side side;             /* who acts */
    i64 outcome;                     /* of a step to CLOSED; required there */
    bool hidden;                     /* the reporter does not see this entry */
};
/* Takes the step `action` from the state the case is in: right, words, state, instants, clocks, timeline, desks and
 * counters. E_STATE with a sentence when the flow has no such step from here, when the case is paused, or when the time
 * for reopening (<kind>.reopen) is over. *h is the new head. */
err case_move(struct tx *tx, const struct casework *k, struct case_head *h, const struct case_act *act) MUST;
/* Stops and restarts the clocks; both need words (E_INPUT at "words"). Only while the case is open. */
err case_pause(struct tx *tx, const struct casework *k, struct case_head *h, const struct case_act *act) MUST;
err case_resume(struct tx *tx, const struct casework *k, struct case_head *h, const struct case_act *act) MUST;
/* An entry without a step: progress, a question, 督办. */
err case_note(struct tx *tx, const struct casework *k, struct case_head *h, const struct case_act *act) MUST;
/* Another side becomes responsible (words needed); clocks go on. */
err case_hand(struct tx *tx, const struct casework *k, struct case_head *h, enum case_side to,
              const struct case_act *act) MUST;
/* Corrects category and with it urgency (0: as the category says). Running clocks are set anew by the other rules from
 * where they started; one that would then be over already, or did not exist before, starts now. */
err case_sort(struct tx *tx, const struct casework *k, struct case_head *h, i64 category, i64 urgency,
              const struct case_act *act) MUST;
/* 1 to 5, once, after the case is closed. */
err case_rate(struct tx *tx, const struct casework *k, struct case_head *h, i64 stars, const struct case_act *act) MUST;
/* A further responsible side with its own due time, its answer, its release. */
err case_part_put(struct tx *tx, struct case_head *h, enum case_side side, i64 area, enum case_part_state state,
                  opt_instant due) MUST;

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* E_MISSING if there is none or it is of another kind; E_CONFLICT when `version` >= 0 and the case has moved on. */
err case_get(struct tx *tx, const struct casework *k, i64 estate, i64 id, i64 version, struct case_head *ret) MUST;
/* By public number; inside the estate its sign may be left out. E_MISSING if there is none. */
err case_by_no(struct tx *tx, i64 estate, str no, i64 *ret_id) MUST;
err case_words(struct tx *tx, i64 estate, i64 id, struct case_text *ret) MUST;
struct case_entries { struct case_entry *p; size_t n, cap; };
/* The timeline, oldest first; `all` false: what the reporter sees. */
err case_entries(struct tx *tx, i64 estate, i64 id, bool all, struct case_entries *ret) MUST;
struct case_clock { str name; instant due_at, started_at; bool running, provisional; opt_i64 left_us; };
struct case_clocks { struct case_clock *p; size_t n, cap; };
/* Clocks that run or are paused, earliest first; `name` is accept, arrive, done, confirm or escalate. */
err case_clocks(struct tx *tx, i64 estate, i64 id, struct case_clocks *ret) MUST;
struct case_parts { struct case_part *p; size_t n, cap; };
err case_parts_of(struct tx *tx, i64 estate, i64 id, struct case_parts *ret) MUST;

/* Lists of one estate, newest first, by keyset: `before` is the id of the last row seen, 0 for the first page. Filters
 * that are 0 do not narrow. `open_only`: whatever is not closed. */
struct case_query { i64 estate, state, category, reporter, before; bool open_only; int limit; };
struct case_line { struct case_head head; str title; };
struct case_lines { struct case_line *p; size_t n, cap; i64 next; };   /* next: `before` of the next page or 0 */
err case_list(struct tx *tx, const struct casework *k, const struct case_query *q, struct case_lines *ret) MUST;

/* The object of access_may for a case; for a room's command .object and pages. `code` is the estate's. */
struct object case_object(const struct case_head *h, i64 code);
/* The step of the flow for an action from the state the case is in; NULL if there is none: no button. */
const struct step *case_step(const struct casework *k, const struct case_head *h, const char *action);
/* Whether it may be reopened at `now`, and until when: closed as solved, unanswered or refused, within the rule
 * <kind>.reopen. */
bool case_may_reopen(const struct casework *k, const struct case_head *h, instant now, instant *ret_until);

/* Commands (all internal) desk.item.put, desk.item.take, case.clock.expire, case.due.refresh; entities; checks. */
extern const struct module casework_module;

#endif
