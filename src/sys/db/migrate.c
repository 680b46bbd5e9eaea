/* migrate.c - applying schema changes; see migrate.h. */
#include <ctype.h>
#include "sys/db/migrate.h"

static bool word_at(const char *p, const char *start, const char *word) {
    size_t n = strlen(word);
    return strncmp(p, word, n) == 0 && !isalnum((unsigned char)p[n]) && p[n] != '_' &&
           (p == start || (!isalnum((unsigned char)p[-1]) && p[-1] != '_'));
}

char *db_dialect(enum db_engine e, str sql) {
    static const struct { const char *word, *lite, *pg; } table[] = {
        { "BIGINT", "INTEGER", "BIGINT" },
        { "BYTEA", "BLOB", "BYTEA" },
        { "NARROW", "STRICT, WITHOUT ROWID", "" },
        { "WIDE", "STRICT", "" },
    };
    char *in = strndup(sql.p, sql.n);
    buf out = buf_new(sql.n * 4 + 64);
    if (!in) return NULL;
    bool quoted = false;
    for (const char *p = in; *p; p++) {
        if (*p == '\'') quoted = !quoted;
        size_t i = 0;
        while (i < COUNT(table) && (quoted || !word_at(p, in, table[i].word))) i++;
        if (i == COUNT(table)) {
            buf_c(&out, *p);
            continue;
        }
        buf_s(&out, str_of(e == DB_SQLITE ? table[i].lite : table[i].pg));
        p += strlen(table[i].word) - 1;
    }
    buf_c(&out, 0);
    free(in);
    return out.p;
}

SQL(migration_all, "", "tb", "SELECT name, digest FROM migration ORDER BY name")
SQL(migration_add, "tbi", "", "INSERT INTO migration (name, digest, applied_at) VALUES ($1, $2, $3)")

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct migration *)a)->name, ((const struct migration *)b)->name);
}

static err apply(struct conn *c, struct arena *a, const struct migration *m, hash digest, instant now) {
    struct tx tx;
    TRY(tx_begin(&tx, c, a, now, true));
    char *text = db_dialect(db_engine(db_of(c)), m->sql);
    err e = text ? db_script(c, text) : E_FULL;
    free(text);
    if (e == OK) e = db_run(&tx, &migration_add, vt(str_of(m->name)), vh(&digest), vi(now.us));
    if (e == OK) e = tx_commit(&tx);
    if (e == OK) return OK;
    fprintf(stderr, "wuye: migration %s: %s\n", m->name, db_message(c));
    tx_rollback(&tx);
    return e;
}

static err run(struct conn *c, struct arena *a, struct migration *list, size_t n, instant now, size_t *ret) {
    struct tx tx;
    struct rows done;
    TRY(tx_begin(&tx, c, a, now, false));
    TRY(db_all_n(&tx, &done, &migration_all, NULL, 0));
    TRY(tx_commit(&tx));
    for (size_t i = 0, k = 0; i < n; i++) {
        hash digest = sm3_of(list[i].sql.p, list[i].sql.n);
        int order = k < done.n ? strcmp(list[i].name, done.p[k].v[0].s.p) : 1;
        if (order == 0) {
            if (memcmp(digest.b, done.p[k++].v[1].s.p, SM3_LEN) == 0) continue;
            fprintf(stderr, "wuye: migration %s was changed after it had been applied\n", list[i].name);
            return E_STATE;
        }
        if (k < done.n) {
            fprintf(stderr, "wuye: migration %s is %s\n", order < 0 ? list[i].name : done.p[k].v[0].s.p,
                    order < 0 ? "older than the newest applied one" : "applied but unknown to this program");
            return E_STATE;
        }
        TRY(apply(c, a, &list[i], digest, now));
        ++*ret;
    }
    return OK;
}

err db_migrate(struct conn *c, struct migration *list, size_t n, instant now, size_t *ret_applied) {
    qsort(list, n, sizeof *list, by_name);
    *ret_applied = 0;
    char *text = db_dialect(db_engine(db_of(c)), S("CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL "
                                                   "PRIMARY KEY, "
                                                   "digest BYTEA NOT NULL, applied_at BIGINT NOT NULL) "
                                                   "NARROW"));
    err e = text ? db_script(c, text) : E_FULL;
    free(text);
    TRY(e);
    struct arena *a = arena_new(4 << 20);
    if (!a) return E_FULL;
    if (ARENA_CATCH(a)) e = E_FULL;
    else e = run(c, a, list, n, now, ret_applied);
    arena_free(a);
    return e;
}
