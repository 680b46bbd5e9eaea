/* lane.c - see lane.h and the contract of a command in doc/tour.md. */
#include <errno.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>
#include "sys/db/lane.h"

enum { BATCH_MAX = 64, TRIES = 10, CHECKPOINT_PAGES = 16000, QUEUE_DEFAULT = 1024 };

struct queue { struct job *head, **tail; };

struct lane {
    struct lanes *l;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct queue now, bulk;
    i64 waiting, busy;   /* busy: 0 or 1 */
    struct conn *c;
    bool write, asleep;
    bool crowded;        /* the batch before was of several: more are likely to come while one runs */
    u64 dice;
};

struct lanes {
    struct db *d;
    pthread_rwlock_t floor;   /* a write that keeps meeting others gets it to itself */
    struct lane *lane;
    int n, writers;   /* writers come first: 1 on SQLite, all on PostgreSQL */
    i64 queue_max;
    bool stopping, stopped;
    u64 turn;
    struct lane_stat stat;
};

#define JOIN_NS 20000000   /* how long a transaction may be open for others to join it */

static i64 mono_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (i64)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void put(struct queue *q, struct job *j) {
    j->next = NULL;
    *q->tail = j;
    q->tail = &j->next;
}

static struct job *take(struct queue *q) {
    struct job *j = q->head;
    if (!j) return NULL;
    q->head = j->next;
    if (!q->head) q->tail = &q->head;
    return j;
}

#define ADD(field, n) __atomic_add_fetch(&(field), (n), __ATOMIC_RELAXED)

/* One run of a job. An exhausted arena fails this job alone. */
static err attempt(struct job *j, struct tx *tx) {
    tx->a = j->a;
    tx->now = j->now;
    tx->op = NULL;
    if (ARENA_CATCH(j->a)) {
        arena_uncatch(j->a);
        return E_FULL;
    }
    err e = j->run(j, tx);
    arena_uncatch(j->a);
    /* The first failing call makes the transaction sticky, even for a command that overlooked it. */
    return e != OK ? e : tx->sticky;
}

static void stop_writing(struct lanes *l, const char *why) {
    if (__atomic_exchange_n(&l->stopped, true, __ATOMIC_SEQ_CST)) return;
    fprintf(stderr, "wuye: the writer has stopped, reads go on: %s\n", why);
}

/* One job in a transaction of its own, tried again where the engine says that two of them met; from the middle on with
 * no other writer of this server beside it, so that only another server can make it give up. */
static err alone(struct lane *n, struct job *j) {
    err e = E_RETRY;
    bool doubted = false;
    for (int i = 0; i < TRIES && e == E_RETRY; i++) {
        if (i > 0) {
            ADD(n->l->stat.retried, 1);
            n->dice = n->dice * 6364136223846793005ULL + 1442695040888963407ULL;
            usleep((useconds_t)((n->dice >> 33) % (1000ULL << i)));
        }
        struct tx tx;
        if (j->write) (i < TRIES / 2 ? pthread_rwlock_rdlock : pthread_rwlock_wrlock)(&n->l->floor);
        e = tx_begin(&tx, n->c, j->a, j->now, j->write);
        if (e == OK && j->write && tx_fatal(&tx)) e = E_IO;   /* damage is never written over */
        if (e == OK) e = attempt(j, &tx);
        if (e == OK && !tx_alive(&tx)) e = E_RETRY;   /* the engine left the transaction by itself */
        if (e == OK && j->write && tx_deferred(&tx) != 0) e = E_BROKEN;
        if (e == OK) e = tx_commit(&tx);
        if (e != OK) tx_rollback(&tx);
        if (j->write) pthread_rwlock_unlock(&n->l->floor);
        /* What a SERIALIZABLE transaction read may be untrue until COMMIT: doubt an assertion once. */
        if (e == E_BROKEN && !doubted) {
            doubted = true;
            e = E_RETRY;
        }
        if (j->write && (tx_fatal(&tx) || e == E_BROKEN)) stop_writing(n->l, db_message(n->c));
    }
    if (e == E_RETRY) ADD(n->l->stat.given_up, 1);
    return e;
}

/* Takes interactive jobs that wait, at most `room`; the lock is held. */
static int take_waiting(struct lane *n, struct job **into, int room) {
    int count = 0;
    while (count < room) {
        struct job *j = take(&n->now);
        if (!j) break;
        into[count++] = j;
        ADD(n->waiting, -1);
    }
    return count;
}

/* The whole batch in one transaction, and what comes to wait while it runs: the commit costs the same. False if it is
 * gone: nothing was acknowledged, so all run again, alone. */
