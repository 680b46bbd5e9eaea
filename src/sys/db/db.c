/* db.c - what both engines share: the registry of statements, sticky transactions, rows. */
#include <unistd.h>
#include "sys/db/engine.h"

extern struct stmt *const __start_wuye_sql[] __attribute__((weak));
extern struct stmt *const __stop_wuye_sql[] __attribute__((weak));

static struct stmt **all;
static size_t all_n, all_cap;

void db_register_more(struct stmt *s) {
    if (all_n == all_cap) {
        all_cap = all_cap ? all_cap * 2 : 256;
        all = realloc(all, all_cap * sizeof *all);
        if (!all) abort();
    }
    s->no = (int)all_n;
    all[all_n++] = s;
}

void db_register(void) {
    if (all_n) return;
    for (struct stmt *const *p = __start_wuye_sql; p < __stop_wuye_sql; p++) db_register_more(*p);
}

size_t db_stmt_count(void) { return all_n; }
struct stmt *db_stmt_at(size_t i) { return all[i]; }

static bool is_postgres(const char *where) {
    return strncmp(where, "postgres://", 11) == 0 || strncmp(where, "postgresql://", 13) == 0;
}

bool db_there(const char *where) { return is_postgres(where) || access(where, F_OK) == 0; }

struct db *db_open(const char *where) {
    struct db *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    bool pg = is_postgres(where);
    pthread_mutex_init(&d->readers_lock, NULL);
    d->kind = pg ? DB_POSTGRES : DB_SQLITE;
    d->e = pg ? &engine_postgres : &engine_sqlite;
    if (!pg) lite_begin_use();
    d->where = strdup(where);
    if (!d->where) {
        free(d);
        return NULL;
    }
    return d;
}

void db_close(struct db *d) {
    if (!d) return;
    readers_close(d);
    db_disconnect(d->spare);
    pthread_mutex_destroy(&d->readers_lock);
    free(d->where);
    free(d);
}

enum db_engine db_engine(const struct db *d) { return d->kind; }
const char *db_where(const struct db *d) { return d->where; }
void db_unsafe_sync(struct db *d) { d->unsafe = true; }

void db_spare(struct conn *c) {
    if (c && c->mode == DB_WRITE && !c->d->spare) c->d->spare = c;
    else db_disconnect(c);
}

struct conn *db_connect(struct db *d, enum db_mode mode) {
    if (mode == DB_WRITE && d->spare) {
        struct conn *kept = d->spare;
        d->spare = NULL;
        return kept;
    }
    struct conn *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->d = d;
    c->mode = mode;
    c->nprepared = all_n;
    c->prepared = calloc(all_n + 1, sizeof *c->prepared);
    c->scratch = calloc(64, sizeof *c->scratch);
    if (!c->prepared || !c->scratch || !d->e->connect(c)) {
        fprintf(stderr, "wuye: database %s: %s\n", d->where, c->message);
        db_disconnect(c);
        return NULL;
    }
    return c;
}

void db_disconnect(struct conn *c) {
    if (!c) return;
    c->d->e->disconnect(c);
    free(c->prepared);
    free(c->scratch);
    free(c);
}

err db_script(struct conn *c, const char *sql) { return c->d->e->script(c, sql); }
struct db *db_of(const struct conn *c) { return c->d; }
const char *db_message(const struct conn *c) { return c->message; }
bool db_check(struct conn *c, struct stmt *s) { return c->d->e->check(c, s); }

/* ---- transactions ---- */

err tx_begin(struct tx *tx, struct conn *c, struct arena *a, instant now, bool write) {
    *tx = (struct tx){ .c = c, .a = a, .now = now };
    return tx->sticky = c->d->e->begin(c, write);
}

err tx_commit(struct tx *tx) {
    TRY(tx->sticky);
    struct conn *c = tx->c;
    tx->sticky = c->d->e->commit(c);
    if (c->mode == DB_WRITE) __atomic_add_fetch(&c->d->commits, 1, __ATOMIC_RELEASE);
    return tx->sticky;
}

