/* rig.test.c - see rig.test.h. */
#include "domain/account/account.h"
#include "domain/estate/rig.test.h"
#include "domain/org/org.h"
#include "kit/calendar/calendar.h"
#include "kit/casework/casework.h"
#include "kit/module/data.h"
#include "kit/notice/notice.h"
#include "kit/rule/rule.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"
#include "sys/file/file.h"

static struct entity *const party[] = { &person_entity,      &org_entity,  &login_entity, &directory_entity,
                                        &session_entity,     &look_entity, &post_entity,  &tie_entity,
                                        &person_home_entity, NULL };
/* The kit reads the tree again, as the house does. */
static err reload_run(struct tx *tx, const void *in) {
    (void)in;
    return area_load(tx);
}
static const struct command party_commands[] = {
    { .name = "kit.tree.reload",
      .title = "树",
      .shard = SHARD_HOUSE,
      .in = area_changed_fields,
      .in_size = sizeof(struct area_changed),
      .run = reload_run,
      .internal = true },
    COMMAND_END,
};
static const struct subscription party_on[] = { { "area.changed", "kit.tree.reload" }, { NULL, NULL } };
static const struct module party_module = {
    .name = "party", .entities = party, .commands = party_commands, .on = party_on
};
static const struct module *const house[] = {
    &party_module,  &calendar_module, &rule_module, &event_module,  &casework_module,
    &notice_module, &people_module,   &org_module,  &estate_module, NULL
};

static struct arena *keep;
static instant at;
static int serial;

instant rig_now(void) { return at; }
void rig_day(const char *text) { at = bed_time(text); }

str rig_file(struct arena *a, const char *path) {
    static const char *const tops[] = { "", "../", "../../", "../../../" };
    str text;
    for (size_t i = 0; i < COUNT(tops); i++)
        if (file_read(a, str_fmt(a, "%s%s", tops[i], path).p, 16 << 20, &text) == OK) return text;
    return (str){ 0 };
}

static str data_of(const char *name) { return rig_file(keep, str_fmt(keep, "data/%s", name).p); }

static err give(struct tx *tx, i64 person, const char *name, const char *role, i64 area) {
    TRY(demo_person_make(tx, person, str_of(name), (int)person, false));
    return role ? demo_post(tx, person, role, area, (opt_i64){ 0 }, "", day_from(2026, 1, 1)) : OK;
}

static err furnish(struct tx *tx, void *arg) {
    struct bed *b = arg;
    (void)b;
    struct estate e = { .id = BED_ESTATE,
                        .code = 1101050010010001,
                        .kind = COMMODITY,
                        .name = S("甲小区"),
                        .address = S("甲路"),
                        .households = 1,
                        .residents_tenths = 25,
                        .duty_phone = S(""),
                        .made_at = tx->now },
                  e2 = e;
    e2.id = BED_ESTATE_2;
    e2.code++;
    e2.name = S("乙小区");
    TRY(sign_claim(tx, &e));
    TRY(sign_claim(tx, &e2));
    TRY(entity_insert(tx, &estate_entity, &e));
    TRY(entity_insert(tx, &estate_entity, &e2));
    TRY(catch_all_put(tx, area_by_id(BED_STREET)));
    TRY(catch_all_put(tx, area_by_id(BED_CITY)));
    for (i64 i = 0; i < 2; i++) {
        struct org o = { .id = RIG_ORG + i,
                         .name = i ? S("乙物业（演示）") : S("甲物业（演示）"),
                         .kind = ENTERPRISE,
                         .code = org_demo_code(tx->a, 5 + (int)i),
                         .phone = S(""),
                         .address = S(""),
                         .made_at = tx->now };
        hash h = blind(BLIND_CODE, o.code);
        TRY(directory_claim(tx, DIR_USCC, &h, o.id));
        TRY(entity_insert(tx, &org_entity, &o));
    }
    TRY(give(tx, RIG_COMMUNITY, "社区员", "community", BED_COMMUNITY));
    TRY(give(tx, RIG_STREET, "街道员", "street", BED_STREET));
    TRY(give(tx, RIG_MANAGER, "项目经理", "project_manager", BED_ESTATE));
    TRY(give(tx, RIG_CLERK, "前台", "clerk", BED_ESTATE));
    return give(tx, RIG_OWNER, "张业主", NULL, 0);
}