static bool together(struct lane *n, struct job **batch, int *count) {
    struct tx tx;
    i64 began = mono_ns();
    if (tx_begin(&tx, n->c, batch[0]->a, batch[0]->now, true) != OK) return false;
    for (int i = 0; i < *count; i++) {
        struct job *j = batch[i];
        err e = tx_mark(&tx);
        if (e == OK) e = attempt(j, &tx);
        if (!tx_alive(&tx)) return false;
        if (e == E_BROKEN || e == E_RETRY || tx_fatal(&tx) || (e == OK && tx_deferred(&tx) != 0)) {
            tx_rollback(&tx);
            return false;
        }
        j->outcome = e;
        if ((e == OK ? tx_keep(&tx) : tx_undo(&tx)) != OK) {
            tx_rollback(&tx);
            return false;
        }
        if (i + 1 < *count || mono_ns() - began > JOIN_NS) continue;
        pthread_mutex_lock(&n->lock);
        *count += take_waiting(n, batch + *count, BATCH_MAX - *count);
        pthread_mutex_unlock(&n->lock);
    }
    if (tx_commit(&tx) == OK) return true;
    tx_rollback(&tx);
    return false;
}

static void write_batch(struct lane *n, struct job **batch, int count) {
    struct lanes *l = n->l;
    if (__atomic_load_n(&l->stopped, __ATOMIC_ACQUIRE)) {
        for (int i = 0; i < count; i++) batch[i]->done(batch[i], E_BROKEN);
        return;
    }
    bool crowd = count > 1 || (n->crowded && !batch[0]->bulk);
    if (!crowd || !together(n, batch, &count))
        for (int i = 0; i < count; i++)
            batch[i]->outcome =
                __atomic_load_n(&l->stopped, __ATOMIC_ACQUIRE) ? E_BROKEN : alone(n, batch[i]);
    n->crowded = count > 1;
    ADD(l->stat.batches, 1);
    ADD(l->stat.jobs, count);
    if (count > __atomic_load_n(&l->stat.largest, __ATOMIC_RELAXED))
        __atomic_store_n(&l->stat.largest, count, __ATOMIC_RELAXED);
    for (int i = 0; i < count; i++) batch[i]->done(batch[i], batch[i]->outcome);
    if (db_wal_pages(n->c) >= CHECKPOINT_PAGES) {
        db_checkpoint(n->c, false);
        ADD(l->stat.checkpoints, 1);
    }
}

/* Waits for work; fills `batch`; 0 when the lane is to end. */
static int next_batch(struct lane *n, struct job **batch, int max) {
    int count = 0;
    pthread_mutex_lock(&n->lock);
    while (!n->waiting && !__atomic_load_n(&n->l->stopping, __ATOMIC_ACQUIRE)) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        n->asleep = true;
        bool idle = pthread_cond_timedwait(&n->wake, &n->lock, &until) == ETIMEDOUT;
        n->asleep = false;
        if (idle && n->write && db_wal_pages(n->c) > 0) db_checkpoint(n->c, false);
    }
    count = take_waiting(n, batch, max);
    /* A bulk job comes only when nothing interactive waits, and alone: it must not hold others' answers. */
    if (count == 0 && (batch[0] = take(&n->bulk))) {
        count = 1;
        ADD(n->waiting, -1);
    }
    __atomic_store_n(&n->busy, count > 0, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&n->lock);
    return count;
}

static void *lane_main(void *arg) {
    struct lane *n = arg;
    struct job *batch[BATCH_MAX];
    int max = n->write && db_engine(n->l->d) == DB_SQLITE ? BATCH_MAX : 1, count;
    if (!n->write) (void)setpriority(PRIO_PROCESS, 0, 5);   /* this thread only: quick pages go first */
    while ((count = next_batch(n, batch, max)) > 0) {
        if (batch[0]->write) {
            write_batch(n, batch, count);
        } else {
            err e = alone(n, batch[0]);
            batch[0]->done(batch[0], e);
        }
    }
    return NULL;
}

static struct lanes *start(struct db *d, int lanes, int writers, int queue) {
    struct lanes *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    l->d = d;
    l->n = lanes;
    l->writers = writers;
    l->stopped = writers == 0;
    l->queue_max = queue ? queue : QUEUE_DEFAULT;
    pthread_rwlockattr_t attr;   /* the default lets readers pass a waiting writer for ever */
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&l->floor, &attr);
    l->lane = calloc((size_t)l->n, sizeof *l->lane);
    if (!l->lane) abort();
    for (int i = 0; i < l->n; i++) {
        struct lane *n = &l->lane[i];
        *n = (struct lane){ .l = l, .write = i < l->writers, .dice = (u64)i * 77777 + 1 };
        n->now.tail = &n->now.head;
        n->bulk.tail = &n->bulk.head;
        pthread_mutex_init(&n->lock, NULL);
        pthread_cond_init(&n->wake, NULL);
        n->c = db_connect(d, n->write ? DB_WRITE : DB_READ);
        if (!n->c || pthread_create(&n->thread, NULL, lane_main, n) != 0) {
            db_disconnect(n->c);
            l->n = i;
            lanes_stop(l);
            return NULL;
        }
    }
    return l;
}

