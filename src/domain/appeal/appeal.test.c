#include "base/test.h"
#include "domain/account/account.h"
#include "domain/appeal/pages.h"
#include "domain/estate/estate.h"
#include "kit/event/bed.h"
#include "kit/metric/metric.h"
#include "kit/module/data.h"
#include "kit/notice/notice.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"
#include "sys/file/file.h"

/* ---- a small estate ---- */

enum { CHEN = 9001, WANG, ZHAO, CLERK, STREET_OFFICER, HOME_CHEN = 70, HOME_WANG, HOME_ZHAO };

static struct entity *const party[] = { &person_entity,      &org_entity,  &login_entity, &directory_entity,
                                        &session_entity,     &look_entity, &post_entity,  &tie_entity,
                                        &person_home_entity, NULL };
static const struct module party_module = { .name = "party", .entities = party };
static const struct module *const house[] = {
    &party_module,  &calendar_module, &rule_module,    &event_module,  &casework_module,
    &notice_module, &estate_module,   &account_module, &appeal_module, NULL
};

static struct arena *keep;   /* what the house reads once stays for all tests */

/* The tables beside the sources, wherever the test is started from. */
static str find_data(const char *name) {
    char path[512];
    str text, file = S(__FILE__);
    const char *const from[] = { "data/", "../data/", "" };
    for (size_t i = 0; i < COUNT(from); i++) {
        int dir = from[i][0] ? 0 : (int)(strrchr(file.p, '/') - file.p);
        snprintf(path, sizeof path, "%s%.*s%s%s", from[i], dir, file.p, dir ? "/../../../data/" : "", name);
        if (file_read(keep, path, 4 << 20, &text) == OK) return text;
    }
    return (str){ 0 };
}

static void open_data(void) {
    if (!keep) keep = arena_new(32 << 20);
    data_source(find_data);
}

static instant at;
static instant now(void) { return at; }
static int serial;
static void set_now(const char *text) { at = bed_time(text); }

static err add_home(struct tx *tx, i64 estate, i64 building, i64 id, i64 person, const char *name, const char *no) {
    struct home h = { .estate_id = estate,
                      .id = id,
                      .building_id = building,
                      .no = str_of(no),
                      .no_key = str_of(no),
                      .place = id,
                      .area_source = BY_REGISTER,
                      .use = DWELLING,
                      .cert = S("") };
    struct tie t = { .estate_id = estate,
                     .id = id + 1000,
                     .home_id = id,
                     .person_id = { true, person },
                     .kind = OWNER,
                     .share_num = 1,
                     .share_den = 1,
                     .from_at = { tx->now.us - 900 * DAY_US },
                     .basis = S("") };
    struct person_home ph = { person, estate, id, OWNER, S("甲小区"), str_of(no), 0 };
    TRY(person_add(tx, person, &(struct person_new){ str_of(name), S("13912345678"), S(""), ID_NONE }));
    TRY(entity_insert(tx, &home_entity, &h));
    TRY(entity_insert(tx, &person_home_entity, &ph));
    return entity_insert(tx, &tie_entity, &t);
}

static err add_building(struct tx *tx, i64 estate, i64 id, const char *no) {
    struct building b = { .estate_id = estate, .id = id, .no = str_of(no), .no_key = str_of(no), .name = S("") };
    return entity_insert(tx, &building_entity, &b);
}

static err add_estate(struct tx *tx, i64 id, const char *sign) {
    const struct area *a = area_by_id(id);
    struct estate e = { .id = id,
                        .code = a->code,
                        .kind = COMMODITY,
                        .name = a->name,
                        .address = S(""),
                        .sign = str_of(sign),
                        .households = 3,
                        .residents_tenths = 25,
                        .duty_phone = S("010-00002001"),
                        .made_at = tx->now };
    return entity_insert(tx, &estate_entity, &e);
}

static err settle(struct tx *tx, void *arg) {
    (void)arg;
    TRY(calendar_seed(tx, data_text("holidays.tsv"), data_text("statutory.tsv")));
    TRY(calendar_load(tx));
    TRY(rule_seed(tx, data_text("rules.tsv")));
    TRY(rule_load(tx));
    TRY(add_estate(tx, BED_ESTATE, "zzzz5"));
    TRY(add_building(tx, BED_ESTATE, 31, "1号楼"));
    TRY(add_building(tx, BED_ESTATE, 32, "2号楼"));
    TRY(add_home(tx, BED_ESTATE, 31, HOME_CHEN, CHEN, "陈建国", "1号楼1单元101"));
    TRY(add_home(tx, BED_ESTATE, 31, HOME_WANG, WANG, "王秀兰", "1号楼1单元102"));
    return add_home(tx, BED_ESTATE, 32, HOME_ZHAO, ZHAO, "赵明远", "2号楼1单元101");
}

