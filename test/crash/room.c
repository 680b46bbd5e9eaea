/* room.c - see room.h. */
#include "room.h"
#include "kit/metric/metric.h"
#include "sys/clock/clock.h"
#include "sys/db/migrate.h"

#define ACCOUNT_FIELDS(F)                                                                                  \
    F(estate_id, REF, "小区", .flags = KEY | SHARD)                                                        \
    F(id, INT, "账户", .flags = KEY)                                                                       \
    F(balance, MONEY, "余额")                                                                              \
    F(count, INT, "笔数")
#define ACCOUNT_KEYS(K) K(PRIMARY, "estate_id, id") K(ROWS, "narrow")

#define ENTRY_FIELDS(F)                                                                                    \
    F(estate_id, REF, "小区", .flags = KEY | SHARD)                                                        \
    F(id, ID, "编号", .flags = KEY)                                                                        \
    F(ref, INT, "单号")                                                                                    \
    F(account_id, INT, "账户")                                                                             \
    F(fen, MONEY, "金额")
#define ENTRY_KEYS(K)                                                                                      \
    K(PRIMARY, "estate_id, id")                                                                            \
    K(INDEX, "estate_id, ref") K(LINK, "estate_id, account_id", .to = "account (estate_id, id)")           \
        K(ROWS, "narrow")

#define MARK_FIELDS(F)                                                                                     \
    F(estate_id, REF, "小区", .flags = KEY | SHARD)                                                        \
    F(id, ID, "编号", .flags = KEY)                                                                        \
    F(ref, INT, "单号")
#define MARK_KEYS(K) K(PRIMARY, "estate_id, id") K(ROWS, "narrow")

#define BOOK_IN(F)                                                                                         \
    F(ref, INT, "单号", .flags = REQ)                                                                      \
    F(outof, INT, "付方", .flags = REQ)                                                                    \
    F(into, INT, "收方", .flags = REQ)                                                                     \
    F(fen, MONEY, "金额", .flags = REQ)                                                                    \
    F(words, TEXT, "摘要", .max = 200)

struct account { FIELD_STRUCT(ACCOUNT_FIELDS) };
struct entry { FIELD_STRUCT(ENTRY_FIELDS) };
struct mark { FIELD_STRUCT(MARK_FIELDS) };
struct book_in { FIELD_STRUCT(BOOK_IN) };

#define ENT struct account
ENTITY(account, "账户", ACCOUNT_FIELDS, ACCOUNT_KEYS)
#undef ENT
#define ENT struct entry
ENTITY(entry, "分录", ENTRY_FIELDS, ENTRY_KEYS)
#undef ENT
#define ENT struct mark
ENTITY(mark, "记号", MARK_FIELDS, MARK_KEYS)
#undef ENT
#define ENT struct book_in
static const struct field book_fields[] = { FIELD_LIST(BOOK_IN) FIELD_END };
#undef ENT

static struct entity *const tables[] = { &op_entity,      &chain_entity, &metric_count_entity,
                                         &account_entity, &entry_entity, &mark_entity };

/* ---- writing ---- */

static err post(struct tx *tx, i64 ref, i64 account, money fen) {
    struct account was, is;
    TRY(entity_get(tx, &account_entity, &was, vi(op_estate(tx)), vi(account)));
    is = was;
    is.count++;
    if (!money_add(was.balance, fen, &is.balance)) return E_BROKEN;
    TRY(entity_insert(tx, &entry_entity, &(struct entry){ op_estate(tx), id_new(), ref, account, fen }));
    return entity_update(tx, &account_entity, &was, &is);
}

static err book_run(struct tx *tx, const void *p) {
    const struct book_in *in = p;
    TRY(post(tx, in->ref, in->outof, (money){ -in->fen.fen }));
    TRY(post(tx, in->ref, in->into, in->fen));
    TRY(op_count(tx, 1, 202611, 1));
    op_event(tx, "crash.booked", book_fields, in);
    op_result(tx, "ref", str_fmt(tx->a, "%lld", (long long)in->ref));
    op_result(tx, "words", in->words);
    return OK;
}

static const struct command book_command = { .name = "crash.pair.book",
                                             .title = "记账",
                                             .shard = SHARD_ESTATE,
                                             .in = book_fields,
                                             .in_size = sizeof(struct book_in),
                                             .run = book_run };
static const struct actor clerk = { .person = 42, .system = true };

static err booking_run(struct job *j, struct tx *tx) {
    struct booking *b = (struct booking *)j;
    if (b->starts) b->starts(b);
    if (b->mark) return entity_insert(tx, &mark_entity, &(struct mark){ ROOM_ESTATE, id_new(), b->ref });
    b->call.in_hash = call_hash(tx->a, &b->call);
    return command_run(tx, &b->call);
}

