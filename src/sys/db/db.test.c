/* Statements, transactions, migrations and lanes, on SQLite and, where WUYE_TEST_PG names one, on PostgreSQL too. */
#include <pthread.h>
#include <unistd.h>
#include "base/test.h"
#include "sys/db/lane.h"
#include "sys/db/migrate.h"

SQL(test_put, "iit", "",
    "INSERT INTO jar (estate_id, id, words) VALUES ($1, $2, $3) ON CONFLICT (estate_id, id) DO NOTHING")
SQL(test_get, "ii", "t", "SELECT words FROM jar WHERE estate_id = $1 AND id = $2")
SQL(test_all, "i", "it", "SELECT id, words FROM jar WHERE estate_id = $1 ORDER BY id")
SQL(test_count, "", "i", "SELECT count(*) FROM jar")
SQL(test_order, "ti", "ti", "SELECT $1, CAST($2 AS BIGINT) FROM jar WHERE id = $2 AND words = $1")
SQL(test_null, "t", "i", "SELECT count(*) FROM jar WHERE $1 IS NULL OR words = $1")
SQL(test_bump, "ii", "", "UPDATE jar SET words = words || 'x' WHERE estate_id = $1 AND id = $2")
SQL(test_bad, "i", "", "INSERT INTO jar (estate_id, id, words) VALUES ($1, $1, NULL)")

static struct migration steps[] = {
    { "20260101-1-jar.sql", S_INIT("CREATE TABLE jar (estate_id BIGINT NOT NULL, id BIGINT NOT NULL, "
                                   "words TEXT NOT NULL, PRIMARY KEY (estate_id, id)) NARROW;") },
};

static const char *engines[] = { NULL, NULL };

static size_t places(void) {
    static char path[64];
    snprintf(path, sizeof path, "/tmp/wuye-db-test-%d.db", (int)getpid());
    engines[0] = path;
    engines[1] = getenv("WUYE_TEST_PG");
    return engines[1] && *engines[1] ? 2 : 1;
}

static struct db *fresh(const char *where) {
    size_t applied = 0;
    db_register();
    if (where[0] == '/') {
        (void)unlink(where);
        char side[96];
        snprintf(side, sizeof side, "%s-wal", where);
        (void)unlink(side);
    }
    struct db *d = db_open(where);
    struct conn *c = db_connect(d, DB_WRITE);
    CHECK(db_script(c, "DROP TABLE IF EXISTS jar") == OK);
    CHECK(db_script(c, "DROP TABLE IF EXISTS migration") == OK);
    CHECK(db_migrate(c, steps, 1, (instant){ 1 }, &applied) == OK);
    CHECK_I64((i64)applied, 1);
    db_disconnect(c);
    return d;
}

static i64 rows_of(struct db *d, struct arena *a) {
    struct conn *c = db_connect(d, DB_READ);
    struct tx tx;
    struct row r;
    CHECK(tx_begin(&tx, c, a, (instant){ 1 }, false) == OK);
    CHECK(db_one_n(&tx, &r, &test_count, NULL, 0) == OK);
    tx_rollback(&tx);
    db_disconnect(c);
    return r.v[0].i;
}

TEST(dialect_is_rewritten_outside_quotes) {
    char *lite = db_dialect(DB_SQLITE, S("CREATE TABLE t (a BIGINT DEFAULT 0, b BYTEA CHECK (b <> 'BIGINT')) WIDE;"));
    char *pg = db_dialect(DB_POSTGRES, S("CREATE TABLE t (a BIGINT) NARROW;"));
    CHECK_STR(str_of(lite), S("CREATE TABLE t (a INTEGER DEFAULT 0, b BLOB CHECK (b <> 'BIGINT')) STRICT;"));
    CHECK_STR(str_of(pg), S("CREATE TABLE t (a BIGINT) ;"));
    free(lite);   /* heap: db_dialect's */
    free(pg);     /* heap: db_dialect's */
}

