/* sow.c - the rows a case of the demonstration leaves, as the kernel would have left them. */
#include "domain/appeal/seed.h"
#include "kit/area/area.h"
#include "kit/event/event.h"
#include "kit/notice/notice.h"
#include "kit/rule/rule.h"
#include "sys/crypt/crypt.h"

enum { LINES_MAX = 40 };

/* ---- counters ---- */

/* Columns of plot.count: 100 to 108, then the first levels 1100 to 1900. */
static size_t column(i64 metric) {
    return metric < APPEAL_KIND ? (size_t)(metric - APPEAL_REPORTED)
                                : (size_t)(8 + (metric - APPEAL_KIND) / 100);
}
static i64 metric_of(size_t column) {
    return column <= 8 ? APPEAL_REPORTED + (i64)column : APPEAL_KIND + ((i64)column - 8) * 100;
}

static void count(struct sower *w, struct plot *p, i64 metric, instant at, i64 n) {
    i64 m = day_month(day_of(at));
    i64 i = (m / 100 - w->first_month / 100) * 12 + m % 100 - w->first_month % 100;
    if (i >= 0 && i < SEED_MONTHS) p->count[column(metric)][i] += n;
}

/* ---- the timeline ---- */

struct line { instant at; const char *action; i64 side, actor; str name, words; };
struct lines { struct line p[LINES_MAX]; size_t n; };

static void add(struct lines *l, instant at, const char *action, i64 side, i64 actor, str name, str words) {
    if (l->n == LINES_MAX) return;
    size_t i = l->n++;
    for (; i > 0 && l->p[i - 1].at.us > at.us; i--) l->p[i] = l->p[i - 1];
    l->p[i] = (struct line){ at, action, side, actor, name, words };
}

static err write_lines(struct sower *w, const struct life *c, const struct lines *l) {
    for (size_t i = 0; i < l->n; i++) {
        const struct line *x = &l->p[i];
        struct case_entry e = { .estate_id = c->at->id, .case_id = c->id, .id = ids_run_next(&w->ids), .at = x->at,
                                .actor_id = { x->actor != 0, x->actor }, .actor_name = x->name, .side = x->side,
                                .action = str_of(x->action), .words = x->words, .photos = S(""), .open = 1 };
        TRY(entity_insert(w->tx, &case_entry_entity, &e));
    }
    return OK;
}

/* ---- limits: the same rules, from the same starting points ---- */

static const struct limit { const char *name, *clock, *label; i64 late; } limits[] = {
    { "accept", "case.accept", "受理", 1 }, { "arrive", "case.arrive", "到场", 2 }, { "done", "case.done", "办结", 4 },
};

struct span {
    const struct limit *l;
    struct rule_value rule;
    instant due, end;
}; /* end: when it was done, or never */
struct lateness { i64 mask, level; instant since, first; };

static bool find_rule(struct arena *a, const struct life *c, const char *name, instant at, struct rule_value *ret) {
    static const char *const urgency[] = { "", "urgent", "ordinary", "complicated" };
    return rule_at(str_fmt(a, "appeal.%s.%s", urgency[c->urgency], name), day_of(at), ret) == OK;
}

static str level_words(struct arena *a, const struct life *c, i64 level, const char *late, const char *rule) {
    const struct area *path[AREA_LEVELS];
    size_t n = area_path(c->at->id, path);
    str name = str_of(item_label(case_sides, level));
    for (size_t i = 0; i < n; i++)
        if (path[i]->level == (level == SIDE_COMMUNITY ? COMMUNITY : STREET)) name = path[i]->name;
    return str_fmt(a, "超过%s时限还没有办，已告知%.*s，由%s督促。（依据 %s@2025-01-01）", late, STR(name),
                   item_label(case_sides, level), rule);
}

/* One run of lateness, from the first limit passed until the last is made good: told at once, a day later upward. */
static void rise(struct sower *w, const struct life *c, struct lines *l, const char *late, instant since,
                 instant end, struct lateness *now) {
    instant street = { since.us + DAY_US };
    i64 level = c->side;
    if (c->side == SIDE_ENTERPRISE) {
        level = SIDE_COMMUNITY;
        add(l, since, "escalate", SIDE_SYSTEM, 0, S("系统"),
            level_words(w->tx->a, c, level, late, "appeal.escalate.community"));
    }
    if (street.us <= w->now.us && street.us < end.us && level < SIDE_STREET) {
        level = SIDE_STREET;
        add(l, street, "escalate", SIDE_SYSTEM, 0, S("系统"),
            level_words(w->tx->a, c, level, late, "appeal.escalate.street"));
    }
    if (end.us > w->now.us) {
        now->since = since;
        now->level = level;
    }
}