static void (*inner)(struct bed *b);

static void furnished(struct bed *b) {
    rig_day("2026-11-24T09:00:00+08:00");
    err e = bed_tx(b, at, true, furnish, b);
    CHECK(e == OK);
    if (e == OK) inner(b);
}

void rig_each(struct arena *a, void (*fn)(struct bed *b)) {
    if (!keep) keep = arena_new(64 << 20);
    crypt_load_seeded(7);
    data_source(data_of);
    CHECK(access_load(data_text("roles.tsv")));
    inner = fn;
    bed_each(a, house, furnished);
    crypt_unload();
}

/* ---- acting ---- */

struct who { i64 person, estate; struct actor actor; };

static err load_who(struct tx *tx, void *arg) {
    struct who *w = arg;
    w->actor = (struct actor){ .person = w->person };
    TRY(person_name_of(tx, w->person, &w->actor.name));
    TRY(grants_load(tx, &w->actor));
    return w->estate ? ties_load(tx, &w->actor, w->estate) : OK;
}

struct actor rig_actor(struct bed *b, i64 person, i64 estate) {
    struct who w = { person, estate, { 0 } };
    CHECK(bed_tx(b, at, false, load_who, &w) == OK);
    return w.actor;
}

err rig_do(struct bed *b, i64 person, i64 estate, const char *command, const char *const *fields,
           struct faults *ff, str *ret_result) {
    struct actor who = rig_actor(b, person, estate);
    return bed_do(b, at, &who, estate, command, str_fmt(b->a, "rig-key-%d", ++serial).p, fields, ff, ret_result);
}

static err command_tx(struct tx *tx, void *arg) { return command_run(tx, arg); }

err rig_run(struct bed *b, i64 person, i64 estate, const char *command, void *in, struct call *ret) {
    struct actor *who = NEW(b->a, struct actor);
    const struct command *cmd = NULL;
    const struct area *area = area_by_id(estate);
    *who = rig_actor(b, person, estate);
    for (const struct command *c = estate_module.commands; c->name; c++)
        if (!strcmp(c->name, command)) cmd = c;
    CHECK(cmd != NULL);
    if (!cmd) return E_MISSING;
    *ret = (struct call){ .cmd = cmd,
                          .actor = who,
                          .face = FACE_CLI,
                          .key = str_fmt(b->a, "rig-key-%d", ++serial),
                          .in = in,
                          .estate = estate,
                          .shard = estate,
                          .code = area ? area->code : 0 };
    ret->in_hash = call_hash(b->a, ret);
    return bed_tx(b, at, true, command_tx, ret);
}

void rig_carry(struct bed *b) {
    struct carrier *c = carrier_make(b->l, house, rig_now);
    CHECK(carrier_drain(c) == OK);
    CHECK_I64(carrier_stats(c).failures, 0);
    carrier_stop(c);
}

void rig_until(struct bed *b, const char *text) {
    struct carrier *c = carrier_make(b->l, house, rig_now);
    i64 fired;
    rig_day(text);
    CHECK(carrier_run_until(c, at, &fired) == OK);
    CHECK(carrier_drain(c) == OK);
    CHECK_I64(carrier_stats(c).failures, 0);
    carrier_stop(c);
}

str rig_member(str json, const char *name) {
    char key[64];
    str rest = json, piece;
    snprintf(key, sizeof key, "\"%s\":\"", name);
    for (size_t i = 0; i + strlen(key) <= rest.n; i++)
        if (str_starts(str_from(rest, i), str_of(key))) {
            rest = str_from(rest, i + strlen(key));
            return str_cut(&rest, '"', &piece) ? piece : (str){ 0 };
        }
    return (str){ 0 };
}

