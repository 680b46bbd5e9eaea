/* pages.c - load, then render. */
#include "domain/board/pages.h"
#include "domain/board/tpl.h"
#include "kit/house/house.h"
#include "kit/rule/rule.h"

/* ---- who may see which area ---- */

err board_object(struct rq *rq, struct object *ret) {
    struct board_ask q;
    TRY(board_ask_of(rq, rq_arg(rq, "area"), rq_arg(rq, "period"), rq_arg(rq, "metric"), &q));
    ret->code = q.area->code;
    if (q.area->level == ESTATE) ret->estate = q.area->id;
    return OK;
}

static bool may_cases(const struct rq *rq, const struct area *x) {
    return rq_may(rq, "board.cases",
                  &(struct object){ .code = x->code, .estate = x->level == ESTATE ? x->id : 0 });
}

/* An address without an area, or with the code of one that ended, is sent to the whole address: that one can be
 * forwarded. */
static bool forward(struct rq *rq, const struct board_ask *q) {
    str given = rq_arg(rq, "area");
    if (str_eq(given, area_code_text(rq->a, q->area->code)) || (q->open && given.n == 0)) return false;
    rq->redirect = board_address(rq->a, q, q->area, q->when.month, q->measure, (str){ 0 });
    rq->status = given.n ? 301 : 303;
    return true;
}

/* ---- the frame ---- */

static void put_crumbs(struct rq *rq, const struct board_ask *q, struct page_head *head) {
    const struct area *path[AREA_LEVELS];
    size_t n = area_path(q->area->id, path);
    for (size_t i = 0; i < n; i++) {
        bool open = q->open || rq_may(rq, "board.view", &(struct object){ .code = path[i]->code });
        *VEC_ADD(rq->a, &head->crumbs) =
            (struct crumb){ open && i + 1 < n
                                ? board_address(rq->a, q, path[i], q->when.month, q->measure, (str){ 0 })
                                : (str){ 0 },
                            i == 0 ? S("全市") : path[i]->short_name };
    }
}

static void put_frame(struct rq *rq, const struct board_ask *q, struct board_view *v) {
    buf now = buf_in(rq->a, 64);
    v->head = rq->head;
    v->title = str_fmt(rq->a, "%.*s%s", STR(q->area->level == CITY ? S("全市") : q->area->short_name),
                       q->open ? "诉求公开" : "运行看板");
    v->head.title = v->title;
    put_crumbs(rq, q, &v->head);
    v->open = q->open;
    v->month = board_period_show(rq->a, q->when.month);
    v->here = board_address(rq->a, q, q->area, q->when.month, q->measure, (str){ 0 });
    v->earlier = board_address(rq->a, q, q->area, q->when.before, q->measure, (str){ 0 });
    if (board_months_apart(q->when.month, q->when.now) > 0)
        v->later = board_address(rq->a, q, q->area, month_next(q->when.month, 1), q->measure, (str){ 0 });
    v->csv = str_cat(rq->a, v->here, S("&format=csv"));
    v->xlsx = str_cat(rq->a, v->here, S("&format=xlsx"));
    for (const struct item *it = board_measures; it->name; it++)
        *VEC_ADD(rq->a, &v->measures) =
            (struct board_link){ board_address(rq->a, q, q->area, q->when.month,
                                               (enum board_measure)it->value, (str){ 0 }),
                                 str_of(it->label), it->value == q->measure };
    instant_show(&now, rq->now);
    v->as_of = buf_str(&now);
}

/* ---- the parts ---- */

struct loaded {
    struct board_area area;
    struct board_rows rows;
    size_t small, hidden;
};

static err load(struct rq *rq, const struct board_ask *q, struct loaded *l) {
    *l = (struct loaded){ 0 };
    TRY(board_read(rq->tx, &q->terms, &q->when, q->area, &l->area));
    if (q->poll) return OK;
    TRY(board_children(rq->tx, &q->terms, &q->when, q->measure, &l->area, &l->rows));
    if (q->open) l->hidden = board_hide(&l->rows, &q->terms);
    l->small = board_rank(&l->rows, &q->terms);
    return OK;
}

static void put_below(struct rq *rq, const struct board_ask *q, struct loaded *l, struct board_view *v) {
    if (l->rows.n == 0) return;
    struct classes c = board_classes_of(&l->rows);
    board_put_map(rq->a, q, &l->rows, &c, &v->map);
    v->with_map = v->map.map.shapes.n > 0;
    v->with_table = true;
    v->with_notes = !q->open && board_known(&l->area, &q->when, q->when.month);
    if (v->with_notes) board_put_notes(rq->a, q, &l->rows, &v->notes);
    board_put_table(rq, q, &l->area, &l->rows, l->small, l->hidden, &v->table);
}

