/* list.c - many cases: my own, an estate's, a desk's, an office's, those behind a number. */
#include "domain/appeal/pages.h"
#include "domain/appeal/tpl.h"
#include "kit/area/area.h"

enum { PAGE_ROWS = 30 };

static str estate_path(struct rq *rq, const char *tail) {
    return str_fmt(rq->a, "/e/%.*s/%s", STR(id_text(rq->a, rq->estate)), tail);
}

/* ---- my own ---- */

SQL(followed_cases, "ii", "i",
    "SELECT case_id FROM appeal_follow WHERE estate_id = $1 AND person_id = $2 ORDER BY case_id DESC LIMIT 20")

/* Neighbours' cases that I follow: what, how far, by when; no words, no name, no way in. */
static err put_followed(struct rq *rq, struct case_rows *ret) {
    struct rows rows;
    TRY(db_all(rq->tx, &rows, &followed_cases, vi(rq->estate), vi(rq->actor.person)));
    for (size_t i = 0; i < rows.n; i++) {
        struct case_head h;
        TRY(case_get(rq->tx, &appeal_casework, rq->estate, rows.p[i].v[0].i, -1, &h));
        TRY(appeal_row(rq, &h, appeal_kind_label(rq->a, h.category), true, VEC_ADD(rq->a, ret)));
    }
    return OK;
}

static i64 cursor(struct rq *rq) {
    i64 id;
    return id_parse(rq_arg(rq, "after"), &id) ? id : 0;
}

static err own_list(struct rq *rq, struct list_page_view *v) {
    struct case_lines lines;
    struct case_query q = {
        .estate = rq->estate, .reporter = rq->actor.person, .before = cursor(rq), .limit = PAGE_ROWS
    };
    TRY(case_list(rq->tx, &appeal_casework, &q, &lines));
    for (size_t i = 0; i < lines.n; i++)
        TRY(appeal_row(rq, &lines.p[i].head, lines.p[i].title, true, VEC_ADD(rq->a, &v->rows)));
    if (lines.next) v->next = str_fmt(rq->a, "%.*s?after=%.*s", STR(rq->h->path), STR(id_text(rq->a, lines.next)));
    if (q.before) v->first = rq->h->path;
    v->title = S("我报的事");
    return put_followed(rq, &v->followed);
}

/* ---- an estate's, with filters ---- */

#define HEAD_COLS                                                                                            \
    "h.estate_id, h.id, h.kind, h.no, h.serial, h.day, h.state, h.category, h.urgency, h.place, "            \
    "h.reporter_id, h.home_id, "                                                                             \
    "h.opened_at, h.accepted_at, h.arrived_at, h.done_at, h.closed_at, h.outcome, h.side, h.level, "         \
    "h.due_at, h.provisional, "                                                                              \
    "h.overdue, h.late, h.late_at, h.paused_at, h.reopened, h.rating, h.version, t.title "
#define HEAD_OUT "iittiiiiiiiiiiiiiiiiiiiiiiiiit"
#define HEAD_FROM                                                                                                \
    "FROM case_head AS h JOIN case_text AS t ON t.estate_id = h.estate_id AND t.id = h.id WHERE h.estate_id = $1 " \
    "AND h.kind = 'appeal' AND h.id < $2 AND ($3 = 0 OR h.state = $3) "                                          \
    "AND ($4 = 0 OR (h.category >= $4 AND h.category < $4 + 100)) AND ($5 = 0 OR h.late > 0) "

SQL(estate_cases, "iiiiii", HEAD_OUT, "SELECT " HEAD_COLS HEAD_FROM "ORDER BY h.id DESC LIMIT $6")
SQL(estate_cases_no, "iiiiiit", HEAD_OUT, "SELECT " HEAD_COLS HEAD_FROM "AND h.no LIKE $7 ORDER BY h.id DESC LIMIT $6")

