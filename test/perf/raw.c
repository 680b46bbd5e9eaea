/* raw.c - the anchor of durable commands: SQLite alone, on a copy of the same file, with the same pragmas.
 *
 *     raw fill FILE N                                     N earlier commands, sealed, over the estates of the file
 *     raw run FILE STATEMENTS REPORT REPORTERS BATCH SECONDS
 *
 * `run` executes the statements of one report again and again, BATCH commands to a commit. REPORT names them, see
 * report.tsv; their texts come from STATEMENTS, which the program prints; REPORTERS has lines of estate, person,
 * home and
 * session. It checkpoints like the program: PASSIVE after a commit that leaves 1,000 pages or more. One line of JSON:
 * commands, seconds, the mean time of a commit in microseconds, processor time, pages of the log for each command. */
#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

enum { LINES_MAX = 2048, STEPS_MAX = 256, PARAMS_MAX = 64, TEXT_MAX = 1 << 16, CHECKPOINT_PAGES = 16000 };

struct step {
    sqlite3_stmt *st;
    char *name;
    int n;
    char *param[PARAMS_MAX];
};
struct reporter {
    int64_t estate, person, home, session;
};

static sqlite3 *db;
static int wal_pages;
static struct step steps[STEPS_MAX];
static struct reporter reporters[LINES_MAX];
static int nsteps, nreporters;
static char filler[TEXT_MAX];
static int64_t next_id, serial, now_us, pages_total;

static _Noreturn void die(const char *what) {
    fprintf(stderr, "raw: %s: %s\n", what, db ? sqlite3_errmsg(db) : strerror(errno));
    exit(2);
}

static void script(const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) die(sql);
}

static int on_commit(void *arg, sqlite3 *h, const char *name, int pages) {
    (void)arg;
    (void)h;
    (void)name;
    pages_total += pages - wal_pages;
    wal_pages = pages;
    return SQLITE_OK;
}

static void file_open(const char *path) {
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) die(path);
    script("PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA "
           "cell_size_check=ON;"
           "PRAGMA case_sensitive_like=ON; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY;"
           "PRAGMA synchronous=FULL; PRAGMA cache_size=-8192");
    sqlite3_wal_hook(db, on_commit, NULL);
}

static sqlite3_stmt *prepared(const char *sql) {
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK) die(sql);
    return st;
}

static void done(sqlite3_stmt *st) {
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {}
    if (rc != SQLITE_DONE) die(sqlite3_sql(st));
    sqlite3_reset(st);
}

/* ---- earlier commands ---- */

/* Keys are spread like fresh ones, ids and numbers of the chains grow. Their change texts are shorter than real
 * ones: what
 * a new command meets are the indexes, and those are the same. */
static void fill(const char *path, long n) {
    file_open(path);
    script("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; BEGIN;"
           "CREATE TEMP TABLE shard AS SELECT row_number() OVER (ORDER BY id) - 1 AS no, id FROM area WHERE "
           "level = 5");
    sqlite3_stmt *st = prepared("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                                "?1), size(k) AS (SELECT count(*) FROM shard) "
                                "INSERT INTO op (shard, key, id, at, actor, role, face, command, input, "
                                "before, after, change, result, next, counts, events, seq, link) "
                                "SELECT (SELECT id FROM shard WHERE no = i % k), lower(hex(randomblob(12))), "
                                "i, i, 0, 'owner', 2, 'appeal.case.report', "
                                "randomblob(32), randomblob(32), randomblob(32), hex(randomblob(60)), '{}', "
                                "'', '', '', 1000000 + i / k, randomblob(32) FROM n, size");
    sqlite3_bind_int64(st, 1, n);
    done(st);
    sqlite3_finalize(st);
    /* Nothing of them is left to be sealed, summed or delivered. */
    script("INSERT INTO chain (shard, seq, link) SELECT shard, max(seq), zeroblob(32) FROM op WHERE seq IS "
           "NOT NULL "
           "GROUP BY shard ON CONFLICT (shard) DO UPDATE SET seq = excluded.seq;"
           "INSERT INTO metric_feed (shard, seq) SELECT shard, seq FROM chain WHERE true "
           "ON CONFLICT (shard) DO UPDATE SET seq = excluded.seq;"
           "INSERT INTO event_feed (subscriber, shard, seq, line) SELECT f.subscriber, c.shard, c.seq, 0 "
           "FROM chain AS c, "
           "(SELECT DISTINCT subscriber FROM event_feed) AS f WHERE true "
           "ON CONFLICT (subscriber, shard) DO UPDATE SET seq = excluded.seq;"
           "COMMIT");
    sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_close(db);
}

