/* map.c - the districts by their outlines, every other level as ranked squares. */
#include "domain/board/pages.h"
#include "kit/module/data.h"

/* ---- data/outlines.tsv: the shapes, and in its head the box they are drawn in ---- */

enum { CODE, NAME, PATH, LABEL_X, LABEL_Y, COLUMNS };
/* The six districts of the city's centre, and 经开区: their names have no room on the whole map, so they stand in the
 * enlarged one. */
enum { E_TOWN = 110190 };
static const i64 centre[] = { 110101, 110102, 110105, 110106, 110107, 110108 };

static bool in_centre(i64 code6) {
    for (size_t i = 0; i < COUNT(centre); i++)
        if (centre[i] == code6) return true;
    return false;
}

static str head_of(str text, const char *name) {
    str line, key;
    while (str_cut(&text, '\n', &line)) {
        if (line.n < 2 || line.p[0] != '#') return S("0 0 800 900");
        line = str_from(line, 2);
        if (str_cut(&line, ':', &key) && str_is(key, name)) return str_trim(line);
    }
    return S("0 0 800 900");
}

static const struct board_row *row_of(const struct board_rows *rows, i64 code6) {
    for (size_t i = 0; i < rows->n; i++)
        if (rows->p[i].area->code / area_span(DISTRICT) == code6) return &rows->p[i];
    return NULL;
}

/* 朝阳区 -> 朝阳, 劲松街道 -> 劲松: on a map the level is known. */
static str short_of(str name) {
    static const char *const ends[] = { "街道", "地区", "社区", "小区", "区", "镇", "乡", "村" };
    for (size_t i = 0; i < COUNT(ends); i++) {
        str end = str_of(ends[i]);
        if (str_ends(name, end) && utf8_len(name) >= utf8_len(end) + 2)
            return str_sub(name, 0, name.n - end.n);
    }
    return name;
}

/* A map has room for three digits; the table beside it has them all. */
static str figure_on_map(struct arena *a, const struct board_row *r) {
    buf b = buf_in(a, 40);
    if (r->hidden) return S("不公开");
    if (!r->fig.has || r->fig.decimals == 0) return board_text(a, &r->fig);
    if (r->fig.v >= 10000)
        chart_number(&b, (r->fig.v + 50) / 100, 0, false);
    else
        chart_number(&b, (r->fig.v + 5) / 10, 1, false);
    return buf_str(&b);
}

static struct chart_shape shape_of(struct arena *a, const struct board_ask *q, const struct board_row *r) {
    struct chart_shape s = { .name = short_of(r->area->short_name),
                             .figure = figure_on_map(a, r),
                             .level = r->level };
    bool unit = r->fig.has && !r->hidden;
    s.spoken = str_fmt(a, "%.*s，%.*s%s", STR(r->area->short_name),
                       STR(r->hidden ? s.figure : board_text(a, &r->fig)),
                       unit ? board_unit(&q->terms, q->measure) : "");
    if (!q->open || r->area->level <= DISTRICT)
        s.url = board_address(a, q, r->area, q->when.month, q->measure, (str){ 0 });
    return s;
}

static void put_districts(struct arena *a, const struct board_ask *q, const struct board_rows *rows,
                          struct board_map *ret) {
    str text = data_text("outlines.tsv"), walk = text, cell[COLUMNS];
    i64 code = 0, x = 0, y = 0;
    ret->map = (struct chart_map){ .says = str_fmt(a, "%zu个区的%s，完整数据见排行表", rows->n,
                                                   item_label(board_measures, q->measure)),
                                   .box = head_of(text, "viewBox"),
                                   .lift = 36 };
    ret->inset = (struct chart_map){ .box = S("393 828 282 234"), .lift = 13, .tenfold = 15, .aside = true };
    while (data_row(&walk, cell, COLUMNS)) {
        if (!str_i64(cell[CODE], &code) || !str_i64(cell[LABEL_X], &x) || !str_i64(cell[LABEL_Y], &y))
            continue;
        const struct board_row *r = row_of(rows, code);
        if (!r) continue;
        struct chart_shape s = shape_of(a, q, r);
        s.path = cell[PATH];
        s.x = x;
        s.y = y;
        s.silent = in_centre(code) || code == E_TOWN;
        *VEC_ADD(a, &ret->map.shapes) = s;
        s.silent = !in_centre(code) && code != E_TOWN;
        *VEC_ADD(a, &ret->inset.shapes) = s;
    }
    ret->note = S("轮廓为示意，不作划界依据；方块是经开区。");
}

