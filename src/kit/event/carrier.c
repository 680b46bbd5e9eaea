/* carrier.c - the thread that seals, sums and delivers; see event.h. */
#include <errno.h>
#include "kit/event/internal.h"
#include "sys/clock/clock.h"

enum { ROUND_NS = 200000000, IDLE_NS = 1000000000, MEMORY = 32 << 20, JOB_MEMORY = 64 << 20 };
#define LOOK_NS (30 * 1000000000LL)

/* ---- small things ---- */

bool transient(err e) { return e == E_BROKEN; }

void shards_add(struct shards *s, i64 shard) {
    size_t lo = 0, hi = s->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (s->p[mid] < shard) lo = mid + 1;
        else hi = mid;
    }
    if (lo < s->n && s->p[lo] == shard) return;
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        i64 *p = realloc(s->p, cap * sizeof *p);   /* heap: outlives the rounds */
        if (!p) return;                            /* the next full look finds it again */
        s->p = p;
        s->cap = cap;
    }
    memmove(s->p + lo + 1, s->p + lo, (s->n - lo) * sizeof *s->p);
    s->p[lo] = shard;
    s->n++;
}

struct carried { struct job job; err (*fn)(struct tx *tx, void *arg); void *arg; };

static err carried_run(struct job *j, struct tx *tx) {
    struct carried *k = (struct carried *)j;
    return k->fn(tx, k->arg);
}

/* Not a bulk job, though it may look like one: under full load a bulk job waits without end, and evidence must not.
 * Every job here is small instead. */
err carrier_job(struct carrier *c, i64 shard, instant now, bool write, err (*fn)(struct tx *tx, void *arg), void *arg) {
    arena_reset(c->job);
    struct carried k = { .job = { .run = carried_run, .a = c->job, .now = now, .shard = shard, .write = write },
                         .fn = fn, .arg = arg };
    return lanes_do(c->l, &k.job);
}

/* ---- one round ---- */

struct seal { struct sealing what; bool done; };

static err seal_read(struct tx *tx, void *arg) { return audit_seal_read(tx, &((struct seal *)arg)->what); }

static err seal_write(struct tx *tx, void *arg) {
    struct seal *s = arg;
    return audit_seal_write(tx, &s->what, &s->done);
}

SQL(carrier_waiting, "", "ii",
    "SELECT (SELECT count(*) FROM (SELECT id FROM op WHERE seq IS NULL LIMIT 1) AS one), "
    "(SELECT count(*) FROM event_parked)")

struct waiting_rows { i64 unsealed, parked; };   /* unsealed: 0 or 1 */

static err waiting_run(struct tx *tx, void *arg) {
    struct waiting_rows *w = arg;
    struct row r;
    TRY(db_one_n(tx, &r, &carrier_waiting, NULL, 0));
    w->unsealed = r.v[0].i;
    w->parked = r.v[1].i;
    return OK;
}

static err seal(struct carrier *c, i64 *ret) {
    struct seal s;
    struct waiting_rows w;
    *ret = 0;
    TRY(carrier_job(c, 0, c->now(), false, waiting_run, &w));
    /* An operator has freed a queue: which one is found by looking. */
    if (w.parked < c->parked) c->looked_ns = 0;
    c->parked = w.parked;
    if (!w.unsealed) return OK;
    do {
        TRY(carrier_job(c, 0, c->now(), false, seal_read, &s));
        if (!s.what.n) break;
        TRY(carrier_job(c, 0, c->now(), true, seal_write, &s));
        if (!s.done) break;   /* another server was faster: the next round looks again */
        for (size_t i = 0; i < s.what.nheads; i++) shards_add(&c->dirty, s.what.head[i].shard);
        *ret += (i64)s.what.n;
        c->stat.sealed += (i64)s.what.n;
    } while (s.what.n == SEAL_MOST);
    return OK;
}

/* Everything that is behind, also by the work of other servers, and the caches they may have changed. */
static err look_run(struct tx *tx, void *arg) {
    struct carrier *c = arg;
    enum { MOST = 4096 };
    i64 *shards = NEW_N(tx->a, i64, MOST);
    size_t n;
    struct rows rows;
    TRY(calendar_refresh(tx));
    TRY(rule_refresh(tx));
    TRY(metric_behind(tx, shards, MOST, &n));
    for (size_t i = 0; i < n; i++) shards_add(&c->dirty, shards[i]);
    for (size_t w = 0; w < c->nwho; w++) {
        TRY(feeds_behind(tx, c->who[w].name, &rows));
        for (size_t i = 0; i < rows.n; i++) shards_add(&c->dirty, rows.p[i].v[0].i);
    }
    return OK;
}