static err put_estate(struct rq *rq, const struct board_ask *q, const struct loaded *l,
                      struct board_view *v) {
    struct board_step path[AREA_LEVELS];
    size_t n = 0;
    if (q->area->level != ESTATE) return OK;
    TRY(board_path(rq->tx, &q->terms, &q->when, &l->area, path, &n));
    board_put_checks(rq, q, path, n, &v->checks);
    v->with_checks = v->checks.n > 0;
    return OK;
}

enum { TOP_SHOWN = 5 };

static str top_address(struct rq *rq, const struct board_ask *q, i64 month) {
    return str_fmt(rq->a, "/board/top?area=%.*s&period=%.*s", STR(area_code_text(rq->a, q->area->code)),
                   STR(board_period_text(rq->a, month)));
}

static err put_top(struct rq *rq, const struct board_ask *q, struct board_view *v) {
    struct top_estates top;
    i64 size = rule_number("board.top.size", day_of(rq->now), 100);
    if (q->open || q->area->level >= COMMUNITY) return OK;
    TRY(board_top(rq->tx, q->area, q->when.month, TOP_SHOWN, &top));
    if (top.n == 0) return OK;
    v->top.title = S("诉求最多的小区");
    if (q->area->level == CITY) {
        v->top.title = str_fmt(rq->a, "诉求前%lld小区", (long long)size);
        v->top.more = top_address(rq, q, q->when.month);
    }
    board_put_top(rq, q, &top, TOP_SHOWN, &v->top);
    return OK;
}

static void put_words(struct rq *rq, const struct board_ask *q, const struct loaded *l,
                      struct board_view *v) {
    v->sentence = board_sentence(rq->a, q, &l->area);
    board_put_tiles(rq, q, &l->area, &v->tiles);
    if (q->poll) return;
    board_put_trend(rq->a, q, &l->area, &v->trend);
    board_put_kinds(rq, q, &l->area, &v->kinds);
    board_put_terms(rq->a, q, &l->area, &v->terms);
}

/* ---- the pages ---- */

static err ask(struct rq *rq, struct board_ask *ret) {
    TRY(board_ask_of(rq, rq_arg(rq, "area"), rq_arg(rq, "period"), rq_arg(rq, "metric"), ret));
    ret->sort = rq_arg(rq, "sort");
    ret->poll = http_header(rq->h, "X-Poll").n > 0;
    return OK;
}

err board_page(struct rq *rq) {
    struct board_view v = { 0 };
    struct board_ask q;
    struct loaded l;
    TRY(ask(rq, &q));
    q.cases = may_cases(rq, q.area);
    if (forward(rq, &q)) return OK;
    TRY(load(rq, &q, &l));
    put_words(rq, &q, &l, &v);
    if (q.poll) {
        tpl_board_figures(rq->out, &v);
        return OK;
    }
    if (board_wants_table(rq)) return board_table_file(rq, &q, &l.area, &l.rows);
    put_frame(rq, &q, &v);
    put_below(rq, &q, &l, &v);
    TRY(put_estate(rq, &q, &l, &v));
    TRY(put_top(rq, &q, &v));
    tpl_board_board(rq->out, &v);
    return OK;
}

err board_public_page(struct rq *rq) {
    struct board_view v = { 0 };
    struct board_ask q;
    struct loaded l;
    str area = rq_arg(rq, "area");
    TRY(board_ask_of(rq, area.n ? area : S("11"), rq_arg(rq, "period"), rq_arg(rq, "metric"), &q));
    if (q.area->level > DISTRICT) return E_MISSING;
    q.open = true;
    q.sort = rq_arg(rq, "sort");
    if (forward(rq, &q)) return OK;
    TRY(load(rq, &q, &l));
    if (board_wants_table(rq)) return board_table_file(rq, &q, &l.area, &l.rows);
    put_words(rq, &q, &l, &v);
    put_frame(rq, &q, &v);
    put_below(rq, &q, &l, &v);
    tpl_board_public(rq->out, &v);
    return OK;
}

/* ---- the first hundred estates ---- */

