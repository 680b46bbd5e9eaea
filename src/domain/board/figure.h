/* figure.h - the arithmetic of the board: whole numbers only, no database. Inside this room. */
#ifndef WUYE_BOARD_FIGURE_H
#define WUYE_BOARD_FIGURE_H

#include "domain/board/board.h"

/* ---- months ---- */

/* "2026-11" -> 202611; years 2020 to 2099. */
bool board_period_parse(str s, i64 *ret) MUST;
str board_period_text(struct arena *a, i64 month);    /* 2026-11 */
str board_period_show(struct arena *a, i64 month);    /* 2026年11月 */
i64 board_months_apart(i64 from, i64 to);             /* 202612 -> 202701 is 1 */

/* The month asked for, seen from today. `days` is how many of its days have come (0 for a month to come). */
struct board_when { i64 month, now, before, year_ago; bool running; i64 days, before_days; };
struct board_when board_when_of(i64 month, instant now);

/* ---- rules on a day ---- */

struct board_terms {
    enum board_base base;
    i64 per, home_tenths, rank_min, cell_homes, cell_persons;   /* tenths: 25 is 2.5 persons a home */
    bool demo;
};
struct board_terms board_terms_at(day d, bool demo);

/* ---- figures ---- */

/* What happened in a month. */
struct tally { i64 reported, done, overdue, reopened, closed, solved; };
/* Who a rate is divided by, in tenths of a person or of a household; 0: not known. */
struct folk { i64 homes, tenths; };
struct folk board_folk_of(const struct board_terms *t, const struct area *x, i64 homes);

/* num / den, and v rounded half up to `decimals`. `has` false: 未报. */
struct figure { bool has; i64 num, den, v; int decimals; };
struct figure board_figure_of(enum board_measure m, const struct board_terms *t, bool known, const struct tally *n,
                              struct folk f);
struct figure board_share(i64 part, i64 whole);   /* per cent with two decimals */
int board_cmp(const struct figure *x, const struct figure *y);   /* exact; a missing one is smallest */
str board_text(struct arena *a, const struct figure *f);         /* 13.92, 1,234, 未报 */
const char *board_unit(const struct board_terms *t, enum board_measure m);
bool board_is_ratio(enum board_measure m);
bool board_more_is_better(enum board_measure m);

/* Against another month. A running month is compared by its daily average. */
struct change { bool has; int dir; const char *tone; str text; };   /* tone: better, worse, even; ▲6.5%, 持平 */
struct change board_change_of(struct arena *a, enum board_measure m, const struct figure *now, i64 now_days,
                        const struct figure *then, i64 then_days);

/* ---- children of an area ---- */

struct board_row {
    const struct area *area;
    struct folk folk;
    bool known;
    struct tally now, before, year_ago;
    struct figure fig, was;
    i64 rank;           /* 0: not ranked */
    int level;          /* 1..5 on the map, 0 for 未报 */
    bool hidden;        /* too few homes or persons to be shown to everybody */
    i64 urge;           /* how much it has risen against the month before, in thousandths of a day's average */
};
struct board_rows { struct board_row *p; size_t n, cap; };

/* Orders by figure, highest first, equal ones by code, and gives ranks 1 2 2 4. Areas with fewer persons than
 * rank_min get none; returns how many. */
size_t board_rank(struct board_rows *r, const struct board_terms *t);
/* Hides what would show a handful of people; one hidden row alone could be computed from the sum, so the next
 * smallest goes with it. Returns how many are hidden. */
size_t board_hide(struct board_rows *r, const struct board_terms *t);
/* Five classes with about as many areas in each, by round limits; sets .level. Class k is [limit[k-1], limit[k]);
 * the ends are open (INT64_MIN, INT64_MAX); `used` tells whether an area can lie in it. */
struct classes { i64 limit[6]; bool used[5]; int decimals; bool any; };
struct classes board_classes_of(struct board_rows *r);

#endif