static struct tie_held ties[3];
static struct grant_held grants[2];
static struct actor chen, wang, zhao, clerk, street;

static struct actor owner(i64 person, const char *name, struct tie_held *t, i64 home) {
    *t = (struct tie_held){ .home = home, .role = role_by_id(S("owner")), .from = { 0 }, .to = { INT64_MAX } };
    return (struct actor){ .person = person, .name = str_of(name), .estate = BED_ESTATE, .ties = t, .nties = 1 };
}

static void start(struct bed *b) {
    open_data();
    crypt_load_seeded(7);
    set_now("2026-11-24T09:00:00+08:00");
    CHECK(access_load(data_text("roles.tsv")));
    CHECK(appeal_kinds_load() == OK);
    CHECK(bed_tx(b, at, true, settle, NULL) == OK);
    chen = owner(CHEN, "陈建国", &ties[0], HOME_CHEN);
    wang = owner(WANG, "王秀兰", &ties[1], HOME_WANG);
    zhao = owner(ZHAO, "赵明远", &ties[2], HOME_ZHAO);
    grants[0] = (struct grant_held){
        1, role_by_id(S("project_manager")), BED_ESTATE, 1101050010010001, 1101050010010002, S("")
    };
    grants[1] = (struct grant_held){
        2, role_by_id(S("street")), BED_STREET, 1101050010000000, 1101050020000000, S("")
    };
    clerk = (struct actor){ .person = CLERK, .name = S("周倩"), .grants = &grants[0], .ngrants = 1 };
    street = (struct actor){ .person = STREET_OFFICER, .name = S("李主任"), .grants = &grants[1], .ngrants = 1 };
}

static struct faults why;

static err go(struct bed *b, const struct actor *who, const char *command, const char *const *fields) {
    char key[32];
    snprintf(key, sizeof key, "key-%d", 10000 + ++serial);
    return bed_do(b, at, who, BED_ESTATE, command, str_c(b->a, str_of(key)), fields, &why, NULL);
}
#define GO(who, command, ...) go(b, &(who), command, (const char *const[]){ __VA_ARGS__, NULL })

/* ---- looking ---- */

SQL(t_last, "", "i", "SELECT coalesce(max(id), 0) FROM case_head WHERE kind = 'appeal'")
SQL(t_drafts, "", "i",
    "SELECT count(*) FROM appeal_draft WHERE place IS NOT NULL OR category IS NOT NULL OR words <> ''")
SQL(t_follows, "", "i", "SELECT count(*) FROM appeal_follow")
SQL(t_notices, "", "i", "SELECT count(*) FROM notice WHERE person_id = 9001")
SQL(t_looks, "", "i", "SELECT count(*) FROM look WHERE person_id = 9001 AND viewer_id = 9004")
SQL(t_count, "iii", "i",
    "SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM metric_count WHERE estate_id = $1 AND metric = $2 AND "
    "month = $3")
SQL(t_desk, "ii", "i", "SELECT count(*) FROM desk_item WHERE desk_id = $1 AND desk = $2")

struct get { i64 id; struct case_head h; struct case_text t; };
static err get_run(struct tx *tx, void *arg) {
    struct get *g = arg;
    TRY(case_get(tx, &appeal_casework, BED_ESTATE, g->id, -1, &g->h));
    return case_words(tx, BED_ESTATE, g->id, &g->t);
}
static struct get look_at(struct bed *b, i64 id) {
    struct get g = { .id = id };
    CHECK(bed_tx(b, at, false, get_run, &g) == OK);
    return g;
}
static i64 last(struct bed *b) { return bed_count(b, &t_last); }

struct ask { struct stmt *s; i64 in[3], n; int many; };
static err ask_run(struct tx *tx, void *arg) {
    struct ask *a = arg;
    val in[3] = { vi(a->in[0]), vi(a->in[1]), vi(a->in[2]) };
    struct row r;
    TRY(db_one_n(tx, &r, a->s, in, a->many));
    a->n = r.v[0].i;
    return OK;
}
static i64 counted(struct bed *b, i64 metric, i64 month) {
    struct ask a = { &t_count, { BED_ESTATE, metric, month }, -1, 3 };
    CHECK(bed_tx(b, at, false, ask_run, &a) == OK);
    return a.n;
}
static i64 on_desk(struct bed *b, i64 desk_id, i64 desk) {
    struct ask a = { &t_desk, { desk_id, desk }, -1, 2 };
    CHECK(bed_tx(b, at, false, ask_run, &a) == OK);
    return a.n;
}