static void be_late(struct sower *w, const struct life *c, struct lines *l, struct span *s, size_t n,
                    struct lateness *now) {
    instant until = { 0 };
    for (size_t i = 0; i < n; i++)   /* by due time; there are three */
        for (size_t k = i + 1; k < n; k++)
            if (s[k].due.us < s[i].due.us) {
                struct span t = s[i];
                s[i] = s[k];
                s[k] = t;
            }
    for (size_t i = 0; i < n; i++) {
        if (s[i].due.us > w->now.us || s[i].end.us <= s[i].due.us) continue;
        buf b = buf_in(w->tx->a, 200);
        buf_fmt(&b, "超过%s时限：应在 ", s[i].l->label);
        instant_show(&b, s[i].due);
        buf_fmt(&b, " 前%s。（依据 %.*s）", s[i].l->label, STR(rule_version(w->tx->a, &s[i].rule)));
        add(l, s[i].due, "overdue", SIDE_SYSTEM, 0, S("系统"), buf_str(&b));
        if (!now->first.us) now->first = s[i].due;
        if (s[i].end.us > w->now.us) now->mask |= s[i].l->late;
        if (s[i].due.us < until.us) continue;   /* late already */
        instant end = s[i].end;
        for (size_t k = i + 1; k < n; k++)
            if (s[k].due.us < end.us && s[k].end.us > end.us) end = s[k].end;
        until = end;
        rise(w, c, l, s[i].l->label, s[i].due, end, now);
    }
}

/* What was left is measured at the pause, not today. */
static err pause_clock(struct sower *w, const struct life *c, const struct limit *l) {
    instant today = w->tx->now;
    w->tx->now = c->paused;
    err e = clock_pause(w->tx, c->at->id, str_of(l->clock), c->id);
    w->tx->now = today;
    return e;
}

static err run_limits(struct sower *w, const struct life *c, struct lines *l, instant start, instant accepted,
                      instant arrived, instant done, bool open, struct case_head *h, struct lateness *now) {
    struct span s[3];
    size_t n = 0;
    instant ends[3] = { accepted, arrived.us ? arrived : done, done };
    for (size_t i = 0; i < COUNT(limits); i++) {
        struct clock clock;
        if (!find_rule(w->tx->a, c, limits[i].name, start, &s[n].rule)) continue;
        bool provisional = false;
        s[n].l = &limits[i];
        s[n].due = rule_deadline(&s[n].rule, start, &provisional);
        s[n].end = ends[i].us ? ends[i] : c->closed.us ? c->closed : (instant){ INT64_MAX };
        if (open && s[n].end.us > w->now.us && s[n].due.us > w->now.us) {
            TRY(clock_arm(w->tx, c->at->id, str_of(limits[i].clock), c->id, &s[n].rule, start, &clock));
            if (c->paused.us) TRY(pause_clock(w, c, &limits[i]));
            if (!h->due_at.has || clock.due_at.us < h->due_at.v.us) {
                h->due_at = (opt_instant){ true, clock.due_at };
                h->provisional = clock.provisional;
            }
        }
        n++;
    }
    be_late(w, c, l, s, n, now);
    return OK;
}

/* ---- the case ---- */

static err next_number(struct sower *w, const struct life *c, struct case_head *h) {
    struct plot *p = c->at;
    day d = day_of(c->opened);
    struct ymd x = day_ymd(d);
    if (p->serial && d.n != p->today.n)
        TRY(entity_insert(w->tx, &case_serial_entity, &(struct case_serial){ p->id, p->today, p->serial }));
    if (d.n != p->today.n) p->serial = 0;
    p->today = d;
    h->day = d;
    h->serial = ++p->serial;
    h->no = str_fmt(w->tx->a, "%.*s-%02d%02d%02d-%04lld", STR(p->sign), x.y % 100, x.m, x.d, (long long)h->serial);
    return OK;
}

static i64 state_of(const struct life *c) {
    if (c->closed.us) return CASE_CLOSED;
    if (c->reopened.us) return c->done2.us ? CASE_DONE : c->accepted2.us ? CASE_WORKING : CASE_WAITING;
    if (c->done.us) return CASE_DONE;
    return c->arrived.us ? CASE_ARRIVED : c->accepted.us ? CASE_WORKING : CASE_WAITING;
}

