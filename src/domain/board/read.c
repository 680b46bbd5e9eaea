/* read.c - see read.h. */
#include "domain/board/read.h"
#include "domain/appeal/appeal.h"

/* The numbers of the counters stand in the SQL as they are; these keep them true. */
_Static_assert(BOARD_HOMES == 10 && BOARD_ESTATES == 11, "stock counters");
_Static_assert(APPEAL_REPORTED == 100 && APPEAL_DONE == 101 && APPEAL_OVERDUE == 102 &&
                   APPEAL_REOPENED == 103 && APPEAL_CLOSED == 104 && APPEAL_SOLVED == 105,
               "flow counters");
enum { KIND_END = APPEAL_KIND + 1000 };

SQL(board_area_rows, "iiii", "iii",
    "SELECT metric, month, n FROM metric_area WHERE area_id = $1 AND metric < $2 "
    "AND (month = 0 OR (month >= $3 AND month <= $4)) ORDER BY metric, month")
SQL(board_child_rows, "iiii", "iiii",
    "SELECT area_id, metric, month, n FROM metric_area WHERE metric IN (10, 100, 101, 102, 103, 104, 105) "
    "AND month IN (0, $1, $2, $3) AND parent_id = $4 ORDER BY area_id")
SQL(board_top_rows, "iiiii", "ii",
    "SELECT area.id, metric_area.n FROM metric_area JOIN area ON area.id = metric_area.area_id "
    "WHERE metric_area.metric = $1 AND metric_area.month = $2 AND metric_area.level = 5 "
    "AND metric_area.n > 0 AND area.code >= $3 AND area.code < $4 ORDER BY metric_area.n DESC, area.code LIMIT $5")
SQL(board_path_rows, "iiiii", "iii",
    "SELECT area_id, metric, n FROM metric_area WHERE area_id IN ($1, $2, $3, $4) "
    "AND metric IN (10, 100, 101, 102, 103, 104, 105) AND month IN (0, $5)")

static void put_tally(struct tally *t, i64 metric, i64 n) {
    switch (metric) {
    case APPEAL_REPORTED: t->reported = n; break;
    case APPEAL_DONE: t->done = n; break;
    case APPEAL_OVERDUE: t->overdue = n; break;
    case APPEAL_REOPENED: t->reopened = n; break;
    case APPEAL_CLOSED: t->closed = n; break;
    case APPEAL_SOLVED: t->solved = n; break;
    default: break;
    }
}

/* ---- one area ---- */

static void put_kind(struct board_area *b, const struct board_when *w, i64 code, i64 month, i64 n) {
    size_t k = 0;
    if (month != w->month && month != w->before) return;
    while (k < b->nkinds && b->kind[k].code != code) k++;
    if (k == BOARD_KINDS) return;
    if (k == b->nkinds) b->kind[b->nkinds++].code = code;
    if (month == w->month)
        b->kind[k].now = n;
    else
        b->kind[k].before = n;
}

err board_read(struct tx *tx, const struct board_terms *t, const struct board_when *w, const struct area *x,
               struct board_area *ret) {
    struct rows rows;
    i64 homes = 0;
    *ret = (struct board_area){ .area = x, .from = month_next(w->month, 1 - BOARD_MONTHS) };
    TRY(db_all(tx, &rows, &board_area_rows, vi(x->id), vi(KIND_END), vi(ret->from), vi(w->month)));
    for (size_t i = 0; i < rows.n; i++) {
        i64 metric = rows.p[i].v[0].i, month = rows.p[i].v[1].i, n = rows.p[i].v[2].i;
        if (month == 0 && metric == BOARD_HOMES) homes = n;
        if (month == 0 && metric == BOARD_ESTATES) ret->estates = n;
        if (month == 0) continue;
        if (metric == APPEAL_REPORTED && (!ret->first || month < ret->first)) ret->first = month;
        if (metric >= APPEAL_KIND)
            put_kind(ret, w, metric - APPEAL_KIND, month, n);
        else
            put_tally(&ret->month[board_months_apart(ret->from, month)], metric, n);
    }
    ret->folk = board_folk_of(t, x, homes);
    return OK;
}

bool board_known(const struct board_area *b, const struct board_when *w, i64 month) {
    if (month > w->now || (b->folk.homes == 0 && !b->first)) return false;
    return month == w->now || (b->first && month >= b->first);
}

const struct tally *board_tally(const struct board_area *b, i64 month) {
    static const struct tally none;
    i64 k = board_months_apart(b->from, month);
    return k < 0 || k >= BOARD_MONTHS ? &none : &b->month[k];
}

struct figure board_figure(const struct board_area *b, const struct board_when *w,
                           const struct board_terms *t, enum board_measure m, i64 month) {
    return board_figure_of(m, t, board_known(b, w, month), board_tally(b, month), b->folk);
}

/* ---- the areas below ---- */

