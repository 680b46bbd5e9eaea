/* clock.c - clocks as rows; see event.h. */
#include "kit/event/internal.h"
#include "sys/clock/clock.h"

#define ENT struct clock
ENTITY(clock, "时限", CLOCK_FIELDS, CLOCK_KEYS)
#undef ENT
#define ENT struct clock_event
const struct field clock_event_fields[] = { FIELD_LIST(CLOCK_EVENT) FIELD_END };
#undef ENT

#define CLOCK_COLS                                                                                               \
    "estate_id, ref, id, due_at, kind, armed_no, running, rule, provisional, started_at, left_us, shift_us, failed"
#define CLOCK_OUT "iiiitiitiiiii"
SQL(clock_one, "iti", CLOCK_OUT, "SELECT " CLOCK_COLS " FROM clock WHERE estate_id = $1 AND kind = $2 AND ref = $3")
SQL(clock_of_id, "iii", CLOCK_OUT, "SELECT " CLOCK_COLS " FROM clock WHERE estate_id = $1 AND ref = $2 AND id = $3")
SQL(clock_live, "ii", CLOCK_OUT,
    "SELECT " CLOCK_COLS " FROM clock WHERE estate_id = $1 AND ref = $2 AND (running = 1 OR left_us IS NOT NULL) "
    "ORDER BY due_at, id")
SQL(clock_unsure, "i", CLOCK_OUT,
    "SELECT " CLOCK_COLS " FROM clock WHERE estate_id = $1 AND provisional = 1 "
    "AND (running = 1 OR left_us IS NOT NULL) ORDER BY id")

static err find(struct tx *tx, i64 estate, str kind, i64 ref, struct clock *ret, bool *ret_there) {
    struct row r;
    TRY(db_maybe(tx, &r, &clock_one, vi(estate), vt(kind), vi(ref)));
    *ret_there = r.v != NULL;
    *ret = (struct clock){ 0 };
    if (r.v) entity_load(tx->a, &clock_entity, ret, r.v);
    return OK;
}

err clock_by_id(struct tx *tx, i64 estate, i64 ref, i64 id, struct clock *ret) {
    struct row r;
    TRY(db_one(tx, &r, &clock_of_id, vi(estate), vi(ref), vi(id)));
    entity_load(tx->a, &clock_entity, ret, r.v);
    return OK;
}

err clock_arm(struct tx *tx, i64 estate, str kind, i64 ref, const struct rule_value *rule, instant start,
              struct clock *ret) {
    struct clock old;
    bool there, provisional = false;
    TRY(find(tx, estate, kind, ref, &old, &there));
    *ret = (struct clock){ .estate_id = estate, .id = there ? old.id : id_new(), .kind = kind, .ref = ref,
                           .armed_no = old.armed_no + 1, .running = 1, .rule = rule_version(tx->a, rule),
                           .started_at = start };
    ret->due_at = rule_deadline(rule, start, &provisional);
    ret->provisional = provisional;
    return there ? entity_update(tx, &clock_entity, &old, ret) : entity_insert(tx, &clock_entity, ret);
}

err clock_stop(struct tx *tx, i64 estate, str kind, i64 ref) {
    struct clock old;
    bool there;
    TRY(find(tx, estate, kind, ref, &old, &there));
    if (!there || (!old.running && !old.left_us.has)) return OK;
    struct clock c = old;
    c.armed_no++;
    c.running = c.provisional = 0;
    c.left_us = (opt_i64){ 0 };
    return entity_update(tx, &clock_entity, &old, &c);
}

err clock_pause(struct tx *tx, i64 estate, str kind, i64 ref) {
    struct clock old;
    bool there;
    TRY(find(tx, estate, kind, ref, &old, &there));
    if (!there || !old.running) return OK;
    struct clock c = old;
    i64 left = c.due_at.us - tx->now.us;
    c.armed_no++;
    c.running = 0;
    /* Due in this very instant: it fires as soon as it goes on. */
    c.left_us = (opt_i64){ true, left > 0 ? left : 0 };
    return entity_update(tx, &clock_entity, &old, &c);
}

err clock_resume(struct tx *tx, i64 estate, str kind, i64 ref) {
    struct clock old;
    bool there;
    TRY(find(tx, estate, kind, ref, &old, &there));
    if (!there || !old.left_us.has) return OK;
    struct clock c = old;
    c.armed_no++;
    c.running = 1;
    c.due_at = (instant){ tx->now.us + old.left_us.v };
    c.shift_us += c.due_at.us - old.due_at.us;
    c.left_us = (opt_i64){ 0 };
    return entity_update(tx, &clock_entity, &old, &c);
}

err clocks_of(struct tx *tx, i64 estate, i64 ref, struct clocks *ret) {
    struct rows rows;
    *ret = (struct clocks){ 0 };
    TRY(db_all(tx, &rows, &clock_live, vi(estate), vi(ref)));
    for (size_t i = 0; i < rows.n; i++) entity_load(tx->a, &clock_entity, VEC_ADD(tx->a, ret), rows.p[i].v);
    return OK;
}

static err recompute(struct tx *tx, const struct clock *old, i64 *moved) {
    struct rule_value rule;
    bool provisional = false;
    err e = rule_by_version(old->rule, &rule);
    if (e == E_MISSING) return OK;   /* a rule row that was withdrawn: the clock keeps what it has */
    TRY(e);
    struct clock c = *old;
    i64 by = rule_deadline(&rule, c.started_at, &provisional).us + c.shift_us - c.due_at.us;
    if (by == 0 && provisional) return OK;
    c.provisional = provisional;
    c.due_at.us += by;
    if (c.left_us.has) c.left_us.v = c.left_us.v + by > 0 ? c.left_us.v + by : 0;
    c.armed_no++;
    TRY(entity_update(tx, &clock_entity, old, &c));
    ++*moved;
    op_event(tx, "clock.moved", clock_event_fields,
             &(struct clock_event){ c.estate_id, c.id, c.kind, c.ref, c.armed_no, c.rule });
    return OK;
}

err clocks_recompute(struct tx *tx, i64 estate, i64 *ret_moved) {
    struct rows rows;
    *ret_moved = 0;
    TRY(db_all(tx, &rows, &clock_unsure, vi(estate)));
    for (size_t i = 0; i < rows.n; i++) {
        struct clock c;
        entity_load(tx->a, &clock_entity, &c, rows.p[i].v);
        TRY(recompute(tx, &c, ret_moved));
    }
    return OK;
}
