/* people.test.c - meeting, looking, posts: on SQLite and, when there is one, on PostgreSQL. */
#include "base/test.h"
#include "domain/people/people.h"
#include "kit/calendar/calendar.h"
#include "kit/casework/casework.h"
#include "kit/event/bed.h"
#include "kit/module/data.h"
#include "kit/notice/notice.h"
#include "kit/rule/rule.h"
#include "sys/crypt/crypt.h"
#include "sys/file/file.h"

enum { STREET_MAN = 8001, COMMUNITY_MAN, CLERK_MAN, OWNER_MAN };

static struct entity *const party[] = { &person_entity,      &org_entity,  &login_entity, &directory_entity,
                                        &session_entity,     &look_entity, &post_entity,  &tie_entity,
                                        &person_home_entity, NULL };
static const struct module party_module = { .name = "party", .entities = party };
static const struct module *const house[] = { &party_module,    &calendar_module, &rule_module,   &event_module,
                                              &casework_module, &notice_module,   &people_module, NULL };
static struct arena *keep;
static instant at;
static int serial;

static str data_of(const char *name) {
    static const char *const tops[] = { "", "../", "../../", "../../../" };
    str text;
    for (size_t i = 0; i < COUNT(tops); i++)
        if (file_read(keep, str_fmt(keep, "%sdata/%s", tops[i], name).p, 4 << 20, &text) == OK) return text;
    return (str){ 0 };
}

static err furnish(struct tx *tx, void *arg) {
    static const struct { i64 id, area; const char *name, *role; } all[] = {
        { STREET_MAN, BED_STREET, "街道员", "street" },
        { COMMUNITY_MAN, BED_COMMUNITY, "社区员", "community" },
        { CLERK_MAN, BED_ESTATE, "前台", "clerk" },
    };
    (void)arg;
    for (size_t i = 0; i < COUNT(all); i++) {
        TRY(demo_person_make(tx, all[i].id, str_of(all[i].name), (int)all[i].id, false));
        TRY(demo_post(tx, all[i].id, all[i].role, all[i].area, (opt_i64){ 0 }, "", day_from(2026, 1, 1)));
    }
    TRY(demo_person_make(tx, OWNER_MAN, S("欧阳业主"), OWNER_MAN, false));
    struct person_home h = { .person_id = OWNER_MAN, .estate_id = BED_ESTATE, .home_id = 5, .kind = OWNER,
                             .estate = S("甲小区"), .home = S("1-1-101") };
    return entity_insert(tx, &person_home_entity, &h);
}

static void (*inner)(struct bed *b);
static void furnished(struct bed *b) {
    at = bed_time("2026-11-24T09:00:00+08:00");
    CHECK(bed_tx(b, at, true, furnish, NULL) == OK);
    inner(b);
}

static void people_each(struct arena *a, void (*fn)(struct bed *b)) {
    if (!keep) keep = arena_new(32 << 20);
    crypt_load_seeded(7);
    data_source(data_of);
    CHECK(access_load(data_text("roles.tsv")));
    inner = fn;
    bed_each(a, house, furnished);
    crypt_unload();
}

struct who { i64 person; struct actor actor; };
static err load_who(struct tx *tx, void *arg) {
    struct who *w = arg;
    w->actor = (struct actor){ .person = w->person };
    TRY(person_name_of(tx, w->person, &w->actor.name));
    return grants_load(tx, &w->actor);
}

#define IN(...) ((const char *const[]){ __VA_ARGS__, NULL })
static err act(struct bed *b, i64 person, const char *command, const char *const *fields, struct faults *ff,
               str *ret) {
    struct who w = { .person = person };
    CHECK(bed_tx(b, at, false, load_who, &w) == OK);
    return bed_do(b, at, &w.actor, 0, command, str_fmt(b->a, "people-%d", ++serial).p, fields, ff, ret);
}

/* ---- meeting ---- */

struct meeting { struct person_new p; bool provisional; i64 id; enum met met; err e; bool still; };

static err meet_tx(struct tx *tx, void *arg) {
    struct meeting *m = arg;
    m->e = person_meet(tx, &m->p, m->provisional, &m->id, &m->met);
    return m->e == E_CONFLICT ? OK : m->e;
}
static err still_tx(struct tx *tx, void *arg) {
    struct meeting *m = arg;
    return person_is_provisional(tx, m->id, 0, &m->still);
}
static err forget_tx(struct tx *tx, void *arg) { return person_forget(tx, ((struct meeting *)arg)->id); }