TEST(values_go_in_and_come_out) {
    for (size_t e = 0; e < places(); e++) {
        struct db *d = fresh(engines[e]);
        struct conn *c = db_connect(d, DB_WRITE);
        struct tx tx;
        struct row r;
        struct rows all;
        CHECK(tx_begin(&tx, c, a, (instant){ 7 }, true) == OK);
        CHECK(db_run(&tx, &test_put, vi(1), vi(2), vt(S("银杏里 𠮷"))) == OK);
        CHECK_I64(tx.changed, 1);
        CHECK(db_run(&tx, &test_put, vi(1), vi(2), vt(S("again"))) == OK);
        CHECK_I64(tx.changed, 0);
        CHECK(db_one(&tx, &r, &test_get, vi(1), vi(2)) == OK);
        CHECK_STR(r.v[0].s, S("银杏里 𠮷"));
        CHECK(db_one(&tx, &r, &test_get, vi(1), vi(9)) == E_MISSING);
        CHECK(tx.sticky == OK);   /* a missing row is an answer, not a failure */
        CHECK(db_one(&tx, &r, &test_order, vt(S("银杏里 𠮷")), vi(2)) == OK);
        CHECK_I64(r.v[1].i, 2);
        CHECK(db_one(&tx, &r, &test_null, vnull()) == OK);
        CHECK_I64(r.v[0].i, 1);
        CHECK(db_all(&tx, &all, &test_all, vi(1)) == OK);
        CHECK_I64((i64)all.n, 1);
        CHECK(tx_commit(&tx) == OK);
        for (size_t i = 0; i < db_stmt_count(); i++)
            if (!strncmp(db_stmt_at(i)->name, "test_", 5)) CHECK(db_check(c, db_stmt_at(i)));
        db_disconnect(c);
        db_close(d);
    }
}

TEST(the_first_failure_is_sticky) {
    for (size_t e = 0; e < places(); e++) {
        struct db *d = fresh(engines[e]);
        struct conn *c = db_connect(d, DB_WRITE);
        struct tx tx;
        CHECK(tx_begin(&tx, c, a, (instant){ 7 }, true) == OK);
        CHECK(db_run(&tx, &test_put, vi(1), vi(1), vt(S("x"))) == OK);
        err first = db_run(&tx, &test_bad, vi(5));
        CHECK(first == E_CONFLICT);
        CHECK(db_run(&tx, &test_put, vi(1), vi(2), vt(S("y"))) == first);
        CHECK(tx_commit(&tx) == first);
        tx_rollback(&tx);
        CHECK_I64(rows_of(d, a), 0);
        db_disconnect(c);
        db_close(d);
    }
}

TEST(migrations_refuse_what_was_changed_or_comes_late) {
    for (size_t e = 0; e < places(); e++) {
        struct db *d = fresh(engines[e]);
        struct conn *c = db_connect(d, DB_WRITE);
        size_t n = 0;
        struct migration changed[] = { { steps[0].name, S("CREATE TABLE jar (a BIGINT) WIDE;") } };
        struct migration late[] = { { "20250101-1-old.sql", S("CREATE TABLE late (a BIGINT) WIDE;") }, steps[0] };
        struct migration fails[] = { steps[0],
                                     { "20270101-1-bad.sql", S("CREATE TABLE ok (a BIGINT) WIDE; "
                                                               "NONSENSE;") } };
        CHECK(db_migrate(c, steps, 1, (instant){ 1 }, &n) == OK && n == 0);
        CHECK(db_migrate(c, changed, 1, (instant){ 1 }, &n) == E_STATE);
        CHECK(db_migrate(c, late, 2, (instant){ 1 }, &n) == E_STATE);
        CHECK(db_migrate(c, fails, 2, (instant){ 1 }, &n) != OK);
        CHECK(db_script(c, "SELECT a FROM ok") != OK);   /* the failed file left nothing behind */
        db_disconnect(c);
        db_close(d);
    }
}

/* ---- lanes ---- */

