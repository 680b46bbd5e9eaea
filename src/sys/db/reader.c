/* reader.c - the connection of a thread that answers quick pages one after the other.
 *
 * On SQLite beginning and ending a read takes two system calls behind a lock of the whole process: a fifth of a short
 * answer. So the snapshot stays from one page to the next, while it is as new as a fresh one would be: no commit of
 * this process since, and for KEPT_NS at most, which bounds what another process wrote. */
#include <pthread.h>
#include <time.h>
#include "sys/db/engine.h"

#define KEPT_NS 5000000

struct reader {
    struct conn *c;
    pthread_mutex_t lock;   /* of the thread while it reads, or of who lets go */
    bool open;
    u64 seen;               /* commits when the snapshot was taken */
    i64 until;
    struct reader *next;
};

static i64 coarse_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (i64)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct reader *reader_open(struct db *d) {
    struct reader *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->c = db_connect(d, DB_READ);
    if (!r->c) {
        free(r);
        return NULL;
    }
    pthread_mutex_init(&r->lock, NULL);
    pthread_mutex_lock(&d->readers_lock);
    r->next = d->readers;
    d->readers = r;
    pthread_mutex_unlock(&d->readers_lock);
    return r;
}

static void let_go(struct reader *r) {
    if (r->open) r->c->d->e->rollback(r->c);
    r->open = false;
}

err reader_begin(struct reader *r, struct tx *tx, struct arena *a, instant now) {
    struct db *d = r->c->d;
    pthread_mutex_lock(&r->lock);
    u64 commits = __atomic_load_n(&d->commits, __ATOMIC_ACQUIRE);
    i64 at = coarse_ns();
    if (r->open && r->seen == commits && at < r->until) {
        *tx = (struct tx){ .c = r->c, .a = a, .now = now };
        return OK;
    }
    let_go(r);
    err e = tx_begin(tx, r->c, a, now, false);
    if (e != OK) {
        pthread_mutex_unlock(&r->lock);
        return e;
    }
    r->open = true;
    r->seen = commits;
    r->until = at + KEPT_NS;
    return OK;
}

void reader_end(struct reader *r, bool fine) {
    if (!fine || r->c->d->kind != DB_SQLITE) let_go(r);
    pthread_mutex_unlock(&r->lock);
}

void readers_let_go(struct db *d) {
    pthread_mutex_lock(&d->readers_lock);
    for (struct reader *r = d->readers; r; r = r->next)
        if (pthread_mutex_trylock(&r->lock) == 0) {
            let_go(r);
            pthread_mutex_unlock(&r->lock);
        }
    pthread_mutex_unlock(&d->readers_lock);
}

void readers_close(struct db *d) {
    for (struct reader *r = d->readers, *next; r; r = next) {
        next = r->next;
        let_go(r);
        db_disconnect(r->c);
        pthread_mutex_destroy(&r->lock);
        free(r);
    }
    d->readers = NULL;
}
