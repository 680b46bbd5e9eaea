/* sqlite.c - the engine inside the process.
 *
 * One connection writes and checkpoints, all others are query_only: that order of things also avoids the WAL-reset
 * defect of SQLite before 3.51.3, which needs two connections that write or checkpoint at once. */
#include <sqlite3.h>
#include "sys/db/engine.h"

enum { C_BEGIN, C_COMMIT, C_ROLLBACK, C_MARK, C_KEEP, C_UNDO };

static sqlite3 *handle(const struct conn *c) { return c->h; }

static err fault(struct conn *c, int rc) {
    snprintf(c->message, sizeof c->message, "%s (%d)", c->h ? sqlite3_errmsg(handle(c)) : "no handle", rc);
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT: return E_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return E_RETRY;
    case SQLITE_FULL: return E_FULL;
    case SQLITE_NOMEM: return E_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: c->fatal = true; return E_IO;
    case SQLITE_IOERR:
        if (rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC) c->fatal = true;
        return E_IO;
    default: return E_IO;
    }
}

/* SQLite reads $1 as a *name* numbered by first appearance; ?1 is a number. Same length, so in place. */
static char *number_params(const char *sql) {
    char *out = strdup(sql);
    if (!out) return NULL;
    bool quoted = false;
    for (char *p = out; *p; p++) {
        if (*p == '\'') quoted = !quoted;
        if (!quoted && *p == '$' && p[1] >= '0' && p[1] <= '9') *p = '?';
    }
    return out;
}

static int on_commit(void *arg, sqlite3 *h, const char *name, int pages) {
    (void)h;
    (void)name;
    ((struct conn *)arg)->wal_pages = pages;
    return SQLITE_OK;
}

static bool control(struct conn *c, int i, const char *sql) {
    return sqlite3_prepare_v3(handle(c), sql, -1, SQLITE_PREPARE_PERSISTENT, (sqlite3_stmt **)&c->control[i],
                              NULL) == SQLITE_OK;
}