enum what { PUT, REFUSE, EXHAUST, LOSE, BREAK };
struct put_job { struct job job; enum what what; i64 estate, id; int *answered, *fine; err e; int runs; };

static err put_run(struct job *j, struct tx *tx) {
    struct put_job *p = (struct put_job *)j;
    p->runs++;
    TRY(db_run(tx, &test_put, vi(p->estate), vi(p->id), vt(S("written"))));
    if (p->what == REFUSE) return E_DENIED;
    if (p->what == BREAK) return p->runs < 3 ? E_BROKEN : OK;
    if (p->what == EXHAUST) (void)arena_alloc(tx->a, 1 << 30);
    /* An engine may leave the transaction by itself; the whole batch must then run again. */
    if (p->what == LOSE && p->runs == 1 && db_engine(db_of(tx->c)) == DB_SQLITE) return db_script(tx->c, "ROLLBACK");
    return OK;
}

static void put_done(struct job *j, err e) {
    struct put_job *p = (struct put_job *)j;
    p->e = e;
    __atomic_add_fetch(p->fine, e == OK, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(p->answered, 1, __ATOMIC_SEQ_CST);
}

TEST(lanes_answer_each_job_truly) {
    enum { JOBS = 300 };
    for (size_t e = 0; e < places(); e++) {
        struct db *d = fresh(engines[e]);
        struct lanes *l = lanes_start(d, 4, 1000);
        struct put_job *p = calloc(JOBS, sizeof *p);   /* heap: shared with lanes */
        int answered = 0, fine = 0, good = 0;
        for (int i = 0; i < JOBS; i++) {
            enum what w = i % 17 == 3 ? REFUSE : i % 29 == 5 ? EXHAUST : i % 41 == 7 ? LOSE : PUT;
            p[i] = (struct put_job){ .job = { .run = put_run, .done = put_done, .a = arena_new(1 << 20), .now = { 1 },
                                              .write = true, .shard = i % 5, .bulk = i % 10 == 9 },
                                     .what = w, .estate = i % 5, .id = i, .answered = &answered, .fine = &fine };
            good += w == PUT || w == LOSE;
            CHECK(lanes_submit(l, &p[i].job) == OK);
        }
        while (__atomic_load_n(&answered, __ATOMIC_SEQ_CST) < JOBS) usleep(1000);
        CHECK_I64(fine, good);
        for (int i = 0; i < JOBS; i++) {
            if (p[i].what == REFUSE) CHECK(p[i].e == E_DENIED);
            if (p[i].what == EXHAUST) CHECK(p[i].e == E_FULL);
        }
        lanes_stop(l);
        CHECK_I64(rows_of(d, a), good);
        for (int i = 0; i < JOBS; i++) arena_free(p[i].job.a);
        free(p);   /* heap: see above */
        db_close(d);
    }
}

TEST(a_broken_fact_stops_the_writer_and_reads_go_on) {
    struct db *d = (places(), fresh(engines[0]));
    struct lanes *l = lanes_start(d, 0, 0);
    int answered = 0, fine = 0;
    struct put_job p = { .job = { .run = put_run, .a = a, .now = { 1 }, .write = true },
                         .what = BREAK,
                         .estate = 1,
                         .id = 1,
                         .answered = &answered,
                         .fine = &fine };
    CHECK(lanes_do(l, &p.job) == E_BROKEN);
    CHECK(p.runs >= 2);   /* doubted once before it counts as broken */
    CHECK(lanes_stats(l).stopped);
    CHECK(lanes_submit(l, &p.job) == E_BROKEN);
    lanes_stop(l);
    CHECK_I64(rows_of(d, a), 0);
    db_close(d);
}

struct bump_job { struct job job; int *answered, *fine; };

static err bump_run(struct job *j, struct tx *tx) {
    struct row r;
    (void)j;
    TRY(db_one(tx, &r, &test_get, vi(0), vi(0)));
    if (db_engine(db_of(tx->c)) == DB_POSTGRES) usleep(4000);   /* long enough for others to come between */
    return db_run(tx, &test_bump, vi(0), vi(0));
}

static void bump_done(struct job *j, err e) {
    struct bump_job *b = (struct bump_job *)j;
    __atomic_add_fetch(b->fine, e == OK, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(b->answered, 1, __ATOMIC_SEQ_CST);
}

/* Jobs of many shards, so of all lanes, that write one row: every two of them meet. */
TEST(jobs_that_meet_are_not_given_up) {
    enum { JOBS = 400 };
    for (size_t e = 0; e < places(); e++) {
        struct db *d = fresh(engines[e]);
        struct lanes *l = lanes_start(d, 8, 1000);
        struct bump_job *p = calloc(JOBS, sizeof *p);   /* heap: shared with lanes */
        struct put_job first = { .job = { .run = put_run, .a = a, .write = true }, .what = PUT };
        int answered = 0, fine = 0;
        CHECK(lanes_do(l, &first.job) == OK);
        for (int i = 0; i < JOBS; i++) {
            p[i] = (struct bump_job){ .job = { .run = bump_run, .done = bump_done, .a = arena_new(1 << 16),
                                               .write = true, .shard = i }, .answered = &answered, .fine = &fine };
            CHECK(lanes_submit(l, &p[i].job) == OK);
        }
        while (__atomic_load_n(&answered, __ATOMIC_SEQ_CST) < JOBS) usleep(1000);
        CHECK_I64(fine, JOBS);
        CHECK_I64(lanes_stats(l).given_up, 0);
        lanes_stop(l);
        for (int i = 0; i < JOBS; i++) arena_free(p[i].job.a);
        free(p);   /* heap: see above */
        db_close(d);
    }
}

static err nothing_run(struct job *j, struct tx *tx) {
    (void)j;
    (void)tx;
    return OK;
}

struct follow_job { struct put_job put; struct lanes *l; int wait_for; struct job *then; bool began; };

/* Runs until `wait_for` others wait; then hands in another one. */
static err follow_run(struct job *j, struct tx *tx) {
    struct follow_job *f = (struct follow_job *)j;
    __atomic_store_n(&f->began, true, __ATOMIC_SEQ_CST);
    while (lanes_stats(f->l).waiting < f->wait_for) usleep(100);
    if (f->then && f->put.runs == 0) TRY(lanes_submit(f->l, f->then));
    return put_run(j, tx);
}

TEST(what_comes_while_a_batch_runs_joins_it) {
    struct db *d = (places(), fresh(engines[0]));
    struct lanes *l = lanes_start(d, 0, 0);
    int answered = 0, fine = 0;
    struct follow_job p[4];
    for (int i = 0; i < 4; i++)
        p[i] = (struct follow_job){
            .put = { .job = { .run = follow_run,
                              .done = put_done,
                              .a = arena_new(1 << 16),
                              .now = { 1 },
                              .write = true },
                     .estate = 1,
                     .id = i,
                     .answered = &answered,
                     .fine = &fine },
            .l = l,
            .wait_for = i == 0 ? 2 : 0,
            .then = i == 2 ? &p[3].put.job : NULL
        };
    CHECK(lanes_submit(l, &p[0].put.job) == OK);
    while (!__atomic_load_n(&p[0].began, __ATOMIC_SEQ_CST)) usleep(100);
    for (int i = 1; i < 3; i++) CHECK(lanes_submit(l, &p[i].put.job) == OK);
    while (__atomic_load_n(&answered, __ATOMIC_SEQ_CST) < 4) usleep(1000);
    struct lane_stat s = lanes_stats(l);
    CHECK_I64(fine, 4);
    CHECK_I64(s.batches, 2);   /* the first alone, then two, and the one that came meanwhile */
    CHECK_I64(s.largest, 3);
    lanes_stop(l);
    CHECK_I64(rows_of(d, a), 4);
    for (int i = 0; i < 4; i++) arena_free(p[i].put.job.a);
    db_close(d);
}

/* The lane has a target of its own in the arena while it works; whoever waits finds his again. */
TEST(who_waits_keeps_his_catch) {
    struct db *d = (places(), fresh(engines[0]));
    struct lanes *l = lanes_start(d, 0, 4);
    struct arena *small = arena_new(1 << 16);
    volatile bool caught = false, waited = false;
    if (ARENA_CATCH(small)) {
        caught = true;
    } else {
        struct job j = { .run = nothing_run, .a = small, .now = { 1 } };
        waited = lanes_do(l, &j) == OK;
        (void)arena_alloc(small, 1 << 20);
    }
    CHECK(waited && caught);
    lanes_stop(l);
    arena_free(small);
    db_close(d);
}

static i64 seen_by(struct reader *r, struct arena *a) {
    struct tx tx;
    struct row row = { 0 };
    CHECK(reader_begin(r, &tx, a, (instant){ 1 }) == OK);
    CHECK(db_one_n(&tx, &row, &test_count, NULL, 0) == OK);
    reader_end(r, true);
    return row.v ? row.v[0].i : -1;
}

static err put_one(struct conn *c, struct arena *a, i64 id) {
    struct tx tx;
    TRY(tx_begin(&tx, c, a, (instant){ 1 }, true));
    TRY(db_run(&tx, &test_put, vi(1), vi(id), vt(S("x"))));
    return tx_commit(&tx);
}

/* A kept snapshot shows each commit of this process at once and one of another process after 5 ms; it holds up no
 * checkpoint; and after a read that broke off the next one is whole. */
TEST(a_reader_is_as_new_as_a_fresh_snapshot) {
    for (size_t k = 0; k < places(); k++) {
        struct db *d = fresh(engines[k]), *other = db_open(engines[k]);
        struct conn *write = db_connect(d, DB_WRITE);
        struct reader *r = reader_open(d);
        struct tx tx;
        struct cur half;
        struct row row;
        for (i64 i = 0; i < 20; i++) {
            CHECK_I64(seen_by(r, a), i);
            CHECK(put_one(write, a, i) == OK);
        }
        CHECK_I64(seen_by(r, a), 20);
        if (k == 0) CHECK(db_checkpoint(write, true) == 0);   /* all of the log is in the file */
        CHECK(reader_begin(r, &tx, a, (instant){ 1 }) == OK);
        CHECK(db_each(&tx, &half, &test_all, vi(1)) == OK);
        CHECK(db_next(&half, &row));
        reader_end(r, false);
        CHECK_I64(seen_by(r, a), 20);
        db_disconnect(write);
        write = db_connect(other, DB_WRITE);
        CHECK(put_one(write, a, 99) == OK);
        usleep(20000);   /* four times the bound: the coarse clock ticks every 4 ms */
        CHECK_I64(seen_by(r, a), 21);
        db_disconnect(write);
        db_close(other);
        db_close(d);
    }
}

TEST(a_full_queue_refuses) {
    struct db *d = (places(), fresh(engines[0]));
    struct lanes *l = lanes_start(d, 0, 4);
    int answered = 0, fine = 0, refused = 0, taken = 0;
    static struct put_job p[200];
    for (int i = 0; i < 200; i++) {
        p[i] = (struct put_job){
            .job = { .run = put_run, .done = put_done, .a = arena_new(1 << 16), .now = { 1 }, .write = true },
            .estate = 1,
            .id = i,
            .answered = &answered,
            .fine = &fine
        };
        err e = lanes_submit(l, &p[i].job);
        refused += e == E_FULL;
        taken += e == OK;
    }
    CHECK_I64(refused + taken, 200);
    CHECK(refused > 0);
    lanes_stop(l);
    CHECK_I64(answered, taken);   /* what was taken is answered, also while stopping */
    for (int i = 0; i < 200; i++) arena_free(p[i].job.a);
    db_close(d);
}