/* The text of a number as people copy it: letters, digits and hyphens, lower case; nothing else reaches LIKE. */
static str number_pattern(struct rq *rq, str typed) {
    buf b = buf_in(rq->a, 64);
    buf_c(&b, '%');
    typed = utf8_half(rq->a, str_trim(typed));
    for (size_t i = 0; i < typed.n && b.n < 40; i++) {
        char c = typed.p[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-') buf_c(&b, c);
    }
    if (b.n == 1) return S("");
    buf_c(&b, '%');
    return buf_str(&b);
}

struct filters { i64 state, category, overdue; str no; };

static void put_filters(struct rq *rq, struct filters *f, struct list_page_view *v) {
    const struct appeal_kind *kinds[32];
    size_t n = appeal_kinds(0, day_of(rq->now), kinds, COUNT(kinds));
    const struct item *state = item_by_name(case_states, rq_arg(rq, "state"));
    f->state = state ? state->value : 0;
    if (!str_i64(rq_arg(rq, "category"), &f->category) || !appeal_kind(f->category)) f->category = 0;
    f->overdue = str_is(rq_arg(rq, "overdue"), "1");
    v->no = rq_arg(rq, "no");
    f->no = number_pattern(rq, v->no);
    v->overdue = f->overdue != 0;
    v->filtered = f->state || f->category || f->overdue || f->no.n;
    for (const struct item *it = case_states; it->name; it++)
        *VEC_ADD(rq->a, &v->states) = (struct option){ str_of(it->name), str_of(it->label), it == state };
    for (size_t i = 0; i < n; i++)
        *VEC_ADD(rq->a, &v->kinds) = (struct option){ str_fmt(rq->a, "%lld", (long long)kinds[i]->code),
                                                      kinds[i]->name, kinds[i]->code == f->category };
}

static str page_url(struct rq *rq, const struct filters *f, const struct list_page_view *v, i64 after) {
    buf b = buf_in(rq->a, 300);
    buf_fmt(&b, "%.*s?", STR(rq->h->path));
    if (f->state) buf_fmt(&b, "state=%s&", item_by_value(case_states, f->state)->name);
    if (f->category) buf_fmt(&b, "category=%lld&", (long long)f->category);
    if (f->overdue) buf_lit(&b, "overdue=1&");
    if (f->no.n) buf_fmt(&b, "no=%.*s&", STR(str_sub(f->no, 1, f->no.n - 2)));
    (void)v;
    if (after) buf_fmt(&b, "after=%.*s", STR(id_text(rq->a, after)));
    return buf_str(&b);
}

static err put_rows(struct rq *rq, const struct rows *rows, size_t limit, struct case_rows *ret) {
    for (size_t i = 0; i < rows->n && i < limit; i++) {
        struct case_head h;
        entity_load(rq->a, &case_head_entity, &h, rows->p[i].v);
        TRY(appeal_row(rq, &h, rows->p[i].v[sizeof HEAD_OUT - 2].s, false, VEC_ADD(rq->a, ret)));
    }
    return OK;
}

static err estate_list(struct rq *rq, struct list_page_view *v) {
    struct filters f = { 0 };
    struct rows rows;
    i64 before = cursor(rq);
    put_filters(rq, &f, v);
    val in[] = { vi(rq->estate), vi(before ? before : INT64_MAX),
                 vi(f.state),    vi(f.category),
                 vi(f.overdue),  vi(PAGE_ROWS + 1),
                 vt(f.no) };
    TRY(db_all_n(rq->tx, &rows, f.no.n ? &estate_cases_no : &estate_cases, in, f.no.n ? 7 : 6));
    TRY(put_rows(rq, &rows, PAGE_ROWS, &v->rows));
    if (rows.n > PAGE_ROWS) v->next = page_url(rq, &f, v, rows.p[PAGE_ROWS - 1].v[1].i);
    if (before) v->first = page_url(rq, &f, v, 0);
    v->staff = true;
    v->title = S("全部诉求");
    v->action = rq->h->path;
    if (rq_may(rq, "appeal.handle", &(struct object){ .code = rq->code, .estate = rq->estate }))
        v->desk = estate_path(rq, "desk");
    return OK;
}

err appeal_list_page(struct rq *rq) {
    struct list_page_view v = { .head = rq->head, .said = rq->said };
    struct object here = { .code = rq->code, .estate = rq->estate };
    appeal_head(rq, &v.head, NULL);
    if (rq_may(rq, "appeal.report", &here)) v.create = estate_path(rq, "appeal/new");
    if (appeal_side(&rq->actor, "appeal.view", &here) == SIDE_OWNER) TRY(own_list(rq, &v));
    else TRY(estate_list(rq, &v));
    v.head.title = v.title;
    tpl_appeal_list(rq->out, &v);
    return OK;
}

/* ---- desks ---- */

/* Items of a desk, with the case behind each. */
static err desk_rows(struct rq *rq, i64 desk_id, enum desk_kind desk, int limit, bool with_act, struct case_rows *ret) {
    struct desk_list items;
    TRY(desk_read(rq->tx, desk_id, desk, limit, &items));
    for (size_t i = 0; i < items.n; i++) {
        const struct desk_item *it = &items.p[i];
        struct case_head h;
        if (!str_is(it->kind, appeal_casework.kind)) continue;
        err e = case_get(rq->tx, &appeal_casework, it->estate_id, it->ref, -1, &h);
        if (e == E_MISSING) continue;   /* the event that takes it off is on its way */
        TRY(e);
        struct case_row *r = VEC_ADD(rq->a, ret);
        TRY(appeal_row(rq, &h, it->title, false, r));
        if (desk == DESK_OFFICE) {
            const struct area *estate = area_by_id(h.estate_id);
            r->where = str_fmt(rq->a, "%.*s，%.*s", STR(estate ? estate->short_name : S("")), STR(r->where));
        }
        if (!with_act || h.paused_at.has || h.state == CASE_DONE) continue;
        if (h.state == CASE_WAITING) r->act = appeal_act(rq, &h, "appeal.case.accept", "受理");
        else if (h.state == CASE_WORKING && h.urgency == URGENT)
            r->act = appeal_act(rq, &h, "appeal.case.arrive", "我到了");
        r->act.look = "button button-main";
    }
    return OK;
}

err appeal_desk_page(struct rq *rq) {
    struct desk_view v = { .head = rq->head, .said = rq->said, .title = S("工单"), .empty = S("现在没有等着办的诉求。"),
                           .faults = rq_faults(rq) };
    struct desk_count n;
    appeal_head(rq, &v.head, NULL);
    for (size_t i = 0; i < v.faults.links.n; i++) v.faults.links.p[i].id = S("");
    TRY(desk_count(rq->tx, rq->estate, DESK_ENTERPRISE, &n));
    v.total = n.all;
    v.overdue = n.overdue;
    v.soon = n.soon;
    v.more = n.all > DESK_MAX;
    v.all = estate_path(rq, "appeal");
    if (rq_may(rq, "appeal.report", &(struct object){ .code = rq->code, .estate = rq->estate }))
        v.create = estate_path(rq, "appeal/new");
    TRY(desk_rows(rq, rq->estate, DESK_ENTERPRISE, DESK_MAX, true, &v.rows));
    tpl_appeal_desk(rq->out, &v);
    return OK;
}

static err find_area(struct rq *rq, const struct area **ret) {
    i64 code;
    *ret = area_code_parse(rq_param(rq, "area"), &code) ? area_by_code(code) : NULL;
    return *ret ? OK : E_MISSING;
}

static void put_crumbs(struct rq *rq, struct page_head *head, const struct area *x, const char *here) {
    const struct area *path[AREA_LEVELS];
    size_t n = area_path(x->id, path);
    for (size_t i = 0; i < n; i++) {
        bool open = rq_may(rq, "board.view", &(struct object){ .code = path[i]->code });
        *VEC_ADD(rq->a, &head->crumbs) =
            (struct crumb){ open ? str_fmt(rq->a, "/a/%.*s", STR(area_code_text(rq->a, path[i]->code)))
                                 : S(""),
                            i == 0 ? S("全市") : path[i]->short_name };
    }
    *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){ S(""), str_of(here) };
}

