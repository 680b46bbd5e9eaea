/* ask.c - what an address of the board asks for. */
#include "domain/board/pages.h"
#include "kit/house/house.h"

str board_url(struct arena *a, i64 area_code, i64 month, enum board_measure measure) {
    return str_fmt(a, "/board?area=%.*s&period=%.*s&metric=%s", STR(area_code_text(a, area_code)),
                   STR(board_period_text(a, month)), item_by_value(board_measures, measure)->name);
}

str board_address(struct arena *a, const struct board_ask *q, const struct area *x, i64 month,
                  enum board_measure m, str sort) {
    str url = board_url(a, x->code, month, m);
    if (sort.n) url = str_fmt(a, "%.*s&sort=%.*s", STR(url), STR(sort));
    return q->open ? str_cat(a, S("/public"), url) : url;
}

SQL(board_past_code, "i", "i", "SELECT area_id FROM area_past WHERE code = $1")

/* The area of a code; one that ended leads to the area that took over. */
static err find_area(struct rq *rq, str text, const struct area **ret) {
    i64 code = 0;
    struct row r;
    if (!area_code_parse(text, &code)) return E_MISSING;
    *ret = area_by_code(code);
    if (*ret) return OK;
    TRY(db_one(rq->tx, &r, &board_past_code, vi(code)));
    *ret = area_by_id(r.v[0].i);
    return *ret ? OK : E_MISSING;
}

/* Where somebody starts who names no area: the widest range of his grants. */
static const struct area *own_area(const struct rq *rq) {
    i64 range[1][2];
    if (rq->actor.system) return area_by_code(AREA_CITY_CODE);
    return access_ranges(&rq->actor, "board.view", range, 1) ? area_by_code(range[0][0]) : NULL;
}

/* A period or a measure that cannot be read is E_MISSING: an address that says nothing leads nowhere. */
err board_ask_of(struct rq *rq, str area, str period, str metric, struct board_ask *ret) {
    i64 month = day_month(day_of(rq->now));
    *ret = (struct board_ask){ .area = own_area(rq), .measure = BOARD_RATE };
    if (area.n) TRY(find_area(rq, area, &ret->area));
    if (!ret->area) return E_MISSING;
    if (period.n && !board_period_parse(period, &month)) return E_MISSING;
    if (metric.n) {
        const struct item *it = item_by_name(board_measures, metric);
        if (!it) return E_MISSING;
        ret->measure = (enum board_measure)it->value;
    }
    ret->when = board_when_of(month, rq->now);
    ret->terms = board_terms_at(day_of(rq->now), house_demo());
    return OK;
}
