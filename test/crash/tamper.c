/* tamper.c - one changed byte in any sealed op row: the auditor names the row. Every byte of every column
 * of every row is changed in turn, and put back. A row taken out, two rows that change places, a cut tail
 * and a moved head are found too. The control is the untouched chain, in which nothing may be found, and
 * an auditor that is not asked.
 *
 * usage: tamper */
#include <sqlite3.h>
#include "disk.h"
#include "rig.h"
#include "room.h"
#include "sys/db/engine.h"

#define CHECK(cond)                                                                                          \
    ((cond) ? (void)0 : (printf("%s:%d: %s\n", __FILE__, __LINE__, #cond), fflush(stdout), abort()))

enum { ROWS = 24 };

static struct rig *rig;
static struct arena *mem;
static i64 tried, missed, refused;

static sqlite3 *sql(void) { return rig_conn(rig)->h; }

static void must(const char *text) {
    char *why = NULL;
    if (sqlite3_exec(sql(), text, NULL, NULL, &why) != SQLITE_OK) {
        printf("%s: %s\n", text, why);
        abort();
    }
}

static str ask(i64 *bad) {
    struct tx tx;
    buf report = buf_in(mem, 4096);
    i64 rows = 0;
    *bad = 0;
    CHECK(tx_begin(&tx, rig_conn(rig), mem, (instant){ 1 }, false) == OK);
    CHECK(audit_verify(&tx, &report, &rows, bad) == OK);
    tx_rollback(&tx);
    return buf_str(&report);
}

/* The report must hold one of these. */
static void expect(const char *what, const char *one, const char *other) {
    i64 bad;
    str said = ask(&bad);
    tried++;
    if (bad > 0 && (str_has(said, str_of(one)) || (other && str_has(said, str_of(other))))) return;
    if (missed++ < 10) printf("%s: not named (%lld found): %.*s\n", what, (long long)bad, STR(said));
}

struct cell { const char *column; char type; u8 bytes[4096]; int n; i64 number; bool null; };

static struct cell read_cell(const char *column, char type, i64 seq) {
    struct cell c = { .column = column, .type = type };
    sqlite3_stmt *st = NULL;
    str text = str_fmt(mem, "SELECT %s FROM op WHERE seq = %lld", column, (long long)seq);
    CHECK(sqlite3_prepare_v2(sql(), text.p, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW);
    c.number = sqlite3_column_int64(st, 0);
    const void *p = type == 't' ? (const void *)sqlite3_column_text(st, 0) : sqlite3_column_blob(st, 0);
    c.n = sqlite3_column_bytes(st, 0);
    CHECK(c.n < (int)sizeof c.bytes);
    if (c.n && type != 'i') memcpy(c.bytes, p, (size_t)c.n);
    sqlite3_finalize(st);
    return c;
}

/* Writes a cell of the row with this rowid; false when a key of the table forbids it. */
static bool write_cell(const struct cell *c, i64 rowid) {
    sqlite3_stmt *st = NULL;
    str text = str_fmt(mem, "UPDATE op SET %s = ?1 WHERE rowid = ?2", c->column);
    CHECK(sqlite3_prepare_v2(sql(), text.p, -1, &st, NULL) == SQLITE_OK);
    if (c->type == 'i') sqlite3_bind_int64(st, 1, c->number);
    else if (c->type == 't') sqlite3_bind_text(st, 1, (const char *)c->bytes, c->n, SQLITE_STATIC);
    else sqlite3_bind_blob(st, 1, c->n ? c->bytes : (const u8 *)"", c->n, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, rowid);
    int rc = sqlite3_step(st);
    sqlite3_finalize(st);
    CHECK((rc & 0xff) == SQLITE_CONSTRAINT || (rc == SQLITE_DONE && sqlite3_changes(sql()) == 1));
    return rc == SQLITE_DONE;
}

static i64 rowid_of(i64 seq) { return read_cell("rowid", 'i', seq).number; }

static void change(const struct cell *was, int i, i64 seq, i64 rowid) {
    struct cell c = *was;
    char place[80], own[40], next[40], key[40];
    if (c.type == 'i') c.number ^= (i64)1 << (8 * i);
    else if (i == c.n) c.bytes[c.n++] = 'x';   /* one more byte, also where there was none */
    else c.bytes[i] = c.bytes[i] < 0x80 ? c.bytes[i] ^ 1 : (u8)(c.bytes[i] ^ 4);
    if (!write_cell(&c, rowid)) {
        refused++;
        return;
    }
    snprintf(place, sizeof place, "row %lld, %s, byte %d", (long long)seq, c.column, i);
    snprintf(own, sizeof own, "第 %lld 条", (long long)seq);
    snprintf(next, sizeof next, seq == ROWS ? "应到第 %lld 条" : "第 %lld 条", (long long)(seq == ROWS ? seq : seq + 1));
    snprintf(key, sizeof key, "键 booking-%06lld", (long long)seq - 1);
    /* A row that lost its number is named by its key, or by the gap: the row that stands where it should be,
     * or the end that comes too early. */
    bool moved = !strcmp(c.column, "seq") || !strcmp(c.column, "shard");
    expect(place, moved ? key : own, moved ? next : NULL);
    CHECK(write_cell(was, rowid));
}

static void every_byte(void) {
    static const struct { const char *name; char type; } columns[] = {
        { "shard", 'i' }, { "key", 't' }, { "id", 'i' }, { "at", 'i' }, { "actor", 'i' }, { "role", 't' },
        { "face", 'i' }, { "command", 't' }, { "input", 'b' }, { "before", 'b' }, { "after", 'b' }, { "change", 't' },
        { "result", 't' }, { "counts", 't' }, { "events", 't' }, { "seq", 'i' }, { "link", 'b' },
    };
    for (i64 seq = 1; seq <= ROWS; seq++) {
        i64 rowid = rowid_of(seq);
        for (size_t k = 0; k < COUNT(columns); k++) {
            struct cell was = read_cell(columns[k].name, columns[k].type, seq);
            int n = was.type == 'i' ? 8 : was.n + 1;
            for (int i = 0; i < n; i++) {
                arena_reset(mem);
                change(&was, i, seq, rowid);
            }
        }
    }
}

static void try(const char *what, const char *text, const char *one) {
    must(text);
    expect(what, one, NULL);
}

/* Coarser ones. */
static void whole_rows(void) {
    must("CREATE TABLE keep AS SELECT * FROM op");
    must("CREATE TABLE keep_chain AS SELECT * FROM chain");
    static const struct { const char *what, *text, *one; } cases[] = {
        { "a row in the middle is gone", "DELETE FROM op WHERE seq = 9", "第 10 条" },
        { "the last row is gone", "DELETE FROM op WHERE seq = 24", "应到第 24 条" },
        { "the first row is gone", "DELETE FROM op WHERE seq = 1", "第 2 条" },
        { "the head is moved back", "UPDATE chain SET seq = seq - 1", "链尾不符" },
        { "the head's link is changed", "UPDATE chain SET link = (SELECT link FROM op WHERE seq = 3)", "链尾不符" },
        { "two rows change places",
          "UPDATE op SET seq = 1000 WHERE seq = 4; UPDATE op SET seq = 4 WHERE seq = 5; UPDATE op SET seq = "
              "5 WHERE seq = 1000",
          "第 4 条" },
        { "a row is put in", "INSERT INTO op SELECT shard, 'extra-key', id, at, actor, role, face, command, "
            "input, before, "
                             "after, change, result, next, counts, events, 25, link FROM op WHERE seq = 24", "第 25 条" },
        { "the head is gone", "DELETE FROM chain", "链头不见了" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        arena_reset(mem);
        try(cases[i].what, cases[i].text, cases[i].one);
        must("DELETE FROM op; INSERT INTO op SELECT * FROM keep; DELETE FROM chain; INSERT INTO chain "
            "SELECT * FROM keep_chain");
    }
}

int main(void) {
    i64 bad;
    disk_start();
    room_start();
    mem = arena_new((size_t)64 << 20);
    struct arena *keep = arena_new((size_t)64 << 20);
    struct db *db = db_open("/room.db");
    disk_mount(disk_new());
    CHECK(rig = rig_open(db));
    CHECK(room_make(rig_conn(rig)) == OK);
    for (int i = 0; i < ROWS; i++) {
        struct booking *b = NEW(keep, struct booking);
        booking_make(b, i, false, keep);
        struct job *one = &b->job;
        rig_batch(rig, &one, 1);
        CHECK(b->e == OK);
    }
    struct seal_job *seal = NEW(keep, struct seal_job);
    struct job *one = &seal->job;
    CHECK(seal_make(seal, rig_conn(rig), keep) == OK && seal->s.n == ROWS);
    rig_batch(rig, &one, 1);
    CHECK(seal->done);
    (void)ask(&bad);
    bool quiet_before = bad == 0;
    every_byte();
    i64 bytes = tried;
    whole_rows();
    (void)ask(&bad);
    bool quiet_after = bad == 0;
    printf("%lld changed bytes in %d rows (%lld more refused by a key of the table), %lld coarser changes, "
        "%lld not named; untouched: %s\n", (long long)bytes, ROWS,
           (long long)refused, (long long)(tried - bytes), (long long)missed,
               quiet_before && quiet_after ? "nothing found" : "FOUND SOMETHING");
    i64 failed = missed + !quiet_before + !quiet_after;
    printf("%lld passed, %lld failed\n", (long long)(tried - missed + quiet_before + quiet_after), (long long)failed);
    return failed || tried == 0 ? 1 : 0;
}
