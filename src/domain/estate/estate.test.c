/* estate.test.c - estates, homes, relations, who serves: on SQLite and, when there is one, on PostgreSQL. */
#include "domain/estate/rig.test.h"
#include "domain/org/org.h"
#include "sys/clock/clock.h"

SQL(estate_named, "t", "i", "SELECT id FROM estate WHERE name = $1")
SQL(home_no, "i", "t", "SELECT no FROM home WHERE id = $1")
SQL(homes_n, "i", "i", "SELECT count(*) FROM home WHERE estate_id = $1")
SQL(projects_open, "i", "i", "SELECT count(*) FROM project WHERE estate_id = $1 AND to_day IS NULL")
SQL(list_open, "i", "i", "SELECT count(*) FROM person_home WHERE person_id = $1 AND ended = 0")

static str text_id(struct bed *b, i64 id) { return id_text(b->a, id); }

/* ---- an estate comes to be ---- */

struct named { str name; i64 id; };
static err find_named(struct tx *tx, void *arg) {
    struct named *n = arg;
    struct row r;
    TRY(db_one(tx, &r, &estate_named, vt(n->name)));
    n->id = r.v[0].i;
    return OK;
}

static void comes_to_be(struct bed *b) {
    struct faults ff = { 0 };
    const char *community = text_id(b, BED_COMMUNITY).p;
    const char *const *facts =
        RIG("area_id", community, "kind", "old", "name", "新里", "address", "新里路1号", "households", "120");
    CHECK(rig_do(b, RIG_MANAGER, 0, "estate.estate.add", facts, NULL, NULL) == E_MISSING);
    CHECK(rig_do(b, RIG_COMMUNITY, 0, "estate.estate.add", facts, &ff, NULL) == OK);
    CHECK(rig_do(b, RIG_COMMUNITY, 0, "estate.estate.add", facts, &ff, NULL) == E_INPUT);   /* the same name */
    CHECK(fault_at(&ff, "name").n > 0);
    struct named n = { S("新里"), 0 };
    CHECK(bed_tx(b, rig_now(), false, find_named, &n) == OK);
    rig_carry(b);
    const struct area *a = area_by_id(n.id);
    CHECK(a && a->level == ESTATE && a->code == 1101050010010003);
    str pinyin, initials;
    name_reading(b->a, S("新里"), &pinyin, &initials);
    CHECK_STR(pinyin, S("xin li"));
    CHECK_STR(initials, S("xl"));
    CHECK(rig_do(b, RIG_COMMUNITY, n.id, "estate.estate.edit",
                 RIG("kind", "old", "name", "新里小区", "address", "新里路1号", "households", "90"), &ff, NULL) == OK);
    rig_carry(b);
    CHECK(str_is(area_by_id(n.id)->name, "新里小区"));
    CHECK(rig_do(b, RIG_MANAGER, BED_ESTATE, "estate.estate.edit",
                 RIG("kind", "old", "name", "我的小区", "address", "甲路", "households", "9"), NULL, NULL) == E_MISSING);
    CHECK(rig_do(b, RIG_COMMUNITY, BED_STREET, "estate.estate.edit",
                 RIG("kind", "old", "name", "兜底", "address", "甲路", "households", "9"), NULL, NULL) != OK);
    rig_checks(b);
}
TEST(an_estate_comes_to_be) { rig_each(a, comes_to_be); }

/* ---- two officers at one form ---- */

struct seen { i64 id; struct estate row; str version; };
static err see(struct tx *tx, void *arg) {
    struct seen *s = arg;
    TRY(estate_get(tx, s->id, &s->row));
    s->version = str_dup(tx->a, estate_version(tx->a, &s->row));
    return OK;
}

static const char *const *facts_of(const char *name, const char *homes, const char *phone, str version) {
    static const char *in[16];
    const char *const all[] = { "kind", "old", "name", name, "address", "甲路", "households", homes, "duty_phone", phone,
                                "version", version.p, NULL };
    memcpy(in, all, sizeof all);
    return in;
}

