/* export.c - the same figures for a spreadsheet and for a program. */
#include "domain/board/pages.h"

/* ---- CSV ---- */

/* A name that a spreadsheet would take for a formula is sent as text. */
static void cell(buf *b, str s, bool first) {
    if (!first) buf_c(b, ',');
    buf_c(b, '"');
    if (s.n && memchr("=+-@\t\r", s.p[0], 6)) buf_c(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') buf_c(b, '"');
        buf_c(b, s.p[i]);
    }
    buf_c(b, '"');
}

/* A missing number is an empty cell, never a zero. */
static void number(buf *b, const struct figure *f) {
    buf_c(b, ',');
    if (!f->has) return;
    if (f->decimals == 2)
        buf_fmt(b, "%lld.%02lld", (long long)(f->v / 100), (long long)(f->v % 100));
    else
        buf_i64(b, f->v);
}

static void start(struct rq *rq, str name) {
    buf_lit(rq->out, "\xEF\xBB\xBF");
    http_add(rq->h, "Content-Type", S("text/csv; charset=utf-8"));
    http_add(rq->h, "Content-Disposition", str_fmt(rq->a, "attachment; filename=\"%.*s.csv\"", STR(name)));
}

static void labels(buf *b, const char *const *label, size_t n) {
    for (size_t i = 0; i < n; i++) cell(b, str_of(label[i]), i == 0);
    buf_lit(b, "\r\n");
}

static void csv_row(buf *b, struct arena *a, const struct board_ask *q, const struct board_row *r) {
    cell(b, area_code_text(a, r->area->code), true);
    cell(b, r->area->name, false);
    cell(b, board_period_text(a, q->when.month), false);
    cell(b, r->hidden ? S("不公开") : r->known ? S("已报") : S("未报"), false);
    if (r->hidden) {
        buf_lit(b, ",,,,,,,,,,\r\n");
        return;
    }
    struct figure people = { .has = r->folk.tenths > 0, .v = (r->folk.tenths + 5) / 10 };
    struct figure homes = { .has = r->folk.homes > 0, .v = r->folk.homes };
    struct figure solved = { .has = r->known, .v = r->now.solved },
                  done = { .has = r->known, .v = r->now.done };
    number(b, &homes);
    number(b, &people);
    for (enum board_measure m = BOARD_RATE; m <= BOARD_REOPENED; m++) {
        struct figure f = board_figure_of(m, &q->terms, r->known, &r->now, r->folk);
        number(b, &f);
    }
    number(b, &done);
    number(b, &solved);
    struct figure rank = { .has = r->rank > 0, .v = r->rank };
    number(b, &rank);
    buf_lit(b, "\r\n");
}

void board_csv(struct rq *rq, const struct board_ask *q, const struct board_area *b,
               const struct board_rows *rows) {
    static const char *const label[] = { "区划代码", "名称",       "月份",     "情况",   "户数",
                                         "分母",     "万人诉求率", "诉求件数", "办结率", "超期件数",
                                         "重开件数", "办完件次",   "认可件数", "名次" };
    struct board_row own = { .area = b->area,
                             .folk = b->folk,
                             .known = board_known(b, &q->when, q->when.month),
                             .now = *board_tally(b, q->when.month) };
    start(rq, str_fmt(rq->a, "board-%.*s-%.*s", STR(area_code_text(rq->a, b->area->code)),
                      STR(board_period_text(rq->a, q->when.month))));
    labels(rq->out, label, COUNT(label));
    csv_row(rq->out, rq->a, q, &own);
    for (size_t i = 0; i < rows->n; i++) csv_row(rq->out, rq->a, q, &rows->p[i]);
}

void board_top_csv(struct rq *rq, const struct board_ask *q, const struct top_estates *top) {
    static const char *const label[] = { "名次", "小区代码", "小区", "所在", "月份", "诉求件数" };
    start(rq, str_fmt(rq->a, "board-top-%.*s", STR(board_period_text(rq->a, q->when.month))));
    labels(rq->out, label, COUNT(label));
    i64 rank = 0;
    for (size_t i = 0; i < top->n; i++) {
        const struct area *e = top->p[i].area, *up = area_parent(e);
        rank = i > 0 && top->p[i - 1].n == top->p[i].n ? rank : (i64)i + 1;
        buf_i64(rq->out, rank);
        cell(rq->out, area_code_text(rq->a, e->code), false);
        cell(rq->out, e->name, false);
        cell(rq->out, up ? area_label(rq->a, up) : S(""), false);
        cell(rq->out, board_period_text(rq->a, q->when.month), false);
        buf_fmt(rq->out, ",%lld\r\n", (long long)top->p[i].n);
    }
}

/* ---- JSON ---- */

static void member(buf *b, const char *name, const struct figure *f) {
    buf_fmt(b, ",\"%s\":", name);
    if (!f->has)
        buf_lit(b, "null");
    else if (f->decimals == 2)
        buf_fmt(b, "\"%lld.%02lld\"", (long long)(f->v / 100), (long long)(f->v % 100));
    else
        buf_i64(b, f->v);
}

static void head(buf *b, struct arena *a, const struct area *x) {
    buf_lit(b, "{\"code\":");
    buf_json(b, area_code_text(a, x->code));
    buf_lit(b, ",\"name\":");
    buf_json(b, x->name);
    buf_fmt(b, ",\"level\":%lld", (long long)x->level);
}

static void figures(buf *b, const struct board_ask *q, const struct board_row *r) {
    struct figure people = { .has = r->folk.tenths > 0, .v = (r->folk.tenths + 5) / 10 },
                  homes = { .has = r->folk.homes > 0, .v = r->folk.homes };
    member(b, "homes", &homes);
    member(b, "denominator", &people);
    for (enum board_measure m = BOARD_RATE; m <= BOARD_REOPENED; m++) {
        struct figure f = board_figure_of(m, &q->terms, r->known, &r->now, r->folk);
        member(b, item_by_value(board_measures, m)->name, &f);
    }
}

void board_json(buf *out, struct arena *a, const struct board_ask *q, const struct board_area *b,
                const struct board_rows *rows) {
    struct board_row own = { .area = b->area,
                             .folk = b->folk,
                             .known = board_known(b, &q->when, q->when.month),
                             .now = *board_tally(b, q->when.month) };
    buf_lit(out, "{\"area\":");
    head(out, a, b->area);
    figures(out, q, &own);
    buf_fmt(out,
            "},\"period\":\"%.*s\",\"metric\":\"%s\",\"running\":%s,\"denominator_mode\":\"%s\",\"below\":[",
            STR(board_period_text(a, q->when.month)), item_by_value(board_measures, q->measure)->name,
            q->when.running ? "true" : "false", item_by_value(board_bases, q->terms.base)->name);
    for (size_t i = 0; i < rows->n; i++) {
        const struct board_row *r = &rows->p[i];
        struct figure rank = { .has = r->rank > 0, .v = r->rank };
        if (i) buf_c(out, ',');
        head(out, a, r->area);
        figures(out, q, r);
        member(out, "rank", &rank);
        buf_c(out, '}');
    }
    buf_lit(out, "],\"months\":[");
    for (i64 k = 0; k < BOARD_MONTHS; k++) {
        i64 month = month_next(b->from, (int)k);
        struct figure f = board_figure(b, &q->when, &q->terms, q->measure, month);
        buf_fmt(out, "%s{\"period\":\"%.*s\"", k ? "," : "", STR(board_period_text(a, month)));
        member(out, "value", &f);
        buf_c(out, '}');
    }
    buf_lit(out, "]}");
}