static err carry_shard(struct carrier *c, i64 shard, i64 *done) {
    bool more;
    struct scan s = { .c = c, .shard = shard, .work = NEW_N(c->mem, bool, c->nwho + 1) };
    TRY(carrier_job(c, shard, c->now(), true, feed_scan, &s));
    if (s.more) shards_add(&c->dirty, shard);
    for (size_t w = 0; w < c->nwho; w++) {
        if (!s.work[w]) continue;
        TRY(queue_run(c, w, shard, done, &more));
        /* What was delivered has op rows of its own, which the next round seals. */
        shards_add(&c->dirty, shard);
    }
    return OK;
}

/* *ret_done: what was sealed, delivered or tried; 0 when there is nothing left. */
static err round_run(struct carrier *c, void *arg) {
    i64 *ret_done = arg, sealed, delivered = 0;
    err e = OK;
    *ret_done = 0;
    arena_reset(c->mem);
    c->stat.rounds++;
    i64 failures = c->stat.failures;
    TRY(seal(c, &sealed));
    i64 began = clock_mono_ns();
    if (c->looked_ns == 0 || began - c->looked_ns > c->look_every_ns) {
        TRY(carrier_job(c, 0, c->now(), false, look_run, c));
        c->looked_ns = clock_mono_ns();
        /* Where a city makes the look long, it must not become the work: one part in a hundred. */
        c->look_every_ns = LOOK_NS;
        if (c->looked_ns - began > LOOK_NS / 100) c->look_every_ns = (c->looked_ns - began) * 100;
    }
    struct shards now = c->dirty;
    c->dirty = (struct shards){ 0 };
    for (size_t i = 0; i < now.n; i++) {
        if (e == OK) e = carry_shard(c, now.p[i], &delivered);
        if (e != OK) shards_add(&c->dirty, now.p[i]);
    }
    free(now.p);   /* heap: see shards_add */
    c->stat.delivered += delivered;
    *ret_done = sealed + delivered + (c->stat.failures - failures);
    return e;
}

static err attempt(struct carrier *c, err (*fn)(struct carrier *c, void *arg), void *arg) {
    if (ARENA_CATCH(c->mem)) {
        c->looked_ns = 0;   /* what was in hand is found again */
        return E_FULL;
    }
    return fn(c, arg);
}

/* Runs fn as one round: alone, and with an exhausted arena as an ordinary failure. */
static err guarded(struct carrier *c, err (*fn)(struct carrier *c, void *arg), void *arg) {
    pthread_mutex_lock(&c->round);
    err e = attempt(c, fn, arg);
    arena_uncatch(c->mem);
    c->stat.last = e;
    pthread_mutex_lock(&c->lock);
    c->shown = c->stat;
    pthread_mutex_unlock(&c->lock);
    pthread_mutex_unlock(&c->round);
    return e;
}

/* ---- until nothing is left ---- */

static err drain_run(struct carrier *c, void *arg) {
    i64 done;
    err e;
    (void)arg;
    c->impatient = true;
    do e = round_run(c, &done);
    while (e == OK && (done > 0 || c->dirty.n > 0));
    c->impatient = false;
    return e;
}

err carrier_drain(struct carrier *c) { return guarded(c, drain_run, NULL); }

struct until { instant t; i64 window_us, tried; };

static err fire_run(struct carrier *c, void *arg) {
    struct until *u = arg;
    arena_reset(c->mem);
    return timer_fire_until(c, u->t, u->window_us, &u->tried);
}

err carrier_run_until(struct carrier *c, instant until, i64 *ret_fired) {
    i64 before = carrier_stats(c).fired;
    struct until u = { .t = until, .window_us = SECOND_US };
    do {
        TRY(carrier_drain(c));
        TRY(guarded(c, fire_run, &u));
    } while (u.tried > 0);
    *ret_fired = carrier_stats(c).fired - before;
    return OK;
}

/* ---- the thread ---- */

static err live_run(struct carrier *c, void *arg) {
    bool *ret_busy = arg;
    i64 done;
    struct until u = { .t = c->now() };
    TRY(fire_run(c, &u));
    TRY(round_run(c, &done));
    *ret_busy = done > 0 || c->dirty.n > 0;   /* told here: after the round another may be under way */
    return OK;
}