static void two_officers(struct bed *b) {
    struct seen s = { .id = BED_ESTATE }, later = s;
    struct faults ff = { 0 };
#define EDIT(...) rig_do(b, RIG_COMMUNITY, BED_ESTATE, "estate.estate.edit", facts_of(__VA_ARGS__), &ff, NULL)
    CHECK(bed_tx(b, rig_now(), false, see, &s) == OK);
    CHECK(EDIT("甲一小区", "90", "010-67001234", s.version) == OK);
    ff = (struct faults){ 0 };
    CHECK(EDIT("甲二小区", "90", "12345", s.version) == E_CONFLICT);
    CHECK(ff.n == 3 && !ff.p[0].f);
    CHECK_STR(fault_at(&ff, "name"), S("现在登记的是：甲一小区。"));
    CHECK_STR(fault_at(&ff, "duty_phone"), S("现在登记的是：010-67001234。"));
    CHECK(bed_tx(b, rig_now(), false, see, &later) == OK);
    CHECK(str_is(later.row.name, "甲一小区") && !str_eq(later.version, s.version));
    CHECK(EDIT("甲一小区", "90", "010-67001234", s.version) == OK);   /* both wrote the same */
    CHECK(EDIT("甲二小区", "90", "12345", later.version) == OK);
    CHECK(EDIT("甲三小区", "90", "", S("")) == OK);
    ff = (struct faults){ 0 };
    CHECK(EDIT("甲三小区", "90", "前台", S("")) == E_INPUT);
    CHECK(fault_at(&ff, "duty_phone").n > 0);
#undef EDIT
    rig_checks(b);
}
TEST(of_two_officers_the_second_is_told) { rig_each(a, two_officers); }

struct sign_case { i64 estate; str sign; struct estate all; };
static err read_sign(struct tx *tx, void *arg) {
    struct sign_case *s = arg;
    TRY(estate_sign(tx, s->estate, &s->sign));
    return estate_catch_all(tx, s->estate, &s->all);
}

static void signs(struct bed *b) {
    struct sign_case one = { BED_ESTATE, { 0 }, { 0 } }, two = { BED_ESTATE_2, { 0 }, { 0 } },
                     city = { BED_CITY, { 0 }, { 0 } };
    CHECK(bed_tx(b, rig_now(), false, read_sign, &one) == OK);
    CHECK(bed_tx(b, rig_now(), false, read_sign, &two) == OK);
    CHECK(bed_tx(b, rig_now(), false, read_sign, &city) == OK);
    CHECK_I64((i64)one.sign.n, 5);
    CHECK(!str_eq(one.sign, two.sign));
    CHECK_I64(one.all.id, BED_STREET);
    CHECK_I64(city.all.id, BED_CITY);
    CHECK_I64(one.all.kind, CATCH_ALL);
}
TEST(an_estate_has_a_sign_and_its_street_a_catch_all) { rig_each(a, signs); }

/* ---- homes ---- */

static i64 add_home(struct bed *b, const char *building, const char *entrance, const char *room) {
    str result = { 0 };
    i64 id = 0;
    struct faults ff = { 0 };
    CHECK(rig_do(b, RIG_MANAGER, BED_ESTATE, "estate.home.add",
                 RIG("building", building, "entrance", entrance, "room", room, "area", "89.05", "area_source",
                     "by_title", "use", "dwelling"),
                 &ff, &result) == OK);
    CHECK(id_parse(rig_member(result, "home"), &id));
    return id;
}

struct home_read { i64 id; str no; struct estate e; };
static err read_home(struct tx *tx, void *arg) {
    struct home_read *h = arg;
    struct row r;
    TRY(db_one(tx, &r, &home_no, vi(h->id)));
    h->no = r.v[0].s;
    return estate_get(tx, BED_ESTATE, &h->e);
}

