/* feed.c - events in sealed op rows become commands of their subscribers; see event.h. */
#include "kit/area/area.h"
#include "kit/event/internal.h"
#include "kit/form/json.h"
#include "kit/metric/metric.h"
#include "sys/clock/clock.h"

#define ENT struct event_feed
ENTITY(event_feed, "事件进度", EVENT_FEED_FIELDS, EVENT_FEED_KEYS)
#undef ENT
#define ENT struct event_parked
ENTITY(event_parked, "停下的事件", EVENT_PARKED_FIELDS, EVENT_PARKED_KEYS)
#undef ENT

enum { OPS_AT_ONCE = 64, EVENTS_AT_ONCE = 16, TRY_NS = 200000000 };
#define TRY_MOST_NS (10 * 1000000000LL)

SQL(feed_places, "i", "tii", "SELECT subscriber, seq, line FROM event_feed WHERE shard = $1")
SQL(feed_parked, "i", "t", "SELECT subscriber FROM event_parked WHERE shard = $1")
SQL(feed_head, "i", "i", "SELECT seq FROM chain WHERE shard = $1")
SQL(feed_place, "ti", "ii", "SELECT seq, line FROM event_feed WHERE subscriber = $1 AND shard = $2")
SQL(feed_ops, "iii", "iiit",
    "SELECT id, seq, at, events FROM op WHERE shard = $1 AND seq > $2 AND events <> '' ORDER BY seq LIMIT $3")
SQL(feed_move, "tiii", "",
    "INSERT INTO event_feed (subscriber, shard, seq, line) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (subscriber, shard) DO UPDATE SET seq = excluded.seq, line = excluded.line")
SQL(feed_park, "tiiittti", "",
    "INSERT INTO event_parked (subscriber, shard, seq, line, event, command, error, at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING")
SQL(feed_behind, "t", "i",
    "SELECT chain.shard FROM chain "
    "LEFT JOIN event_feed ON event_feed.shard = chain.shard AND event_feed.subscriber = $1 "
    "WHERE chain.seq > coalesce(event_feed.seq, 0) AND NOT EXISTS "
    "(SELECT 1 FROM event_parked WHERE event_parked.shard = chain.shard AND event_parked.subscriber = $1) "
    "ORDER BY chain.shard")

err feeds_behind(struct tx *tx, const char *subscriber, struct rows *ret) {
    return db_all(tx, ret, &feed_behind, vt(str_of(subscriber)));
}

/* ---- one line of events: ["name",{payload}] ---- */

static bool line_cut(str line, str *ret_name, str *ret_payload) {
    if (!str_starts(line, S("[\"")) || !str_ends(line, S("]"))) return false;
    line = str_sub(line, 2, line.n - 3);
    if (!str_cut(&line, '"', ret_name) || !str_starts(line, S(",{"))) return false;
    *ret_payload = str_from(line, 1);
    return true;
}

const struct subscription *subscription_of(const struct subscriber *s, str event, const struct command **ret) {
    for (size_t i = 0; s->on[i].event; i++)
        if (str_is(event, s->on[i].event)) {
            *ret = s->command[i];
            return &s->on[i];
        }
    return NULL;
}

static bool wants(const struct subscriber *s, str events) {
    str line, name, payload;
    const struct command *cmd;
    while (str_cut(&events, '\n', &line))
        if (line_cut(line, &name, &payload) && subscription_of(s, name, &cmd)) return true;
    return false;
}

/* ---- the look at a shard ---- */

static err move(struct tx *tx, const char *who, i64 shard, i64 seq, i64 line) {
    return db_run(tx, &feed_move, vt(str_of(who)), vi(shard), vi(seq), vi(line));
}

static i64 place_of(const struct rows *places, const char *who, i64 *ret_line) {
    for (size_t i = 0; i < places->n; i++)
        if (str_is(places->p[i].v[0].s, who)) {
            *ret_line = places->p[i].v[2].i;
            return places->p[i].v[1].i;
        }
    *ret_line = 0;
    return 0;
}

static bool is_parked(const struct rows *parked, const char *who) {
    for (size_t i = 0; i < parked->n; i++)
        if (str_is(parked->p[i].v[0].s, who)) return true;
    return false;
}

