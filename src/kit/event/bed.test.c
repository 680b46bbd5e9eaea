/* bed.test.c - a small house for tests; see bed.h. */
#include <unistd.h>
#include "base/test.h"
#include "kit/area/area.h"
#include "kit/desk/desk.h"
#include "kit/event/bed.h"
#include "kit/house/house.h"
#include "kit/metric/metric.h"
#include "sys/clock/clock.h"
#include "sys/db/migrate.h"

enum { BED_ARENA = 512 << 20 };

static struct entity *const kit_entities[] = {
    &house_entity, &op_entity, &chain_entity, &metric_count_entity, &metric_area_entity, &metric_feed_entity,
    &area_entity, &area_past_entity, &desk_item_entity, NULL,
};
const struct actor bed_system = { .system = true, .name = S_INIT("系统") };

static void register_all(struct entity *const *list) {
    for (; list && *list; list++)
        if (!entity_by_name(str_of((*list)->name))) entity_register(*list);
}

static void tables(struct bed *b, struct conn *c, struct entity *const *list) {
    for (; list && *list; list++) {
        buf ddl = buf_in(b->a, 1 << 16);
        entity_ddl(&ddl, *list);
        char *text = db_dialect(db_engine(b->d), buf_str(&ddl));
        CHECK(text && db_script(c, text) == OK);
        free(text);   /* heap: db_dialect's */
    }
}

static err areas(struct tx *tx, void *arg) {
    static const struct { i64 id, level, code; const char *name; } rows[] = {
        { BED_CITY, CITY, 1100000000000000, "北京市" },
        { BED_DISTRICT, DISTRICT, 1101050000000000, "朝阳区" },
        { BED_STREET, STREET, 1101050010000000, "建外街道" },
        { BED_COMMUNITY, COMMUNITY, 1101050010010000, "永安里社区" },
        { BED_ESTATE, ESTATE, 1101050010010001, "甲小区" },
        { BED_ESTATE_2, ESTATE, 1101050010010002, "乙小区" },
    };
    (void)arg;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct area a = { .id = rows[i].id, .code = rows[i].code, .level = rows[i].level, .name = str_of(rows[i].name),
                          .short_name = str_of(rows[i].name), .kind = S(""), .stat_code = S(""), .legal_parent = S(""),
                          .pinyin = S(""), .initials = S("") };
        TRY(entity_insert(tx, &area_entity, &a));
    }
    return area_by_id(BED_ESTATE_2) ? OK : area_load(tx);   /* the tree is the same in every bed */
}

static bool set_up(struct bed *b) {
    db_register();
    register_all(kit_entities);
    for (const struct module *const *m = b->modules; *m; m++) register_all((*m)->entities);
    b->d = db_open(b->where);
    struct conn *c = b->d ? db_connect(b->d, DB_WRITE) : NULL;
    if (!c) return false;
    tables(b, c, kit_entities);
    for (const struct module *const *m = b->modules; *m; m++) tables(b, c, (*m)->entities);
    db_disconnect(c);
    b->l = lanes_start(b->d, 2, 0);
    if (!b->l) return false;
    return bed_tx(b, (instant){ 0 }, true, areas, NULL) == OK;
}

static bool schema(struct bed *b, const char *base, const char *verb) {
    char text[120];
    struct db *d = db_open(base);
    struct conn *c = d ? db_connect(d, DB_WRITE) : NULL;
    snprintf(text, sizeof text, "%s SCHEMA %s%s", verb, b->schema, verb[0] == 'D' ? " CASCADE" : "");
    bool ok = c && db_script(c, text) == OK;
    db_disconnect(c);
    db_close(d);
    return ok;
}

static void close_all(struct bed *b) {
    lanes_stop(b->l);
    db_close(b->d);
    b->l = NULL;
    b->d = NULL;
}

static void once(struct bed *b, void (*fn)(struct bed *b)) {
    ids_start_seeded(1, 1000);
    b->jobs = arena_new(BED_ARENA);
    bool ok = b->jobs && set_up(b);
    CHECK(ok);
    if (ok) fn(b);
    close_all(b);
    arena_free(b->jobs);
}