static void homes(struct bed *b) {
    struct faults ff = { 0 };
    struct home_read h = { .id = add_home(b, "3号楼", "二单元", "501") };
    CHECK(bed_tx(b, rig_now(), false, read_home, &h) == OK);
    CHECK_STR(h.no, S("3号楼2单元501"));
    CHECK_I64(h.e.households, 1);
    /* The same door written another way. */
    CHECK(rig_do(b, RIG_MANAGER, BED_ESTATE, "estate.home.add",
                 RIG("building", "03", "entrance", "2单元", "room", "501室", "area_source", "by_title", "use",
                     "dwelling"),
                 &ff, NULL) == E_INPUT);
    CHECK(fault_at(&ff, "room").n > 0);
    add_home(b, "3号楼", "2单元", "502");
    CHECK(bed_tx(b, rig_now(), false, read_home, &h) == OK);
    CHECK_I64(h.e.households, 2);   /* never fewer than are on file */
    CHECK(rig_do(b, RIG_CLERK, BED_ESTATE, "estate.home.add",
                 RIG("building", "1", "room", "1", "area_source", "by_title", "use", "shop"), NULL,
                 NULL) == E_DENIED);
    CHECK(rig_do(b, RIG_MANAGER, BED_ESTATE_2, "estate.home.add",
                 RIG("building", "1", "room", "1", "area_source", "by_title", "use", "shop"), NULL,
                 NULL) == E_MISSING);
    CHECK(rig_do(b, RIG_STREET, BED_STREET, "estate.home.add",
                 RIG("building", "1", "room", "1", "area_source", "by_title", "use", "shop"), NULL,
                 NULL) == E_STATE);
    rig_checks(b);
}
TEST(a_door_is_one_home_however_it_is_written) { rig_each(a, homes); }

/* ---- relations ---- */

static err add_tie(struct bed *b, i64 who, i64 home, const char *kind, const char *name, const char *phone,
                   const char *num, const char *den, const char *until, str *ret_result, struct faults *ff) {
    return rig_do(b, who, BED_ESTATE, "estate.tie.add",
                  RIG("home_id", text_id(b, home).p, "kind", kind, "name", name, "phone", phone, "share_num",
                      num, "share_den", den, "until", until, "basis", "凭据若干"),
                  ff, ret_result);
}

static void relations(struct bed *b) {
    struct faults ff = { 0 };
    str result = { 0 };
    i64 home = add_home(b, "1", "1", "101"), other = add_home(b, "1", "1", "102");
    const char *owner_phone = demo_phone(b->a, RIG_OWNER).p;
    CHECK(add_tie(b, RIG_MANAGER, home, "owner", "张业主", owner_phone, "", "", "", &result, &ff) ==
          OK); /* found by telephone and name */
    rig_carry(b);
    CHECK_I64(rig_count(b, &list_open, RIG_OWNER), 1);
    struct actor owner = rig_actor(b, RIG_OWNER, BED_ESTATE);
    CHECK(access_may(&owner, "home.view",
                     &(struct object){ .code = 1101050010010001, .estate = BED_ESTATE, .home = home }) == OK);
    CHECK(access_may(&owner, "home.view",
                     &(struct object){ .code = 1101050010010001, .estate = BED_ESTATE, .home = other }) !=
          OK);
    CHECK(access_may(&owner, "home.view", &(struct object){ .estate = BED_ESTATE, .person = STAFF_ONLY }) != OK);
    /* A second owner: the first has it all already. */
    CHECK(add_tie(b, RIG_MANAGER, home, "co_owner", "李某", "13800138001", "1", "2", "", NULL, &ff) == E_INPUT);
    CHECK(fault_at(&ff, "share_num").n > 0);
    CHECK(add_tie(b, RIG_MANAGER, home, "co_owner", "李某", "13800138001", "", "", "", NULL, &ff) == E_INPUT);
    /* An owner registers his own people, nobody else's, and no owners. */
    CHECK(add_tie(b, RIG_OWNER, home, "tenant", "王租户", "13800138002", "", "", "2027-11-24", NULL, &ff) == OK);
    CHECK(add_tie(b, RIG_OWNER, home, "co_owner", "王租户", "13800138002", "1", "2", "", NULL, &ff) == E_INPUT);
    CHECK(add_tie(b, RIG_OWNER, other, "tenant", "王租户", "13800138002", "", "", "", NULL, &ff) != OK);
    CHECK(add_tie(b, RIG_OWNER, home, "representative", "赵代理", "13800138003", "", "", "", NULL, &ff) == E_INPUT);
    CHECK(fault_at(&ff, "until").n > 0);
    CHECK(add_tie(b, RIG_OWNER, home, "representative", "赵代理", "13800138003", "", "", "2026-11-23", NULL,
                  &ff) == E_INPUT);
    CHECK(add_tie(b, RIG_OWNER, home, "representative", "赵代理", "13800138003", "", "", "2026-12-31", NULL,
                  &ff) == OK);
    CHECK(add_tie(b, RIG_CLERK, home, "tenant", "别人", "13800138004", "", "", "", NULL, &ff) == E_DENIED);
    /* Ended: shut in the same commit. */
    const char *tie = rig_member(result, "tie").p;
    CHECK(rig_do(b, RIG_OWNER, BED_ESTATE, "estate.tie.end",
                 RIG("tie_id", str_sub(str_of(tie), 0, 13).p, "basis", "过户"), NULL, NULL) != OK);
    str id = str_dup(b->a, str_sub(rig_member(result, "tie"), 0, 13));
    CHECK(rig_do(b, RIG_MANAGER, BED_ESTATE, "estate.tie.end", RIG("tie_id", id.p, "basis", "房屋过户"), &ff,
                 NULL) == OK);
    CHECK(rig_do(b, RIG_MANAGER, BED_ESTATE, "estate.tie.end", RIG("tie_id", id.p, "basis", "房屋过户"), &ff,
                 NULL) == E_STATE);
    owner = rig_actor(b, RIG_OWNER, BED_ESTATE);
    CHECK(access_may(&owner, "home.view",
                     &(struct object){ .code = 1101050010010001, .estate = BED_ESTATE, .home = home }) != OK);
    rig_carry(b);
    CHECK_I64(rig_count(b, &list_open, RIG_OWNER), 0);
    rig_checks(b);
}
TEST(relations_are_given_by_right_and_end_at_once) { rig_each(a, relations); }