err feed_scan(struct tx *tx, void *arg) {
    struct scan *s = arg;
    struct rows places, parked, ops = { 0 };
    struct row head;
    i64 carried, at = -1;
    memset(s->work, 0, s->c->nwho * sizeof *s->work);
    TRY(metric_carry(tx, s->shard, &carried));
    s->more = carried > 0 && carried % 1000 == 0;
    TRY(db_maybe(tx, &head, &feed_head, vi(s->shard)));
    if (!head.v) return OK;
    TRY(db_all(tx, &places, &feed_places, vi(s->shard)));
    TRY(db_all(tx, &parked, &feed_parked, vi(s->shard)));
    for (size_t w = 0; w < s->c->nwho; w++) {
        const struct subscriber *sub = &s->c->who[w];
        i64 line, seq = place_of(&places, sub->name, &line), reach = head.v[0].i;
        if (seq >= reach || is_parked(&parked, sub->name)) continue;
        /* Most subscribers stand at the same place: one read serves them all. */
        if (seq != at) TRY(db_all(tx, &ops, &feed_ops, vi(s->shard), vi(seq), vi(OPS_AT_ONCE)));
        at = seq;
        for (size_t i = 0; i < ops.n && !s->work[w]; i++) s->work[w] = wants(sub, ops.p[i].v[3].s);
        if (s->work[w]) continue;
        if (ops.n == OPS_AT_ONCE) {
            reach = ops.p[ops.n - 1].v[1].i;
            s->more = true;
        }
        TRY(move(tx, sub->name, s->shard, reach, 0));
    }
    return OK;
}

/* ---- the call ---- */

static err shard_of(struct call *c, const struct pairs *in, str *why) {
    const char *name = c->cmd->shard == SHARD_ESTATE ? "estate_id" : "person_id";
    i64 id;
    if (c->cmd->shard == SHARD_HOUSE) return OK;
    if (!id_parse(pair_get(in, name), &id)) {
        *why = c->cmd->shard == SHARD_ESTATE ? S("the payload has no estate_id") : S("the payload has no person_id");
        return E_INPUT;
    }
    c->shard = id;
    if (c->cmd->shard == SHARD_ESTATE) {
        const struct area *a = area_by_id(id);
        c->estate = id;
        c->code = a ? a->code : 0;
    }
    return OK;
}

err call_prepare(struct arena *a, const struct command *cmd, const struct pairs *in, enum face face, str key,
                 struct prepared *ret) {
    struct { struct pair *p; size_t n, cap; } known = { 0 };
    for (size_t i = 0; i < in->n; i++)
        if (field_find(cmd->in, in->p[i].name)) *VEC_ADD(a, &known) = in->p[i];
    struct pairs pairs = { known.p, known.n };
    struct actor *system = NEW(a, struct actor);
    *system = (struct actor){ .system = true, .name = S("系统") };
    void *row = arena_alloc(a, cmd->in_size ? cmd->in_size : 1);
    *ret = (struct prepared){ .call = { .cmd = cmd, .actor = system, .face = face, .key = key, .in = row } };
    TRY(shard_of(&ret->call, in, &ret->why));
    TRY(fields_read(a, cmd->in, row, &pairs, &ret->call.faults));
    ret->call.in_hash = call_hash(a, &ret->call);
    return OK;
}

str call_fault(struct arena *a, err e, const struct call *c) {
    buf b = buf_in(a, 400);
    buf_fmt(&b, "%s", err_name(e));
    for (size_t i = 0; i < c->faults.n; i++)
        buf_fmt(&b, "; %.*s %.*s", STR(c->faults.p[i].name), STR(c->faults.p[i].text));
    return buf_str(&b);
}

/* ---- a queue ---- */

struct delivery { i64 op, seq, at, line; str name, payload; const struct command *cmd; };
struct queue {
    struct carrier *c;
    size_t who;
    i64 shard, seq, line;         /* where it stands */
    i64 reach;                    /* the last op looked at */
    bool full;                    /* there may be more behind `reach` */
    struct { struct delivery *p; size_t n, cap; } list;
    size_t from, to;              /* of the list: what the job at hand delivers */
    i64 target;                   /* its shard */
    str why;
};