static struct meeting meet(struct bed *b, const char *name, str phone, str id_no, bool provisional) {
    struct meeting m = { .p = { str_of(name), phone, id_no, ID_RESIDENT }, .provisional = provisional };
    CHECK(bed_tx(b, at, true, meet_tx, &m) == OK);
    return m;
}

SQL(persons_n, "", "i", "SELECT count(*) FROM person")

static void meetings(struct bed *b) {
    str ph1 = demo_phone(b->a, 501), ph2 = demo_phone(b->a, 502), id1 = demo_id_no(b->a, 501, true),
        id2 = demo_id_no(b->a, 502, false);
    struct meeting first = meet(b, "王小明", ph1, id1, true);
    CHECK(first.met == MET_NEW);
    CHECK(bed_tx(b, at, false, still_tx, &first) == OK && first.still);
    CHECK(meet(b, "王小明", S(""), id1, true).id == first.id);       /* by document */
    CHECK(meet(b, " 王小明", ph1, S(""), true).id == first.id);      /* by telephone and name, however written */
    CHECK(meet(b, "王大明", S(""), id1, true).e == E_CONFLICT);      /* a document has one name */
    CHECK(meet(b, "王小明", ph1, id2, true).id !=
          first.id); /* the same telephone and name, another document */
    struct meeting wife = meet(b, "李丽", ph1, S(""), true);         /* they share a telephone */
    CHECK(wife.met == MET_NEW && wife.id != first.id);
    CHECK(meet(b, "无号人", S(""), S(""), true).met == MET_NEW);
    CHECK(meet(b, "无号人", S(""), S(""), true).met == MET_NEW);     /* nothing to know him by */
    CHECK(bed_tx(b, at, false, still_tx, &first) == OK && first.still);
    CHECK(meet(b, "王小明", ph1, S(""), false).id == first.id);      /* somebody beside the import */
    CHECK(bed_tx(b, at, false, still_tx, &first) == OK && !first.still);
    /* One that nobody met goes with all that leads to him. */
    struct meeting gone = meet(b, "过客", ph2, S(""), true);
    i64 n = bed_count(b, &persons_n);
    CHECK(bed_tx(b, at, true, forget_tx, &gone) == OK);
    CHECK_I64(bed_count(b, &persons_n), n - 1);
    CHECK(meet(b, "过客", ph2, S(""), true).id != gone.id);
}
TEST(a_person_is_met_once) { people_each(a, meetings); }

/* ---- looking ---- */

SQL(looks_n, "", "i", "SELECT count(*) FROM look")
SQL(plain_in_ops, "", "i",
    "SELECT count(*) FROM op WHERE result LIKE '%13900008004%' OR change LIKE '%13900008004%'")

static void looking(struct bed *b) {
    struct faults ff = { 0 };
    const char *owner = id_text(b->a, OWNER_MAN).p, *estate = id_text(b->a, BED_ESTATE).p,
               *other = id_text(b->a, BED_ESTATE_2).p;
    str result = { 0 };
    CHECK(act(b, COMMUNITY_MAN, "people.person.reveal",
              IN("person_id", owner, "area_id", estate, "what", "look_phone", "reason", "电话回访"), &ff,
              &result) == OK);
    CHECK_I64(bed_count(b, &looks_n), 1);
    CHECK(str_has(result, S("\"look\"")) && !str_has(result, S("1390000")));
    CHECK_I64(bed_count(b, &plain_in_ops), 0);
    CHECK(act(b, COMMUNITY_MAN, "people.person.reveal",
              IN("person_id", owner, "area_id", estate, "what", "look_phone", "reason", "看看"), &ff,
              NULL) == E_INPUT);
    CHECK(act(b, COMMUNITY_MAN, "people.person.reveal", /* not a place of his */
              IN("person_id", owner, "area_id", other, "what", "look_phone", "reason", "电话回访"), &ff,
              NULL) == E_MISSING);
    CHECK(act(b, CLERK_MAN, "people.person.reveal",
              IN("person_id", owner, "area_id", estate, "what", "look_phone", "reason", "电话回访"), &ff,
              NULL) == E_DENIED);
    CHECK_I64(bed_count(b, &looks_n), 1);
    const char *community = id_text(b->a, BED_COMMUNITY).p;
    CHECK(act(b, COMMUNITY_MAN, "people.person.find",
              IN("area_id", community, "phone", demo_phone(b->a, OWNER_MAN).p), &ff, &result) == OK);
    CHECK(str_has(result, id_text(b->a, OWNER_MAN)));
    CHECK(act(b, CLERK_MAN, "people.person.find",
              IN("area_id", estate, "phone", demo_phone(b->a, STREET_MAN).p), &ff, NULL) == E_INPUT);
}
TEST(a_look_is_recorded_and_its_object_is_in_scope) { people_each(a, looking); }