/* ---- the statements of a report ---- */

static FILE *need_file(const char *path) {
    FILE *f = fopen(path, "r");
    if (!f) die(path);
    return f;
}

/* Lines of STATEMENTS: name, types of parameters, types of columns, text. */
static char *text_of(const char *statements, const char *name, int *params) {
    static char line[TEXT_MAX];
    FILE *f = need_file(statements);
    char *sql = NULL;
    while (!sql && fgets(line, sizeof line, f)) {
        char *in = strchr(line, '\t'), *out = in ? strchr(in + 1, '\t') : NULL,
             *text = out ? strchr(out + 1, '\t') : NULL;
        if (!text) continue;
        *in = *out = *text = 0;
        if (strcmp(line, name) != 0) continue;
        *params = (int)strlen(in + 1);
        sql = text + 1;
        sql[strcspn(sql, "\n")] = 0;
    }
    fclose(f);
    for (char *p = sql; p && *p; p++)
        if (*p == '$') *p = '?';
    return sql;
}

static void report_read(const char *statements, const char *report) {
    static char line[TEXT_MAX];
    FILE *f = need_file(report);
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        char *params = strchr(line, '\t');
        if (!*line || *line == '#') continue;
        if (nsteps == STEPS_MAX) die("too many statements");
        if (params) *params++ = 0;
        struct step *s = &steps[nsteps++];
        int want = 0;
        s->name = strdup(line);
        const char *sql = text_of(statements, line, &want);
        if (!sql) {
            fprintf(stderr, "raw: the program has no statement %s any more: bring report.tsv up to date\n",
                    line);
            exit(2);
        }
        s->st = prepared(sql);
        for (char *p = params ? strtok(params, " ") : NULL; p && s->n < PARAMS_MAX; p = strtok(NULL, " "))
            s->param[s->n++] = strdup(p);
        if (s->n != want || sqlite3_bind_parameter_count(s->st) != want) {
            fprintf(stderr, "raw: statement %s takes %d parameters, report.tsv gives %d\n", line, want, s->n);
            exit(2);
        }
    }
    fclose(f);
}

static void reporters_read(const char *path) {
    FILE *f = need_file(path);
    long long e, p, h, s;
    while (nreporters < LINES_MAX && fscanf(f, "%lld %lld %lld %lld", &e, &p, &h, &s) == 4)
        reporters[nreporters++] = (struct reporter){ e, p, h, s };
    fclose(f);
    if (!nreporters) die("no reporters");
}

/* What one command carries from statement to statement: ids by letter, A to Z. */
struct command {
    struct reporter who;
    int64_t ids[26];
    char key[32], no[32];
};

static int64_t id_of(struct command *c, const char *name) {
    int64_t *id = &c->ids[(name[0] - 'A') % 26];
    if (!*id) *id = ++next_id;
    return *id;
}