static err queue_read(struct tx *tx, void *arg) {
    struct queue *q = arg;
    const struct subscriber *s = &q->c->who[q->who];
    struct row place;
    struct rows ops;
    q->list.p = NULL;
    q->list.n = q->list.cap = 0;
    TRY(db_maybe(tx, &place, &feed_place, vt(str_of(s->name)), vi(q->shard)));
    q->seq = q->reach = place.v ? place.v[0].i : 0;
    q->line = place.v ? place.v[1].i : 0;
    TRY(db_all(tx, &ops, &feed_ops, vi(q->shard), vi(q->seq), vi(OPS_AT_ONCE)));
    q->full = ops.n == OPS_AT_ONCE;
    for (size_t i = 0; i < ops.n; i++) {
        const val *v = ops.p[i].v;
        str events = v[3].s, line;
        struct delivery d = { .op = v[0].i, .seq = v[1].i, .at = v[2].i };
        for (; str_cut(&events, '\n', &line); d.line++) {
            if ((d.seq == q->seq + 1 && d.line < q->line) || line.n == 0) continue;
            if (line_cut(line, &d.name, &d.payload) && subscription_of(s, d.name, &d.cmd))
                *VEC_ADD(tx->a, &q->list) = d;
        }
        q->reach = d.seq;
    }
    return OK;
}

static err deliver_one(struct tx *tx, struct queue *q, const struct delivery *d) {
    const char *why = NULL;
    struct pairs pairs;
    struct prepared p;
    if (!d->cmd) {
        q->why = S("the command does not exist");
        return E_MISSING;
    }
    err e = json_pairs(tx->a, d->payload, &pairs, &why);
    if (e != OK) {
        q->why = S("the payload cannot be read");
        return e;
    }
    str key = str_fmt(tx->a, "ev:%.*s:%lld:%s", STR(id_text(tx->a, d->op)), (long long)d->line, q->c->who[q->who].name);
    e = call_prepare(tx->a, d->cmd, &pairs, FACE_EVENT, key, &p);
    tx->now = (instant){ d->at };
    if (e == OK) e = command_run(tx, &p.call);
    if (e != OK) q->why = p.why.n ? p.why : call_fault(tx->a, e, &p.call);
    return e;
}

static err deliver_run(struct tx *tx, void *arg) {
    struct queue *q = arg;
    q->why = (str){ 0 };
    for (size_t i = q->from; i < q->to; i++) TRY(deliver_one(tx, q, &q->list.p[i]));
    return OK;
}

static err move_run(struct tx *tx, void *arg) {
    const struct queue *q = arg;
    return move(tx, q->c->who[q->who].name, q->shard, q->seq, q->line);
}

/* The shard a delivery goes to, so that one job stays in one shard; 0 when it will fail anyway. */
static i64 target_of(struct arena *a, const struct delivery *d) {
    struct call c = { .cmd = d->cmd };
    struct pairs pairs;
    const char *why;
    str text;
    if (!d->cmd || d->cmd->shard == SHARD_HOUSE || json_pairs(a, d->payload, &pairs, &why) != OK ||
        shard_of(&c, &pairs, &text) != OK)
        return 0;
    return c.shard;
}

static struct failing *failing_of(struct carrier *c, size_t who, i64 shard) {
    for (size_t i = 0; i < c->failing.n; i++)
        if (c->failing.p[i].who == who && c->failing.p[i].shard == shard) return &c->failing.p[i];
    return NULL;
}

static void forget(struct carrier *c, size_t who, i64 shard) {
    struct failing *f = failing_of(c, who, shard);
    if (f) *f = c->failing.p[--c->failing.n];
}

struct park { struct queue *q; const struct delivery *d; };

static err park_run(struct tx *tx, void *arg) {
    const struct park *p = arg;
    const struct delivery *d = p->d;
    return db_run(tx, &feed_park, vt(str_of(p->q->c->who[p->q->who].name)), vi(p->q->shard), vi(d->seq), vi(d->line),
                  vt(d->name), vt(str_of(d->cmd ? d->cmd->name : "")), vt(p->q->why), vi(tx->now.us));
}

