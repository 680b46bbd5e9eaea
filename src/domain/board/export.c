/* export.c - the same figures for a spreadsheet and for a program. */
#include "domain/board/pages.h"
#include "sys/sheet/sheet.h"

/* ---- tables: format=csv or xlsx ---- */

struct cells {
    str *p;
    size_t n, cap;
};

static void put(struct rq *rq, struct cells *c, str s) {
    *VEC_ADD(rq->a, c) = s;
}

/* A missing number is an empty cell, never a zero. */
static void put_figure(struct rq *rq, struct cells *c, const struct figure *f) {
    str s = { "", 0 };
    if (f->has && f->decimals == 2)
        s = str_fmt(rq->a, "%lld.%02lld", (long long)(f->v / 100), (long long)(f->v % 100));
    else if (f->has)
        s = str_fmt(rq->a, "%lld", (long long)f->v);
    put(rq, c, s);
}

static void put_count(struct rq *rq, struct cells *c, bool has, i64 v) {
    put_figure(rq, c, &(struct figure){ .has = has, .v = v });
}

static err send_table(struct rq *rq, str file, const struct sheet_table *t) {
    bool xlsx = str_is(rq_arg(rq, "format"), "xlsx");
    http_add(rq->h, "Content-Disposition",
             str_fmt(rq->a, "attachment; filename=\"%.*s.%s\"", STR(file), xlsx ? "xlsx" : "csv"));
    if (xlsx) {
        rq->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return rq_send_sheet(rq, t);
    }
    rq->type = "text/csv; charset=utf-8";
    sheet_csv(rq->out, t);
    return rq->out->over ? E_TOOBIG : OK;
}

bool board_wants_table(const struct rq *rq) {
    str format = rq_arg(rq, "format");
    return str_is(format, "csv") || str_is(format, "xlsx");
}

#define TEXT_COL(l, n)                                                                                       \
    { .label = S_INIT(l), .name = S_INIT(n), .kind = SHEET_TEXT }
#define COUNT_COL(l, n)                                                                                      \
    { .label = S_INIT(l), .name = S_INIT(n), .kind = SHEET_NUMBER }
#define SHARE_COL(l, n)                                                                                      \
    { .label = S_INIT(l), .name = S_INIT(n), .kind = SHEET_NUMBER, .decimals = 2 }

static const struct sheet_col area_cols[] = {
    TEXT_COL("区划代码", "code"),     TEXT_COL("名称", "name"),          TEXT_COL("月份", "period"),
    TEXT_COL("情况", "state"),        COUNT_COL("户数", "homes"),        COUNT_COL("分母", "denominator"),
    SHARE_COL("万人诉求率", "rate"),  COUNT_COL("诉求件数", "count"),    SHARE_COL("办结率", "done"),
    COUNT_COL("超期件数", "overdue"), COUNT_COL("重开件数", "reopened"), COUNT_COL("办完件次", "answered"),
    COUNT_COL("认可件数", "solved"),  COUNT_COL("名次", "rank"),
};

static void put_row(struct rq *rq, struct cells *c, const struct board_ask *q, const struct board_row *r) {
    bool known = r->known && !r->hidden;
    put(rq, c, area_code_text(rq->a, r->area->code));
    put(rq, c, r->area->name);
    put(rq, c, board_period_text(rq->a, q->when.month));
    put(rq, c, r->hidden ? S("不公开") : r->known ? S("已报") : S("未报"));
    put_count(rq, c, !r->hidden && r->folk.homes > 0, r->folk.homes);
    put_count(rq, c, !r->hidden && r->folk.tenths > 0, (r->folk.tenths + 5) / 10);
    for (enum board_measure m = BOARD_RATE; m <= BOARD_REOPENED; m++) {
        struct figure f = board_figure_of(m, &q->terms, known, &r->now, r->folk);
        put_figure(rq, c, &f);
    }
    put_count(rq, c, known, r->now.done);
    put_count(rq, c, known, r->now.solved);
    put_count(rq, c, !r->hidden && r->rank > 0, r->rank);
}

err board_table_file(struct rq *rq, const struct board_ask *q, const struct board_area *b,
                     const struct board_rows *rows) {
    struct cells c = { 0 };
    struct board_row own = { .area = b->area,
                             .folk = b->folk,
                             .known = board_known(b, &q->when, q->when.month),
                             .now = *board_tally(b, q->when.month) };
    put_row(rq, &c, q, &own);
    for (size_t i = 0; i < rows->n; i++) put_row(rq, &c, q, &rows->p[i]);
    str code = area_code_text(rq->a, b->area->code), period = board_period_text(rq->a, q->when.month);
    return send_table(rq, str_fmt(rq->a, "board-%.*s-%.*s", STR(code), STR(period)),
                      &(struct sheet_table){ S("看板"), area_cols, COUNT(area_cols), c.p, rows->n + 1 });
}

static const struct sheet_col top_cols[] = {
    COUNT_COL("名次", "rank"), TEXT_COL("小区代码", "code"), TEXT_COL("小区", "name"),
    TEXT_COL("所在", "place"), TEXT_COL("月份", "period"),   COUNT_COL("诉求件数", "count"),
};

err board_top_file(struct rq *rq, const struct board_ask *q, const struct top_estates *top) {
    struct cells c = { 0 };
    i64 rank = 0;
    for (size_t i = 0; i < top->n; i++) {
        const struct area *e = top->p[i].area, *up = area_parent(e);
        rank = i > 0 && top->p[i - 1].n == top->p[i].n ? rank : (i64)i + 1;
        put_count(rq, &c, true, rank);
        put(rq, &c, area_code_text(rq->a, e->code));
        put(rq, &c, e->name);
        put(rq, &c, up ? area_label(rq->a, up) : S(""));
        put(rq, &c, board_period_text(rq->a, q->when.month));
        put_count(rq, &c, true, top->p[i].n);
    }
    return send_table(rq, str_fmt(rq->a, "board-top-%.*s", STR(board_period_text(rq->a, q->when.month))),
                      &(struct sheet_table){ S("小区名单"), top_cols, COUNT(top_cols), c.p, top->n });
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