static opt_instant maybe(instant t) { return (opt_instant){ t.us != 0, t }; }

static void tell_story(struct sower *w, const struct life *c, struct lines *l) {
    const struct plot *p = c->at;
    i64 me = c->who ? c->who->person : 0;
    str name = c->who ? c->who->name : S("");
    add(l, c->opened, "report", c->who ? SIDE_OWNER : SIDE_ENTERPRISE, c->who ? me : p->clerk_id,
        c->who ? name : p->clerk, S(""));
    if (c->accepted.us) add(l, c->accepted, "accept", SIDE_ENTERPRISE, p->clerk_id, p->clerk, S(""));
    if (c->arrived.us) add(l, c->arrived, "arrive", SIDE_ENTERPRISE, p->manager_id, p->manager, S(""));
    if (c->paused.us) add(l, c->paused, "pause", SIDE_ENTERPRISE, p->manager_id, p->manager, c->why);
    if (c->done.us) add(l, c->done, "done", SIDE_ENTERPRISE, p->manager_id, p->manager, c->answer);
    if (c->reopened.us) add(l, c->reopened, "reopen", SIDE_OWNER, me, name, c->again.n ? c->again : S("没修好，请再来。"));
    if (c->accepted2.us) add(l, c->accepted2, "accept", SIDE_ENTERPRISE, p->clerk_id, p->clerk, S(""));
    if (c->done2.us) add(l, c->done2, "done", SIDE_ENTERPRISE, p->manager_id, p->manager, S("又去了一趟，换了新的配件，请您再看看。"));
    if (!c->closed.us) return;
    if (c->outcome == OUTCOME_SOLVED) add(l, c->closed, "confirm", SIDE_OWNER, me, name, S(""));
    else if (c->outcome == OUTCOME_WITHDRAWN) add(l, c->closed, "withdraw", SIDE_OWNER, me, name, S("不用办了。"));
    else add(l, c->closed, "unanswered", SIDE_SYSTEM, 0, S("系统"), S("到期没有收到反馈，按期未反馈结案。"));
    if (c->stars) add(l, (instant){ c->closed.us + MINUTE_US }, "rate", SIDE_OWNER, me, name, S(""));
    (void)w;
}

static void count_all(struct sower *w, const struct life *c, instant first_late) {
    struct plot *p = c->at;
    count(w, p, APPEAL_REPORTED, c->opened, 1);
    count(w, p, APPEAL_KIND + appeal_first(c->category), c->opened, 1);
    if (c->done.us) count(w, p, APPEAL_DONE, c->done, 1);
    if (c->done2.us) count(w, p, APPEAL_DONE, c->done2, 1);
    if (first_late.us) count(w, p, APPEAL_OVERDUE, first_late, 1);
    if (c->reopened.us) count(w, p, APPEAL_REOPENED, c->reopened, 1);
    if (!c->closed.us) return;
    count(w, p, APPEAL_CLOSED, c->closed, 1);
    if (c->outcome == OUTCOME_SOLVED) count(w, p, APPEAL_SOLVED, c->closed, 1);
    if (c->outcome == OUTCOME_UNANSWERED) count(w, p, APPEAL_UNANSWERED, c->closed, 1);
    if (c->stars) count(w, p, APPEAL_RATED, (instant){ c->closed.us + MINUTE_US }, 1);
    if (c->stars) count(w, p, APPEAL_STARS, (instant){ c->closed.us + MINUTE_US }, c->stars);
}

/* ---- desks and notices of what is not over ---- */

static err put_desk(struct sower *w, const struct life *c, const struct case_head *h, str title, i64 side) {
    struct case_desk d;
    TRY(case_desk_default(w->tx, h, (enum case_side)side, &d));
    if (!d.id) return OK;
    instant due = h->late ? h->late_at.v : h->due_at.has ? h->due_at.v : h->opened_at;
    const char *state = item_label(case_states, h->state);
    struct desk_item it = { .desk_id = d.id,
                            .desk = d.desk,
                            .due_at = due,
                            .estate_id = h->estate_id,
                            .kind = h->kind,
                            .ref = c->id,
                            .title = title,
                            .overdue = h->late != 0 };
    it.note = h->paused_at.has ? S("已暂停") : h->state == CASE_DONE ? S("请您看看办得怎么样")
              : h->late ? str_fmt(w->tx->a, "已超期，%s", state)
                        : str_fmt(w->tx->a, "%s，%s", item_label(case_urgencies, h->urgency), state);
    return desk_put(w->tx, &it);
}

