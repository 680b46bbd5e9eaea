/* metric.h - counters per estate and month, summed up the tree; reading never sums rows of many estates. */
#ifndef WUYE_METRIC_H
#define WUYE_METRIC_H

#include "kit/entity/entity.h"
#include "kit/metric/tables.def"

struct metric_count { FIELD_STRUCT(METRIC_COUNT_FIELDS) };
struct metric_area { FIELD_STRUCT(METRIC_AREA_FIELDS) };
struct metric_feed { FIELD_STRUCT(METRIC_FEED_FIELDS) };
extern struct entity metric_count_entity, metric_area_entity, metric_feed_entity;

/* A counter a room declares; `no` is stable for ever. */
struct metric { i64 no; const char *name, *label, *unit; };

/* +delta on the estate's own row. Commands call op_count, which also tells the carrier. */
err metric_add(struct tx *tx, i64 estate, i64 no, i64 month, i64 delta) MUST;
/* Sums what is sealed but not yet summed of one shard into all areas above the estate. */
err metric_carry(struct tx *tx, i64 shard, i64 *ret_ops) MUST;
/* Shards whose chain is ahead of the feed (a full look, for start-up). */
err metric_behind(struct tx *tx, i64 *shards, size_t max, size_t *ret_n) MUST;

/* One area, one counter, one month; 0 when there is no row. */
err metric_read(struct tx *tx, i64 area, i64 no, i64 month, i64 *ret) MUST;
/* Months from..to of one area: n[month index] (index 0 is `from`). */
err metric_series(struct tx *tx, i64 area, i64 no, i64 from, i64 to, i64 *n) MUST;
/* All children of an area in one month. */
struct metric_child { i64 area, n; };
struct metric_children { struct metric_child *p; size_t n, cap; };
err metric_children(struct tx *tx, i64 parent, i64 no, i64 month, struct metric_children *ret) MUST;
/* Sum over months from..to for all children. */
err metric_children_span(struct tx *tx, i64 parent, i64 no, i64 from, i64 to, struct metric_children *ret) MUST;

#endif
