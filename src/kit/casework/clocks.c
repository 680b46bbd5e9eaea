/* clocks.c - the clocks of a case, and what happens when one runs out; see casework.h. */
#include "kit/area/area.h"
#include "kit/casework/internal.h"

#define IN(state) (1u << (state))
#define CLOCK_HEAD "case."

/* In which states a clock runs, and what is late when it runs out. */
static const struct limit { const char *name, *kind, *label; unsigned in; i64 late; } limits[] = {
    { "accept", CLOCK_HEAD "accept", "受理", IN(CASE_WAITING), LATE_ACCEPT },
    { "arrive", CLOCK_HEAD "arrive", "到场", IN(CASE_WAITING) | IN(CASE_WORKING), LATE_ARRIVE },
    { "done", CLOCK_HEAD "done", "办结", IN(CASE_WAITING) | IN(CASE_WORKING) | IN(CASE_ARRIVED), LATE_DONE },
    { "confirm", CLOCK_HEAD "confirm", "确认", IN(CASE_DONE), 0 },
};
#define ESCALATE CLOCK_HEAD "escalate"

static str lower(struct arena *a, const char *name) {
    buf b = buf_in(a, 40);
    for (; *name; name++) buf_c(&b, *name >= 'A' && *name <= 'Z' ? (char)(*name + 32) : *name);
    return buf_str(&b);
}

/* appeal.urgent.accept, else appeal.accept; E_MISSING: this case has no such limit. */
static err limit_rule(struct tx *tx, const struct casework *k, const struct case_head *h, const char *name, instant at,
                      struct rule_value *ret) {
    const struct item *u = item_by_value(case_urgencies, h->urgency);
    str urgency = lower(tx->a, u ? u->name : ""), full = str_fmt(tx->a, "%s.%.*s.%s", k->kind, STR(urgency), name);
    err e = rule_at(full, day_of(at), ret);
    return e == E_MISSING ? rule_at(str_fmt(tx->a, "%s.%s", k->kind, name), day_of(at), ret) : e;
}

static err arm(struct tx *tx, const struct casework *k, const struct case_head *h, const struct limit *l,
               instant start) {
    struct rule_value rule;
    struct clock c;
    err e = limit_rule(tx, k, h, l->name, start, &rule);
    if (e == E_MISSING) return OK;
    TRY(e);
    return clock_arm(tx, h->estate_id, str_of(l->kind), h->id, &rule, start, &c);
}

err case_clocks_sync(struct tx *tx, const struct casework *k, struct case_head *h, i64 from) {
    for (size_t i = 0; i < COUNT(limits); i++) {
        const struct limit *l = &limits[i];
        bool was = from && (l->in & IN(from)), is = (l->in & IN(h->state)) != 0;
        if (was && !is) {
            TRY(clock_stop(tx, h->estate_id, str_of(l->kind), h->id));
            h->late &= ~l->late;   /* made good, if late */
        }
        if (!was && is) TRY(arm(tx, k, h, l, tx->now));
    }
    if (h->late == 0 && h->late_at.has) {
        TRY(clock_stop(tx, h->estate_id, S(ESCALATE), h->id));
        h->late_at = (opt_instant){ 0 };
        h->level = h->side;
    }
    return OK;
}

static const struct clock *clock_in(const struct clocks *list, const char *kind) {
    for (size_t i = 0; i < list->n; i++)
        if (str_is(list->p[i].kind, kind)) return &list->p[i];
    return NULL;
}

err case_clocks_resort(struct tx *tx, const struct casework *k, struct case_head *h) {
    struct clocks live;
    TRY(clocks_of(tx, h->estate_id, h->id, &live));
    for (size_t i = 0; i < COUNT(limits); i++) {
        const struct limit *l = &limits[i];
        const struct clock *c = clock_in(&live, l->kind);
        struct rule_value rule;
        if (!(l->in & IN(h->state)) || (h->late & l->late)) continue;
        instant start = c ? c->started_at : tx->now;
        err e = limit_rule(tx, k, h, l->name, start, &rule);
        if (e == E_MISSING) {
            TRY(clock_stop(tx, h->estate_id, str_of(l->kind), h->id));
            continue;
        }
        TRY(e);
        /* Nobody becomes late by being sorted anew. */
        if (rule_deadline(&rule, start, NULL).us <= tx->now.us) start = tx->now;
        TRY(arm(tx, k, h, l, start));
    }
    return OK;
}