SQL(agent_of, "i", "i", "SELECT coalesce(max(person_id), 0) FROM tie WHERE home_id = $1 AND kind = 5")

static void mandates(struct bed *b) {
    struct faults ff = { 0 };
    str result = { 0 };
    i64 home = add_home(b, "4", "1", "401");
    struct object here = { .code = 1101050010010001, .estate = BED_ESTATE, .home = home };
    CHECK(add_tie(b, RIG_MANAGER, home, "owner", "张业主", demo_phone(b->a, RIG_OWNER).p, "", "", "", NULL,
                  &ff) == OK);
    CHECK(add_tie(b, RIG_OWNER, home, "representative", "赵代理", "13800138003", "", "", "2026-12-31",
                  &result, &ff) == OK);
    CHECK(add_tie(b, RIG_OWNER, home, "tenant", "王租户", "13800138002", "", "", "2026-12-01", NULL, &ff) == OK);
    i64 agent = rig_count(b, &agent_of, home);
    rig_until(b, "2026-12-31T23:59:00+08:00");
    struct actor who = rig_actor(b, agent, BED_ESTATE);
    CHECK(access_may(&who, "home.view", &here) == OK);
    CHECK_I64(rig_count(b, &list_open, agent), 1);
    rig_until(b, "2027-01-01T00:01:00+08:00");
    who = rig_actor(b, agent, BED_ESTATE);
    CHECK(access_may(&who, "home.view", &here) != OK);
    CHECK_I64(rig_count(b, &list_open, agent), 0);
    str id = str_dup(b->a, str_sub(rig_member(result, "tie"), 0, 13));
    CHECK(rig_do(b, RIG_OWNER, BED_ESTATE, "estate.tie.end", RIG("tie_id", id.p, "basis", "撤回委托"), &ff,
                 NULL) == E_STATE);
    rig_checks(b);
}
TEST(a_mandate_ends_on_its_day) { rig_each(a, mandates); }

