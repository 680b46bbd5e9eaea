/* read.h - what the board reads: at most four selects a page, all by key or index. Inside this room. */
#ifndef WUYE_BOARD_READ_H
#define WUYE_BOARD_READ_H

#include "domain/board/figure.h"

enum { BOARD_MONTHS = 24, BOARD_KINDS = 16 };

struct kind_count { i64 code, now, before; };

/* One area over the months that end with the one asked for. */
struct board_area {
    const struct area *area;
    struct folk folk;
    i64 estates, first;                 /* first month with a row, 0: none */
    i64 from;                           /* month of index 0 */
    struct tally month[BOARD_MONTHS];
    struct kind_count kind[BOARD_KINDS];
    size_t nkinds;
};
err board_read(struct tx *tx, const struct board_terms *t, const struct board_when *w, const struct area *x,
               struct board_area *ret) MUST;
/* Whether there is a number for that month, even if it is 0: its own rows have begun, and its homes are known. */
bool board_known(const struct board_area *b, const struct board_when *w, i64 month);
const struct tally *board_tally(const struct board_area *b, i64 month);
struct figure board_figure(const struct board_area *b, const struct board_when *w, const struct board_terms *t,
                           enum board_measure m, i64 month);

/* The areas below, with figures of `m`, in order of rank. */
err board_children(struct tx *tx, const struct board_terms *t, const struct board_when *w, enum board_measure m,
                   const struct board_area *up, struct board_rows *ret) MUST;

/* Estates with most reports inside an area, ties by code. */
struct top_estate { const struct area *area; i64 n; };
struct top_estates { struct top_estate *p; size_t n, cap; };
err board_top(struct tx *tx, const struct area *x, i64 month, i64 limit, struct top_estates *ret) MUST;

/* The estate and the four areas above it in one month; index 0 is the city. Returns 5, or fewer for other areas. */
struct board_step { const struct area *area; struct folk folk; bool known; struct tally now; };
err board_path(struct tx *tx, const struct board_terms *t, const struct board_when *w, const struct board_area *b,
               struct board_step ret[AREA_LEVELS], size_t *ret_n) MUST;

#endif