err case_clocks_pause(struct tx *tx, const struct case_head *h, bool resume) {
    for (size_t i = 0; i < COUNT(limits); i++) {
        str kind = str_of(limits[i].kind);
        if (resume) TRY(clock_resume(tx, h->estate_id, kind, h->id));
        else TRY(clock_pause(tx, h->estate_id, kind, h->id));
    }
    if (resume) return clock_resume(tx, h->estate_id, S(ESCALATE), h->id);
    return clock_pause(tx, h->estate_id, S(ESCALATE), h->id);
}

err case_due(struct tx *tx, struct case_head *h) {
    struct clocks live;
    h->due_at = (opt_instant){ 0 };
    h->provisional = 0;
    TRY(clocks_of(tx, h->estate_id, h->id, &live));
    for (size_t i = 0; i < live.n; i++) {
        const struct clock *c = &live.p[i];
        if (!str_starts(c->kind, S(CLOCK_HEAD)) || str_is(c->kind, ESCALATE)) continue;
        if (h->due_at.has && h->due_at.v.us <= c->due_at.us) continue;
        h->due_at = (opt_instant){ true, c->due_at };
        h->provisional = c->provisional;
    }
    return OK;
}

err case_clocks(struct tx *tx, i64 estate, i64 id, struct case_clocks *ret) {
    struct clocks live;
    *ret = (struct case_clocks){ 0 };
    TRY(clocks_of(tx, estate, id, &live));
    for (size_t i = 0; i < live.n; i++) {
        const struct clock *c = &live.p[i];
        if (!str_starts(c->kind, S(CLOCK_HEAD))) continue;
        *VEC_ADD(tx->a, ret) = (struct case_clock){ str_from(c->kind, sizeof CLOCK_HEAD - 1), c->due_at, c->started_at,
                                                    c->running != 0, c->provisional != 0, c->left_us };
    }
    return OK;
}

/* ---- a clock ran out ---- */

/* 受理、办结 */
static str late_words(struct arena *a, i64 late) {
    buf b = buf_in(a, 80);
    for (size_t i = 0; i < COUNT(limits); i++) {
        if (!(late & limits[i].late)) continue;
        if (b.n) buf_lit(&b, "、");
        buf_s(&b, str_of(limits[i].label));
    }
    return buf_str(&b);
}

static err told(struct tx *tx, const struct casework *k, const struct case_head *h, const char *action, str words) {
    TRY(case_write(tx, h, &(struct case_act){ .action = action, .words = words, .side = SIDE_SYSTEM }));
    return k->expired ? k->expired(tx, h, action, words) : OK;
}

/* <kind>.escalate.community ...; the next level for which there is a rule and a desk. */
static err next_level(struct tx *tx, const struct casework *k, const struct case_head *h, enum case_side *ret_side,
                      struct case_desk *desk, struct rule_value *rule) {
    for (enum case_side s = case_above((enum case_side)h->level); s; s = case_above(s)) {
        str side = str_from(lower(tx->a, item_by_value(case_sides, s)->name), sizeof "side_" - 1);
        err e = rule_at(str_fmt(tx->a, "%s.escalate.%.*s", k->kind, STR(side)), day_of(h->late_at.v), rule);
        if (e != OK && e != E_MISSING) return e;
        TRY(case_desk_of(tx, k, h, s, desk));
        *ret_side = s;
        if (e == OK && desk->id) return OK;
    }
    *ret_side = 0;
    return OK;
}

err case_escalate(struct tx *tx, const struct casework *k, struct case_head *h) {
    enum case_side to = 0;
    struct case_desk desk;
    struct rule_value rule;
    struct clock c;
    for (;;) {
        TRY(next_level(tx, k, h, &to, &desk, &rule));
        if (!to) return OK;
        if (rule_deadline(&rule, h->late_at.v, NULL).us > tx->now.us)
            return clock_arm(tx, h->estate_id, S(ESCALATE), h->id, &rule, h->late_at.v, &c);
        const struct area *area = area_by_id(desk.id);
        str late = late_words(tx->a, h->late), name = area ? area->name : str_of(item_label(case_sides, to));
        h->level = to;
        TRY(told(tx, k, h, "escalate",
                 str_fmt(tx->a, "超过%.*s时限还没有办，已告知%.*s，由%s督促。（依据 %.*s）", STR(late), STR(name),
                         item_label(case_sides, to), STR(rule_version(tx->a, &rule)))));
    }
}