static void thirds(struct bed *b) {
    struct faults ff = { 0 };
    i64 home = add_home(b, "2", "1", "301");
    CHECK(add_tie(b, RIG_MANAGER, home, "owner", "甲某", "13800138011", "1", "3", "", NULL, &ff) == OK);
    CHECK(add_tie(b, RIG_MANAGER, home, "co_owner", "乙某", "13800138012", "1", "3", "", NULL, &ff) == OK);
    CHECK(add_tie(b, RIG_MANAGER, home, "co_owner", "丙某", "13800138013", "34", "100", "", NULL, &ff) == E_INPUT);
    CHECK(add_tie(b, RIG_MANAGER, home, "co_owner", "丙某", "13800138013", "1", "3", "", NULL, &ff) == OK);
    CHECK(add_tie(b, RIG_MANAGER, home, "co_owner", "丁某", "13800138014", "1", "10000", "", NULL, &ff) == E_INPUT);
    rig_checks(b);
}
TEST(three_thirds_are_a_whole) { rig_each(a, thirds); }

TEST(shares_add_exactly) {
    struct share s = { 0, 1 };
    for (int i = 0; i < 7; i++) CHECK(share_add(&s, 1, 7));
    CHECK(s.num == 1 && s.den == 1);
    for (int i = 0; i < 2000; i++) {   /* against whole numbers over a common denominator */
        i64 d1 = 1 + (i64)(test_random() % 200), d2 = 1 + (i64)(test_random() % 200);
        i64 n1 = (i64)(test_random() % (u64)d1), n2 = (i64)(test_random() % (u64)d2);
        s = (struct share){ 0, 1 };
        CHECK(share_add(&s, n1, d1) && share_add(&s, n2, d2));
        CHECK(s.num * d1 * d2 == (n1 * d2 + n2 * d1) * s.den);
    }
    s = (struct share){ 1, INT64_MAX };
    CHECK(!share_add(&s, 1, INT64_MAX - 1));
    CHECK(!share_add(&s, 1, 0));
}

/* ---- who serves ---- */

static err set_manager(struct bed *b, i64 who, i64 org, i64 manager, const char *from, struct faults *ff) {
    return rig_do(b, who, BED_ESTATE, "estate.manager.set",
                  RIG("org_id", text_id(b, org).p, "manager_id", manager ? text_id(b, manager).p : "",
                      "from_day", from, "basis", "物业服务合同"),
                  ff, NULL);
}

static err read_estate(struct tx *tx, void *arg) { return estate_get(tx, BED_ESTATE, arg); }

static void serves(struct bed *b) {
    struct faults ff = { 0 };
    struct estate e;
    CHECK(set_manager(b, RIG_MANAGER, RIG_ORG, RIG_MANAGER, "2026-01-01", NULL) ==
          E_MISSING); /* not he who serves */
    CHECK(set_manager(b, RIG_COMMUNITY, RIG_ORG, RIG_CLERK, "2026-01-01", &ff) == E_INPUT);      /* no such post */
    CHECK(set_manager(b, RIG_COMMUNITY, RIG_ORG, RIG_MANAGER, "2026-01-01", &ff) == OK);
    CHECK(set_manager(b, RIG_COMMUNITY, RIG_ORG_2, 0, "2025-12-31", &ff) ==
          E_INPUT); /* before the one at hand */
    CHECK(set_manager(b, RIG_STREET, RIG_ORG_2, 0, "2026-10-01", &ff) == OK);
    CHECK_I64(rig_count(b, &projects_open, BED_ESTATE), 1);
    CHECK(bed_tx(b, rig_now(), false, read_estate, &e) == OK);
    CHECK(e.org_id.has && e.org_id.v == RIG_ORG_2 && !e.manager_id.has);
    rig_checks(b);
}
TEST(who_serves_is_said_by_the_office_above) { rig_each(a, serves); }

/* ---- a key used twice does one thing ---- */

static void once(struct bed *b) {
    struct actor who = rig_actor(b, RIG_MANAGER, BED_ESTATE);
    const char *const *in = RIG("building", "8", "room", "101", "area_source", "by_title", "use", "dwelling");
    str first = { 0 }, second = { 0 };
    CHECK(bed_do(b, rig_now(), &who, BED_ESTATE, "estate.home.add", "the-same-key", in, NULL, &first) == OK);
    CHECK(bed_do(b, rig_now(), &who, BED_ESTATE, "estate.home.add", "the-same-key", in, NULL, &second) == OK);
    CHECK_STR(second, first);
    CHECK_I64(rig_count(b, &homes_n, BED_ESTATE), 1);
}
TEST(a_repeated_home_is_one_home) { rig_each(a, once); }
