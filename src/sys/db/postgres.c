/* postgres.c - the engine beside the process. Binary int8, text and bytea both ways; every statement prepared once
 * per connection with explicit types, so that an untyped `$1 IS NULL` works too.
 *
 * The client library is loaded by the first connection: with the fifteen libraries it brings it would take a third of
 * the start of a house that does not use it, and a megabyte. */
#include <dlfcn.h>
#include <endian.h>
#include <libpq-fe.h>
#include <pthread.h>
#include "sys/db/engine.h"

#define PQ_FUNCTIONS(F)                                                                                         \
    F(PQclear) F(PQcmdStatus) F(PQcmdTuples) F(PQconnectdb) F(PQdescribePrepared) F(PQerrorMessage)             \
    F(PQexec) F(PQexecPrepared) F(PQfinish) F(PQftype) F(PQgetisnull) F(PQgetlength) F(PQgetvalue)              \
    F(PQnfields) F(PQnparams) F(PQntuples) F(PQprepare) F(PQresultErrorField) F(PQresultStatus)                 \
    F(PQsetNoticeReceiver) F(PQstatus) F(PQtransactionStatus)

static struct {
#define MEMBER(name) __typeof__(name) *name;
    PQ_FUNCTIONS(MEMBER)
#undef MEMBER
    bool whole;
} pq;

static void library_load(void) {
    void *lib = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL), *at;
    pq.whole = lib != NULL;
#define TAKE(name)                                                                                               \
    at = pq.whole ? dlsym(lib, #name) : NULL;                                                                    \
    pq.whole = at != NULL;                                                                                       \
    memcpy(&pq.name, &at, sizeof at);
    PQ_FUNCTIONS(TAKE)
#undef TAKE
}

static bool library(struct conn *c) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, library_load);
    if (!pq.whole) snprintf(c->message, sizeof c->message, "libpq.so.5 cannot be used: install libpq5");
    return pq.whole;
}

enum { OID_INT8 = 20, OID_TEXT = 25, OID_BYTEA = 17 };

static PGconn *handle(const struct conn *c) { return c->h; }

static err fault(struct conn *c, PGresult *r) {
    const char *state = r ? pq.PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    snprintf(c->message, sizeof c->message, "%s %s", state ? state : "", pq.PQerrorMessage(handle(c)));
    if (pq.PQstatus(handle(c)) != CONNECTION_OK) {
        c->lost = true;
        return E_RETRY;   /* the op row tells the second run whether the first was committed */
    }
    if (!state) return E_IO;
    if (!strcmp(state, "40001") || !strcmp(state, "40P01") || !strcmp(state, "23505")) return E_RETRY;
    if (!strncmp(state, "23", 2)) return E_CONFLICT;
    if (!strcmp(state, "53100") || !strcmp(state, "53200")) return E_FULL;
    return E_IO;
}

static err simple(struct conn *c, const char *sql) {
    PGresult *r = pq.PQexec(handle(c), sql);
    ExecStatusType st = pq.PQresultStatus(r);
    err e = st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK ? OK : fault(c, r);
    pq.PQclear(r);
    return e;
}

static void quiet(void *arg, const PGresult *r) {
    (void)arg;
    (void)r;   /* notices ("already exists, skipping") are no news */
}

static bool pg_connect(struct conn *c) {
    if (!library(c)) return false;
    c->h = pq.PQconnectdb(c->d->where);
    if (!c->h || pq.PQstatus(c->h) != CONNECTION_OK) {
        snprintf(c->message, sizeof c->message, "%s", c->h ? pq.PQerrorMessage(c->h) : "no memory");
        return false;
    }
    pq.PQsetNoticeReceiver(c->h, quiet, NULL);
    c->lost = false;
    return simple(c, "SET client_min_messages=warning; SET timezone='UTC'; SET statement_timeout='30s'") == OK;
}

static void pg_disconnect(struct conn *c) {
    if (c->h) pq.PQfinish(c->h);
    c->h = NULL;
}

static bool reconnect(struct conn *c) {
    pq.PQfinish(c->h);
    memset(c->prepared, 0, (c->nprepared + 1) * sizeof *c->prepared);
    return pg_connect(c);
}

static Oid oid(char t) { return t == 'i' ? OID_INT8 : t == 't' ? OID_TEXT : OID_BYTEA; }

static void stmt_name(const struct stmt *s, char out[32]) { snprintf(out, 32, "s%d", s->no); }

static err prepare(struct conn *c, struct stmt *s) {
    if (c->prepared[s->no]) return OK;
    Oid types[32];
    int n = (int)strlen(s->in);
    if (n > (int)COUNT(types)) abort();
    for (int i = 0; i < n; i++) types[i] = oid(s->in[i]);
    char name[32];
    stmt_name(s, name);
    PGresult *r = pq.PQprepare(handle(c), name, s->sql, n, types);
    err e = pq.PQresultStatus(r) == PGRES_COMMAND_OK ? OK : fault(c, r);
    pq.PQclear(r);
    if (e == OK) c->prepared[s->no] = s;
    else fprintf(stderr, "wuye: statement %s: %s\n", s->name, c->message);
    return e;
}