/* ---- looking ---- */

SQL(all_homes, "", "iiiitti",
    "SELECT estate_id, id, building_id, coalesce(entrance_id, 0), no, no_key, coalesce(area, -1) FROM home "
    "ORDER BY estate_id, id")
SQL(all_buildings, "", "iitti",
    "SELECT estate_id, id, no, no_key, floors FROM building ORDER BY estate_id, id")
SQL(all_entrances, "", "iiit",
    "SELECT estate_id, id, building_id, no_key FROM entrance ORDER BY estate_id, id")
SQL(all_ties, "", "iiiiii",
    "SELECT estate_id, id, home_id, coalesce(person_id, 0), kind, coalesce(to_at, 0) FROM tie ORDER BY "
    "estate_id, id")
SQL(all_persons, "", "it", "SELECT id, name_key FROM person ORDER BY id")
SQL(all_directory, "", "ibii", "SELECT kind, hash, ref, bound FROM directory ORDER BY kind, hash")
SQL(all_lists, "", "iiii",
    "SELECT person_id, estate_id, home_id, ended FROM person_home ORDER BY person_id, estate_id, home_id")
SQL(all_estates, "", "iti", "SELECT id, name, households FROM estate ORDER BY id")
SQL(all_parts, "", "iii", "SELECT estate_id, batch_id, no FROM import_part ORDER BY estate_id, batch_id, no")
SQL(all_import_persons, "", "iii",
    "SELECT estate_id, batch_id, person_id FROM import_person ORDER BY person_id")

static err digest_run(struct tx *tx, void *arg) {
    struct stmt *const all[] = { &all_homes,   &all_buildings,     &all_entrances, &all_ties,
                                 &all_persons, &all_directory,     &all_lists,     &all_estates,
                                 &all_parts,   &all_import_persons };
    struct sm3 s;
    sm3_init(&s);
    for (size_t k = 0; k < COUNT(all); k++) {
        struct rows rows;
        TRY(db_all_n(tx, &rows, all[k], NULL, 0));
        sm3_i64(&s, (i64)rows.n);
        for (size_t i = 0; i < rows.n; i++)
            for (size_t c = 0; all[k]->out[c]; c++) {
                if (rows.p[i].v[c].t == 'i') sm3_i64(&s, rows.p[i].v[c].i);
                else sm3_field(&s, rows.p[i].v[c].s);
            }
    }
    *(hash *)arg = sm3_end(&s);
    return OK;
}

hash rig_digest(struct bed *b) {
    hash h = { 0 };
    CHECK(bed_tx(b, at, false, digest_run, &h) == OK);
    return h;
}

struct counting { struct stmt *s; i64 arg, n; };

static err count_tx(struct tx *tx, void *arg) {
    struct counting *c = arg;
    struct row r;
    TRY(db_one(tx, &r, c->s, vi(c->arg)));
    c->n = r.v[0].i;
    return OK;
}

i64 rig_count(struct bed *b, struct stmt *s, i64 arg) {
    struct counting c = { s, arg, -1 };
    CHECK(bed_tx(b, at, false, count_tx, &c) == OK);
    return c.n;
}

static err checks_tx(struct tx *tx, void *arg) {
    for (const struct module *const *m = house; *m; m++)
        for (const struct check *c = (*m)->checks; c && c->label; c++) {
            struct rows rows;
            TRY(db_all_n(tx, &rows, c->sql, NULL, 0));
            if (rows.n) {
                fprintf(stderr, "%s: %zu\n", c->label, rows.n);
                ++*(int *)arg;
            }
        }
    return OK;
}

void rig_checks(struct bed *b) {
    int bad = 0;
    CHECK(bed_tx(b, at, false, checks_tx, &bad) == OK);
    CHECK_I64(bad, 0);
}