static void read_child(const struct rows *rows, const struct board_when *w, size_t *at, struct board_row *r,
                       i64 *homes) {
    for (; *at < rows->n && rows->p[*at].v[0].i == r->area->id; (*at)++) {
        const val *v = rows->p[*at].v;
        if (v[1].i == BOARD_HOMES)
            *homes = v[2].i == 0 ? v[3].i : *homes;
        else if (v[2].i == w->month)
            put_tally(&r->now, v[1].i, v[3].i);
        else if (v[2].i == w->before)
            put_tally(&r->before, v[1].i, v[3].i);
        else if (v[2].i == w->year_ago)
            put_tally(&r->year_ago, v[1].i, v[3].i);
    }
}

/* A rise of the daily average in thousandths, where there are enough reports to speak of. */
static i64 urge_of(const struct board_row *r, const struct board_when *w) {
    enum { ENOUGH = 5 };
    i64 x = r->now.reported * w->before_days, y = r->before.reported * w->days, rise = 0;
    if (w->days < 3 || r->now.reported < ENOUGH || x <= y) return 0;
    if (y == 0) return INT32_MAX;
    return i64_muldiv(x - y, 1000, y, &rise) ? rise : 0;
}

static int by_id(const void *p, const void *q) {
    i64 x = ((const struct board_row *)p)->area->id, y = ((const struct board_row *)q)->area->id;
    return x < y ? -1 : x > y;
}

err board_children(struct tx *tx, const struct board_terms *t, const struct board_when *w,
                   enum board_measure m, const struct board_area *up, struct board_rows *ret) {
    const struct area *const *child;
    struct rows rows;
    size_t n = area_children(up->area, &child), at = 0;
    bool now = board_known(up, w, w->month), before = board_known(up, w, w->before);
    *ret = (struct board_rows){ 0 };
    if (n == 0) return OK;
    TRY(db_all(tx, &rows, &board_child_rows, vi(w->month), vi(w->before), vi(w->year_ago), vi(up->area->id)));
    for (size_t i = 0; i < n; i++) VEC_ADD(tx->a, ret)->area = child[i];
    qsort(ret->p, ret->n, sizeof *ret->p, by_id);
    for (size_t i = 0; i < n; i++) {
        struct board_row *r = &ret->p[i];
        i64 homes = 0;
        while (at < rows.n && rows.p[at].v[0].i < r->area->id) at++;
        read_child(&rows, w, &at, r, &homes);
        r->folk = board_folk_of(t, r->area, homes);
        r->known = now && (r->folk.homes > 0 || r->now.reported > 0);
        r->fig = board_figure_of(m, t, r->known, &r->now, r->folk);
        r->was = board_figure_of(m, t, r->known && before, &r->before, r->folk);
        r->urge = r->known && before ? urge_of(r, w) : 0;
    }
    return OK;
}

/* ---- estates with most reports ---- */

err board_top(struct tx *tx, const struct area *x, i64 month, i64 limit, struct top_estates *ret) {
    struct rows rows;
    *ret = (struct top_estates){ 0 };
    TRY(db_all(tx, &rows, &board_top_rows, vi(APPEAL_REPORTED), vi(month), vi(x->code),
               vi(x->code + area_span(x->level)), vi(limit)));
    for (size_t i = 0; i < rows.n; i++) {
        const struct area *e = area_by_id(rows.p[i].v[0].i);
        if (e) *VEC_ADD(tx->a, ret) = (struct top_estate){ e, rows.p[i].v[1].i };
    }
    return OK;
}

/* ---- the way up ---- */

err board_path(struct tx *tx, const struct board_terms *t, const struct board_when *w,
               const struct board_area *b, struct board_step ret[AREA_LEVELS], size_t *ret_n) {
    const struct area *path[AREA_LEVELS];
    struct rows rows;
    i64 id[AREA_LEVELS] = { 0 }, homes[AREA_LEVELS] = { 0 };
    size_t n = area_path(b->area->id, path);
    *ret_n = n;
    if (n == 0) return OK;
    for (size_t i = 0; i + 1 < n; i++) id[i] = path[i]->id;
    TRY(db_all(tx, &rows, &board_path_rows, vi(id[0]), vi(id[1]), vi(id[2]), vi(id[3]), vi(w->month)));
    for (size_t i = 0; i < n; i++) ret[i] = (struct board_step){ .area = path[i] };
    for (size_t k = 0; k < rows.n; k++)
        for (size_t i = 0; i + 1 < n; i++) {
            if (rows.p[k].v[0].i != id[i]) continue;
            if (rows.p[k].v[1].i == BOARD_HOMES)
                homes[i] = rows.p[k].v[2].i;
            else
                put_tally(&ret[i].now, rows.p[k].v[1].i, rows.p[k].v[2].i);
        }
    for (size_t i = 0; i + 1 < n; i++) {
        ret[i].folk = board_folk_of(t, path[i], homes[i]);
        ret[i].known = board_known(b, w, w->month);
    }
    ret[n - 1].folk = b->folk;
    ret[n - 1].known = board_known(b, w, w->month);
    ret[n - 1].now = *board_tally(b, w->month);
    return OK;
}