static void booking_done(struct job *j, err e) {
    struct booking *b = (struct booking *)j;
    if (b->answered) abort();   /* nobody is answered twice */
    b->e = e;
    b->replay = b->call.replay;
    if (e == OK && !b->mark) snprintf(b->result, sizeof b->result, "%.*s", STR(b->call.result));
    if (b->told) b->told(b);
    /* The last word: another thread may be waiting for it. */
    __atomic_store_n(&b->answered, true, __ATOMIC_RELEASE);
}

void booking_make(struct booking *b, i64 ref, bool mark, struct arena *a) {
    struct book_in *in = NEW(a, struct book_in);
    i64 from = ref % ROOM_ACCOUNTS, to = (from + 1 + ref / 7 % (ROOM_ACCOUNTS - 1)) % ROOM_ACCOUNTS;
    *in = (struct book_in){ ref, 1 + from, 1 + to, { 100 + ref * 37 % 9000 },
                            str_fmt(a, "第 %lld 笔 电梯维保", (long long)ref) };
    *b = (struct booking){ .ref = ref, .mark = mark, .in = in };
    b->job = (struct job){ .run = booking_run, .done = booking_done, .a = a, .now = { 1795500000000000LL + ref },
                           .shard = ROOM_ESTATE, .write = true };
    snprintf(b->key, sizeof b->key, "booking-%06lld", (long long)ref);
    b->call = (struct call){ .cmd = &book_command,
                             .actor = &clerk,
                             .shard = ROOM_ESTATE,
                             .estate = ROOM_ESTATE,
                             .face = FACE_CLI,
                             .key = str_of(b->key),
                             .in = in };
}

void booking_again(struct booking *b) {
    b->answered = b->replay = false;
    b->e = OK;
    b->result[0] = 0;
}

/* ---- making ---- */

void room_start(void) {
    db_register();
    for (size_t i = 0; i < COUNT(tables); i++) entity_register(tables[i]);
    ids_start_seeded(0, 1);
}

SQL(room_open, "iii", "",
    "INSERT INTO account (estate_id, id, balance, count) VALUES ($1, $2, $3, $3) ON CONFLICT (estate_id, id) "
    "DO NOTHING")

err room_make(struct conn *c) {
    static buf ddl;
    size_t applied = 0;
    struct tx tx;
    struct arena *a = arena_new(1 << 20);
    if (!ddl.max) {
        ddl = buf_new(1 << 16);
        for (size_t i = 0; i < COUNT(tables); i++) entity_ddl(&ddl, tables[i]);
    }
    struct migration list[] = { { "20261124-1-room.sql", buf_str(&ddl) } };
    err e = a ? db_migrate(c, list, 1, (instant){ 1 }, &applied) : E_FULL;
    if (e == OK) e = tx_begin(&tx, c, a, (instant){ 1 }, true);
    if (e == OK) {
        for (i64 i = 1; e == OK && i <= ROOM_ACCOUNTS; i++)
            e = db_run(&tx, &room_open, vi(ROOM_ESTATE), vi(i), vi(0));
        if (e == OK) e = tx_commit(&tx);
        if (e != OK) tx_rollback(&tx);
    }
    if (a) arena_free(a);
    return e;
}

/* ---- reading the books ---- */

SQL(see_entries, "i", "iii", "SELECT ref, account_id, fen FROM entry WHERE estate_id = $1 ORDER BY ref, fen")
SQL(see_accounts, "i", "iii", "SELECT id, balance, count FROM account WHERE estate_id = $1")
SQL(see_ops, "i", "tti", "SELECT key, result, seq FROM op WHERE shard = $1")
SQL(see_marks, "i", "i", "SELECT ref FROM mark WHERE estate_id = $1")
SQL(see_head, "i", "i", "SELECT seq FROM chain WHERE shard = $1")
SQL(see_counted, "i", "i", "SELECT n FROM metric_count WHERE estate_id = $1 AND metric = 1")
SQL(see_op, "it", "t", "SELECT result FROM op WHERE shard = $1 AND key = $2")

#define BAD(...) (b->problem[0] ? 0 : snprintf(b->problem, sizeof b->problem, __VA_ARGS__))

