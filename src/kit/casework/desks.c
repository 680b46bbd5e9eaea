/* desks.c - on whose desk a case is; see casework.h. */
#include "kit/area/area.h"
#include "kit/casework/internal.h"

enum { DESKS_MAX = 6 };

enum case_side case_above(enum case_side side) {
    switch (side) {
    case SIDE_ENTERPRISE: return SIDE_COMMUNITY;
    case SIDE_COMMUNITY: return SIDE_STREET;
    case SIDE_STREET:
    case SIDE_DEPARTMENT: return SIDE_DISTRICT;
    case SIDE_DISTRICT: return SIDE_CITY;
    default: return 0;
    }
}

static i64 level_of(enum case_side side) {
    switch (side) {
    case SIDE_COMMUNITY: return COMMUNITY;
    case SIDE_STREET: return STREET;
    case SIDE_DISTRICT: return DISTRICT;
    case SIDE_CITY: return CITY;
    default: return 0;
    }
}

err case_desk_default(struct tx *tx, const struct case_head *h, enum case_side side, struct case_desk *ret) {
    const struct area *path[AREA_LEVELS];
    (void)tx;
    *ret = (struct case_desk){ 0, DESK_OFFICE };
    if (side == SIDE_ENTERPRISE) *ret = (struct case_desk){ h->estate_id, DESK_ENTERPRISE };
    if (side == SIDE_OWNER && h->reporter_id.has) *ret = (struct case_desk){ h->reporter_id.v, DESK_PERSON };
    size_t n = level_of(side) ? area_path(h->estate_id, path) : 0;
    for (size_t i = 0; i < n; i++)
        if (path[i]->level == level_of(side)) ret->id = path[i]->id;
    return OK;
}

err case_desk_of(struct tx *tx, const struct casework *k, const struct case_head *h, enum case_side side,
                 struct case_desk *ret) {
    return k->desk ? k->desk(tx, h, side, ret) : case_desk_default(tx, h, side, ret);
}

/* ---- events ---- */

#define ENT struct desk_item
const struct field case_desk_put_fields[] = { FIELD_LIST(DESK_ITEM_FIELDS) FIELD_END };
#undef ENT

#define TAKE_IN(F)                                                                                               \
    F(desk_id, REF, "台", .flags = REQ)                                                                          \
    F(desk, ENUM, "台别", .flags = REQ, .items = desk_kinds)                                                     \
    F(estate_id, REF, "小区", .flags = REQ)                                                                      \
    F(kind, TEXT, "事项", .flags = REQ, .max = 40)                                                               \
    F(ref, REF, "案件", .flags = REQ)
#define ENT struct desk_take_in
const struct field case_desk_take_fields[] = { FIELD_LIST(TAKE_IN) FIELD_END };
#undef ENT

err case_desk_put_run(struct tx *tx, const void *in) { return desk_put(tx, in); }

err case_desk_take_run(struct tx *tx, const void *p) {
    const struct desk_take_in *in = p;
    return desk_take(tx, in->desk_id, (enum desk_kind)in->desk, in->estate_id, in->kind, in->ref);
}

/* ---- which desks ---- */

struct places { struct case_desk p[DESKS_MAX]; size_t n; };

static err add(struct tx *tx, const struct casework *k, const struct case_head *h, enum case_side side,
               struct places *ret) {
    struct case_desk d;
    TRY(case_desk_of(tx, k, h, side, &d));
    for (size_t i = 0; i < ret->n; i++)
        if (ret->p[i].id == d.id && ret->p[i].desk == d.desk) return OK;
    if (d.id && ret->n < DESKS_MAX) ret->p[ret->n++] = d;
    return OK;
}

/* An open case lies with its side and with every level it has risen to; an answered one with its reporter. */
static err places_of(struct tx *tx, const struct casework *k, const struct case_head *h, struct places *ret) {
    ret->n = 0;
    if (h->state == CASE_DONE) return add(tx, k, h, SIDE_OWNER, ret);
    if (!case_open_state(h->state)) return OK;
    TRY(add(tx, k, h, (enum case_side)h->side, ret));
    for (enum case_side s = (enum case_side)h->side; s && s != (enum case_side)h->level;) {
        s = case_above(s);
        if (s) TRY(add(tx, k, h, s, ret));
    }
    return OK;
}

static str note_of(struct arena *a, const struct case_head *h) {
    const char *state = item_label(case_states, h->state);
    if (h->paused_at.has) return S("已暂停");
    if (h->state == CASE_DONE) return S("请您看看办得怎么样");
    if (h->late) return str_fmt(a, "已超期，%s", state);
    return str_fmt(a, "%s，%s", item_label(case_urgencies, h->urgency), state);
}

static bool same(const struct places *a, const struct case_desk *d) {
    for (size_t i = 0; i < a->n; i++)
        if (a->p[i].id == d->id && a->p[i].desk == d->desk) return true;
    return false;
}

static instant desk_due(const struct case_head *h) {
    return h->late ? h->late_at.v : h->due_at.has ? h->due_at.v : h->opened_at;
}

err case_desks(struct tx *tx, const struct casework *k, const struct case_head *was, const struct case_head *h) {
    struct places before = { .n = 0 }, after;
    struct case_text text;
    if (was) TRY(places_of(tx, k, was, &before));
    TRY(places_of(tx, k, h, &after));
    for (size_t i = 0; i < before.n; i++) {
        const struct case_desk *d = &before.p[i];
        struct desk_take_in take = { d->id, d->desk, h->estate_id, h->kind, h->id };
        if (!same(&after, d)) op_event(tx, "desk.take", case_desk_take_fields, &take);
    }
    if (after.n == 0) return OK;
    TRY(case_words(tx, h->estate_id, h->id, &text));
    bool looks_same = was && desk_due(was).us == desk_due(h).us && str_eq(note_of(tx->a, was), note_of(tx->a, h));
    for (size_t i = 0; i < after.n; i++) {
        if (looks_same && same(&before, &after.p[i])) continue;
        struct desk_item it = { .desk_id = after.p[i].id, .desk = after.p[i].desk, .due_at = desk_due(h),
                                .estate_id = h->estate_id, .kind = h->kind, .ref = h->id, .title = text.title,
                                .note = note_of(tx->a, h), .overdue = h->late != 0 };
        op_event(tx, "desk.put", case_desk_put_fields, &it);
    }
    return OK;
}
