/* event.c - the operator's commands, the recompute after a year was loaded, and what the database says. */
#include "kit/event/internal.h"

/* ---- a year was loaded: provisional clocks, estate by estate ---- */

enum { ESTATES_AT_ONCE = 300 };

#define SCAN_IN(F) F(after, INT, "上一批的最后一个小区")
struct scan_in { FIELD_STRUCT(SCAN_IN) };
#define ENT struct scan_in
static const struct field scan_fields[] = { FIELD_LIST(SCAN_IN) FIELD_END };
#undef ENT

#define ESTATE_IN(F) F(estate_id, REF, "小区", .flags = REQ)
struct estate_in { FIELD_STRUCT(ESTATE_IN) };
#define ENT struct estate_in
static const struct field estate_fields[] = { FIELD_LIST(ESTATE_IN) FIELD_END };
#undef ENT

SQL(clock_estates, "ii", "i",
    "SELECT DISTINCT estate_id FROM clock WHERE provisional = 1 AND estate_id > $1 ORDER BY estate_id LIMIT $2")

/* One event for each estate that has provisional clocks; so many that a payload cannot hold them come in portions. */
static err scan_run(struct tx *tx, const void *p) {
    const struct scan_in *in = p;
    struct rows rows;
    TRY(calendar_load(tx));
    TRY(db_all(tx, &rows, &clock_estates, vi(in->after), vi(ESTATES_AT_ONCE)));
    for (size_t i = 0; i < rows.n; i++)
        op_event(tx, "clock.provisional", estate_fields, &(struct estate_in){ rows.p[i].v[0].i });
    if (rows.n == ESTATES_AT_ONCE)
        op_event(tx, "clock.scan", scan_fields, &(struct scan_in){ rows.p[rows.n - 1].v[0].i });
    return OK;
}

static err recompute_run(struct tx *tx, const void *p) {
    i64 moved;
    (void)p;
    TRY(clocks_recompute(tx, op_estate(tx), &moved));
    op_result(tx, "moved", str_fmt(tx->a, "%lld", (long long)moved));
    return OK;
}

/* ---- the operator ---- */

#define QUEUE_IN(F)                                                                                              \
    F(subscriber, TEXT, "接收方", .flags = REQ, .max = 40)                                                       \
    F(shard, REF, "分片", .flags = REQ)                                                                          \
    F(reason, LINES, "理由", .max = 400, .hint = "跳过时必须写明为什么这件事不再需要办")
struct queue_in { FIELD_STRUCT(QUEUE_IN) };
#define ENT struct queue_in
static const struct field queue_fields[] = { FIELD_LIST(QUEUE_IN) FIELD_END };
#undef ENT

#define PARKED_CLOCK_IN(F) F(ref, REF, "案件", .flags = REQ) F(id, REF, "时限编号", .flags = REQ)
struct parked_clock_in { FIELD_STRUCT(PARKED_CLOCK_IN) };
#define ENT struct parked_clock_in
static const struct field parked_clock_fields[] = { FIELD_LIST(PARKED_CLOCK_IN) FIELD_END };
#undef ENT

SQL(parked_drop, "ti", "", "DELETE FROM event_parked WHERE subscriber = $1 AND shard = $2")
SQL(parked_skip, "tiii", "",
    "INSERT INTO event_feed (subscriber, shard, seq, line) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (subscriber, shard) DO UPDATE SET seq = excluded.seq, line = excluded.line")

static err parked(struct tx *tx, const struct queue_in *in, struct event_parked *ret) {
    err e = entity_get(tx, &event_parked_entity, ret, vt(in->subscriber), vi(in->shard));
    if (e == E_MISSING) return op_fail(tx, E_STATE, NULL, "这一队没有停下，不用处理。");
    return e;
}

static err retry_run(struct tx *tx, const void *p) {
    const struct queue_in *in = p;
    struct event_parked q;
    TRY(parked(tx, in, &q));
    return db_run(tx, &parked_drop, vt(in->subscriber), vi(in->shard));
}

static err skip_run(struct tx *tx, const void *p) {
    const struct queue_in *in = p;
    struct event_parked q;
    TRY(parked(tx, in, &q));
    if (in->reason.n == 0) return op_fail(tx, E_INPUT, "reason", "请写明为什么跳过。");
    TRY(db_run(tx, &parked_skip, vt(q.subscriber), vi(q.shard), vi(q.seq - 1), vi(q.line + 1)));
    TRY(db_run(tx, &parked_drop, vt(q.subscriber), vi(q.shard)));
    op_result(tx, "event", q.event);
    op_result(tx, "reason", in->reason);
    return OK;
}