static err checks_run(struct tx *tx, void *arg) {
    const struct check *list[] = { appeal_checks, casework_module.checks };
    (void)arg;
    for (size_t i = 0; i < COUNT(list); i++)
        for (const struct check *c = list[i]; c->label; c++) {
            struct rows rows;
            TRY(db_all_n(tx, &rows, c->sql, NULL, 0));
            if (rows.n) printf("%s\n", c->label);
            CHECK_I64((i64)rows.n, 0);
        }
    return OK;
}

/* Carries what waits, fires what is due until then, and looks whether everything still agrees. */
static void until(struct bed *b, const char *text) {
    i64 fired;
    struct carrier *c = carrier_make(b->l, house, now);
    CHECK(carrier_run_until(c, bed_time(text), &fired) == OK);
    CHECK(carrier_drain(c) == OK);
    CHECK_I64(carrier_stats(c).failures, 0);
    carrier_stop(c);
    set_now(text);
    CHECK(bed_tx(b, at, false, checks_run, NULL) == OK);
}

static const char *id_of(struct bed *b, i64 id) { return str_c(b->a, id_text(b->a, id)); }

static i64 report(struct bed *b, const struct actor *who, const char *place, const char *category) {
    const char *const in[] = { "place",        place,   "category",   category, "contact",
                               "contact_here", "words", "请来看看。", NULL };
    CHECK(go(b, who, "appeal.case.report", in) == OK);
    return last(b);
}

/* ---- categories ---- */

TEST(appeal_kinds_are_two_levels) {
    const struct appeal_kind *list[APPEAL_KINDS_MAX];
    open_data();
    CHECK(appeal_kinds_load() == OK);
    CHECK_I64((i64)appeal_kinds(0, day_from(2026, 11, 24), list, APPEAL_KINDS_MAX), 8);
    CHECK_STR(list[0]->name, S("停车管理"));
    CHECK_I64((i64)appeal_kinds(0, day_from(2020, 1, 1), list, APPEAL_KINDS_MAX), 0);
    size_t n = appeal_kinds(200, day_from(2026, 11, 24), list, APPEAL_KINDS_MAX);
    CHECK(n >= 8);
    for (size_t i = 0; i < n; i++)
        CHECK(list[i]->parent == 200 && list[i]->icon[0] && (!list[i]->emergency || list[i]->nphones));
    CHECK_I64(appeal_first(207), 200);
    CHECK_I64(appeal_first(200), 200);
    CHECK_STR(appeal_kind_label(a, 207), S("设施维修 · 楼道灯、路灯不亮"));
    CHECK_STR(appeal_kind_label(a, 999), S("其他"));
    const struct appeal_kind *stuck = appeal_kind(501);
    CHECK(stuck && stuck->emergency && stuck->urgency == URGENT);
    CHECK_STR(stuck->phones[0].number, S("119"));
    CHECK_I64(appeal_kind(308)->side, SIDE_STREET);
}

/* ---- reporting step by step ---- */

static void draft(struct bed *b) {
    start(b);
    CHECK(GO(chen, "appeal.draft.place", "place", "place_stairs") == OK);
    CHECK(GO(chen, "appeal.draft.kind", "category", "200") == E_INPUT);   /* a first level is not enough */
    CHECK(GO(chen, "appeal.draft.kind", "category", "207") == OK);
    CHECK(GO(chen, "appeal.draft.words", "words", "三层灯不亮", "spot", "三层", "photos", "abc") == E_INPUT);
    CHECK(GO(chen, "appeal.draft.words", "words", "三层灯不亮\n晚上看不见", "spot", "三层") == OK);
    CHECK(GO(chen, "appeal.draft.contact", "contact", "contact_phone", "phone", "12345") == E_INPUT);
    CHECK(GO(chen, "appeal.draft.contact", "contact", "contact_phone", "phone", "139 1111 2222") == OK);
    CHECK(GO(chen, "appeal.draft.place", "place", "place_yard", "home_id", id_of(b, HOME_WANG)) == E_INPUT);
    CHECK_I64(bed_count(b, &t_drafts), 1);
    /* The last page posts what the draft holds; the telephone stays sealed in it. */
    CHECK(GO(chen, "appeal.case.report", "place", "place_stairs", "home_id", id_of(b, HOME_CHEN), "category",
             "207", "spot", "三层", "words", "三层灯不亮\n晚上看不见", "contact", "contact_phone") == OK);
    struct get g = look_at(b, last(b));
    CHECK_I64(g.h.state, CASE_WAITING);
    CHECK_I64(g.h.urgency, ORDINARY);
    CHECK(g.h.reporter_id.has && g.h.reporter_id.v == CHEN && g.h.home_id.has && g.h.home_id.v == HOME_CHEN);
    CHECK_STR(g.h.no, S("zzzz5-261124-0001"));
    CHECK(g.t.phone.has);
    CHECK_I64(bed_count(b, &t_drafts), 0);
    CHECK_I64(counted(b, APPEAL_REPORTED, 202611), 1);
    CHECK_I64(counted(b, APPEAL_KIND + 200, 202611), 1);
    /* An emergency is not kept: the telephone comes first. */
    CHECK(GO(chen, "appeal.draft.kind", "category", "501") == OK);
    CHECK_I64(bed_count(b, &t_drafts), 0);
    /* In one go; "none of these" needs words; a caller is taken down by the clerk. */
    CHECK(GO(chen, "appeal.case.report", "place", "place_home", "category", "908", "contact",
             "contact_here") == E_INPUT);
    CHECK_STR(fault_at(&why, "words"), S("请写一两句是什么问题。"));
    CHECK(GO(clerk, "appeal.case.report", "place", "place_yard", "category", "402", "contact",
             "contact_phone") == E_INPUT);
    CHECK(GO(clerk, "appeal.case.report", "place", "place_yard", "category", "402", "contact",
             "contact_phone", "phone", "01012345678") == OK);
    g = look_at(b, last(b));
    CHECK(!g.h.reporter_id.has);
    CHECK_STR(g.h.no, S("zzzz5-261124-0002"));
    until(b, "2026-11-24T09:30:00+08:00");
    CHECK_I64(on_desk(b, BED_ESTATE, DESK_ENTERPRISE), 2);
}