static err put_desks(struct sower *w, const struct life *c, const struct case_head *h, str title) {
    if (h->state == CASE_CLOSED) return OK;
    if (h->state == CASE_DONE) return put_desk(w, c, h, title, SIDE_OWNER);
    TRY(put_desk(w, c, h, title, h->side));
    for (i64 side = h->side + 1; h->level > h->side && side <= h->level; side++) TRY(put_desk(w, c, h, title, side));
    return OK;
}

static err tell(struct sower *w, const struct life *c, instant at, const char *said, str title, str words) {
    struct notice n = { .person_id = c->who->person,
                        .id = ids_run_next(&w->ids),
                        .at = at,
                        .words = words,
                        .title = str_fmt(w->tx->a, "%s：%.*s", said, STR(title)),
                        .url = appeal_url(w->tx->a, c->at->id, c->id),
                        .seen = at.us < w->now.us - 2 * DAY_US };
    return entity_insert(w->tx, &notice_entity, &n);
}

static err tell_all(struct sower *w, const struct life *c, str title) {
    if (!c->told || !c->who) return OK;
    if (c->accepted.us) TRY(tell(w, c, c->accepted, "已受理", title, S("物业已经受理。")));
    if (c->done.us) TRY(tell(w, c, c->done, "师傅说修好了，请您看看", title, c->answer));
    return c->accepted2.us ? tell(w, c, c->accepted2, "已受理", title, S("物业已经重新受理。")) : OK;
}

/* The i-th neighbour who met the same, and when; NULL when there is none. */
static const struct resident *follower(const struct sower *w, const struct life *c, int i, instant *ret_at) {
    const struct plot *p = c->at;
    size_t at = (size_t)i * 7 + 3;
    *ret_at = (instant){ c->opened.us + (i + 1) * 11 * MINUTE_US };
    if (at >= p->people.n || ret_at->us > w->now.us) return NULL;
    return c->who && p->people.p[at].person == c->who->person ? NULL : &p->people.p[at];
}

static void tell_followers(const struct sower *w, const struct life *c, struct lines *l) {
    for (int i = 0; i < c->followers; i++) {
        instant at;
        const struct resident *r = follower(w, c, i, &at);
        if (r) add(l, at, "follow", SIDE_OWNER, r->person, r->name, S("又有一位邻居遇到了。"));
    }
}

static err put_followers(struct sower *w, const struct life *c) {
    for (int i = 0; i < c->followers; i++) {
        instant at;
        const struct resident *r = follower(w, c, i, &at);
        struct appeal_follow f = { c->at->id, r ? r->person : 0, c->id, at };
        if (r) TRY(entity_insert(w->tx, &appeal_follow_entity, &f));
    }
    return OK;
}

/* After done comes the reporter's own time. */
static err confirm_clock(struct sower *w, const struct life *c, struct case_head *h) {
    struct rule_value rule;
    struct clock clock;
    if (h->state != CASE_DONE || rule_at(S("appeal.confirm"), day_of(w->now), &rule) != OK) return OK;
    TRY(clock_arm(w->tx, c->at->id, S("case.confirm"), c->id, &rule, c->done2.us ? c->done2 : c->done, &clock));
    h->due_at = (opt_instant){ true, clock.due_at };
    h->provisional = clock.provisional;
    return OK;
}

static err escalate_clock(struct sower *w, const struct life *c, const struct case_head *h) {
    struct rule_value rule;
    struct clock clock;
    if (!h->late || h->level >= SIDE_STREET ||
        rule_at(S("appeal.escalate.street"), day_of(w->now), &rule) != OK)
        return OK;
    return clock_arm(w->tx, c->at->id, S("case.escalate"), c->id, &rule, h->late_at.v, &clock);
}