static err became_late(struct tx *tx, const struct casework *k, struct case_head *h, const struct limit *l, str rule) {
    buf words = buf_in(tx->a, 300);
    buf_fmt(&words, "超过%s时限：应在 ", l->label);
    deadline_show(&words, tx->now);
    buf_fmt(&words, " 前%s。（依据 %.*s）", l->label, STR(rule));
    if (!h->overdue) TRY(case_count(tx, k->metrics.overdue, 1));
    h->overdue = 1;
    h->late |= l->late;
    if (!h->late_at.has) h->late_at = (opt_instant){ true, tx->now };
    TRY(told(tx, k, h, "overdue", buf_str(&words)));
    return case_escalate(tx, k, h);
}

/* Nobody said whether it is done: it closes, and may be reopened. The flow's step with the clock "confirm" names it. */
static err unanswered(struct tx *tx, const struct casework *k, struct case_head *h) {
    const char *action = "unanswered";
    buf words = buf_in(tx->a, 300);
    instant until;
    for (size_t i = 0; i < k->flow->n; i++) {
        const struct step *s = &k->flow->steps[i];
        bool ours = s->clock && !strcmp(s->clock, "confirm");
        if (ours && s->from == CASE_DONE && s->to == CASE_CLOSED) action = s->action;
    }
    h->state = CASE_CLOSED;
    TRY(case_close(tx, k, h, OUTCOME_UNANSWERED));
    TRY(case_clocks_sync(tx, k, h, CASE_DONE));
    buf_lit(&words, "到期没有收到反馈，按期未反馈结案。");
    if (case_may_reopen(k, h, tx->now, &until)) {
        buf_lit(&words, "没办好的，");
        deadline_show(&words, until);
        buf_lit(&words, " 前可以重新打开。");
    }
    return told(tx, k, h, action, buf_str(&words));
}

err case_expire_run(struct tx *tx, const void *p) {
    const struct clock_event *in = p;
    struct case_head was, h;
    TRY(entity_get(tx, &case_head_entity, &was, vi(in->estate_id), vi(in->ref)));
    const struct casework *k = casework_by_kind(was.kind);
    if (!k) return op_fail(tx, E_STATE, "kind", "没有这一类案件。");
    h = was;
    if (str_is(in->kind, ESCALATE)) {
        if (!h.late) return OK;
        TRY(case_escalate(tx, k, &h));
        return case_save(tx, k, &was, &h);
    }
    for (size_t i = 0; i < COUNT(limits); i++) {
        const struct limit *l = &limits[i];
        if (!str_is(in->kind, l->kind)) continue;
        if (!(l->in & IN(h.state))) return OK;
        if (l->late) TRY(became_late(tx, k, &h, l, in->rule));
        else TRY(unanswered(tx, k, &h));
        return case_save(tx, k, &was, &h);
    }
    return op_fail(tx, E_STATE, "kind", "没有这个时限。");
}

/* A provisional clock was computed anew: the head shows the new time. A case has several; where the head stays as it
 * is, so does its version, and nobody who has the page open is told that somebody else was faster. */
err case_refresh_run(struct tx *tx, const void *p) {
    const struct clock_event *in = p;
    struct case_head was, h;
    if (!str_starts(in->kind, S(CLOCK_HEAD))) return OK;
    TRY(entity_get(tx, &case_head_entity, &was, vi(in->estate_id), vi(in->ref)));
    const struct casework *k = casework_by_kind(was.kind);
    if (!k) return op_fail(tx, E_STATE, "kind", "没有这一类案件。");
    h = was;
    TRY(case_due(tx, &h));
    bool same = h.due_at.has == was.due_at.has && (!h.due_at.has || h.due_at.v.us == was.due_at.v.us) &&
                h.provisional == was.provisional;
    return same ? OK : case_save(tx, k, &was, &h);
}