TEST(appeal_is_reported_step_by_step) { bed_each(a, house, draft); }

struct kept { struct appeal_draft d; bool stored; enum draft_step step; };
static err kept_run(struct tx *tx, void *arg) {
    struct kept *k = arg;
    TRY(appeal_draft_get(tx, BED_ESTATE, CHEN, &k->d, &k->stored));
    k->step = appeal_draft_step(&k->d);
    return OK;
}

static void seven_days(struct bed *b) {
    struct kept k;
    start(b);
    CHECK(bed_tx(b, at, false, kept_run, &k) == OK && !k.stored && k.step == STEP_PLACE);
    CHECK(GO(chen, "appeal.draft.place", "place", "place_home") == OK);
    CHECK(GO(chen, "appeal.draft.kind", "category", "206") == OK);
    set_now("2026-12-01T08:59:00+08:00");
    CHECK(bed_tx(b, at, false, kept_run, &k) == OK && k.stored && k.step == STEP_WORDS);
    set_now("2026-12-01T09:00:00+08:00");
    CHECK(bed_tx(b, at, false, kept_run, &k) == OK && k.stored && k.step == STEP_PLACE);
    /* What is old is not mixed into what is new. */
    CHECK(GO(chen, "appeal.draft.contact", "contact", "contact_visit") == OK);
    CHECK(bed_tx(b, at, false, kept_run, &k) == OK && !k.d.category.has && k.step == STEP_PLACE);
}

TEST(appeal_draft_is_kept_seven_days) { bed_each(a, house, seven_days); }

/* ---- "somebody reported that already" ---- */

struct near_ask { i64 person, category, place, home; size_t n; i64 followers; bool mine, followed; };
static err near_run(struct tx *tx, void *arg) {
    struct near_ask *q = arg;
    struct nearbys near;
    TRY(appeal_nearby(tx, BED_ESTATE, q->person, q->category, q->place, (opt_i64){ true, q->home }, &near));
    q->n = near.n;
    if (near.n) {
        q->mine = near.p[0].mine;
        q->followed = near.p[0].followed;
        q->followers = near.p[0].followers;
    }
    return OK;
}
static struct near_ask near_of(struct bed *b, i64 person, i64 category, i64 place, i64 home) {
    struct near_ask q = { person, category, place, home, 0, 0, false, false };
    CHECK(bed_tx(b, at, false, near_run, &q) == OK);
    return q;
}