static struct case_head head_of(const struct life *c) {
    struct case_head h = { .estate_id = c->at->id,
                           .id = c->id,
                           .kind = S("appeal"),
                           .state = state_of(c),
                           .category = c->category,
                           .urgency = c->urgency,
                           .place = c->place,
                           .opened_at = c->opened,
                           .accepted_at = maybe(c->accepted),
                           .arrived_at = maybe(c->arrived),
                           .done_at = maybe(c->done),
                           .closed_at = maybe(c->closed),
                           .side = c->side,
                           .level = c->side,
                           .paused_at = maybe(c->paused),
                           .reopened = c->reopened.us != 0 };
    if (c->who) {
        h.reporter_id = (opt_i64){ true, c->who->person };
        h.home_id = (opt_i64){ true, c->who->home };
    }
    h.outcome = (opt_i64){ c->closed.us != 0, c->outcome };
    h.rating = (opt_i64){ c->stars != 0, c->stars };
    return h;
}

err sow_case(struct sower *w, struct life *c) {
    c->id = ids_run_next(&w->ids);
    struct case_head h = head_of(c);
    struct lines l = { .n = 0 };
    struct lateness late = { 0 };
    const struct appeal_kind *k = appeal_kind(c->category);
    struct case_text t = { c->at->id, c->id, k ? k->name : S("其他"), c->words, c->spot, CONTACT_HERE, { 0 } };
    bool open = h.state < CASE_DONE;
    TRY(next_number(w, c, &h));
    tell_story(w, c, &l);
    TRY(run_limits(w, c, &l, c->opened, c->accepted, c->arrived, c->done, open && !c->reopened.us, &h, &late));
    if (c->reopened.us) TRY(run_limits(w, c, &l, c->reopened, c->accepted2, (instant){ 0 }, c->done2, open, &h, &late));
    h.overdue = late.first.us != 0;
    if (late.mask && open) {
        h.late = late.mask;
        h.late_at = (opt_instant){ true, late.since };
        h.level = late.level;
    }
    TRY(confirm_clock(w, c, &h));
    tell_followers(w, c, &l);
    h.version = (i64)l.n;
    TRY(entity_insert(w->tx, &case_head_entity, &h));
    TRY(entity_insert(w->tx, &case_text_entity, &t));
    TRY(write_lines(w, c, &l));
    TRY(put_followers(w, c));
    TRY(escalate_clock(w, c, &h));
    TRY(put_desks(w, c, &h, t.title));
    TRY(tell_all(w, c, t.title));
    count_all(w, c, late.first);
    return OK;
}

/* ---- at the end ---- */

struct sum { const struct area *area; i64 n[SEED_METRICS][SEED_MONTHS]; };

static err put_areas(struct sower *w, const struct sum *s) {
    for (size_t k = 0; k < SEED_METRICS; k++)
        for (i64 m = 0; m < SEED_MONTHS; m++) {
            if (!s->n[k][m]) continue;
            const struct area *up = area_parent(s->area);
            struct metric_area row = { s->area->id,     metric_of(k),   month_next(w->first_month, (int)m),
                                       up ? up->id : 0, s->area->level, s->n[k][m] };
            TRY(entity_insert(w->tx, &metric_area_entity, &row));
        }
    return OK;
}

err sow_finish(struct sower *w) {
    struct { struct sum **p; size_t n, cap; } sums = { 0 };
    for (size_t i = 0; i < w->plots.n; i++) {
        struct plot *p = &w->plots.p[i];
        const struct area *path[AREA_LEVELS];
        size_t levels = area_path(p->id, path);
        if (p->serial)
            TRY(entity_insert(w->tx, &case_serial_entity,
                              &(struct case_serial){ p->id, p->today, p->serial }));
        for (size_t k = 0; k < SEED_METRICS; k++)
            for (i64 m = 0; m < SEED_MONTHS; m++) {
                struct metric_count row = { p->id, metric_of(k), month_next(w->first_month, (int)m), p->count[k][m] };
                if (row.n) TRY(entity_insert(w->tx, &metric_count_entity, &row));
            }
        for (size_t j = 0; j < levels; j++) {
            size_t at = 0;
            while (at < sums.n && sums.p[at]->area != path[j]) at++;
            if (at == sums.n) {
                *VEC_ADD(w->tx->a, &sums) = NEW(w->tx->a, struct sum);
                sums.p[at]->area = path[j];
            }
            for (size_t k = 0; k < SEED_METRICS; k++)
                for (size_t m = 0; m < SEED_MONTHS; m++) sums.p[at]->n[k][m] += p->count[k][m];
        }
    }
    for (size_t i = 0; i < sums.n; i++) TRY(put_areas(w, sums.p[i]));
    return OK;
}
