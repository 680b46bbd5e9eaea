/* engine.h - what an engine supplies to db.c. Private to sys/db. */
#ifndef WUYE_DB_ENGINE_H
#define WUYE_DB_ENGINE_H

#include <pthread.h>
#include "sys/db/db.h"

struct db {
    enum db_engine kind;
    const struct engine *e;
    char *where;
    bool unsafe;
    struct conn *spare;   /* see db_spare */
    u64 commits;          /* of the writing connection; counted before anybody hears of one */
    struct reader *readers;
    pthread_mutex_t readers_lock;
};

struct conn {
    struct db *d;
    enum db_mode mode;
    void *h;              /* sqlite3 * or PGconn * */
    void **prepared;      /* by stmt->no: sqlite3_stmt *, or a non-NULL mark */
    size_t nprepared;
    bool fatal, lost;
    i64 wal_pages;
    void *result[16];     /* not yet closed (PostgreSQL): what breaks off in between leaves them to the rollback */
    size_t nresults;
    void *control[6];     /* prepared BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, ROLLBACK TO (SQLite) */
    char message[512];
    val *scratch;         /* the current row */
};

struct engine {
    bool (*connect)(struct conn *c);
    void (*disconnect)(struct conn *c);
    err (*script)(struct conn *c, const char *sql);
    bool (*check)(struct conn *c, struct stmt *s);
    err (*begin)(struct conn *c, bool write);
    err (*commit)(struct conn *c);
    void (*rollback)(struct conn *c);
    err (*mark)(struct conn *c, int what);   /* 0 savepoint, 1 release, 2 roll back to */
    bool (*alive)(const struct conn *c);
    /* Starts a statement; rows come by step: 1 row, 0 end, -1 error (in *e). `copy` tells whether values must be
     * copied. */
    err (*open)(struct cur *k, const val *in, int n);
    int (*step)(struct cur *k, val *out, err *e);
    i64 (*close)(struct cur *k);             /* rows touched */
};

extern const struct engine engine_sqlite, engine_postgres;
/* Ends the snapshots that nobody reads at the moment: they keep a checkpoint from copying and the log from starting
 * anew. */
void readers_let_go(struct db *d);
void readers_close(struct db *d);
/* Before the first connection of the process; harmless later. */
void lite_begin_use(void);

#endif