static err clock_retry_run(struct tx *tx, const void *p) {
    const struct parked_clock_in *in = p;
    struct clock old, c;
    TRY(clock_by_id(tx, op_estate(tx), in->ref, in->id, &old));
    if (!old.running || old.failed < TRIES_MAX) return op_fail(tx, E_STATE, NULL, "这个时限没有停下，不用处理。");
    c = old;
    c.failed = 0;
    return entity_update(tx, &clock_entity, &old, &c);
}

/* ---- figures ---- */

SQL(stats_unsealed, "i", "ii", "SELECT count(*), coalesce(min(at), $1) FROM op WHERE seq IS NULL")
SQL(stats_behind, "", "i",
    "SELECT count(*) FROM event_feed JOIN chain ON chain.shard = event_feed.shard AND chain.seq > event_feed.seq")
SQL(stats_parked, "", "i", "SELECT count(*) FROM event_parked")
SQL(stats_clocks, "ii", "iiii",
    "SELECT count(*), count(*) FILTER (WHERE due_at < $1 AND failed < $2), count(*) FILTER (WHERE failed >= $2), "
    "count(*) FILTER (WHERE provisional = 1) FROM clock WHERE running = 1")

err event_stats(struct tx *tx, struct event_stats *ret) {
    struct row r;
    TRY(db_one(tx, &r, &stats_unsealed, vi(tx->now.us)));
    *ret = (struct event_stats){ .unsealed = r.v[0].i, .lag_us = tx->now.us - r.v[1].i };
    TRY(db_one_n(tx, &r, &stats_behind, NULL, 0));
    ret->behind = r.v[0].i;
    TRY(db_one_n(tx, &r, &stats_parked, NULL, 0));
    ret->parked = r.v[0].i;
    TRY(db_one(tx, &r, &stats_clocks, vi(tx->now.us - MINUTE_US), vi(TRIES_MAX)));
    ret->clocks = r.v[0].i;
    ret->due = r.v[1].i;
    ret->stuck = r.v[2].i;
    ret->provisional = r.v[3].i;
    return OK;
}

/* ---- the module ---- */

static const struct command commands[] = {
    { .name = "event.queue.retry", .title = "再试停下的事件", .right = "admin.jobs", .shard = SHARD_HOUSE,
      .in = queue_fields, .in_size = sizeof(struct queue_in), .run = retry_run, .said = "已经重新开始。" },
    { .name = "event.queue.skip", .title = "跳过停下的事件", .right = "admin.jobs", .shard = SHARD_HOUSE,
      .in = queue_fields, .in_size = sizeof(struct queue_in), .run = skip_run, .said = "已经跳过这一件。" },
    { .name = "clock.parked.retry", .title = "再试停下的时限", .right = "admin.jobs", .shard = SHARD_ESTATE,
      .in = parked_clock_fields, .in_size = sizeof(struct parked_clock_in), .run = clock_retry_run,
      .said = "已经重新开始。" },
    { .name = "clock.year.scan", .title = "查找暂定的时限", .shard = SHARD_HOUSE, .internal = true, .in = scan_fields,
      .in_size = sizeof(struct scan_in), .run = scan_run },
    { .name = "clock.estate.recompute", .title = "重新计算暂定的时限", .shard = SHARD_ESTATE, .internal = true,
      .in = estate_fields, .in_size = sizeof(struct estate_in), .run = recompute_run },
    COMMAND_END
};

static const struct subscription on[] = {
    { "calendar.year.loaded", "clock.year.scan" },
    { "clock.scan", "clock.year.scan" },
    { "clock.provisional", "clock.estate.recompute" },
    { NULL, NULL },
};

static const struct check checks[] = {
    { NULL, NULL },
};

const struct module event_module = {
    .name = "event",
    .label = "联动与时限",
    .entities = (struct entity *const[]){ &clock_entity, &event_feed_entity, &event_parked_entity, NULL },
    .commands = commands,
    .rights = (const char *const[]){ "admin.jobs", NULL },
    .checks = checks,
    .on = on,
    .emits = (const char *const[]){ "clock.scan", "clock.provisional", "clock.moved", NULL },
};