void bed_each(struct arena *a, const struct module *const *list, void (*fn)(struct bed *b)) {
    static int serial;
    const char *base = getenv("WUYE_TEST_PG"), *tmp = getenv("TMPDIR");
    struct bed b = { .modules = list, .a = a };
    snprintf(b.where, sizeof b.where, "%s/wuye-bed-%d-%d.db", tmp ? tmp : "/tmp", (int)getpid(), ++serial);
    once(&b, fn);
    static const char *const tails[] = { "", "-wal", "-shm" };
    for (size_t i = 0; i < COUNT(tails); i++) {
        char path[320];
        snprintf(path, sizeof path, "%s%s", b.where, tails[i]);
        unlink(path);
    }
    if (!base || !*base) return;
    b = (struct bed){ .modules = list, .a = a, .postgres = true };
    snprintf(b.schema, sizeof b.schema, "bed_%d_%d", (int)getpid(), serial);
    snprintf(b.where, sizeof b.where, "%s%coptions=-csearch_path%%3D%s", base, strchr(base, '?') ? '&' : '?', b.schema);
    bool ok = schema(&b, base, "CREATE");
    CHECK(ok);
    if (ok) once(&b, fn);
    if (ok) CHECK(schema(&b, base, "DROP"));
}

void bed_reopen(struct bed *b) {
    close_all(b);
    b->d = db_open(b->where);
    b->l = b->d ? lanes_start(b->d, 2, 0) : NULL;
    CHECK(b->l != NULL);
}

struct tx_job { struct job job; err (*fn)(struct tx *tx, void *arg); void *arg; };

static err tx_run(struct job *j, struct tx *tx) {
    struct tx_job *t = (struct tx_job *)j;
    return t->fn(tx, t->arg);
}

err bed_tx(struct bed *b, instant now, bool write, err (*fn)(struct tx *tx, void *arg), void *arg) {
    /* The arena of the test has a catcher of its own; a lane must not take it away. */
    struct tx_job t = { .job = { .run = tx_run, .a = b->jobs, .now = now, .write = write }, .fn = fn, .arg = arg };
    return lanes_do(b->l, &t.job);
}

static const struct command *find(struct bed *b, const char *name) {
    for (const struct module *const *m = b->modules; *m; m++)
        for (const struct command *c = (*m)->commands; c && c->name; c++)
            if (!strcmp(c->name, name)) return c;
    return NULL;
}

static err do_run(struct tx *tx, void *arg) { return command_run(tx, arg); }

err bed_do(struct bed *b, instant now, const struct actor *who, i64 estate, const char *command, const char *key,
           const char *const *fields, struct faults *ff, str *ret_result) {
    const struct command *cmd = find(b, command);
    CHECK(cmd != NULL);
    if (!cmd) return E_MISSING;
    struct { struct pair *p; size_t n, cap; } list = { 0 };
    for (; *fields; fields += 2) *VEC_ADD(b->a, &list) = (struct pair){ str_of(fields[0]), str_of(fields[1]) };
    struct pairs pairs = { list.p, list.n };
    struct faults faults = { 0 };
    void *in = arena_alloc(b->a, cmd->in_size);
    err e = fields_read(b->a, cmd->in, in, &pairs, &faults);
    const struct area *area = area_by_id(estate);
    struct call c = { .cmd = cmd, .actor = who, .face = FACE_CLI, .key = str_of(key), .in = in, .estate = estate,
                      .shard = cmd->shard == SHARD_ESTATE ? estate : cmd->shard == SHARD_PERSON ? who->person : 0,
                      .code = area ? area->code : 0 };
    c.in_hash = call_hash(b->a, &c);
    if (e == OK) e = bed_tx(b, now, true, do_run, &c);
    if (ff) *ff = faults.n ? faults : c.faults;
    if (ret_result) *ret_result = c.result;
    return e;
}

struct one { struct stmt *s; i64 n; };

static err count_run(struct tx *tx, void *arg) {
    struct one *o = arg;
    struct row r;
    TRY(db_one_n(tx, &r, o->s, NULL, 0));
    o->n = r.v[0].i;
    return OK;
}

i64 bed_count(struct bed *b, struct stmt *s) {
    struct one o = { s, -1 };
    CHECK(bed_tx(b, (instant){ 0 }, false, count_run, &o) == OK);
    return o.n;
}

instant bed_time(const char *text) {
    instant t = { 0 };
    CHECK(instant_parse(str_of(text), &t));
    return t;
}