/* Until somebody pokes, at most `ns`. */
static void rest(struct carrier *c, i64 ns, bool wake) {
    i64 us = clock_now().us + ns / 1000;
    struct timespec until = { .tv_sec = us / SECOND_US, .tv_nsec = us % SECOND_US * 1000 };
    pthread_mutex_lock(&c->lock);
    while (!c->stopping && !(wake && c->poked) && pthread_cond_timedwait(&c->wake, &c->lock, &until) != ETIMEDOUT) {}
    c->poked = c->poked && !wake;
    pthread_mutex_unlock(&c->lock);
}

static void *thread_main(void *arg) {
    struct carrier *c = arg;
    while (!__atomic_load_n(&c->stopping, __ATOMIC_RELAXED)) {
        bool busy = false;
        (void)guarded(c, live_run, &busy);   /* its error stands in the statistics */
        rest(c, busy ? ROUND_NS : IDLE_NS, !busy);
    }
    return NULL;
}

static const struct command *command_by_name(const struct module *const *list, const char *name) {
    for (const struct module *const *m = list; *m; m++)
        for (const struct command *c = (*m)->commands; c && c->name; c++)
            if (!strcmp(c->name, name)) return c;
    return NULL;
}

static bool subscribe(struct carrier *c, const struct module *const *list) {
    size_t n = 0;
    for (const struct module *const *m = list; *m; m++) n += (*m)->on != NULL;
    c->who = calloc(n + 1, sizeof *c->who);   /* heap: as long as the carrier */
    for (const struct module *const *m = list; *m && c->who; m++) {
        if (!(*m)->on) continue;
        struct subscriber *s = &c->who[c->nwho++];
        size_t k = 0;
        while ((*m)->on[k].event) k++;
        *s = (struct subscriber){ .name = (*m)->name, .on = (*m)->on };
        s->command = calloc(k + 1, sizeof *s->command);   /* heap: as long as the carrier */
        if (!s->command) return false;
        for (size_t i = 0; i < k; i++) {
            s->command[i] = command_by_name(list, s->on[i].command);
            if (!s->command[i]) fprintf(stderr, "wuye: %s: no command %s\n", s->name, s->on[i].command);
        }
    }
    return c->who != NULL;
}

static void release(struct carrier *c) {
    for (size_t i = 0; i < c->nwho; i++) free(c->who[i].command);   /* heap: what lived as long as the carrier */
    free(c->who);                                                   /* heap: the same */
    free(c->dirty.p);                                               /* heap: the same */
    free(c->failing.p);                                             /* heap: the same */
    if (c->mem) arena_free(c->mem);
    if (c->job) arena_free(c->job);
    free(c);                                                        /* heap: the same */
}

struct carrier *carrier_make(struct lanes *l, const struct module *const *list, instant (*now)(void)) {
    struct carrier *c = calloc(1, sizeof *c);   /* heap: as long as the server */
    if (!c) return NULL;
    c->l = l;
    c->now = now;
    c->mem = arena_new(MEMORY);
    c->job = arena_new(JOB_MEMORY);
    if (!c->mem || !c->job || !subscribe(c, list)) {
        release(c);
        return NULL;
    }
    pthread_mutex_init(&c->round, NULL);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->wake, NULL);
    return c;
}

struct carrier *carrier_start(struct lanes *l, const struct module *const *list, instant (*now)(void)) {
    struct carrier *c = carrier_make(l, list, now);
    if (!c) return NULL;
    c->threaded = pthread_create(&c->thread, NULL, thread_main, c) == 0;
    if (c->threaded) return c;
    carrier_stop(c);
    return NULL;
}

void carrier_poke(struct carrier *c) {
    pthread_mutex_lock(&c->lock);
    c->poked = true;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
}

void carrier_stop(struct carrier *c) {
    if (!c) return;
    pthread_mutex_lock(&c->lock);
    __atomic_store_n(&c->stopping, true, __ATOMIC_RELAXED);
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
    if (c->threaded) pthread_join(c->thread, NULL);
    pthread_mutex_destroy(&c->round);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->wake);
    release(c);
}

struct carrier_stat carrier_stats(struct carrier *c) {
    pthread_mutex_lock(&c->lock);
    struct carrier_stat s = c->shown;
    pthread_mutex_unlock(&c->lock);
    return s;
}