static void nearby(struct bed *b) {
    start(b);
    i64 lamp = report(b, &chen, "place_stairs", "207"), mine = report(b, &chen, "place_home", "206");
    CHECK_I64((i64)near_of(b, WANG, 207, PLACE_STAIRS, HOME_WANG).n, 1);   /* the same building */
    CHECK_I64((i64)near_of(b, ZHAO, 207, PLACE_STAIRS, HOME_ZHAO).n, 0);   /* another one */
    CHECK_I64((i64)near_of(b, WANG, 206, PLACE_HOME, HOME_WANG).n, 0);     /* a neighbour's home is nobody's business */
    CHECK_I64((i64)near_of(b, WANG, 208, PLACE_STAIRS, HOME_WANG).n, 0);   /* another thing */
    CHECK(near_of(b, CHEN, 207, PLACE_STAIRS, HOME_CHEN).mine);
    CHECK(GO(wang, "appeal.case.follow", "case_id", id_of(b, lamp)) == OK);
    CHECK(GO(wang, "appeal.case.follow", "case_id", id_of(b, lamp)) == E_STATE);   /* once */
    CHECK(GO(chen, "appeal.case.follow", "case_id", id_of(b, lamp)) == E_STATE);   /* his own */
    CHECK(GO(wang, "appeal.case.follow", "case_id", id_of(b, mine)) == E_MISSING); /* at home */
    CHECK_I64(bed_count(b, &t_follows), 1);
    struct near_ask q = near_of(b, WANG, 207, PLACE_STAIRS, HOME_WANG);
    CHECK(q.followed && q.followers == 1 && !q.mine);
    report(b, &chen, "place_yard", "402");
    CHECK_I64((i64)near_of(b, ZHAO, 402, PLACE_YARD, HOME_ZHAO).n, 1);     /* the yard is everybody's */
    until(b, "2026-11-27T08:59:00+08:00");
    CHECK_I64((i64)near_of(b, ZHAO, 402, PLACE_YARD, HOME_ZHAO).n, 1);
    set_now("2026-11-27T09:00:00+08:00");
    CHECK_I64((i64)near_of(b, ZHAO, 402, PLACE_YARD, HOME_ZHAO).n, 0);     /* 72 hours */
    CHECK_I64((i64)near_of(b, CHEN, 402, PLACE_YARD, HOME_CHEN).n, 1);     /* one's own: seven days */
}

TEST(appeal_shows_what_neighbours_reported) { bed_each(a, house, nearby); }

/* ---- the two sides ---- */

static void sides(struct bed *b) {
    start(b);
    i64 id = report(b, &chen, "place_home", "207");
    const char *x = id_of(b, id);
    CHECK(GO(wang, "appeal.case.withdraw", "case_id", x) ==
          E_MISSING); /* a neighbour does not even learn that it is there */
    CHECK(GO(chen, "appeal.case.accept", "case_id", x) == E_DENIED);
    CHECK(GO(clerk, "appeal.case.accept", "case_id", x, "version", "7") == E_CONFLICT);
    CHECK(GO(clerk, "appeal.case.accept", "case_id", x, "version", "0") == OK);
    CHECK(GO(clerk, "appeal.case.confirm", "case_id", x) == E_DENIED);
    CHECK(GO(clerk, "appeal.case.done", "case_id", x, "words", "") == E_INPUT);
    CHECK(GO(clerk, "appeal.case.pause", "case_id", x, "words", "等配件") == OK);
    CHECK(GO(clerk, "appeal.case.done", "case_id", x, "words", "换了灯") == E_STATE);
    CHECK(GO(clerk, "appeal.case.resume", "case_id", x, "words", "配件到了") == OK);
    CHECK(GO(clerk, "appeal.case.done", "case_id", x, "words", "换了灯") == OK);
    CHECK_I64(look_at(b, id).h.state, CASE_DONE);
    until(b, "2026-11-24T10:00:00+08:00");
    CHECK_I64(on_desk(b, CHEN, DESK_PERSON), 1);
    CHECK_I64(on_desk(b, BED_ESTATE, DESK_ENTERPRISE), 0);
    CHECK_I64(bed_count(b, &t_notices), 4);   /* accepted, paused, resumed, done */
    CHECK(GO(chen, "appeal.case.reopen", "case_id", x) == OK);   /* one tap */
    CHECK_I64(look_at(b, id).h.state, CASE_WAITING);
    CHECK_I64(counted(b, APPEAL_REOPENED, 202611), 1);
    CHECK(GO(street, "appeal.case.supervise", "case_id", x, "words", "请今天办完。") == OK);
    CHECK(GO(chen, "appeal.case.supervise", "case_id", x, "words", "快点") == E_DENIED);
    CHECK(GO(street, "appeal.case.accept", "case_id", x) == E_STATE);   /* nobody stops another's clock */
    CHECK(GO(clerk, "appeal.case.accept", "case_id", x) == OK);
    CHECK(GO(clerk, "appeal.case.arrive", "case_id", x) == OK);
    CHECK(GO(clerk, "appeal.case.done", "case_id", x, "words", "换了灯座") == OK);
    CHECK(GO(chen, "appeal.case.rate", "case_id", x, "stars", "5") == E_STATE);
    CHECK(GO(chen, "appeal.case.confirm", "case_id", x) == OK);
    CHECK(GO(chen, "appeal.case.rate", "case_id", x, "stars", "6") == E_INPUT);
    CHECK(GO(chen, "appeal.case.rate", "case_id", x, "stars", "4") == OK);
    CHECK(GO(chen, "appeal.case.rate", "case_id", x, "stars", "5") == E_STATE);
    CHECK_I64(counted(b, APPEAL_SOLVED, 202611), 1);
    CHECK_I64(counted(b, APPEAL_DONE, 202611), 2);
    CHECK_I64(counted(b, APPEAL_STARS, 202611), 4);
    until(b, "2026-12-20T10:00:00+08:00");
    CHECK(GO(chen, "appeal.case.reopen", "case_id", x, "words", "又坏了") == OK);
    CHECK(GO(chen, "appeal.case.withdraw", "case_id", x) == OK);
    CHECK(GO(chen, "appeal.case.reopen", "case_id", x) == E_STATE);
    until(b, "2026-12-20T11:00:00+08:00");
}