/* A parameter: estate person home session now key no serial day null, id:A, int:5, text:80, blob:32. */
static int bind(sqlite3_stmt *st, int i, struct command *c, const char *p) {
    if (!strcmp(p, "null")) return sqlite3_bind_null(st, i);
    if (!strcmp(p, "estate")) return sqlite3_bind_int64(st, i, c->who.estate);
    if (!strcmp(p, "person")) return sqlite3_bind_int64(st, i, c->who.person);
    if (!strcmp(p, "home")) return sqlite3_bind_int64(st, i, c->who.home);
    if (!strcmp(p, "session")) return sqlite3_bind_int64(st, i, c->who.session);
    if (!strcmp(p, "now")) return sqlite3_bind_int64(st, i, now_us);
    if (!strcmp(p, "day")) return sqlite3_bind_int64(st, i, now_us / 86400000000);
    if (!strcmp(p, "serial")) return sqlite3_bind_int64(st, i, serial);
    if (!strcmp(p, "key")) return sqlite3_bind_text(st, i, c->key, -1, SQLITE_STATIC);
    if (!strcmp(p, "no")) return sqlite3_bind_text(st, i, c->no, -1, SQLITE_STATIC);
    if (!strncmp(p, "id:", 3)) return sqlite3_bind_int64(st, i, id_of(c, p + 3));
    if (!strncmp(p, "int:", 4)) return sqlite3_bind_int64(st, i, strtoll(p + 4, NULL, 10));
    if (!strncmp(p, "text:", 5))
        return sqlite3_bind_text(st, i, filler, (int)strtol(p + 5, NULL, 10), SQLITE_STATIC);
    if (!strncmp(p, "blob:", 5))
        return sqlite3_bind_blob(st, i, filler, (int)strtol(p + 5, NULL, 10), SQLITE_STATIC);
    if (p[0] == '=') return sqlite3_bind_text(st, i, p + 1, -1, SQLITE_STATIC);
    fprintf(stderr, "raw: report.tsv: what is %s?\n", p);
    exit(2);
}

static void command_run(int turn) {
    struct command c = { .who = reporters[turn % nreporters] };
    uint64_t x[2];
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    now_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
    if (getrandom(x, sizeof x, 0) != sizeof x) die("random");
    snprintf(c.key, sizeof c.key, "%016llx%08x", (unsigned long long)x[0], (unsigned)x[1]);
    snprintf(c.no, sizeof c.no, "raw%013lld", (long long)++serial);
    for (int i = 0; i < nsteps; i++) {
        struct step *s = &steps[i];
        for (int k = 0; k < s->n; k++)
            if (bind(s->st, k + 1, &c, s->param[k]) != SQLITE_OK) die(s->name);
        done(s->st);
        sqlite3_clear_bindings(s->st);
    }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6 + (double)u.ru_stime.tv_sec +
           (double)u.ru_stime.tv_usec / 1e6;
}

static void run(int batch, double seconds) {
    sqlite3_stmt *begin = prepared("BEGIN IMMEDIATE"), *commit = prepared("COMMIT");
    int64_t commands = 0, commits = 0;
    for (double began = now(), end = began + seconds, used = cpu();;) {
        done(begin);
        for (int i = 0; i < batch; i++) command_run((int)(commands++ % nreporters));
        done(commit);
        commits++;
        if (wal_pages >= CHECKPOINT_PAGES) {
            int log = 0, moved = 0;
            sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, &log, &moved);
            if (log == moved) wal_pages = 0;
        }
        double t = now();
        if (t < end) continue;
        printf("{\"requests\":%lld,\"seconds\":%.4f,\"mean\":%.1f,\"cpu\":%.4f,\"pages\":%.2f}\n",
               (long long)commands, t - began, (t - began) * 1e6 / (double)commits, cpu() - used,
               (double)pages_total / (double)commands);
        return;
    }
}

int main(int argc, char **argv) {
    if (argc == 4 && !strcmp(argv[1], "fill")) {
        fill(argv[2], strtol(argv[3], NULL, 10));
        return 0;
    }
    if (argc != 8 || strcmp(argv[1], "run") != 0) {
        fputs("raw fill FILE N | raw run FILE STATEMENTS REPORT REPORTERS BATCH SECONDS\n", stderr);
        return 2;
    }
    memset(filler, 'x', sizeof filler);
    file_open(argv[2]);
    report_read(argv[3], argv[4]);
    reporters_read(argv[5]);
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    next_id = ((int64_t)t.tv_sec << 22) * 100; /* above every id of the file */
    serial = (int64_t)t.tv_sec * 100000; /* above those of a run before, however fast it was */
    run((int)strtol(argv[6], NULL, 10), strtod(argv[7], NULL));
    sqlite3_close(db);
    return 0;
}