static void put_curve(struct rq *rq, const struct top_estates *top, i64 all, struct board_curves *ret) {
    static const size_t at[] = { 10, 20, 50, 100 };
    i64 sum = 0;
    for (size_t i = 0, k = 0; i < top->n && k < COUNT(at); i++) {
        sum += top->p[i].n;
        if (i + 1 != at[k]) continue;
        struct figure f = board_share(sum, all);
        if (f.has)
            *VEC_ADD(rq->a, ret) = (struct board_curve){ str_fmt(rq->a, "前%zu个", at[k]),
                                                         str_fmt(rq->a, "%.*s%%", STR(board_text(rq->a, &f))),
                                                         { .part = sum, .whole = all } };
        k++;
    }
}

/* How many of the hundred lie in each district: the share of a district. */
static void put_spread(struct rq *rq, const struct board_ask *q, const struct top_estates *top,
                       struct board_curves *ret) {
    const struct area *const *child;
    size_t n = area_children(q->area, &child);
    for (size_t i = 0; i < n; i++) {
        i64 in = 0, end = child[i]->code + area_span(child[i]->level);
        for (size_t k = 0; k < top->n; k++)
            in += top->p[k].area->code >= child[i]->code && top->p[k].area->code < end;
        if (in == 0) continue;
        *VEC_ADD(rq->a, ret) = (struct board_curve){ child[i]->short_name,
                                                     str_fmt(rq->a, "%lld 个", (long long)in),
                                                     { .part = in, .whole = (i64)top->n } };
    }
    for (size_t i = 1; i < ret->n; i++)
        for (size_t k = i; k > 0 && ret->p[k - 1].bar.part < ret->p[k].bar.part; k--) {
            struct board_curve x = ret->p[k];
            ret->p[k] = ret->p[k - 1];
            ret->p[k - 1] = x;
        }
}

static str top_sentence(struct rq *rq, const struct board_ask *q, const struct top_estates *top, i64 all) {
    i64 sum = 0;
    for (size_t i = 0; i < top->n; i++) sum += top->p[i].n;
    struct figure f = board_share(sum, all);
    if (top->n == 0)
        return str_fmt(rq->a, "%.*s还没有小区报数。", STR(board_period_show(rq->a, q->when.month)));
    return str_fmt(rq->a,
                   "%.*s诉求最多的 %zu 个小区共 %lld 件，占%.*s的 %.*s%%。件数一样的并列，按小区代码排。",
                   STR(board_period_show(rq->a, q->when.month)), top->n, (long long)sum,
                   STR(q->area->level == CITY ? S("全市") : q->area->short_name), STR(board_text(rq->a, &f)));
}

err board_top_page(struct rq *rq) {
    struct board_top_view v = { .head = rq->head };
    struct board_ask q;
    struct board_area b;
    struct top_estates top;
    i64 size = rule_number("board.top.size", day_of(rq->now), 100);
    TRY(ask(rq, &q));
    TRY(board_read(rq->tx, &q.terms, &q.when, q.area, &b));
    TRY(board_top(rq->tx, q.area, q.when.month, size, &top));
    if (board_wants_table(rq)) return board_top_file(rq, &q, &top);
    v.title = str_fmt(rq->a, "%.*s诉求前%lld小区",
                      STR(q.area->level == CITY ? S("全市") : q.area->short_name), (long long)size);
    v.head.title = v.title;
    put_crumbs(rq, &q, &v.head);
    v.back = board_address(rq->a, &q, q.area, q.when.month, q.measure, (str){ 0 });
    v.month = board_period_show(rq->a, q.when.month);
    v.earlier = top_address(rq, &q, q.when.before);
    if (board_months_apart(q.when.month, q.when.now) > 0)
        v.later = top_address(rq, &q, month_next(q.when.month, 1));
    v.csv = str_cat(rq->a, top_address(rq, &q, q.when.month), S("&format=csv"));
    v.xlsx = str_cat(rq->a, top_address(rq, &q, q.when.month), S("&format=xlsx"));
    v.sentence = top_sentence(rq, &q, &top, board_tally(&b, q.when.month)->reported);
    board_put_top(rq, &q, &top, top.n, &v.top);
    put_curve(rq, &top, board_tally(&b, q.when.month)->reported, &v.curve);
    put_spread(rq, &q, &top, &v.spread);
    tpl_board_top(rq->out, &v);
    return OK;
}

/* ---- for programs ---- */

err board_figures_run(struct rq *rq, const void *p, buf *out) {
    const struct board_in *in = p;
    struct board_ask q;
    struct loaded l;
    TRY(board_ask_of(rq, in->area.v, in->period.v, in->metric.v, &q));
    TRY(access_may(&rq->actor, "board.view", &(struct object){ .code = q.area->code }));
    TRY(load(rq, &q, &l));
    board_json(out, rq->a, &q, &l.area, &l.rows);
    return OK;
}