static err see_money(struct tx *tx, struct books *b) {
    struct rows rows;
    i64 sum[ROOM_ACCOUNTS + 1] = { 0 }, count[ROOM_ACCOUNTS + 1] = { 0 }, of_ref = 0;
    TRY(db_all(tx, &rows, &see_entries, vi(ROOM_ESTATE)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *v = rows.p[i].v;
        i64 ref = v[0].i, account = v[1].i;
        if (ref < 0 || ref >= ROOM_REFS || account < 1 || account > ROOM_ACCOUNTS) return E_BROKEN;
        b->pairs[ref]++;
        sum[account] += v[2].i;
        count[account]++;
        of_ref += v[2].i;
        bool last = i + 1 == rows.n || rows.p[i + 1].v[0].i != ref;
        if (!last) continue;
        if (of_ref != 0) BAD("booking %lld does not balance", (long long)ref);
        if (b->pairs[ref] % 2) BAD("booking %lld is half done", (long long)ref);
        b->pairs[ref] /= 2;
        b->npairs += b->pairs[ref];
        of_ref = 0;
    }
    TRY(db_all(tx, &rows, &see_accounts, vi(ROOM_ESTATE)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *v = rows.p[i].v;
        if (v[0].i < 1 || v[0].i > ROOM_ACCOUNTS || v[1].i != sum[v[0].i] || v[2].i != count[v[0].i])
            BAD("account %lld shows %lld of %lld entries, they are %lld of %lld", (long long)v[0].i,
                (long long)v[1].i, (long long)v[2].i, (long long)sum[v[0].i], (long long)count[v[0].i]);
    }
    return OK;
}

static err see_records(struct tx *tx, struct books *b) {
    struct rows rows;
    struct row r;
    TRY(db_all(tx, &rows, &see_ops, vi(ROOM_ESTATE)));
    for (size_t i = 0; i < rows.n; i++) {
        i64 ref = -1;
        if (!str_starts(rows.p[i].v[0].s, S("booking-")) || !str_i64(str_from(rows.p[i].v[0].s, 8), &ref))
            return E_BROKEN;
        if (ref < 0 || ref >= ROOM_REFS) return E_BROKEN;
        b->ops[ref]++;
        b->nops++;
        b->sealed += rows.p[i].v[2].t != 0;
        if (rows.p[i].v[1].s.n == 0) BAD("the op row of booking %lld is unfinished", (long long)ref);
    }
    TRY(db_all(tx, &rows, &see_marks, vi(ROOM_ESTATE)));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.p[i].v[0].i < 0 || rows.p[i].v[0].i >= ROOM_REFS) return E_BROKEN;
        b->marks[rows.p[i].v[0].i]++;
        b->nmarks++;
    }
    TRY(db_maybe(tx, &r, &see_head, vi(ROOM_ESTATE)));
    b->head = r.v ? r.v[0].i : 0;
    if (b->head != b->sealed)
        BAD("the chain has %lld links, %lld rows are sealed", (long long)b->head, (long long)b->sealed);
    TRY(db_maybe(tx, &r, &see_counted, vi(ROOM_ESTATE)));
    if ((r.v ? r.v[0].i : 0) != b->npairs)
        BAD("counted %lld, booked %lld", (long long)(r.v ? r.v[0].i : 0), (long long)b->npairs);
    return OK;
}

err books_read(struct conn *c, struct arena *a, struct books *b) {
    struct tx tx;
    memset(b, 0, sizeof *b);
    TRY(tx_begin(&tx, c, a, (instant){ 1 }, false));
    err e = see_money(&tx, b);
    if (e == OK) e = see_records(&tx, b);
    tx_rollback(&tx);
    for (size_t i = 0; e == OK && i < ROOM_REFS; i++)
        if (b->pairs[i] != b->ops[i]) BAD("booking %zu: %d pairs, %d op rows", i, b->pairs[i], b->ops[i]);
    return e;
}

bool books_result(struct conn *c, struct arena *a, i64 ref, str *ret) {
    struct tx tx;
    struct row r = { 0 };
    str key = str_fmt(a, "booking-%06lld", (long long)ref);
    if (tx_begin(&tx, c, a, (instant){ 1 }, false) != OK) return false;
    err e = db_maybe(&tx, &r, &see_op, vi(ROOM_ESTATE), vt(key));
    tx_rollback(&tx);
    if (e == OK && r.v) *ret = r.v[0].s;
    return e == OK && r.v;
}

/* ---- the chain ---- */

static err seal_run(struct job *j, struct tx *tx) {
    struct seal_job *s = (struct seal_job *)j;
    return audit_seal_write(tx, &s->s, &s->done);
}

static void seal_done(struct job *j, err e) {
    (void)j;
    (void)e;
}

err seal_make(struct seal_job *j, struct conn *c, struct arena *a) {
    struct tx tx;
    *j = (struct seal_job){ .job = { .run = seal_run, .done = seal_done, .a = a, .now = { 1 }, .write = true } };
    TRY(tx_begin(&tx, c, a, (instant){ 1 }, false));
    err e = audit_seal_read(&tx, &j->s);
    tx_rollback(&tx);
    return e;
}

const char *chain_problem(struct conn *c, struct arena *a) {
    struct tx tx;
    buf report = buf_in(a, 4096);
    i64 rows = 0, bad = 0;
    if (tx_begin(&tx, c, a, (instant){ 1 }, false) != OK) return "cannot read";
    err e = audit_verify(&tx, &report, &rows, &bad);
    tx_rollback(&tx);
    if (e != OK) return "cannot read the chain";
    return bad ? str_c(a, buf_str(&report)) : NULL;
}

u64 dice(u64 *state) {
    u64 z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void quiet(void) {
    if (!getenv("WUYE_CRASH_LOUD") && !freopen("/dev/null", "w", stderr)) abort();
}