/* ---- posts ---- */

static err give(struct bed *b, i64 who, i64 area, const char *role, const char *name, const char *phone,
                struct faults *ff, str *ret) {
    return act(b, who, "people.post.give",
               IN("area_id", id_text(b->a, area).p, "role", role, "name", name, "phone", phone, "from_day",
                  "2026-11-24", "basis", "派驻函 1 号"),
               ff, ret);
}

static i64 member(str json, const char *name) {
    char key[40];
    i64 id = 0;
    snprintf(key, sizeof key, "\"%s\":\"", name);
    for (size_t i = 0; i < json.n; i++)
        if (str_starts(str_from(json, i), str_of(key)))
            CHECK(id_parse(str_sub(json, i + strlen(key), ID_TEXT), &id));
    return id;
}

static void posts(struct bed *b) {
    struct faults ff = { 0 };
    str result = { 0 };
    CHECK(give(b, STREET_MAN, BED_ESTATE, "clerk", "新前台", "13800138101", &ff, &result) == OK);
    i64 person = member(result, "person"), post = member(result, "post");
    struct who w = { .person = person };
    CHECK(bed_tx(b, at, false, load_who, &w) == OK);
    CHECK(access_may(&w.actor, "home.view",
                     &(struct object){ .code = 1101050010010001, .estate = BED_ESTATE }) == OK);
    CHECK(give(b, STREET_MAN, BED_ESTATE, "clerk", "新前台", "13800138101", &ff, NULL) ==
          E_STATE); /* already there */
    CHECK(give(b, STREET_MAN, BED_ESTATE, "street", "新前台", "13800138101", &ff, NULL) ==
          E_INPUT); /* not at this level */
    CHECK(give(b, STREET_MAN, BED_COMMUNITY, "clerk", "新前台", "13800138101", &ff, NULL) == E_INPUT);
    CHECK(give(b, STREET_MAN, BED_DISTRICT, "auditor", "新前台", "13800138101", &ff, NULL) ==
          E_MISSING); /* outside his area */
    CHECK(give(b, STREET_MAN, BED_CITY, "sysadmin", "新前台", "13800138101", &ff, NULL) == E_MISSING);
    CHECK(give(b, COMMUNITY_MAN, BED_ESTATE, "clerk", "新前台", "13800138101", &ff, NULL) == E_DENIED);
    CHECK(give(b, STREET_MAN, BED_STREET, "street", "街道员", demo_phone(b->a, STREET_MAN).p, &ff, NULL) ==
          E_INPUT); /* oneself */
    const char *const *end = IN("person_id", id_text(b->a, person).p, "post_id", id_text(b->a, post).p,
                                "to_day", "2026-11-23", "basis", "调离通知");
    CHECK(act(b, COMMUNITY_MAN, "people.post.end", end, &ff, NULL) == E_DENIED);
    CHECK(act(b, STREET_MAN, "people.post.end", end, &ff, NULL) == OK);
    CHECK(act(b, STREET_MAN, "people.post.end", end, &ff, NULL) == E_STATE);
    CHECK(bed_tx(b, at, false, load_who, &w) == OK);
    CHECK_I64((i64)w.actor.ngrants, 0);
}
TEST(a_post_is_given_inside_ones_own_area) { people_each(a, posts); }

static err checks_tx(struct tx *tx, void *arg) {
    for (const struct check *c = people_module.checks; c->label; c++) {
        struct rows rows;
        TRY(db_all_n(tx, &rows, c->sql, NULL, 0));
        *(size_t *)arg += rows.n;
    }
    return OK;
}
static void holds(struct bed *b) {
    size_t bad = 0;
    CHECK(bed_tx(b, at, false, checks_tx, &bad) == OK);
    CHECK_I64((i64)bad, 0);
}
TEST(people_checks_hold) { people_each(a, holds); }

/* ---- invented people ---- */

TEST(invented_numbers_are_right_in_form_and_all_different) {
    str last = { 0 };
    for (int n = 0; n < 4000; n++) {
        str id = demo_id_no(a, n, n % 2);
        CHECK(idcard_fault(id) == NULL);
        CHECK(idcard_female(id) == (n % 2 == 1));
        CHECK(!str_eq(id, last));
        last = id;
        CHECK(mobile_fault(demo_phone(a, n)) == NULL);
    }
}
