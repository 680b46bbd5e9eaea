/* db.h - one SQL text on two engines: SQLite inside the process, PostgreSQL beside it.
 *
 * Every statement is a named object with typed parameters and columns (i int8, t text, b bytea). It registers
 * itself, so
 * that a test can prepare and compare all of them on both engines:
 *
 *     SQL(home_by_no, "it", "iti", "SELECT id, label, area FROM home WHERE estate_id = $1 AND no_key = $2")
 *
 *     struct row r;
 *     TRY(db_one(tx, &r, &home_by_no, vi(estate), vt(no)));     // E_MISSING when there is none
 *     use(r.v[0].i, r.v[1].s);
 *
 * The first failing call makes the tx sticky: later calls return the same error without reaching the engine. */
#ifndef WUYE_DB_H
#define WUYE_DB_H

#include "base/base.h"

/* ---- values ------------------------------------------------------------------------------------------------ */

typedef struct val {
    char t;   /* 'i' 't' 'b', or 0 for NULL */
    i64 i;
    str s;
} val;

static inline val vi(i64 x) { return (val){ .t = 'i', .i = x }; }
static inline val vt(str x) { return (val){ .t = 't', .s = x }; }
static inline val vb(str x) { return (val){ .t = 'b', .s = x }; }
static inline val vh(const hash *h) { return (val){ .t = 'b', .s = { (const char *)h->b, SM3_LEN } }; }
/* Stands after the last column of every row, so that whoever reads a row as a struct can tell that they fit. */
enum { VAL_END = 0x7f };
static inline val vnull(void) { return (val){ 0 }; }

/* ---- statements -------------------------------------------------------------------------------------------- */

struct stmt {
    const char *name, *in, *out, *sql;
    const char *file;
    int no;   /* index of the prepared form in each connection; set by db_register */
};