/* One more failure of the event at the head of a queue; the tenth parks it. */
static err failed(struct queue *q, const struct delivery *d) {
    struct carrier *c = q->c;
    struct failing *f = failing_of(c, q->who, q->shard);
    c->stat.failures++;
    if (!f) {
        if (c->failing.n == c->failing.cap) {
            size_t cap = c->failing.cap ? c->failing.cap * 2 : 16;
            void *p = realloc(c->failing.p, cap * sizeof *f);   /* heap: outlives the rounds */
            if (!p) return E_FULL;
            c->failing.p = p;
            c->failing.cap = cap;
        }
        f = &c->failing.p[c->failing.n++];
        *f = (struct failing){ .who = q->who, .shard = q->shard };
    }
    i64 wait = (i64)TRY_NS << f->tries;
    f->next_ns = clock_mono_ns() + (wait < TRY_MOST_NS ? wait : TRY_MOST_NS);
    if (++f->tries < TRIES_MAX) return OK;
    fprintf(stderr, "wuye: event %.*s for %s in shard %lld is parked: %.*s\n", STR(d->name), c->who[q->who].name,
            (long long)q->shard, STR(q->why));
    TRY(carrier_job(c, q->shard, c->now(), true, park_run, &(struct park){ q, d }));
    forget(c, q->who, q->shard);
    return OK;
}

/* Delivers list[from, to) in one job; if that fails, one by one up to the one that fails alone. */
static err deliver(struct queue *q, i64 *done, err *ret_refused) {
    struct carrier *c = q->c;
    size_t to = q->to;
    *ret_refused = OK;
    err e = carrier_job(c, q->target, (instant){ q->list.p[q->from].at }, true, deliver_run, q);
    if (e == OK) *done += (i64)(to - q->from);
    if (e != OK && !transient(e) && to - q->from > 1) {
        e = OK;
        for (; e == OK && q->from < to; q->from++) {
            q->to = q->from + 1;
            e = carrier_job(c, q->target, (instant){ q->list.p[q->from].at }, true, deliver_run, q);
            if (e != OK) break;
            ++*done;
            q->seq = q->list.p[q->from].seq - 1;
            q->line = q->list.p[q->from].line + 1;
        }
        q->to = to;
    }
    if (e == OK || transient(e)) return e;
    q->why = q->why.n ? str_dup(c->mem, q->why) : str_of(err_name(e));
    *ret_refused = e;
    return OK;
}

err queue_run(struct carrier *c, size_t who, i64 shard, i64 *ret_done, bool *ret_more) {
    struct queue q = { .c = c, .who = who, .shard = shard };
    const struct failing *f = failing_of(c, who, shard);
    err refused = OK;
    *ret_more = false;
    if (f && !c->impatient && clock_mono_ns() < f->next_ns) return OK;
    TRY(carrier_job(c, shard, c->now(), false, queue_read, &q));
    /* What was read lies in the arena of that job, which the next job resets. */
    struct delivery *list = NEW_N(c->mem, struct delivery, q.list.n + 1);
    for (size_t i = 0; i < q.list.n; i++) {
        list[i] = q.list.p[i];
        list[i].name = str_dup(c->mem, list[i].name);
        list[i].payload = str_dup(c->mem, list[i].payload);
    }
    q.list.p = list;
    for (q.from = 0; q.from < q.list.n && refused == OK; q.from = q.to) {
        q.target = target_of(c->mem, &list[q.from]);
        q.to = q.from + 1;
        while (q.to < q.list.n && q.to - q.from < EVENTS_AT_ONCE && target_of(c->mem, &list[q.to]) == q.target) q.to++;
        TRY(deliver(&q, ret_done, &refused));
        if (refused != OK) break;
        q.seq = list[q.to - 1].seq - 1;
        q.line = list[q.to - 1].line + 1;
        forget(c, who, shard);
    }
    if (refused == OK) {
        q.seq = q.reach;
        q.line = 0;
        *ret_more = q.full;
    }
    TRY(carrier_job(c, shard, c->now(), true, move_run, &q));
    if (refused == OK) return OK;
    TRY(failed(&q, &list[q.from]));
    *ret_more = true;
    return OK;
}