err appeal_office_page(struct rq *rq) {
    const struct area *x = NULL;
    struct desk_count n;
    struct desk_view v = { .head = rq->head, .said = rq->said, .title = S("要我出面的事"), .office = true,
                           .empty = S("现在没有超期的诉求要您出面。") };
    TRY(find_area(rq, &x));
    v.head.place = x->short_name;
    put_crumbs(rq, &v.head, x, "要我出面的事");
    TRY(desk_count(rq->tx, x->id, DESK_OFFICE, &n));
    v.total = n.all;
    v.overdue = n.overdue;
    v.soon = n.soon;
    v.more = n.all > DESK_MAX;
    TRY(desk_rows(rq, x->id, DESK_OFFICE, DESK_MAX, false, &v.rows));
    tpl_appeal_desk(rq->out, &v);
    return OK;
}

/* ---- the cases behind a number: a named fan-out over the estates of an area, at most 200 ---- */

#define FANOUT_FROM                                                                                          \
    "FROM area AS e JOIN case_head AS h ON h.estate_id = e.id JOIN case_text AS t ON t.estate_id = "         \
    "h.estate_id AND t.id = h.id "
#define FANOUT_WHERE                                                                                             \
    "WHERE e.code >= $1 AND e.code < $2 AND h.kind = 'appeal' AND ($5 = 0 OR h.state = $5) "                     \
    "AND ($6 = 0 OR (h.category >= $6 AND h.category < $6 + 100)) "
#define FANOUT_END "ORDER BY h.id DESC LIMIT 201"
SQL(fanout_opened, "iiiiii", HEAD_OUT,
    "SELECT " HEAD_COLS FANOUT_FROM FANOUT_WHERE "AND h.opened_at >= $3 AND h.opened_at < $4 " FANOUT_END)
SQL(fanout_closed, "iiiiiii", HEAD_OUT,
    "SELECT " HEAD_COLS FANOUT_FROM FANOUT_WHERE "AND h.closed_at >= $3 AND h.closed_at < $4 AND ($7 = 0 OR "
                                                 "h.outcome = $7) " FANOUT_END)