static bool set_up(struct conn *c) {
    bool write = c->mode == DB_WRITE;
    char pragmas[512];
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
             "PRAGMA case_sensitive_like=ON; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY;"
             "PRAGMA synchronous=%s; PRAGMA cache_size=-%d; PRAGMA query_only=%s;",
             c->d->unsafe ? "OFF" : "FULL", write ? 8192 : 4096, write ? "OFF" : "ON");
    if (write && sqlite3_exec(handle(c), "PRAGMA journal_mode=WAL", NULL, NULL, NULL) != SQLITE_OK) return false;
    if (sqlite3_exec(handle(c), pragmas, NULL, NULL, NULL) != SQLITE_OK) return false;
    sqlite3_db_config(handle(c), SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(handle(c), SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(handle(c), SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    /* Plans follow from text and schema alone. Otherwise a statement that may use a partial index is compiled anew for
     * every value bound to it: on an owner's home that took three fifths of the time. */
    sqlite3_db_config(handle(c), SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    sqlite3_wal_hook(handle(c), on_commit, c);
    /* ROLLBACK is prepared beforehand: under memory pressure there may be none left to prepare it with. */
    return control(c, C_BEGIN, write ? "BEGIN IMMEDIATE" : "BEGIN") && control(c, C_COMMIT, "COMMIT") &&
           control(c, C_ROLLBACK, "ROLLBACK") && control(c, C_MARK, "SAVEPOINT one") &&
           control(c, C_KEEP, "RELEASE one") && control(c, C_UNDO, "ROLLBACK TO one");
}

/* Counting the bytes of all connections puts every allocation of every thread behind one lock. */
void lite_begin_use(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

static bool lite_connect(struct conn *c) {
    /* Extended codes: only they tell a failed fsync from any other I/O error. */
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (c->mode == DB_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE);
    sqlite3 *h = NULL;
    int rc = sqlite3_open_v2(c->d->where, &h, flags, NULL);
    c->h = h;
    if (rc != SQLITE_OK || !set_up(c)) {
        (void)fault(c, rc == SQLITE_OK ? sqlite3_errcode(h) : rc);
        return false;
    }
    return true;
}

static void lite_disconnect(struct conn *c) {
    for (size_t i = 0; c->prepared && i < c->nprepared; i++) sqlite3_finalize(c->prepared[i]);
    for (size_t i = 0; i < COUNT(c->control); i++) sqlite3_finalize(c->control[i]);
    sqlite3_close_v2(c->h);
}

static err lite_script(struct conn *c, const char *sql) {
    int rc = sqlite3_exec(handle(c), sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? OK : fault(c, rc);
}

static err prepare(struct conn *c, struct stmt *s, sqlite3_stmt **ret) {
    if ((size_t)s->no >= c->nprepared) abort();   /* registered after the connection was made */
    if (c->prepared[s->no]) {
        *ret = c->prepared[s->no];
        return OK;
    }
    char *sql = number_params(s->sql);
    if (!sql) return E_FULL;
    int rc = sqlite3_prepare_v3(handle(c), sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL);
    free(sql);
    if (rc != SQLITE_OK) {
        err e = fault(c, rc);
        fprintf(stderr, "wuye: statement %s: %s\n", s->name, c->message);
        return e;
    }
    c->prepared[s->no] = *ret;
    return OK;
}

static bool lite_check(struct conn *c, struct stmt *s) {
    sqlite3_stmt *st = NULL;
    if (prepare(c, s, &st) != OK) return false;
    if ((size_t)sqlite3_bind_parameter_count(st) != strlen(s->in) ||
        (size_t)sqlite3_column_count(st) != strlen(s->out)) {
        snprintf(c->message, sizeof c->message, "%d parameters, %d columns, declared %s -> %s",
                 sqlite3_bind_parameter_count(st), sqlite3_column_count(st), s->in, s->out);
        return false;
    }
    return true;
}

static err run_control(struct conn *c, int i) {
    sqlite3_stmt *st = c->control[i];
    int rc = sqlite3_step(st);
    sqlite3_reset(st);
    return rc == SQLITE_DONE ? OK : fault(c, rc);
}

static err lite_begin(struct conn *c, bool write) {
    (void)write;   /* the mode of the connection decides */
    return run_control(c, C_BEGIN);
}

static err lite_commit(struct conn *c) { return run_control(c, C_COMMIT); }

static void reset_all(struct conn *c) {
    for (size_t i = 0; i < c->nprepared; i++)
        if (c->prepared[i]) sqlite3_reset(c->prepared[i]);
}

static void lite_rollback(struct conn *c) {
    if (sqlite3_get_autocommit(handle(c))) return;
    reset_all(c);   /* a cursor left open by a failed request */
    if (run_control(c, C_ROLLBACK) != OK) c->fatal = c->mode == DB_WRITE;
}

static err lite_mark(struct conn *c, int what) {
    if (what == 2) {
        reset_all(c);
        TRY(run_control(c, C_UNDO));
        return run_control(c, C_KEEP);
    }
    return run_control(c, what == 0 ? C_MARK : C_KEEP);
}

static bool lite_alive(const struct conn *c) { return !sqlite3_get_autocommit(handle(c)); }

static int bind(sqlite3_stmt *st, int i, val v) {
    switch (v.t) {
    case 'i': return sqlite3_bind_int64(st, i, v.i);
    case 't': return sqlite3_bind_text64(st, i, v.s.p ? v.s.p : "", v.s.n, SQLITE_STATIC, SQLITE_UTF8);
    case 'b': return sqlite3_bind_blob64(st, i, v.s.p ? v.s.p : "", v.s.n, SQLITE_STATIC);
    default: return sqlite3_bind_null(st, i);
    }
}

static err lite_open(struct cur *k, const val *in, int n) {
    struct conn *c = k->tx->c;
    sqlite3_stmt *st = NULL;
    TRY(prepare(c, k->s, &st));
    if (sqlite3_stmt_busy(st)) sqlite3_reset(st);
    for (int i = 0; i < n; i++)
        if (bind(st, i + 1, in[i]) != SQLITE_OK) return fault(c, SQLITE_NOMEM);
    k->h = st;
    return OK;
}

/* Asks for the type only where the value leaves open whether it is NULL. A text is taken as the bytes it is: asked for
 * as text it would be copied to get a NUL behind it, which no str needs. */
static val column(sqlite3_stmt *st, int i, char t) {
    if (t == 'i') {
        i64 v = sqlite3_column_int64(st, i);
        return v == 0 && sqlite3_column_type(st, i) == SQLITE_NULL ? vnull() : vi(v);
    }
    const void *p = sqlite3_column_blob(st, i);
    if (!p && sqlite3_column_type(st, i) == SQLITE_NULL) return vnull();
    return (val){ .t = t, .s = { p ? p : "", (size_t)sqlite3_column_bytes(st, i) } };
}

static int lite_step(struct cur *k, val *out, err *e) {
    sqlite3_stmt *st = k->h;
    int rc = sqlite3_step(st);
    if (rc == SQLITE_DONE) return 0;
    if (rc != SQLITE_ROW) {
        *e = fault(k->tx->c, rc);
        return -1;
    }
    for (int i = 0; k->s->out[i]; i++) out[i] = column(st, i, k->s->out[i]);
    return 1;
}

static i64 lite_close(struct cur *k) {
    sqlite3_stmt *st = k->h;
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);   /* they point into the caller's stack */
    k->h = NULL;
    return sqlite3_stmt_readonly(st) ? 0 : sqlite3_changes64(handle(k->tx->c));
}

i64 tx_deferred(const struct tx *tx) {
    if (tx->c->d->kind != DB_SQLITE) return 0;
    int now = 0, high = 0;
    sqlite3_db_status(handle(tx->c), SQLITE_DBSTATUS_DEFERRED_FKS, &now, &high, 0);
    return now;
}

i64 db_checkpoint(struct conn *c, bool truncate) {
    if (c->d->kind != DB_SQLITE) return 0;
    int log = 0, done = 0;
    readers_let_go(c->d);
    int rc = sqlite3_wal_checkpoint_v2(
        handle(c), NULL, truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &log, &done);
    if (rc != SQLITE_OK) (void)fault(c, rc);   /* after a failed fsync the next write stops the writer */
    if (log == done) c->wal_pages = 0;
    return log;
}

str db_plan(struct conn *c, struct stmt *s, struct arena *a) {
    if (c->d->kind != DB_SQLITE) return (str){ 0 };
    char *sql = number_params(s->sql);
    str text = str_fmt(a, "EXPLAIN QUERY PLAN %s", sql ? sql : "");
    free(sql);
    buf out = buf_in(a, 1 << 16);
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(handle(c), text.p, (int)text.n, &st, NULL) == SQLITE_OK)
        while (sqlite3_step(st) == SQLITE_ROW) buf_fmt(&out, "%s\n", (const char *)sqlite3_column_text(st, 3));
    sqlite3_finalize(st);
    return buf_str(&out);
}

bool db_whole(struct db *d) {
    if (d->kind != DB_SQLITE) return true;
    struct conn *c = db_connect(d, DB_READ);
    sqlite3_stmt *st = NULL;
    bool whole = c && sqlite3_prepare_v2(handle(c), "PRAGMA quick_check(1)", -1, &st, NULL) == SQLITE_OK &&
                 sqlite3_step(st) == SQLITE_ROW && !strcmp((const char *)sqlite3_column_text(st, 0), "ok");
    sqlite3_finalize(st);
    db_disconnect(c);
    return whole;
}

err db_backup(struct db *d, const char *to) {
    if (d->kind != DB_SQLITE) return E_STATE;
    sqlite3 *from = NULL, *into = NULL;
    err e = E_IO;
    if (sqlite3_open_v2(d->where, &from, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        sqlite3_exec(from, "PRAGMA query_only=ON; PRAGMA wal_autocheckpoint=0", NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_open_v2(to, &into, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK) {
        sqlite3_backup *b = sqlite3_backup_init(into, "main", from, "main");
        if (b && sqlite3_backup_step(b, -1) == SQLITE_DONE) e = OK;
        if (b && sqlite3_backup_finish(b) != SQLITE_OK) e = E_IO;
    }
    sqlite3_close_v2(into);
    sqlite3_close_v2(from);
    return e;
}

const struct engine engine_sqlite = {
    lite_connect, lite_disconnect, lite_script, lite_check, lite_begin, lite_commit, lite_rollback,
    lite_mark,    lite_alive,      lite_open,   lite_step,  lite_close,
};
