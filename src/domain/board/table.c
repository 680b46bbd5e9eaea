/* table.c - the ranking of what lies below (the accessible original of every map), the estates with most reports, and
 * the sheet of one estate. */
#include "domain/appeal/appeal.h"
#include "domain/board/pages.h"

/* ---- order ---- */

static int compare(const struct board_row *x, const struct board_row *y, str key) {
    if (str_is(key, "name")) return x->area->code < y->area->code ? -1 : x->area->code > y->area->code;
    if (str_is(key, "count"))
        return (x->now.reported > y->now.reported) - (x->now.reported < y->now.reported);
    if (str_is(key, "people")) return (x->folk.tenths > y->folk.tenths) - (x->folk.tenths < y->folk.tenths);
    return board_cmp(&x->fig, &y->fig);
}

/* "-count": highest first. Anything unknown leaves the order of rank. */
static void order(struct board_rows *rows, str sort) {
    bool down = sort.n && sort.p[0] == '-';
    str key = str_from(sort, down ? 1 : 0);
    if (key.n == 0) return;
    for (size_t i = 1; i < rows->n; i++) {
        struct board_row x = rows->p[i];
        size_t k = i;
        for (; k > 0; k--) {
            int c = compare(&rows->p[k - 1], &x, key);
            if (down ? c >= 0 : c <= 0) break;
            rows->p[k] = rows->p[k - 1];
        }
        rows->p[k] = x;
    }
}

static void column(struct rq *rq, const struct board_ask *q, struct board_table *ret, const char *label,
                   const char *key, bool number) {
    struct board_column *c = VEC_ADD(rq->a, &ret->columns);
    str down = str_fmt(rq->a, "-%s", key), sort = q->sort.n ? q->sort : S("-value");
    bool is_down = str_eq(sort, down), is_up = str_is(sort, key);
    *c = (struct board_column){ .label = label,
                                .number = number,
                                .sort = is_down ? "descending"
                                        : is_up ? "ascending"
                                                : "none" };
    str next = is_down || (!is_up && !number) ? str_of(key) : down;
    c->url = board_address(rq->a, q, q->area, q->when.month, q->measure, next);
}

/* ---- lines ---- */

static struct change row_change(struct rq *rq, const struct board_ask *q, const struct board_row *r) {
    const struct board_when *w = &q->when;
    return board_change_of(rq->a, q->measure, &r->fig, w->running ? w->days : 30, &r->was,
                           w->running ? w->before_days : 30);
}

static str count_text(struct arena *a, i64 v) {
    buf b = buf_in(a, 40);
    chart_number(&b, v, 0, false);
    return buf_str(&b);
}

static bool opens(struct rq *rq, const struct board_ask *q, const struct area *x) {
    return !q->open && rq_may(rq, "board.cases", &(struct object){ .code = x->code });
}

static str row_url(struct rq *rq, const struct board_ask *q, const struct board_row *r) {
    if (q->open && r->area->level > DISTRICT) return (str){ 0 };
    return board_address(rq->a, q, r->area, q->when.month, q->measure, (str){ 0 });
}

static void line_of(struct rq *rq, const struct board_ask *q, const struct board_row *r,
                    const struct figure *top, struct board_line *l) {
    *l = (struct board_line){ .name = r->area->short_name,
                              .rank = r->rank,
                              .missing = !r->fig.has || r->hidden,
                              .value = r->hidden ? S("不公开") : board_text(rq->a, &r->fig) };
    l->url = row_url(rq, q, r);
    if (r->hidden) return;
    l->people = board_people(rq->a, &q->terms, r->folk);
    if (r->known) l->count = count_text(rq->a, r->now.reported);
    if (r->known && r->now.reported && opens(rq, q, r->area))
        l->count_url = appeal_cases_url(rq->a, r->area->code, q->when.month, APPEAL_REPORTED, 0);
    l->before = row_change(rq, q, r);
    bool worse = l->before.has && !strcmp(l->before.tone, "worse");
    if (r->fig.has)
        l->bar = (struct chart_bar){ .part = r->fig.v, .whole = top->v, .tone = worse ? "tone-red" : NULL };
}

static str table_note(struct rq *rq, const struct board_ask *q, const struct board_rows *rows, size_t small,
                      size_t hidden) {
    size_t told = 0;
    buf b = buf_in(rq->a, 400);
    for (size_t i = 0; i < rows->n; i++) told += rows->p[i].fig.has;
    buf_fmt(&b, "%zu 个%.*s中 %zu 个已报", rows->n, STR(board_below(q->area)), told);
    if (small) buf_fmt(&b, "；%zu 个不足 %lld 人，不排名", small, (long long)q->terms.rank_min);
    if (hidden) buf_fmt(&b, "；%zu 个户数太少，不公开", hidden);
    buf_lit(&b, "。");
    return buf_str(&b);
}

