/* seed.c - the sums of a demonstration: rooms that made their rows without commands have counted no stock and carried
 * nothing up the tree. */
#include "domain/board/pages.h"
#include "domain/estate/estate.h"

SQL(board_stock, "ii", "i", "SELECT n FROM metric_count WHERE estate_id = $1 AND metric = $2 AND month = 0")

static err stock(struct tx *tx, i64 estate, i64 metric, i64 n) {
    struct row r;
    TRY(db_maybe(tx, &r, &board_stock, vi(estate), vi(metric)));
    return r.v || n == 0 ? OK : metric_add(tx, estate, metric, 0, n);
}

static err count_homes(struct tx *tx) {
    const struct area *const *all;
    size_t n = area_all(&all);
    for (size_t i = 0; i < n; i++) {
        struct estate e;
        if (all[i]->level != ESTATE) continue;
        err got = estate_get(tx, all[i]->id, &e);
        if (got == E_MISSING) continue;
        TRY(got);
        TRY(stock(tx, e.id, BOARD_HOMES, e.households));
        TRY(stock(tx, e.id, BOARD_ESTATES, 1));
    }
    return OK;
}

/* One level of the tree, from the estates' own rows; a row that has already been carried is left alone, which is
 * why the estates themselves come last. */
SQL(board_sum, "iiii", "",
    "INSERT INTO metric_area (area_id, metric, month, parent_id, level, n) "
    "SELECT up.id, own.metric, own.month, coalesce(above.id, 0), up.level, "
    "CAST(coalesce(sum(own.n), 0) AS BIGINT) "
    "FROM metric_count AS own JOIN area AS e ON e.id = own.estate_id "
    "JOIN area AS up ON up.code = e.code / $1 * $1 AND up.level = $2 "
    "LEFT JOIN area AS above ON above.code = e.code / $3 * $3 AND above.level = $4 "
    "WHERE e.level >= $2 AND NOT EXISTS (SELECT 1 FROM metric_area AS summed "
    "WHERE summed.area_id = own.estate_id AND summed.metric = own.metric AND summed.month = own.month) "
    "GROUP BY up.id, own.metric, own.month, above.id, up.level "
    "ON CONFLICT (area_id, metric, month) DO UPDATE SET n = metric_area.n + excluded.n")

err board_seed(struct seed *s) {
    TRY(count_homes(s->tx));
    for (i64 level = CITY; level <= ESTATE; level++)
        TRY(db_run(s->tx, &board_sum, vi(area_span(level)), vi(level),
                   vi(level > CITY ? area_span(level - 1) : 1), vi(level - 1)));
    return OK;
}