/* ---- squares, in order of rank ---- */

enum { SQUARES = 60, ACROSS = 5, STEP_X = 180, STEP_Y = 124, NAME_MAX_LETTERS = 5 };

static str square_name(struct arena *a, str name) {
    str s = short_of(name);
    return utf8_len(s) <= NAME_MAX_LETTERS ? s : str_cat(a, utf8_head(s, NAME_MAX_LETTERS - 1), S("…"));
}

/* Areas that have said nothing are left to the list below the ranking. */
static void put_squares(struct arena *a, const struct board_ask *q, const struct board_rows *rows,
                        struct board_map *ret) {
    size_t n = 0, silent = 0;
    ret->map = (struct chart_map){ .lift = 38 };
    for (size_t i = 0; i < rows->n && n < SQUARES; i++) {
        const struct board_row *r = &rows->p[i];
        if (!r->fig.has && !r->hidden) {
            silent++;
            continue;
        }
        struct chart_shape s = shape_of(a, q, r);
        s.name = square_name(a, r->area->short_name);
        s.x = (i64)(n % ACROSS) * STEP_X + STEP_X / 2;
        s.y = (i64)(n / ACROSS) * STEP_Y + STEP_Y / 2;
        s.w = STEP_X - 6;
        s.h = STEP_Y - 6;
        *VEC_ADD(a, &ret->map.shapes) = s;
        n++;
    }
    ret->map.says = str_fmt(a, "%zu个%.*s的%s，由多到少，完整数据见排行表", n, STR(board_below(q->area)),
                            item_label(board_measures, q->measure));
    ret->map.box = str_fmt(a, "0 0 %d %d", ACROSS * STEP_X, (int)((n + ACROSS - 1) / ACROSS) * STEP_Y);
    if (n + silent < rows->n)
        ret->note = str_fmt(a, "只画前%zu个，其余见排行表。", n);
    else if (silent)
        ret->note = str_fmt(a, "另有 %zu 个%.*s还没有报数。", silent, STR(board_below(q->area)));
}

/* ---- legend ---- */

static str limit_text(struct arena *a, i64 v, int decimals) {
    buf b = buf_in(a, 40);
    chart_number(&b, v, decimals, true);
    return buf_str(&b);
}

static void put_legend(struct arena *a, const struct classes *c, struct board_map *ret) {
    str at[6];
    int used = 0;
    for (int k = 0; k < 5; k++) used += c->used[k];
    if (used < 2) return;
    for (int k = 0; k < 6; k++) at[k] = limit_text(a, c->limit[k], c->decimals);
    for (int k = 0; c->any && k < 5; k++)
        if (c->used[k])
            *VEC_ADD(a, &ret->legend) = (struct board_legend){
                k + 1, c->limit[k] == INT64_MIN       ? str_fmt(a, "低于 %.*s", STR(at[k + 1]))
                       : c->limit[k + 1] == INT64_MAX ? str_fmt(a, "%.*s 以上", STR(at[k]))
                                                      : str_fmt(a, "%.*s–%.*s", STR(at[k]), STR(at[k + 1]))
            };
}

void board_put_map(struct arena *a, const struct board_ask *q, const struct board_rows *rows,
                   const struct classes *c, struct board_map *ret) {
    ret->title = str_fmt(a, "各%.*s%s", STR(board_below(q->area)), item_label(board_measures, q->measure));
    ret->unit = board_unit(&q->terms, q->measure);
    if (q->area->level == CITY)
        put_districts(a, q, rows, ret);
    else
        put_squares(a, q, rows, ret);
    put_legend(a, c, ret);
    for (size_t i = 0; i < ret->map.shapes.n; i++) ret->has_none |= ret->map.shapes.p[i].level == 0;
}
