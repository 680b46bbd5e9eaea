/* metric.c - counters; see metric.h. */
#include "kit/metric/metric.h"
#include "kit/area/area.h"

#define ENT struct metric_count
ENTITY(metric_count, "小区计数", METRIC_COUNT_FIELDS, METRIC_COUNT_KEYS)
#undef ENT
#define ENT struct metric_area
ENTITY(metric_area, "区域计数", METRIC_AREA_FIELDS, METRIC_AREA_KEYS)
#undef ENT
#define ENT struct metric_feed
ENTITY(metric_feed, "汇总进度", METRIC_FEED_FIELDS, METRIC_FEED_KEYS)
#undef ENT

SQL(metric_bump, "iiii", "",
    "INSERT INTO metric_count (estate_id, metric, month, n) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (estate_id, metric, month) DO UPDATE SET n = metric_count.n + excluded.n")
SQL(metric_sum, "iiiiii", "",
    "INSERT INTO metric_area (area_id, metric, month, parent_id, level, n) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (area_id, metric, month) DO UPDATE SET n = metric_area.n + excluded.n")
SQL(metric_fed, "i", "i", "SELECT seq FROM metric_feed WHERE shard = $1")
SQL(metric_unfed, "ii", "it",
    "SELECT seq, counts FROM op WHERE shard = $1 AND seq > $2 ORDER BY seq LIMIT 1000")
SQL(metric_feed_move, "ii", "",
    "INSERT INTO metric_feed (shard, seq) VALUES ($1, $2) ON CONFLICT (shard) DO UPDATE SET seq = excluded.seq")
SQL(metric_lag, "i", "i",
    "SELECT chain.shard FROM chain LEFT JOIN metric_feed ON metric_feed.shard = chain.shard "
    "WHERE chain.seq > coalesce(metric_feed.seq, 0) ORDER BY chain.shard LIMIT $1")
SQL(metric_get, "iii", "i", "SELECT n FROM metric_area WHERE area_id = $1 AND metric = $2 AND month = $3")
SQL(metric_months, "iiii", "ii",
    "SELECT month, n FROM metric_area WHERE area_id = $1 AND metric = $2 AND month >= $3 AND month <= $4 "
    "ORDER BY month")
SQL(metric_below, "iiii", "ii",
    "SELECT area_id, CAST(coalesce(sum(n), 0) AS BIGINT) FROM metric_area "
    "WHERE metric = $1 AND month >= $2 AND month <= $3 AND parent_id = $4 GROUP BY area_id ORDER BY area_id")

SQL(metric_empty, "iii", "",
    "DELETE FROM metric_count WHERE estate_id = $1 AND metric = $2 AND month = $3 AND n = 0")

err metric_add(struct tx *tx, i64 estate, i64 no, i64 month, i64 delta) {
    /* A count taken back wholly leaves no row: as if nothing had been. */
    if (delta < 0) {
        TRY(db_run(tx, &metric_bump, vi(estate), vi(no), vi(month), vi(delta)));
        return db_run(tx, &metric_empty, vi(estate), vi(no), vi(month));
    }
    return db_run(tx, &metric_bump, vi(estate), vi(no), vi(month), vi(delta));
}

struct delta { i64 metric, month, n; };

static bool read_delta(str piece, struct delta *d) {
    str a, b;
    return str_cut(&piece, ':', &a) && str_cut(&piece, ':', &b) && str_i64(a, &d->metric) && str_i64(b, &d->month) &&
           str_i64(piece, &d->n);
}

err metric_carry(struct tx *tx, i64 shard, i64 *ret_ops) {
    struct row fed;
    struct rows ops;
    struct { struct delta *p; size_t n, cap; } sums = { 0 };
    *ret_ops = 0;
    TRY(db_maybe(tx, &fed, &metric_fed, vi(shard)));
    TRY(db_all(tx, &ops, &metric_unfed, vi(shard), vi(fed.v ? fed.v[0].i : 0)));
    if (ops.n == 0) return OK;
    for (size_t i = 0; i < ops.n; i++) {
        str counts = ops.p[i].v[1].s, piece;
        struct delta d;
        while (str_cut(&counts, ';', &piece)) {
            size_t k = 0;
            if (!read_delta(piece, &d)) continue;
            while (k < sums.n && (sums.p[k].metric != d.metric || sums.p[k].month != d.month)) k++;
            if (k == sums.n) *VEC_ADD(tx->a, &sums) = d;
            else sums.p[k].n += d.n;
        }
    }
    const struct area *path[AREA_LEVELS];
    size_t levels = sums.n ? area_path(shard, path) : 0;
    for (size_t i = 0; i < sums.n; i++)
        for (size_t k = 0; k < levels; k++)
            TRY(db_run(tx, &metric_sum, vi(path[k]->id), vi(sums.p[i].metric), vi(sums.p[i].month),
                       vi(k > 0 ? path[k - 1]->id : 0), vi(path[k]->level), vi(sums.p[i].n)));
    *ret_ops = (i64)ops.n;
    return db_run(tx, &metric_feed_move, vi(shard), vi(ops.p[ops.n - 1].v[0].i));
}

err metric_behind(struct tx *tx, i64 *shards, size_t max, size_t *ret_n) {
    struct rows rows;
    TRY(db_all(tx, &rows, &metric_lag, vi((i64)max)));
    for (size_t i = 0; i < rows.n; i++) shards[i] = rows.p[i].v[0].i;
    *ret_n = rows.n;
    return OK;
}

err metric_read(struct tx *tx, i64 area, i64 no, i64 month, i64 *ret) {
    struct row r;
    TRY(db_maybe(tx, &r, &metric_get, vi(area), vi(no), vi(month)));
    *ret = r.v ? r.v[0].i : 0;
    return OK;
}

static i64 months_between(i64 from, i64 to) { return (to / 100 - from / 100) * 12 + (to % 100 - from % 100); }

err metric_series(struct tx *tx, i64 area, i64 no, i64 from, i64 to, i64 *n) {
    struct rows rows;
    TRY(db_all(tx, &rows, &metric_months, vi(area), vi(no), vi(from), vi(to)));
    memset(n, 0, (size_t)(months_between(from, to) + 1) * sizeof *n);
    for (size_t i = 0; i < rows.n; i++) n[months_between(from, rows.p[i].v[0].i)] = rows.p[i].v[1].i;
    return OK;
}

err metric_children_span(struct tx *tx, i64 parent, i64 no, i64 from, i64 to, struct metric_children *ret) {
    struct rows rows;
    *ret = (struct metric_children){ 0 };
    TRY(db_all(tx, &rows, &metric_below, vi(no), vi(from), vi(to), vi(parent)));
    for (size_t i = 0; i < rows.n; i++)
        *VEC_ADD(tx->a, ret) = (struct metric_child){ rows.p[i].v[0].i, rows.p[i].v[1].i };
    return OK;
}

err metric_children(struct tx *tx, i64 parent, i64 no, i64 month, struct metric_children *ret) {
    return metric_children_span(tx, parent, no, month, month, ret);
}