void board_put_table(struct rq *rq, const struct board_ask *q, const struct board_area *b,
                     struct board_rows *rows, size_t small, size_t hidden, struct board_table *ret) {
    struct figure top = { 0 };
    ret->caption =
        str_fmt(rq->a, "各%.*s%s排行，%.*s", STR(board_below(q->area)),
                item_label(board_measures, q->measure), STR(board_period_show(rq->a, q->when.month)));
    ret->with_count = q->measure != BOARD_COUNT;
    column(rq, q, ret, board_below(q->area).p, "name", false);
    column(rq, q, ret, item_label(board_measures, q->measure), "value", true);
    if (ret->with_count) column(rq, q, ret, "件数", "count", true);
    column(rq, q, ret, q->terms.base == BASE_HOUSEHOLDS ? "户数" : "人数", "people", true);
    for (size_t i = 0; i < rows->n; i++)
        if (!rows->p[i].hidden && rows->p[i].fig.v > top.v) top = rows->p[i].fig;
    order(rows, q->sort);
    for (size_t i = 0; i < rows->n; i++) {
        const struct board_row *r = &rows->p[i];
        if (r->fig.has || r->hidden || q->area->level == CITY)
            line_of(rq, q, r, &top, VEC_ADD(rq->a, &ret->lines));
        else
            *VEC_ADD(rq->a, &ret->blank) =
                (struct board_link){ row_url(rq, q, r), r->area->short_name, false };
    }
    struct board_row up = { .area = b->area,
                            .folk = b->folk,
                            .known = board_known(b, &q->when, q->when.month),
                            .now = *board_tally(b, q->when.month) };
    up.fig = board_figure(b, &q->when, &q->terms, q->measure, q->when.month);
    up.was = board_figure(b, &q->when, &q->terms, q->measure, q->when.before);
    line_of(rq, q, &up, &top, &ret->sum);
    if (b->area->level == CITY) ret->sum.name = S("全市");
    ret->note = table_note(rq, q, rows, small, hidden);
}

/* ---- estates with most reports ---- */

void board_put_top(struct rq *rq, const struct board_ask *q, const struct top_estates *top, size_t most,
                   struct board_top *ret) {
    i64 rank = 0;
    for (size_t i = 0; i < top->n && i < most; i++) {
        const struct top_estate *e = &top->p[i];
        struct board_top_line *l = VEC_ADD(rq->a, &ret->lines);
        rank = i > 0 && top->p[i - 1].n == e->n ? rank : (i64)i + 1;
        *l = (struct board_top_line){ .rank = rank,
                                      .name = e->area->short_name,
                                      .count = count_text(rq->a, e->n),
                                      .bar = { .part = e->n, .whole = top->p[0].n } };
        const struct area *up = area_parent(e->area);
        if (up) l->place = area_label(rq->a, up);
        l->url = board_address(rq->a, q, e->area, q->when.month, q->measure, (str){ 0 });
    }
}

/* ---- 体检单 ---- */

static const struct {
    const char *label;
    int what;
    bool more_is_better;
} check_rows[] = {
    { "万人诉求率", 0, false }, { "办结率", 1, true },  { "解决率", 2, true },
    { "超期率", 3, false },     { "重开率", 4, false },
};

static struct figure check_figure(const struct board_ask *q, const struct board_step *s, int what) {
    const struct tally *n = &s->now;
    struct figure f = { 0 };
    switch (what) {
    case 0: return board_figure_of(BOARD_RATE, &q->terms, s->known, n, s->folk);
    case 1: return board_figure_of(BOARD_DONE, &q->terms, s->known, n, s->folk);
    case 2: f = board_share(n->solved, n->closed); break;
    case 3: f = board_share(n->overdue, n->reported); break;
    default: f = board_share(n->reopened, n->done); break;
    }
    f.has = f.has && s->known;
    return f;
}

/* What lies above an estate is shown to those who may see it; others see what /public/board shows to everybody. */
static str above(struct rq *rq, const struct board_ask *q, const struct board_step *s,
                 const struct figure *f) {
    bool open = s->area->level <= STREET && s->folk.homes >= q->terms.cell_homes &&
                s->folk.tenths >= q->terms.cell_persons * 10;
    if (!open && !rq_may(rq, "board.view", &(struct object){ .code = s->area->code })) return S("—");
    return board_text(rq->a, f);
}

void board_put_checks(struct rq *rq, const struct board_ask *q, const struct board_step *path, size_t n,
                      struct board_checks *ret) {
    for (size_t i = 0; n == AREA_LEVELS && i < COUNT(check_rows); i++) {
        struct figure f[AREA_LEVELS];
        for (size_t k = 0; k < n; k++) f[k] = check_figure(q, &path[k], check_rows[i].what);
        struct board_check *c = VEC_ADD(rq->a, ret);
        *c = (struct board_check){ .label = check_rows[i].label,
                                   .unit = i == 0 ? board_unit(&q->terms, BOARD_RATE) : "%",
                                   .own = board_text(rq->a, &f[4]),
                                   .community = above(rq, q, &path[3], &f[3]),
                                   .street = above(rq, q, &path[2], &f[2]),
                                   .city = above(rq, q, &path[0], &f[0]),
                                   .missing = !f[4].has,
                                   .tone = "even",
                                   .verdict = "没有可比的" };
        if (!f[4].has || !f[0].has) continue;
        int d = board_cmp(&f[4], &f[0]);
        c->verdict = d == 0 ? "和全市一样" : d > 0 ? "高于全市" : "低于全市";
        c->tone = d == 0 ? "even" : (d > 0) == check_rows[i].more_is_better ? "better" : "worse";
    }
}