#define SQL(var, in_types, out_types, ...)                                                                       \
    static struct stmt var = { #var, in_types, out_types, "" __VA_ARGS__, __FILE__, -1 };                        \
    static struct stmt *const var##_reg __attribute__((section("wuye_sql"), used)) = &var;

/* Gives every statement of the program its number. Once, before the first connection. */
void db_register(void);
/* Adds one made at start-up (by the entity engine). Before the first connection; the struct must stay. */
void db_register_more(struct stmt *s);
size_t db_stmt_count(void);
struct stmt *db_stmt_at(size_t i);

/* ---- databases and connections ------------------------------------------------------------------------------ */

enum db_engine { DB_SQLITE, DB_POSTGRES };
enum db_mode { DB_READ, DB_WRITE };

struct db;
struct conn;

/* `where` is a path or postgres://... ; NULL with a line on stderr when it cannot be used. */
struct db *db_open(const char *where);
void db_close(struct db *d);
/* Is there a file at that path, or a server to be asked? Opens nothing. */
bool db_there(const char *where);
enum db_engine db_engine(const struct db *d);
const char *db_where(const struct db *d);
/* SQLite: only one connection may be DB_WRITE in all processes; the others are query_only. */
struct conn *db_connect(struct db *d, enum db_mode mode);
void db_disconnect(struct conn *c);
/* Leaves a DB_WRITE connection to the next db_connect of that mode, which need not read the schema again; and no last
 * connection ends in between, with which SQLite removes the log that the next one makes anew. */
void db_spare(struct conn *c);
struct db *db_of(const struct conn *c);
/* Several statements without parameters (migrations, tests). */
err db_script(struct conn *c, const char *sql) MUST;
const char *db_message(const struct conn *c);   /* text of the last engine error */
/* Prepares a statement and checks its types; false with db_message set. */
bool db_check(struct conn *c, struct stmt *s);
/* SQLite: the plan of a statement, one step a line. PostgreSQL: an empty str. */
str db_plan(struct conn *c, struct stmt *s, struct arena *a);
/* A test switch that breaks durability on purpose (the control of the power-cut tests). */
void db_unsafe_sync(struct db *d);

/* ---- transactions ------------------------------------------------------------------------------------------- */

struct tx {
    struct conn *c;
    struct arena *a;     /* rows are copied here */
    instant now;         /* the only time rules may read */
    err sticky;
    i64 changed;         /* rows touched by the last db_run */
    void *op;            /* kit/command: the running command, NULL in a read */
};

/* Begins reading (one snapshot) or writing (IMMEDIATE on SQLite, SERIALIZABLE on PostgreSQL). */
err tx_begin(struct tx *tx, struct conn *c, struct arena *a, instant now, bool write) MUST;
err tx_commit(struct tx *tx) MUST;
/* Never fails as far as the caller is concerned: a connection that cannot roll back is closed and opened anew. */
void tx_rollback(struct tx *tx);
/* A command in a batch: savepoint, release, roll back to it. SQLite only. */
err tx_mark(struct tx *tx) MUST;
err tx_keep(struct tx *tx) MUST;
err tx_undo(struct tx *tx) MUST;
/* True while the engine is still inside the transaction (an engine may leave it by itself after FULL or NOMEM). */
bool tx_alive(const struct tx *tx);
/* Deferred foreign keys that are unsatisfied now; must be 0 before a savepoint is released. */
i64 tx_deferred(const struct tx *tx);
/* True if the last error means that the file can no longer be trusted (fsync, corruption): the writer stops. */
bool tx_fatal(const struct tx *tx);

struct row { const val *v; };
struct rows { struct row *p; size_t n, cap; };
struct cur { struct tx *tx; struct stmt *s; void *h; i64 at, n; };

#define DB_ARGS(...)                                                                                         \
    (const val[]){ { 0 }, __VA_ARGS__ } + 1,                                                                 \
        (int)(sizeof((const val[]){ { 0 }, __VA_ARGS__ }) / sizeof(val)) - 1
#define db_run(tx, s, ...) db_run_n((tx), (s), DB_ARGS(__VA_ARGS__))
#define db_one(tx, ret, s, ...) db_one_n((tx), (ret), (s), DB_ARGS(__VA_ARGS__))
#define db_maybe(tx, ret, s, ...) db_maybe_n((tx), (ret), (s), DB_ARGS(__VA_ARGS__))
#define db_all(tx, ret, s, ...) db_all_n((tx), (ret), (s), DB_ARGS(__VA_ARGS__))
#define db_each(tx, cur, s, ...) db_each_n((tx), (cur), (s), DB_ARGS(__VA_ARGS__))

/* No rows wanted; tx->changed tells how many were touched. */
err db_run_n(struct tx *tx, struct stmt *s, const val *in, int n) MUST;
/* Exactly the first row; E_MISSING (not sticky) when there is none. */
err db_one_n(struct tx *tx, struct row *ret, struct stmt *s, const val *in, int n) MUST;
/* The first row or ret->v == NULL. */
err db_maybe_n(struct tx *tx, struct row *ret, struct stmt *s, const val *in, int n) MUST;
err db_all_n(struct tx *tx, struct rows *ret, struct stmt *s, const val *in, int n) MUST;
/* Row by row: while (db_next(&c, &r)) ...; TRY(db_end(&c)). The row is valid until the next call. */
err db_each_n(struct tx *tx, struct cur *c, struct stmt *s, const val *in, int n) MUST;
bool db_next(struct cur *c, struct row *ret);
err db_end(struct cur *c) MUST;

/* ---- a reader: many short reads of one thread ----------------------------------------------------------------- */

struct reader;

/* Belongs to the database and ends with it; NULL when it cannot be opened. */
struct reader *reader_open(struct db *d);
/* Like tx_begin for reading; what is read is at least as new as any commit this process has answered, and at most 5 ms
 * older than what another process committed. Between begin and end the reader belongs to the thread. */
err reader_begin(struct reader *r, struct tx *tx, struct arena *a, instant now) MUST;
/* `fine`: every cursor was read to its end or closed. */
void reader_end(struct reader *r, bool fine);

/* ---- checkpoint, figures ------------------------------------------------------------------------------------ */

/* SQLite: copies the WAL into the file (PASSIVE). Only the writer calls it. Returns the pages in the WAL. */
i64 db_checkpoint(struct conn *c, bool truncate);
i64 db_wal_pages(const struct conn *c);
/* Reads the whole file and its indexes (SQLite); true where the engine keeps its own checksums. */
bool db_whole(struct db *d) MUST;
/* Whole copy while others work (SQLite online backup). */
err db_backup(struct db *d, const char *to) MUST;

#endif