struct lanes *lanes_start(struct db *d, int lanes, int queue) {
    if (db_engine(d) == DB_SQLITE) return start(d, 3, 1, queue);
    return start(d, lanes ? lanes : 4, lanes ? lanes : 4, queue);
}

struct lanes *lanes_start_reading(struct db *d) { return start(d, 2, 0, 0); }

/* The lane from `first` on with the least to do; among equal ones, one after the other. */
static struct lane *least_busy(struct lanes *l, int first) {
    u64 turn = ADD(l->turn, 1), n = (u64)(l->n - first);
    struct lane *best = NULL;
    i64 least = INT64_MAX;
    for (u64 i = 0; i < n && least > 0; i++) {
        struct lane *lane = &l->lane[first + (int)((turn + i) % n)];
        i64 load = __atomic_load_n(&lane->waiting, __ATOMIC_RELAXED) + __atomic_load_n(&lane->busy, __ATOMIC_RELAXED);
        if (load >= least) continue;
        least = load;
        best = lane;
    }
    return best;
}

static struct lane *lane_for(struct lanes *l, const struct job *j) {
    bool lite = db_engine(l->d) == DB_SQLITE;
    if (lite && j->write) return &l->lane[0];
    int first = lite ? l->writers : 0;
    if (j->write) return &l->lane[((u64)j->shard * 0x9E3779B97F4A7C15ULL >> 32) % (u64)l->n];
    return least_busy(l, first);
}

err lanes_submit(struct lanes *l, struct job *j) {
    if (j->write && __atomic_load_n(&l->stopped, __ATOMIC_ACQUIRE)) return E_BROKEN;
    struct lane *n = lane_for(l, j);
    pthread_mutex_lock(&n->lock);
    bool room = n->waiting < l->queue_max && !__atomic_load_n(&l->stopping, __ATOMIC_ACQUIRE);
    if (room) {
        put(j->bulk ? &n->bulk : &n->now, j);
        ADD(n->waiting, 1);
        if (n->asleep) pthread_cond_signal(&n->wake);
    }
    pthread_mutex_unlock(&n->lock);
    return room ? OK : E_FULL;
}

struct waiter { struct job job; struct job *real; pthread_mutex_t lock; pthread_cond_t wake; bool over; err e; };

static err waiter_run(struct job *j, struct tx *tx) {
    struct waiter *w = (struct waiter *)j;
    return w->real->run(w->real, tx);
}

static void waiter_done(struct job *j, err e) {
    struct waiter *w = (struct waiter *)j;
    pthread_mutex_lock(&w->lock);
    w->e = e;
    w->over = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

err lanes_do(struct lanes *l, struct job *j) {
    struct waiter w = { .job = *j, .real = j };
    struct arena_target mine;
    arena_target_keep(j->a, &mine);
    w.job.run = waiter_run;
    w.job.done = waiter_done;
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.wake, NULL);
    err e = lanes_submit(l, &w.job);
    pthread_mutex_lock(&w.lock);
    while (e == OK && !w.over) pthread_cond_wait(&w.wake, &w.lock);
    pthread_mutex_unlock(&w.lock);
    pthread_cond_destroy(&w.wake);
    pthread_mutex_destroy(&w.lock);
    arena_target_put_back(j->a, &mine);
    return e != OK ? e : w.e;
}

u64 lanes_version(const struct lanes *l) { return (u64)__atomic_load_n(&l->stat.batches, __ATOMIC_ACQUIRE); }

struct lane_stat lanes_stats(struct lanes *l) {
    struct lane_stat s = l->stat;
    s.stopped = l->stopped;
    for (int i = 0; i < l->n; i++) s.waiting += __atomic_load_n(&l->lane[i].waiting, __ATOMIC_RELAXED);
    return s;
}

void lanes_stop(struct lanes *l) {
    if (!l) return;
    __atomic_store_n(&l->stopping, true, __ATOMIC_RELEASE);
    for (int i = 0; i < l->n; i++) {
        struct lane *n = &l->lane[i];
        pthread_mutex_lock(&n->lock);
        pthread_cond_signal(&n->wake);
        pthread_mutex_unlock(&n->lock);
        pthread_join(n->thread, NULL);
        if (n->write && db_engine(l->d) == DB_SQLITE) db_checkpoint(n->c, true);
        db_disconnect(n->c);
        pthread_mutex_destroy(&n->lock);
        pthread_cond_destroy(&n->wake);
    }
    pthread_rwlock_destroy(&l->floor);
    free(l->lane);
    free(l);
}