static bool pg_check(struct conn *c, struct stmt *s) {
    if (prepare(c, s) != OK) return false;
    char name[32];
    stmt_name(s, name);
    PGresult *r = pq.PQdescribePrepared(handle(c), name);
    bool ok = pq.PQresultStatus(r) == PGRES_COMMAND_OK && (size_t)pq.PQnparams(r) == strlen(s->in) &&
              (size_t)pq.PQnfields(r) == strlen(s->out);
    snprintf(c->message, sizeof c->message, "%d parameters, %d columns, declared %s -> %s",
             pq.PQnparams(r), pq.PQnfields(r), s->in, s->out);
    for (int i = 0; ok && s->out[i]; i++)
        if (pq.PQftype(r, i) != oid(s->out[i])) {
            snprintf(c->message, sizeof c->message, "column %d has type %u, declared %c", i + 1,
                     pq.PQftype(r, i), s->out[i]);
            ok = false;
        }
    pq.PQclear(r);
    return ok;
}

static err pg_begin(struct conn *c, bool write) {
    if ((c->lost || pq.PQstatus(handle(c)) != CONNECTION_OK) && !reconnect(c)) return E_IO;
    err e = simple(c, write ? "BEGIN ISOLATION LEVEL SERIALIZABLE" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    if (e == OK || !c->lost) return e;
    return reconnect(c) ? simple(c, write ? "BEGIN ISOLATION LEVEL SERIALIZABLE"
                                          : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                        : E_IO;
}

static err pg_commit(struct conn *c) {
    PGresult *r = pq.PQexec(handle(c), "COMMIT");
    /* COMMIT of a failed transaction answers ROLLBACK without an error. */
    err e = pq.PQresultStatus(r) != PGRES_COMMAND_OK ? fault(c, r) : strcmp(pq.PQcmdStatus(r), "COMMIT") ? E_RETRY : OK;
    pq.PQclear(r);
    return e;
}

/* What a failed request left open. */
static void results_drop(struct conn *c) {
    while (c->nresults > 0) pq.PQclear(c->result[--c->nresults]);
}

static void pg_rollback(struct conn *c) {
    results_drop(c);
    if (!c->lost && simple(c, "ROLLBACK") != OK) c->lost = true;
}

static err pg_mark(struct conn *c, int what) {
    static const char *const sql[] = { "SAVEPOINT one", "RELEASE one", "ROLLBACK TO one" };
    if (what == 2) results_drop(c);
    return simple(c, sql[what]);
}

static bool pg_alive(const struct conn *c) { return pq.PQtransactionStatus(handle(c)) == PQTRANS_INTRANS; }

static err pg_open(struct cur *k, const val *in, int n) {
    struct conn *c = k->tx->c;
    TRY(prepare(c, k->s));
    const char *values[32];
    int lengths[32], formats[32];
    u64 ints[32];
    for (int i = 0; i < n; i++) {
        formats[i] = 1;
        lengths[i] = 8;
        ints[i] = htobe64((u64)in[i].i);
        values[i] = in[i].t == 'i' ? (const char *)&ints[i] : in[i].t ? (in[i].s.p ? in[i].s.p : "") : NULL;
        if (in[i].t == 't' || in[i].t == 'b') lengths[i] = (int)in[i].s.n;
    }
    char name[32];
    stmt_name(k->s, name);
    PGresult *r = pq.PQexecPrepared(handle(c), name, n, values, lengths, formats, 1);
    ExecStatusType st = pq.PQresultStatus(r);
    if (st != PGRES_TUPLES_OK && st != PGRES_COMMAND_OK) {
        err e = fault(c, r);
        if (e != E_RETRY) fprintf(stderr, "wuye: statement %s: %s\n", k->s->name, c->message);
        pq.PQclear(r);
        return e;
    }
    if (c->nresults == COUNT(c->result)) abort();   /* so many statements one inside the other */
    c->result[c->nresults++] = r;
    k->h = r;
    k->n = pq.PQntuples(r);
    return OK;
}

static int pg_step(struct cur *k, val *out, err *e) {
    (void)e;
    if (k->at >= k->n) return 0;
    int row = (int)k->at++;
    for (int i = 0; k->s->out[i]; i++) {
        if (pq.PQgetisnull(k->h, row, i)) {
            out[i] = vnull();
            continue;
        }
        const char *p = pq.PQgetvalue(k->h, row, i);
        if (k->s->out[i] == 'i') {
            u64 be;
            memcpy(&be, p, 8);
            out[i] = vi((i64)be64toh(be));
        } else {
            out[i] = (val){ .t = k->s->out[i], .s = { p, (size_t)pq.PQgetlength(k->h, row, i) } };
        }
    }
    return 1;
}

static i64 pg_close(struct cur *k) {
    struct conn *c = k->tx->c;
    size_t i = c->nresults;
    i64 n = 0;
    while (i > 0 && c->result[i - 1] != k->h) i--;
    if (i > 0) {
        if (!str_i64(str_of(pq.PQcmdTuples(k->h)), &n)) n = 0;
        memmove(&c->result[i - 1], &c->result[i], (c->nresults-- - i) * sizeof c->result[0]);
        pq.PQclear(k->h);
    }
    k->h = NULL;   /* else the rollback was faster */
    return n;
}

const struct engine engine_postgres = {
    pg_connect, pg_disconnect, simple,  pg_check, pg_begin, pg_commit, pg_rollback,
    pg_mark,    pg_alive,      pg_open, pg_step,  pg_close,
};