TEST(appeal_goes_between_two_sides) { bed_each(a, house, sides); }

/* Handing on, sorting, the telephone. */
static void beside(struct bed *b) {
    start(b);
    CHECK(GO(chen, "appeal.case.report", "place", "place_yard", "category", "402", "contact", "contact_phone",
             "phone", "13911112222") == OK);
    i64 id = last(b);
    const char *x = id_of(b, id);
    CHECK(GO(clerk, "appeal.case.sort", "case_id", x, "words", "是消防通道", "category", "600") == E_INPUT);
    CHECK(GO(clerk, "appeal.case.sort", "case_id", x, "words", "是消防通道", "category", "602") == OK);
    CHECK_I64(look_at(b, id).h.urgency, URGENT);
    CHECK_I64(counted(b, APPEAL_KIND + 400, 202611), 0);
    CHECK_I64(counted(b, APPEAL_KIND + 600, 202611), 1);
    CHECK(GO(clerk, "appeal.case.hand", "case_id", x, "words", "要街道出面", "side", "street") == OK);
    CHECK(GO(clerk, "appeal.case.hand", "case_id", x, "words", "要街道出面", "side", "street") == E_INPUT);
    CHECK(GO(chen, "appeal.case.hand", "case_id", x, "words", "给你", "side", "enterprise") == E_DENIED);
    until(b, "2026-11-24T09:10:00+08:00");
    CHECK_I64(on_desk(b, BED_STREET, DESK_OFFICE), 1);
    CHECK_I64(on_desk(b, BED_ESTATE, DESK_ENTERPRISE), 0);
    /* The row of the look lies with the person concerned; nobody may put it elsewhere. */
    const char *e = id_of(b, BED_ESTATE);
    CHECK(GO(clerk, "appeal.phone.reveal", "estate_id", e, "case_id", x, "reason", "约时间") == E_MISSING);
    CHECK(GO(clerk, "appeal.phone.reveal", "estate_id", e, "case_id", x, "person_id", id_of(b, WANG),
             "reason", "约时间") == E_MISSING);
    CHECK(GO(wang, "appeal.phone.reveal", "estate_id", e, "case_id", x, "person_id", id_of(b, CHEN), "reason",
             "约时间") == E_MISSING);
    CHECK(GO(clerk, "appeal.phone.reveal", "estate_id", e, "case_id", x, "person_id", id_of(b, CHEN),
             "reason", "约时间") == OK);
    CHECK_I64(bed_count(b, &t_looks), 1);
}

TEST(appeal_is_handed_on_sorted_and_called_about) { bed_each(a, house, beside); }

/* Time: late at once to the community, a day later to the street; five working days of silence close. */
static void clocks(struct bed *b) {
    start(b);
    i64 late = report(b, &wang, "place_stairs", "207"), quiet = report(b, &chen, "place_stairs", "208");
    CHECK(GO(wang, "appeal.case.follow", "case_id", id_of(b, quiet)) == OK);
    CHECK(GO(clerk, "appeal.case.accept", "case_id", id_of(b, quiet)) == OK);
    CHECK(GO(clerk, "appeal.case.done", "case_id", id_of(b, quiet), "words", "换了闭门器") == OK);
    until(b, "2026-11-25T09:00:01+08:00");
    struct case_head h = look_at(b, late).h;
    CHECK(h.overdue && h.late == 1 && h.level == SIDE_COMMUNITY);
    CHECK_I64(on_desk(b, BED_COMMUNITY, DESK_OFFICE), 1);
    CHECK_I64(counted(b, APPEAL_OVERDUE, 202611), 1);
    until(b, "2026-11-26T09:00:01+08:00");
    CHECK_I64(look_at(b, late).h.level, SIDE_STREET);
    CHECK_I64(on_desk(b, BED_STREET, DESK_OFFICE), 1);
    CHECK(GO(clerk, "appeal.case.accept", "case_id", id_of(b, late)) == OK);
    until(b, "2026-11-26T09:30:00+08:00");
    CHECK_I64(on_desk(b, BED_STREET, DESK_OFFICE), 0);
    until(b, "2026-11-30T23:59:00+08:00");
    CHECK_I64(look_at(b, quiet).h.state, CASE_DONE);
    until(b, "2026-12-02T00:10:00+08:00");
    h = look_at(b, quiet).h;
    CHECK(h.state == CASE_CLOSED && h.outcome.v == OUTCOME_UNANSWERED);
    CHECK_I64(counted(b, APPEAL_UNANSWERED, 202612), 1);
    CHECK_I64(bed_count(b, &t_notices), 3);   /* accepted, done, closed */
    /* A provisional year: nothing stops working. */
    CHECK(GO(chen, "appeal.case.reopen", "case_id", id_of(b, quiet)) == OK);
    CHECK(look_at(b, quiet).h.due_at.has);
}