void tx_rollback(struct tx *tx) { tx->c->d->e->rollback(tx->c); }
err tx_mark(struct tx *tx) { return tx->sticky = tx->c->d->e->mark(tx->c, 0); }

err tx_keep(struct tx *tx) {
    TRY(tx->sticky);
    return tx->sticky = tx->c->d->e->mark(tx->c, 1);
}

err tx_undo(struct tx *tx) { return tx->sticky = tx->c->d->e->mark(tx->c, 2); }
bool tx_alive(const struct tx *tx) { return tx->c->d->e->alive(tx->c); }
bool tx_fatal(const struct tx *tx) { return tx->c->fatal; }

/* ---- statements ---- */

static void copy_row(struct tx *tx, struct row *ret, const val *v, size_t n) {
    val *w = NEW_N(tx->a, val, n + 1);
    w[n].t = VAL_END;
    for (size_t i = 0; i < n; i++) {
        w[i] = v[i];
        if (v[i].t == 't' || v[i].t == 'b') w[i].s = str_dup(tx->a, v[i].s);
    }
    ret->v = w;
}

static void check_args(const struct stmt *s, const val *in, int n) {
    if ((size_t)n != strlen(s->in)) {
        fprintf(stderr, "wuye: %s takes %zu parameters, got %d\n", s->name, strlen(s->in), n);
        abort();
    }
    for (int i = 0; i < n; i++)
        if (in[i].t && in[i].t != s->in[i]) {
            fprintf(stderr, "wuye: %s parameter %d is %c, not %c\n", s->name, i + 1, s->in[i], in[i].t);
            abort();
        }
}

err db_each_n(struct tx *tx, struct cur *c, struct stmt *s, const val *in, int n) {
    *c = (struct cur){ .tx = tx, .s = s };
    TRY(tx->sticky);
    check_args(s, in, n);
    return tx->sticky = tx->c->d->e->open(c, in, n);
}

bool db_next(struct cur *c, struct row *ret) {
    if (c->tx->sticky != OK) return false;
    err e = OK;
    int got = c->tx->c->d->e->step(c, c->tx->c->scratch, &e);
    if (got < 0) c->tx->sticky = e;
    ret->v = c->tx->c->scratch;
    c->tx->c->scratch[strlen(c->s->out)].t = VAL_END;
    return got > 0;
}

err db_end(struct cur *c) {
    if (c->h) c->tx->changed = c->tx->c->d->e->close(c);
    return c->tx->sticky;
}

err db_run_n(struct tx *tx, struct stmt *s, const val *in, int n) {
    struct cur c;
    struct row r;
    TRY(db_each_n(tx, &c, s, in, n));
    while (db_next(&c, &r)) {}
    return db_end(&c);
}

err db_maybe_n(struct tx *tx, struct row *ret, struct stmt *s, const val *in, int n) {
    struct cur c;
    struct row r;
    ret->v = NULL;
    TRY(db_each_n(tx, &c, s, in, n));
    if (db_next(&c, &r)) copy_row(tx, ret, r.v, strlen(s->out));
    return db_end(&c);
}

err db_one_n(struct tx *tx, struct row *ret, struct stmt *s, const val *in, int n) {
    TRY(db_maybe_n(tx, ret, s, in, n));
    return ret->v ? OK : E_MISSING;
}

err db_all_n(struct tx *tx, struct rows *ret, struct stmt *s, const val *in, int n) {
    struct cur c;
    struct row r;
    size_t cols = strlen(s->out);
    *ret = (struct rows){ 0 };
    TRY(db_each_n(tx, &c, s, in, n));
    while (db_next(&c, &r)) copy_row(tx, VEC_ADD(tx->a, ret), r.v, cols);
    return db_end(&c);
}

i64 db_wal_pages(const struct conn *c) { return c->wal_pages; }
