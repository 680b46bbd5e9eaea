/* pages.h - what the templates of this room show. */
#ifndef WUYE_BOARD_PAGES_H
#define WUYE_BOARD_PAGES_H

#include "domain/board/read.h"
#include "kit/page/chart.h"
#include "kit/page/page.h"

struct board_link { str url, label; bool here; };
struct board_links { struct board_link *p; size_t n, cap; };

/* A figure with what stands beside it. An empty url: nothing to open. */
struct board_tile {
    const char *label, *unit;
    str value, note, url, open;
    bool missing;
    struct change before, year_ago;
    struct chart_spark spark;
};
struct board_tiles { struct board_tile *p; size_t n, cap; };

struct board_column { const char *label, *sort; str url; bool number, main; };
struct board_columns { struct board_column *p; size_t n, cap; };
struct board_line {
    str name, url, value, count, count_url, people, done, why;
    i64 rank;
    bool missing;
    struct chart_bar bar;
    struct change before;
};
struct board_lines { struct board_line *p; size_t n, cap; };
struct board_table {
    str caption, note;
    struct board_columns columns;
    struct board_lines lines;
    struct board_links blank;       /* 未报, below the city: there may be hundreds */
    struct board_line sum;
    bool with_count;
};

struct board_legend { int level; str label; };
struct board_legends { struct board_legend *p; size_t n, cap; };
struct board_map {
    str title, note;
    struct chart_map map, inset;
    struct board_legends legend;
    const char *unit;
    bool has_none;
};

struct board_month { str label, value, count; bool missing; };
struct board_month_rows { struct board_month *p; size_t n, cap; };
struct board_trend {
    str title;
    const char *unit;
    struct chart_line line;
    struct board_month_rows rows;
    bool with_count, drawn;
};

struct board_kind { str name, share, count, url; struct chart_bar bar; struct change before; };
struct board_kinds { struct board_kind *p; size_t n, cap; };

struct board_note { str title, text, url; const char *tone, *icon; };
struct board_notes { struct board_note *p; size_t n, cap; };

struct board_top_line { i64 rank; str name, place, count, url; struct chart_bar bar; };
struct board_top_lines { struct board_top_line *p; size_t n, cap; };
struct board_top { str title, says, more; struct board_top_lines lines; };

/* 体检单: a figure of the estate beside the areas above it. */
struct board_check { const char *label, *unit, *tone, *verdict; str own, community, street, city; bool missing; };
struct board_checks { struct board_check *p; size_t n, cap; };

struct board_view {
    struct page_head head;
    str title, sentence, as_of, month, here, earlier, later, csv, xlsx;
    struct board_links measures;
    struct board_tiles tiles;
    struct board_map map;
    struct board_table table;
    struct board_trend trend;
    struct board_kinds kinds;
    struct board_notes notes;
    struct board_top top;
    struct board_checks checks;
    struct board_notes terms;       /* how the numbers are made */
    bool with_map, with_table, with_notes, with_checks, open;
};

struct board_card_view {
    str title, value, note, url;
    const char *unit;
    bool missing;
    struct change before;
    struct chart_spark spark;
};

/* The three numbers of a concentration curve: the first 10 estates have so much of all reports. */
struct board_curve { str label, share; struct chart_bar bar; };
struct board_curves { struct board_curve *p; size_t n, cap; };
struct board_top_view {
    struct page_head head;
    str title, sentence, month, earlier, later, csv, xlsx, back;
    struct board_top top;
    struct board_curves curve, spread;
};

/* What is asked for: the same for a page, an export and a query. */
struct board_ask {
    const struct area *area;
    struct board_when when;
    struct board_terms terms;
    enum board_measure measure;
    str sort;
    bool open;                      /* without login: cells are hidden, nothing leads to cases */
    bool cases;                     /* a number opens to its cases */
    bool poll;                      /* only the main figures are wanted */
};

#define BOARD_IN(F)                                                                                              \
    F(area, OPT_TEXT, "区域", .max = 16, .hint = "区划代码；不写就是您负责的最大范围")                           \
    F(period, OPT_TEXT, "月份", .max = 7, .hint = "例如 2026-11；不写就是这个月")                                 \
    F(metric, OPT_TEXT, "指标", .max = 20, .hint = "rate, count, done, overdue, reopened")
struct board_in { FIELD_STRUCT(BOARD_IN) };

/* ask.c */
err board_ask_of(struct rq *rq, str area, str period, str metric, struct board_ask *ret) MUST;
str board_address(struct arena *a, const struct board_ask *q, const struct area *x, i64 month,
                  enum board_measure m, str sort);

/* build.c, map.c */
void board_put_tiles(struct rq *rq, const struct board_ask *q, const struct board_area *b, struct board_tiles *ret);
void board_put_map(struct arena *a, const struct board_ask *q, const struct board_rows *rows,
                   const struct classes *c, struct board_map *ret);
void board_put_table(struct rq *rq, const struct board_ask *q, const struct board_area *b, struct board_rows *rows,
                     size_t small, size_t hidden, struct board_table *ret);
void board_put_trend(struct arena *a, const struct board_ask *q, const struct board_area *b, struct board_trend *ret);
void board_put_kinds(struct rq *rq, const struct board_ask *q, const struct board_area *b, struct board_kinds *ret);
void board_put_notes(struct arena *a, const struct board_ask *q, const struct board_rows *rows,
                     struct board_notes *ret);
void board_put_terms(struct arena *a, const struct board_ask *q, const struct board_area *b, struct board_notes *ret);
str board_sentence(struct arena *a, const struct board_ask *q, const struct board_area *b);
str board_below(const struct area *x);          /* 区, 街道乡镇, 社区村, 小区: what lies below */
struct chart_points board_points(struct arena *a, const struct board_ask *q, const struct board_area *b, i64 months);
str board_people(struct arena *a, const struct board_terms *t, struct folk f);

/* table.c */
void board_put_top(struct rq *rq, const struct board_ask *q, const struct top_estates *top, size_t most,
                   struct board_top *ret);
void board_put_checks(struct rq *rq, const struct board_ask *q, const struct board_step *path, size_t n,
                      struct board_checks *ret);

/* export.c */
bool board_wants_table(const struct rq *rq);   /* format=csv or xlsx */
err board_table_file(struct rq *rq, const struct board_ask *q, const struct board_area *b,
                     const struct board_rows *rows) MUST;
err board_top_file(struct rq *rq, const struct board_ask *q, const struct top_estates *top) MUST;
void board_json(buf *out, struct arena *a, const struct board_ask *q, const struct board_area *b,
                const struct board_rows *rows);

/* pages.c */
err board_page(struct rq *rq);
err board_public_page(struct rq *rq);
err board_top_page(struct rq *rq);
err board_object(struct rq *rq, struct object *ret);
err board_figures_run(struct rq *rq, const void *in, buf *out);

/* home.c */
err board_cards(struct rq *rq, const struct card_place *at, struct cards *ret);
void board_menu(struct rq *rq, struct menu *ret);
err board_entries(struct rq *rq, const struct card_place *at, struct entries *ret);

/* seed.c */
err board_seed(struct seed *s) MUST;

#endif