TEST(appeal_keeps_time) { bed_each(a, house, clocks); }

/* ---- words ---- */

TEST(appeal_says_time_as_people_do) {
    instant n = bed_time("2026-11-24T12:20:00+08:00");
    CHECK_STR(appeal_when(a, bed_time("2026-11-24T18:00:00+08:00"), n, false), S("今天 18:00"));
    CHECK_STR(appeal_when(a, bed_time("2026-11-24T18:30:00+08:00"), n, true), S("今天晚上6点半"));
    CHECK_STR(appeal_when(a, bed_time("2026-11-23T08:05:00+08:00"), n, true), S("昨天早上8点5分"));
    CHECK_STR(appeal_when(a, bed_time("2025-03-01T08:05:00+08:00"), n, false), S("2025年3月1日 08:05"));
    CHECK_STR(appeal_due(a, bed_time("2026-11-28T00:00:00+08:00"), n, false), S("11月27日 24:00"));
    CHECK_STR(appeal_due(a, bed_time("2026-11-25T00:00:00+08:00"), n, true), S("今天夜里12点"));
    struct remaining r = appeal_remaining(a, bed_time("2026-11-27T18:00:00+08:00"), n, false, true);
    CHECK_STR(r.text, S("还剩3天，11月27日 18:00止（暂定）"));
    CHECK(!strcmp(r.tone, "tone-green") && !r.late);
    r = appeal_remaining(a, bed_time("2026-11-24T13:00:00+08:00"), n, false, false);
    CHECK_STR(r.text, S("还剩40分钟，今天 13:00止"));
    CHECK(!strcmp(r.tone, "tone-red") && !r.late);
    r = appeal_remaining(a, bed_time("2026-11-22T12:00:00+08:00"), n, false, false);
    CHECK_STR(r.text, S("已超时2天"));
    CHECK(r.late);
    CHECK_STR(appeal_phone_mask(a, S("13911112222")), S("139****2222"));
    CHECK_STR(appeal_phone_mask(a, S("01012345678")), S("****678"));
    CHECK(appeal_phone_fault(S("12345")) && appeal_phone_fault(S("13911")) &&
          !appeal_phone_fault(S("13911112222")) && !appeal_phone_fault(S("01065123456")));
}

TEST(appeal_photos_are_pairs_of_hashes) {
    str full, thumb, one = str_fmt(a, "%064d/%064d", 1, 2), two = str_fmt(a, "%.*s %.*s", STR(one), STR(one));
    CHECK(!appeal_photos_fault(one) && !appeal_photos_fault(two));
    CHECK_I64((i64)appeal_photos_count(two), 2);
    CHECK(appeal_photo_at(two, 1, &full, &thumb) && full.n == 64 && thumb.p[63] == '2');
    CHECK(!appeal_photo_at(two, 2, &full, &thumb));
    CHECK(appeal_photos_fault(S("x")) && appeal_photos_fault(str_fmt(a, "%.*s ", STR(one))) &&
          appeal_photos_fault(str_from(one, 1)));
    CHECK_I64((i64)appeal_photos_count(S("")), 0);
}

/* ---- the demonstration ---- */

enum { SEED_ESTATES = 60, SEED_HOMES = 12 };