SQL(fanout_action, "iiiiiit", HEAD_OUT,
    "SELECT " HEAD_COLS FANOUT_FROM FANOUT_WHERE "AND EXISTS (SELECT 1 FROM case_entry AS n WHERE "
                                                 "n.estate_id = h.estate_id "
    "AND n.case_id = h.id AND n.action = $7 AND n.at >= $3 AND n.at < $4) " FANOUT_END)

struct drill { const struct area *area; i64 month, metric, state, category; };

static const char *metric_title(i64 metric) {
    switch (metric) {
    case APPEAL_DONE: return "办完的";
    case APPEAL_OVERDUE: return "超期的";
    case APPEAL_REOPENED: return "没修好重办的";
    case APPEAL_CLOSED: return "结案的";
    case APPEAL_SOLVED: return "报事人确认解决的";
    case APPEAL_UNANSWERED: return "按期未反馈的";
    case APPEAL_RATED:
    case APPEAL_STARS: return "评过分的";
    default: return "报来的";
    }
}

/* test/access builds a copy whose list is not cut to the area: the matrix must then name who reads too much. */
#ifdef WUYE_CONTROL_NO_SCOPE
#define SCOPE(area) vi(0), vi(INT64_MAX)
#else
#define SCOPE(area) vi((area)->code), vi((area)->code + area_span((area)->level))
#endif

static err fan_out(struct rq *rq, const struct drill *d, struct rows *ret) {
    i64 from = day_start(month_first(d->month)).us, to = day_end(month_last(d->month)).us;
    val in[7] = { SCOPE(d->area), vi(from), vi(to), vi(d->state), vi(d->category) };
    switch (d->metric) {
    case APPEAL_CLOSED: in[6] = vi(0); break;
    case APPEAL_SOLVED: in[6] = vi(OUTCOME_SOLVED); break;
    case APPEAL_UNANSWERED: in[6] = vi(OUTCOME_UNANSWERED); break;
    case APPEAL_DONE: in[6] = vt(S("done")); break;
    case APPEAL_OVERDUE: in[6] = vt(S("overdue")); break;
    case APPEAL_REOPENED: in[6] = vt(S("reopen")); break;
    case APPEAL_RATED:
    case APPEAL_STARS: in[6] = vt(S("rate")); break;
    default: return db_all_n(rq->tx, ret, &fanout_opened, in, 6);
    }
    return db_all_n(rq->tx, ret, in[6].t == 't' ? &fanout_action : &fanout_closed, in, 7);
}

/* "2026-11"; the present month when there is none or it makes no sense. */
static i64 month_arg(struct rq *rq) {
    str s = rq_arg(rq, "month"), year;
    i64 y, m;
    bool fine = str_cut(&s, '-', &year) && str_i64(year, &y) && str_i64(s, &m) && y >= 2020 && y < 2100 &&
                m >= 1 && m <= 12;
    return fine ? y * 100 + m : day_month(day_of(rq->now));
}

err appeal_drill_page(struct rq *rq) {
    struct drill d = { 0 };
    struct drill_view v = { .head = rq->head };
    struct rows rows;
    TRY(find_area(rq, &d.area));
    d.month = month_arg(rq);
    if (!str_i64(rq_arg(rq, "metric"), &d.metric)) d.metric = APPEAL_REPORTED;
    if (!str_i64(rq_arg(rq, "category"), &d.category) || !appeal_kind(d.category)) d.category = 0;
    if (d.metric > APPEAL_KIND && !d.category && appeal_kind(d.metric - APPEAL_KIND))
        d.category = d.metric - APPEAL_KIND;
    const struct item *state = item_by_name(case_states, rq_arg(rq, "state"));
    d.state = state ? state->value : 0;
    TRY(fan_out(rq, &d, &rows));
    TRY(put_rows(rq, &rows, DRILL_MAX, &v.rows));
    for (size_t i = 0; i < v.rows.n; i++) {
        const struct area *estate = area_by_id(rows.p[i].v[0].i);
        v.rows.p[i].where =
            str_fmt(rq->a, "%.*s，%.*s", STR(estate ? estate->short_name : S("")), STR(v.rows.p[i].where));
    }
    v.more = rows.n > DRILL_MAX;
    v.title = str_fmt(rq->a, "%.*s：%lld年%lld月%s%.*s", STR(d.area->short_name), (long long)(d.month / 100),
                      (long long)(d.month % 100), metric_title(d.metric),
                      STR(d.category ? appeal_kind_label(rq->a, d.category) : S("诉求")));
    v.sub = str_fmt(rq->a, "%zu 件%s。", v.rows.n, v.more ? "以上" : "");
    v.head.title = v.title;
    put_crumbs(rq, &v.head, d.area, "数字后面的案件");
    tpl_appeal_drill(rq->out, &v);
    return OK;
}