static err city(struct tx *tx, void *arg) {
    (void)arg;
    TRY(calendar_seed(tx, data_text("holidays.tsv"), data_text("statutory.tsv")));
    TRY(calendar_load(tx));
    TRY(rule_seed(tx, data_text("rules.tsv")));
    TRY(rule_load(tx));
    for (int i = 2; i < SEED_ESTATES; i++) {
        struct area x = { .id = 100 + i,
                          .code = 1101050010010001 + i,
                          .level = ESTATE,
                          .name = str_fmt(tx->a, "演示%d", i),
                          .short_name = S("演示"),
                          .kind = S(""),
                          .stat_code = S(""),
                          .legal_parent = S(""),
                          .pinyin = S(""),
                          .initials = S("") };
        TRY(entity_insert(tx, &area_entity, &x));
    }
    TRY(area_load(tx));
    for (int i = 0; i < SEED_ESTATES; i++) {
        i64 id = i == 0 ? BED_ESTATE : i == 1 ? BED_ESTATE_2 : 100 + i;
        char sign[8];
        snprintf(sign, sizeof sign, "zz%03d", i);
        TRY(add_estate(tx, id, str_c(tx->a, str_of(sign))));
        TRY(add_building(tx, id, 31, "1号楼"));
        for (int k = 0; k < SEED_HOMES; k++)
            TRY(add_home(tx, id, 31, 200 + k, 20000 + i * 100 + k, "张三",
                         str_c(tx->a, str_fmt(tx->a, "1号楼1单元%d", 101 + k))));
    }
    return OK;
}

static err sow(struct tx *tx, void *arg) {
    (void)arg;
    struct seed s = { .tx = tx, .dice = 20261124, .scale = 1, .now = tx->now };
    return appeal_seed(&s);
}

SQL(t_cases, "", "i", "SELECT count(*) FROM case_head WHERE kind = 'appeal'")
SQL(t_open, "", "i", "SELECT count(*) FROM case_head WHERE kind = 'appeal' AND state < 9")
SQL(t_late, "", "i", "SELECT count(*) FROM case_head WHERE kind = 'appeal' AND late > 0")
SQL(t_street, "", "i", "SELECT count(*) FROM case_head WHERE kind = 'appeal' AND late > 0 AND level = 4")
SQL(t_months, "", "i",
    "SELECT count(*) FROM (SELECT month FROM metric_count WHERE metric = 100 GROUP BY month) AS months")
SQL(t_heavy, "", "i",
    "SELECT CAST(sum(n) AS BIGINT) FROM (SELECT count(*) AS n FROM case_head GROUP BY estate_id ORDER BY n "
    "DESC LIMIT 6) AS heavy")
SQL(t_least, "", "i",
    "SELECT min(n) FROM (SELECT CAST(sum(n) AS BIGINT) AS n FROM metric_count WHERE metric = 100 GROUP BY "
    "month) AS months")
SQL(t_clocks, "", "i", "SELECT count(*) FROM clock WHERE running = 1")
SQL(t_future, "", "i", "SELECT count(*) FROM case_entry WHERE at > 1795482000000000")
SQL(t_heating, "", "i",
    "SELECT count(*) FILTER (WHERE category = 202) * 100 / count(*) FROM case_head WHERE "
    "(opened_at + 28800000000) / 86400000000 BETWEEN 20423 AND 20500")
SQL(t_summer, "", "i",
    "SELECT count(*) FILTER (WHERE category = 202) * 100 / count(*) FROM case_head WHERE "
    "(opened_at + 28800000000) / 86400000000 BETWEEN 20605 AND 20666")

static void shape(struct bed *b) {
    i64 began = clock_mono_ns();
    CHECK_I64(bed_tx(b, at, true, sow, NULL), OK);
    i64 ms = (clock_mono_ns() - began) / 1000000, cases = bed_count(b, &t_cases), open = bed_count(b, &t_open);
    if (!b->postgres) printf("seed: %lld cases in %lld ms\n", (long long)cases, (long long)ms);
    CHECK(ms < 20000);
    CHECK(cases > 4500 && cases < 5500);
    CHECK(open >= 40 && open <= 60);
    CHECK_I64(bed_count(b, &t_months), 24);
    CHECK(bed_count(b, &t_least) > 50);
    i64 heavy = bed_count(b, &t_heavy) * 100 / cases;
    CHECK(heavy >= 42 && heavy <= 58);   /* six of sixty make about half */
    CHECK(bed_count(b, &t_late) >= 6);
    CHECK(bed_count(b, &t_street) >= 2);
    CHECK(bed_count(b, &t_clocks) >= open / 2);
    CHECK_I64(bed_count(b, &t_future), 0);
    CHECK(bed_count(b, &t_heating) > 3 * bed_count(b, &t_summer));
    /* Time goes on from here as if all of it had really happened. */
    until(b, "2026-11-24T10:00:00+08:00");
    until(b, "2026-12-10T10:00:00+08:00");
}

static void shape_city(struct bed *b) {
    open_data();
    crypt_load_seeded(7);
    set_now("2026-11-24T09:00:00+08:00");
    CHECK(access_load(data_text("roles.tsv")));
    CHECK(appeal_kinds_load() == OK);
    CHECK(bed_tx(b, at, true, city, NULL) == OK);
    shape(b);
}

TEST(appeal_demonstration_has_its_shape) { bed_each(a, house, shape_city); }
