#include "base/test.h"
#include "kit/casework/casework.h"
#include "kit/event/bed.h"
#include "kit/metric/metric.h"

/* ---- a small room of cases ---- */

enum { M_REPORTED = 501, M_DONE, M_OVERDUE, M_REOPENED, M_CLOSED, M_SOLVED, M_UNANSWERED, M_RATED, M_STARS,
       M_KIND = 600 };

static const struct step toy_steps[] = {
    { "report", 0, CASE_WAITING, NULL, NULL, false },
    { "accept", CASE_WAITING, CASE_WORKING, "toy.handle", NULL, false },
    { "refuse", CASE_WAITING, CASE_CLOSED, "toy.handle", NULL, true },
    { "arrive", CASE_WORKING, CASE_ARRIVED, "toy.handle", NULL, false },
    { "done", CASE_WORKING, CASE_DONE, "toy.handle", NULL, true },
    { "done", CASE_ARRIVED, CASE_DONE, "toy.handle", NULL, true },
    { "confirm", CASE_DONE, CASE_CLOSED, "toy.confirm", NULL, false },
    { "reopen", CASE_DONE, CASE_WORKING, "toy.confirm", NULL, true },
    { "reopen", CASE_CLOSED, CASE_WORKING, "toy.confirm", NULL, true },
    { "withdraw", CASE_WAITING, CASE_CLOSED, "toy.confirm", NULL, true },
    { "withdraw", CASE_WORKING, CASE_CLOSED, "toy.confirm", NULL, true },
};
static const struct flow toy_flow = { "case_head", "state", case_states, toy_steps, COUNT(toy_steps) };

static err toy_sign(struct tx *tx, i64 estate, str *ret) {
    *ret = str_fmt(tx->a, "zz%03lld", (long long)estate);
    return OK;
}
static enum case_urgency toy_urgency(i64 category) {
    return category < 10 ? URGENT : category < 20 ? ORDINARY : COMPLICATED;
}
static enum case_side toy_side(i64 category) { return category == 25 ? SIDE_STREET : SIDE_ENTERPRISE; }

static int told[3];   /* overdue, escalate, unanswered: how often the room was asked whom it tells */
static err toy_expired(struct tx *tx, const struct case_head *h, const char *action, str words) {
    (void)tx;
    CHECK(words.n > 0 && h->id != 0);
    int which = !strcmp(action, "overdue") ? 0 : !strcmp(action, "escalate") ? 1 : 2;
    __atomic_add_fetch(&told[which], 1, __ATOMIC_RELAXED);
    return OK;
}

static const struct casework toy = {
    .kind = "toy", .label = "玩具", .flow = &toy_flow, .sign = toy_sign, .urgency = toy_urgency, .side = toy_side,
    .metrics = { M_REPORTED, M_DONE, M_OVERDUE, M_REOPENED, M_CLOSED, M_SOLVED, M_UNANSWERED, M_RATED, M_STARS,
                 M_KIND },
    .expired = toy_expired,
};
CASEWORK(toy)

#define OPEN_IN(F)                                                                                               \
    F(category, INT, "类别")                                                                                     \
    F(reporter, OPT_REF, "报事人")                                                                               \
    F(fail, FLAG, "最后失败")
struct open_in { FIELD_STRUCT(OPEN_IN) };
#define ENT struct open_in
static const struct field open_fields[] = { FIELD_LIST(OPEN_IN) FIELD_END };
#undef ENT

static i64 last_id;

static err open_run(struct tx *tx, const void *p) {
    const struct open_in *in = p;
    struct case_head h;
    struct case_new n = { .category = in->category, .place = PLACE_STAIRS, .title = S("楼道灯不亮"), .words = S("三层"),
                          .spot = S("3 号楼"), .reporter = in->reporter, .by = SIDE_OWNER };
    TRY(case_open(tx, &toy, &n, &h));
    if (in->fail) return op_fail(tx, E_STATE, NULL, "不成。");
    last_id = h.id;
    return OK;
}

#define ACT_IN(F)                                                                                                \
    F(id, REF, "案件", .flags = REQ)                                                                             \
    F(version, OPT_INT, "版本")                                                                                  \
    F(what, TEXT, "办法")                                                                                        \
    F(action, TEXT, "动作")                                                                                      \
    F(words, LINES, "说明")                                                                                      \
    F(number, INT, "数")                                                                                         \
    F(hidden, FLAG, "不给报事人看")
struct act_in { FIELD_STRUCT(ACT_IN) };
#define ENT struct act_in
static const struct field act_fields[] = { FIELD_LIST(ACT_IN) FIELD_END };
#undef ENT

static err act_run(struct tx *tx, const void *p) {
    const struct act_in *in = p;
    struct case_head h;
    TRY(case_get(tx, &toy, op_estate(tx), in->id, in->version.has ? in->version.v : -1, &h));
    struct case_act act = { .action = str_c(tx->a, in->action), .words = in->words, .side = SIDE_ENTERPRISE,
                            .outcome = in->number, .hidden = in->hidden != 0 };
    if (str_is(in->what, "move")) return case_move(tx, &toy, &h, &act);
    if (str_is(in->what, "pause")) return case_pause(tx, &toy, &h, &act);
    if (str_is(in->what, "resume")) return case_resume(tx, &toy, &h, &act);
    if (str_is(in->what, "hand")) return case_hand(tx, &toy, &h, (enum case_side)in->number, &act);
    if (str_is(in->what, "sort")) return case_sort(tx, &toy, &h, in->number, 0, &act);
    if (str_is(in->what, "rate")) return case_rate(tx, &toy, &h, in->number, &act);
    if (str_is(in->what, "part"))
        return case_part_put(tx, &h, SIDE_DEPARTMENT, in->number, PART_OPEN, (opt_instant){ 0 });
    return case_note(tx, &toy, &h, &act);
}

static const struct command toy_commands[] = {
    { .name = "toy.open", .title = "报", .shard = SHARD_ESTATE, .in = open_fields, .in_size = sizeof(struct open_in),
      .run = open_run },
    { .name = "toy.act", .title = "办", .shard = SHARD_ESTATE, .in = act_fields, .in_size = sizeof(struct act_in),
      .run = act_run },
    COMMAND_END
};
static const struct module toy_module = { .name = "toy", .commands = toy_commands };
static const struct module *const house[] = { &calendar_module, &rule_module, &event_module, &casework_module,
                                              &toy_module, NULL };

static const char rules_tsv[] =
    "id\tname\tvalue\tunit\tbasis\tnote\tfrom\tto\n"
    "toy.urgent.accept\t受理\t30\tminute\tDEFAULT\t\t2025-01-01\t\n"
    "toy.urgent.arrive\t到场\t2\thour\tDEFAULT\t\t2025-01-01\t\n"
    "toy.urgent.done\t办结\t24\thour\tDEFAULT\t\t2025-01-01\t\n"
    "toy.ordinary.accept\t受理\t24\thour\tDEFAULT\t\t2025-01-01\t\n"
    "toy.ordinary.done\t办结\t7\tday\tDEFAULT\t\t2025-01-01\t\n"
    "toy.complicated.accept\t受理\t24\thour\tDEFAULT\t\t2025-01-01\t\n"
    "toy.complicated.done\t办结\t15\tday\tDEFAULT\t\t2025-01-01\t\n"
    "toy.confirm\t确认\t5\tworkday\tDEFAULT\t\t2025-01-01\t\n"
    "toy.reopen\t重开\t30\tday\tDEFAULT\t\t2025-01-01\t\n"
    "toy.escalate.community\t社区\t0\thour\tDEFAULT\t\t2025-01-01\t\n"
    "toy.escalate.street\t街道\t24\thour\tDEFAULT\t\t2025-01-01\t\n";
static const char holidays_tsv[] =
    "day\tkind\tname\n2026-01-01\tholiday\t元旦\n"
    "2026-02-14\tworkday\t春节\n2026-02-15\tholiday\t春节\n2026-02-16\tholiday\t春节\n"
    "2026-02-17\tholiday\t春节\n2026-02-18\tholiday\t春节\n2026-02-19\tholiday\t春节\n2026-02-20\tholiday\t春节\n"
    "2026-02-21\tholiday\t春节\n2026-02-22\tholiday\t春节\n2026-02-23\tholiday\t春节\n2026-02-28\tworkday\t春节\n";
#define YEAR_2027                                                                                                \
    "2027-01-01 holiday 元旦\n2027-01-02 holiday 元旦\n2027-01-04 holiday 元旦\n2027-02-05 holiday 春节\n"        \
    "2027-05-01 holiday 劳动节\n2027-10-01 holiday 国庆节\n2027-10-02 holiday 国庆节\n"

static err seed(struct tx *tx, void *arg) {
    (void)arg;
    TRY(calendar_seed(tx, str_of(holidays_tsv), S("day\tname\n2027-01-01\t元旦\n")));
    TRY(calendar_load(tx));
    TRY(rule_seed(tx, str_of(rules_tsv)));
    return rule_load(tx);
}

static instant at;
static instant now(void) { return at; }
static int serial;

static void set_now(const char *text) { at = bed_time(text); }

static void start(struct bed *b) {
    set_now("2026-11-24T09:00:00+08:00");
    memset(told, 0, sizeof told);
    CHECK(bed_tx(b, at, true, seed, NULL) == OK);
}

static i64 open_case(struct bed *b, int category, i64 reporter) {
    char key[24], cat[8];
    snprintf(key, sizeof key, "key-open-%d", ++serial);
    snprintf(cat, sizeof cat, "%d", category);
    const char *who = reporter ? str_c(b->a, id_text(b->a, reporter)) : "0";
    const char *const in[] = { "category", cat, reporter ? "reporter" : "fail", who, NULL };
    last_id = 0;
    CHECK(bed_do(b, at, &bed_system, BED_ESTATE, "toy.open", key, in, NULL, NULL) == OK);
    return last_id;
}

static struct faults why;   /* of the last act */

static err act_as(struct bed *b, const struct actor *who, i64 id, const char *what, const char *action,
                  const char *words, int number) {
    char key[24], n[12];
    snprintf(key, sizeof key, "key-act-%d", ++serial);
    snprintf(n, sizeof n, "%d", number);
    const char *const in[] = { "id", str_c(b->a, id_text(b->a, id)), "what", what, "action", action, "words", words,
                               "number", n, NULL };
    return bed_do(b, at, who, BED_ESTATE, "toy.act", key, in, &why, NULL);
}
static err act(struct bed *b, i64 id, const char *what, const char *action, const char *words, int number) {
    return act_as(b, &bed_system, id, what, action, words, number);
}
static err move(struct bed *b, i64 id, const char *action, int outcome) {
    return act(b, id, "move", action, "说明", outcome);
}

struct get { i64 id; struct case_head h; };
static err get_run(struct tx *tx, void *arg) {
    struct get *g = arg;
    return case_get(tx, &toy, BED_ESTATE, g->id, -1, &g->h);
}
static struct case_head head(struct bed *b, i64 id) {
    struct get g = { .id = id };
    CHECK(bed_tx(b, at, false, get_run, &g) == OK);
    return g.h;
}

static err checks_run(struct tx *tx, void *arg) {
    (void)arg;
    for (const struct check *c = casework_module.checks; c->label; c++) {
        struct rows rows;
        TRY(db_all_n(tx, &rows, c->sql, NULL, 0));
        if (rows.n) printf("%s\n", c->label);
        CHECK_I64((i64)rows.n, 0);
    }
    return OK;
}
static void checks(struct bed *b) { CHECK(bed_tx(b, at, false, checks_run, NULL) == OK); }

static void until(struct bed *b, const char *text) {
    i64 fired;
    struct carrier *c = carrier_make(b->l, house, now);
    CHECK(carrier_run_until(c, bed_time(text), &fired) == OK);
    CHECK_I64(carrier_stats(c).failures, 0);
    carrier_stop(c);
    set_now(text);
    checks(b);
}

static void due_is(struct bed *b, i64 id, const char *want) {
    struct case_head h = head(b, id);
    buf got = buf_in(b->a, 64), exp = buf_in(b->a, 64);
    instant_put(&got, h.due_at.v);
    instant_put(&exp, bed_time(want));
    CHECK(h.due_at.has);
    CHECK_STR(buf_str(&got), buf_str(&exp));
}

/* ---- the flow ---- */

/* Brings a fresh case into a state by the shortest way. */
static i64 in_state(struct bed *b, i64 state) {
    i64 id = open_case(b, 11, 9001);
    if (state >= CASE_WORKING) CHECK(move(b, id, "accept", 0) == OK);
    if (state == CASE_ARRIVED) CHECK(move(b, id, "arrive", 0) == OK);
    if (state >= CASE_DONE) CHECK(move(b, id, "done", 0) == OK);
    if (state == CASE_CLOSED) CHECK(move(b, id, "confirm", OUTCOME_SOLVED) == OK);
    CHECK_I64(head(b, id).state, state);
    return id;
}

static void steps(struct bed *b) {
    static const i64 states[] = { CASE_WAITING, CASE_WORKING, CASE_ARRIVED, CASE_DONE, CASE_CLOSED };
    static const char *const actions[] = { "accept", "refuse", "arrive", "done", "confirm", "reopen", "withdraw",
                                           "report", "fly" };
    int allowed = 0, refused = 0;
    start(b);
    for (size_t s = 0; s < COUNT(states); s++)
        for (size_t k = 0; k < COUNT(actions); k++) {
            i64 id = in_state(b, states[s]);
            struct case_head was = head(b, id);
            const struct step *step = case_step(&toy, &was, actions[k]);
            err e = move(b, id, actions[k], OUTCOME_SOLVED);
            struct case_head is = head(b, id);
            if (step) {
                allowed++;
                CHECK(e == OK);
                CHECK_I64(is.state, step->to);
                CHECK_I64(is.version, was.version + 1);
            } else {
                refused++;
                CHECK(e == E_STATE);
                CHECK(why.n == 1 && str_starts(why.p[0].text, S("这件事现在是“")));
                CHECK_I64(is.state, was.state);
                CHECK_I64(is.version, was.version);
            }
        }
    CHECK_I64(allowed, 10);
    CHECK_I64(refused, 35);
    /* A step that asks for words, and one that closes without an outcome. */
    i64 id = in_state(b, CASE_WORKING);
    CHECK(act(b, id, "move", "done", " ", 0) == E_INPUT);
    CHECK_STR(fault_at(&why, "words"), S("请写明情况。"));
    CHECK(move(b, id, "withdraw", 0) == E_INPUT);
    CHECK(move(b, id, "withdraw", 77) == E_INPUT);
    struct carrier *c = carrier_make(b->l, house, now);
    CHECK(carrier_drain(c) == OK);
    carrier_stop(c);
    checks(b);
}

TEST(case_takes_only_steps_of_its_flow) { bed_each(a, house, steps); }

static void rights(struct bed *b) {
    start(b);
    CHECK(access_load(S("id\ttitle\tkind\tlevel\trights\nclerk\t客服\tenterprise\testate\ttoy.handle\n"
                        "owner\t业主\towner\thome\ttoy.confirm\n")));
    struct grant_held g = { .id = 1, .role = role_by_id(S("clerk")), .area = BED_ESTATE, .lo = 1101050010010001,
                            .hi = 1101050010010002 };
    struct tie_held mine = { .home = 70, .role = role_by_id(S("owner")), .to = { INT64_MAX } };
    struct actor clerk = { .person = 50, .name = S("王师傅"), .grants = &g, .ngrants = 1 };
    struct actor owner = { .person = 9001, .name = S("李女士"), .estate = BED_ESTATE, .ties = &mine, .nties = 1 };
    struct actor stranger = { .person = 9002, .name = S("别人"), .estate = BED_ESTATE, .ties = &mine, .nties = 1 };
    i64 id = open_case(b, 11, 9001);
    CHECK(act_as(b, &owner, id, "move", "accept", "x", 0) == E_DENIED);
    CHECK(act_as(b, &clerk, id, "move", "accept", "x", 0) == OK);
    CHECK(act_as(b, &clerk, id, "move", "done", "修好了", 0) == OK);
    CHECK(act_as(b, &clerk, id, "move", "confirm", "x", OUTCOME_SOLVED) == E_DENIED);
    CHECK(act_as(b, &stranger, id, "move", "confirm", "x", OUTCOME_SOLVED) == E_MISSING);
    CHECK(act_as(b, &owner, id, "move", "confirm", "x", OUTCOME_SOLVED) == OK);
    /* A call taken for nobody in particular is no neighbour's to confirm. */
    struct case_head h = { .estate_id = BED_ESTATE, .opened_at = at };
    struct object o = case_object(&h, 1101050010010001);
    CHECK(access_may(&owner, "toy.confirm", &o) == E_MISSING);
    CHECK(access_may(&clerk, "toy.handle", &o) == OK);
}

TEST(case_steps_ask_for_their_right) { bed_each(a, house, rights); }

/* ---- clocks ---- */

static void limits(struct bed *b) {
    start(b);
    i64 urgent = open_case(b, 1, 9001), plain = open_case(b, 11, 9001), hard = open_case(b, 21, 9001);
    due_is(b, urgent, "2026-11-24T09:30:00+08:00");
    due_is(b, plain, "2026-11-25T09:00:00+08:00");
    set_now("2026-11-24T09:10:00+08:00");
    CHECK(move(b, urgent, "accept", 0) == OK);
    due_is(b, urgent, "2026-11-24T11:00:00+08:00");
    CHECK(move(b, urgent, "arrive", 0) == OK);
    due_is(b, urgent, "2026-11-25T09:00:00+08:00");
    CHECK(move(b, plain, "accept", 0) == OK);
    due_is(b, plain, "2026-12-02T00:00:00+08:00");   /* seven natural days: 1 December, 24:00 */
    CHECK(move(b, hard, "accept", 0) == OK);
    due_is(b, hard, "2026-12-10T00:00:00+08:00");
    CHECK(move(b, plain, "done", 0) == OK);
    due_is(b, plain, "2026-12-02T00:00:00+08:00");   /* five working days: 25, 26, 27, 30 November, 1 December */
    CHECK(move(b, plain, "confirm", OUTCOME_SOLVED) == OK);
    CHECK(!head(b, plain).due_at.has);
    /* Spring Festival: reported on 9 February, the seventh day is a holiday and moves to the 24th. */
    set_now("2026-02-09T15:00:00+08:00");
    i64 spring = open_case(b, 11, 9001);
    CHECK(move(b, spring, "accept", 0) == OK);
    due_is(b, spring, "2026-02-25T00:00:00+08:00");
    /* Answered on Thursday the 12th: 13, Saturday 14 (worked), 24, 25, 26. */
    set_now("2026-02-12T15:00:00+08:00");
    CHECK(move(b, spring, "done", 0) == OK);
    due_is(b, spring, "2026-02-27T00:00:00+08:00");
    until(b, "2026-02-26T23:59:59+08:00");
    CHECK_I64(head(b, spring).state, CASE_DONE);
    until(b, "2026-02-27T00:00:00+08:00");
    struct case_head h = head(b, spring);
    CHECK_I64(h.state, CASE_CLOSED);
    CHECK_I64(h.outcome.v, OUTCOME_UNANSWERED);
    CHECK_I64(h.overdue, 0);
    CHECK_I64(told[2], 1);
}

TEST(case_clocks_follow_rules_and_calendar) { bed_each(a, house, limits); }

static void new_year(struct bed *b) {
    start(b);
    set_now("2026-12-29T10:00:00+08:00");
    i64 id = open_case(b, 11, 9001), other = open_case(b, 11, 9001);
    CHECK(move(b, id, "accept", 0) == OK);
    CHECK(move(b, id, "done", 0) == OK);
    due_is(b, id, "2027-01-07T00:00:00+08:00");   /* 30, 31 December, 4, 5, 6 January as far as is known */
    CHECK_I64(head(b, id).provisional, 1);
    CHECK_I64(head(b, other).provisional, 0);     /* accept within 24 hours is certain */
    CHECK(move(b, other, "accept", 0) == OK);
    CHECK_I64(head(b, other).provisional, 1);     /* 5 January: in a year not loaded */
    until(b, "2026-12-31T09:00:00+08:00");
    const char *const in[] = { "year", "2027", "days", YEAR_2027, NULL };
    i64 before = head(b, id).version;
    CHECK(bed_do(b, at, &bed_system, 0, "calendar.year.load", "key-year-2027", in, NULL, NULL) == OK);
    until(b, "2026-12-31T10:00:00+08:00");
    due_is(b, id, "2027-01-08T00:00:00+08:00");   /* 4 January is free as well */
    CHECK_I64(head(b, id).provisional, 0);
    CHECK_I64(head(b, id).version, before + 1);   /* once, however many of its clocks moved */
    CHECK_I64(head(b, other).provisional, 0);
    until(b, "2027-01-08T00:00:00+08:00");
    CHECK_I64(head(b, id).state, CASE_CLOSED);
}

TEST(case_clocks_beyond_the_calendar) { bed_each(a, house, new_year); }

SQL(desk_at, "iii", "i", "SELECT count(*) FROM desk_item WHERE desk_id = $1 AND desk = $2 AND ref = $3")
struct desk_ask { i64 desk_id, desk, ref, n; };
static err desk_ask_run(struct tx *tx, void *arg) {
    struct desk_ask *d = arg;
    struct row r;
    TRY(db_one(tx, &r, &desk_at, vi(d->desk_id), vi(d->desk), vi(d->ref)));
    d->n = r.v[0].i;
    return OK;
}
static i64 on_desk(struct bed *b, i64 desk_id, enum desk_kind desk, i64 ref) {
    struct desk_ask d = { desk_id, desk, ref, -1 };
    CHECK(bed_tx(b, at, false, desk_ask_run, &d) == OK);
    return d.n;
}

struct metric_ask { i64 no, n; };
static err metric_ask_run(struct tx *tx, void *arg) {
    struct metric_ask *m = arg;
    i64 n[2];
    TRY(metric_series(tx, BED_STREET, m->no, 202611, 202612, n));
    m->n = n[0] + n[1];
    return OK;
}
static i64 counted(struct bed *b, i64 no) {
    struct metric_ask m = { no, -1 };
    CHECK(bed_tx(b, at, false, metric_ask_run, &m) == OK);
    return m.n;
}

static void escalation(struct bed *b) {
    start(b);
    i64 id = open_case(b, 11, 9001);
    until(b, "2026-11-25T08:59:59+08:00");
    CHECK_I64(on_desk(b, BED_ESTATE, DESK_ENTERPRISE, id), 1);
    CHECK_I64(on_desk(b, BED_COMMUNITY, DESK_OFFICE, id), 0);
    CHECK_I64(head(b, id).overdue, 0);
    until(b, "2026-11-25T09:00:00+08:00");   /* the community hears at once */
    struct case_head h = head(b, id);
    CHECK_I64(h.overdue, 1);
    CHECK_I64(h.level, SIDE_COMMUNITY);
    CHECK_I64(h.side, SIDE_ENTERPRISE);
    CHECK_I64(on_desk(b, BED_ESTATE, DESK_ENTERPRISE, id), 1);
    CHECK_I64(on_desk(b, BED_COMMUNITY, DESK_OFFICE, id), 1);
    until(b, "2026-11-26T08:59:59+08:00");
    CHECK_I64(on_desk(b, BED_STREET, DESK_OFFICE, id), 0);
    until(b, "2026-11-26T09:00:00+08:00");   /* the street a day later */
    CHECK_I64(head(b, id).level, SIDE_STREET);
    CHECK_I64(on_desk(b, BED_STREET, DESK_OFFICE, id), 1);
    CHECK_I64(on_desk(b, BED_COMMUNITY, DESK_OFFICE, id), 1);
    CHECK(told[0] == 1 && told[1] == 2);
    CHECK(move(b, id, "accept", 0) == OK);   /* made good: it goes back, the mark stays */
    until(b, "2026-11-26T09:10:00+08:00");
    h = head(b, id);
    CHECK(h.overdue == 1 && h.late == 0 && h.level == SIDE_ENTERPRISE && !h.late_at.has);
    CHECK_I64(on_desk(b, BED_STREET, DESK_OFFICE, id), 0);
    CHECK_I64(on_desk(b, BED_COMMUNITY, DESK_OFFICE, id), 0);
    until(b, "2026-12-02T00:00:00+08:00");   /* and once more, because it was not done in seven days */
    CHECK_I64(head(b, id).level, SIDE_COMMUNITY);
    until(b, "2026-12-02T00:00:01+08:00");
    CHECK_I64(counted(b, M_OVERDUE), 1);     /* once a case */
    CHECK_I64(counted(b, M_REPORTED), 1);
    CHECK_I64(counted(b, M_KIND + 11), 1);
    /* What starts at the street rises to nobody without a rule for the district. */
    i64 street = open_case(b, 25, 9001);
    until(b, "2026-12-05T12:00:00+08:00");
    CHECK_I64(head(b, street).level, SIDE_STREET);
    CHECK_I64(head(b, street).overdue, 1);
    CHECK_I64(on_desk(b, BED_STREET, DESK_OFFICE, street), 1);
    CHECK_I64(on_desk(b, BED_ESTATE, DESK_ENTERPRISE, street), 0);
}

TEST(case_overdue_rises) { bed_each(a, house, escalation); }

static void reopening(struct bed *b) {
    start(b);
    i64 id = in_state(b, CASE_DONE), other = in_state(b, CASE_CLOSED), gone = open_case(b, 11, 9001);
    CHECK(move(b, gone, "withdraw", OUTCOME_WITHDRAWN) == OK);
    CHECK(move(b, gone, "reopen", 0) == E_STATE);
    instant first = head(b, id).done_at.v;
    until(b, "2026-11-25T10:00:00+08:00");
    CHECK_I64(on_desk(b, 9001, DESK_PERSON, id), 1);
    CHECK_I64(on_desk(b, BED_ESTATE, DESK_ENTERPRISE, id), 0);
    CHECK(move(b, id, "reopen", 0) == OK);
    until(b, "2026-11-25T10:00:01+08:00");
    CHECK_I64(on_desk(b, 9001, DESK_PERSON, id), 0);
    CHECK_I64(on_desk(b, BED_ESTATE, DESK_ENTERPRISE, id), 1);
    due_is(b, id, "2026-12-03T00:00:00+08:00");   /* the clock starts anew */
    CHECK(move(b, id, "done", 0) == OK);
    CHECK(head(b, id).done_at.v.us == first.us);   /* the first answer stays */
    CHECK_I64(head(b, id).reopened, 1);
    /* Thirty days after it closed: 24 December, 24:00. */
    until(b, "2026-12-24T23:59:59+08:00");
    instant last;
    struct case_head h = head(b, other);
    CHECK(case_may_reopen(&toy, &h, at, &last));
    CHECK_I64(last.us, bed_time("2026-12-25T00:00:00+08:00").us);
    CHECK(move(b, other, "reopen", 0) == OK);
    h = head(b, other);
    CHECK(!h.closed_at.has && !h.outcome.has);
    i64 late = id;   /* closed as unanswered on 2 December, 24:00 */
    CHECK_I64(head(b, late).state, CASE_CLOSED);
    until(b, "2027-01-05T00:00:00+08:00");
    CHECK(move(b, late, "reopen", 0) == E_STATE);
    CHECK_STR(why.p[0].text, S("已经过了可以重新打开的时间，请重新报一件。"));
}

TEST(case_reopens_within_its_time) { bed_each(a, house, reopening); }

static void pausing(struct bed *b) {
    start(b);
    i64 id = open_case(b, 11, 9001);
    CHECK(act(b, id, "pause", "pause", "", 0) == E_INPUT);
    set_now("2026-11-24T21:00:00+08:00");
    CHECK(act(b, id, "pause", "pause", "等配件", 0) == OK);
    CHECK(act(b, id, "pause", "pause", "等配件", 0) == E_STATE);
    CHECK(move(b, id, "accept", 0) == E_STATE);
    CHECK_STR(why.p[0].text, S("这件事暂停着，请先恢复办理。"));
    CHECK(act(b, id, "hand", "hand", "转", SIDE_STREET) == E_STATE);
    until(b, "2026-12-24T21:00:00+08:00");
    CHECK_I64(head(b, id).overdue, 0);
    CHECK(act(b, id, "resume", "resume", "配件到了", 0) == OK);
    due_is(b, id, "2026-12-25T09:00:00+08:00");   /* twelve hours were left */
    CHECK(act(b, id, "resume", "resume", "x", 0) == E_STATE);
    until(b, "2026-12-25T09:00:00+08:00");
    CHECK_I64(head(b, id).overdue, 1);
    /* Paused while it is late: it does not rise meanwhile; whoever takes it back need not wait. */
    CHECK(act(b, id, "pause", "pause", "等物业与业委会商定", 0) == OK);
    until(b, "2026-12-30T09:00:00+08:00");
    CHECK_I64(head(b, id).level, SIDE_COMMUNITY);
    CHECK(move(b, id, "withdraw", OUTCOME_WITHDRAWN) == OK);
    until(b, "2027-01-30T09:00:00+08:00");
    CHECK(act(b, id, "pause", "pause", "x", 0) == E_STATE);
}

TEST(case_pause_stops_the_clocks) { bed_each(a, house, pausing); }

static void handing(struct bed *b) {
    start(b);
    i64 id = open_case(b, 11, 9001), late = open_case(b, 11, 9001);
    CHECK(act(b, id, "hand", "hand", "", SIDE_STREET) == E_INPUT);
    CHECK(act(b, id, "hand", "hand", "归街道管", SIDE_OWNER) == E_INPUT);
    CHECK(act(b, id, "hand", "hand", "归街道管", SIDE_STREET) == OK);
    until(b, "2026-11-24T10:00:00+08:00");
    CHECK_I64(on_desk(b, BED_ESTATE, DESK_ENTERPRISE, id), 0);
    CHECK_I64(on_desk(b, BED_STREET, DESK_OFFICE, id), 1);
    due_is(b, id, "2026-11-25T09:00:00+08:00");   /* clocks go on */
    until(b, "2026-11-25T12:00:00+08:00");
    CHECK_I64(head(b, late).level, SIDE_COMMUNITY);
    CHECK(act(b, late, "hand", "hand", "归社区管", SIDE_COMMUNITY) == OK);
    until(b, "2026-11-26T09:00:00+08:00");
    CHECK_I64(head(b, late).level, SIDE_STREET);   /* from where it is now, a day after it became late */
    /* Sorted anew. */
    set_now("2026-11-26T10:00:00+08:00");
    i64 s = open_case(b, 11, 9001);
    CHECK(act(b, s, "sort", "sort", "", 21) == E_INPUT);
    set_now("2026-11-26T10:10:00+08:00");
    CHECK(act(b, s, "sort", "sort", "其实是紧急", 1) == OK);
    due_is(b, s, "2026-11-26T10:30:00+08:00");
    set_now("2026-11-26T10:20:00+08:00");
    CHECK(act(b, s, "sort", "sort", "还是一般", 12) == OK);
    due_is(b, s, "2026-11-27T10:00:00+08:00");
    set_now("2026-11-26T20:00:00+08:00");
    CHECK(act(b, s, "sort", "sort", "其实是紧急", 2) == OK);   /* nobody becomes late by it */
    due_is(b, s, "2026-11-26T20:30:00+08:00");
    until(b, "2026-11-26T20:29:00+08:00");
    CHECK_I64(head(b, s).overdue, 0);
    CHECK_I64(counted(b, M_KIND + 2), 1);
    CHECK_I64(counted(b, M_KIND + 12), 0);
    CHECK(act(b, s, "part", "", "", 77) == OK);
    CHECK(act(b, s, "part", "", "", 77) == OK);
}

TEST(case_changes_hands_and_category) { bed_each(a, house, handing); }

static void rating(struct bed *b) {
    start(b);
    i64 id = in_state(b, CASE_CLOSED), busy = in_state(b, CASE_WORKING);
    CHECK(act(b, busy, "rate", "rate", "", 5) == E_STATE);
    CHECK(act(b, id, "rate", "rate", "", 6) == E_INPUT);
    CHECK(act(b, id, "rate", "rate", "很快", 5) == OK);
    CHECK(act(b, id, "rate", "rate", "", 4) == E_STATE);
    CHECK_I64(head(b, id).rating.v, 5);
    CHECK(act(b, busy, "note", "note", "", 0) == E_INPUT);
    CHECK(act(b, busy, "note", "note", "在等料", 0) == OK);
    until(b, "2026-11-24T10:00:00+08:00");
    CHECK(counted(b, M_RATED) == 1 && counted(b, M_STARS) == 5);
    CHECK(counted(b, M_CLOSED) == 1 && counted(b, M_SOLVED) == 1);
    /* Somebody else was faster. */
    i64 v = head(b, busy).version;
    char old[24];
    snprintf(old, sizeof old, "%lld", (long long)v - 1);
    const char *const in[] = { "id", str_c(b->a, id_text(b->a, busy)), "version", old, "what", "move", "action", "done",
                               "words", "x", NULL };
    CHECK(bed_do(b, at, &bed_system, BED_ESTATE, "toy.act", "key-version-1", in, NULL, NULL) == E_CONFLICT);
}

TEST(case_rating_notes_and_versions) { bed_each(a, house, rating); }

/* ---- numbers and reading ---- */

struct read_ask {
    i64 id, entries, open, parts, found;
    str no;
    struct case_lines lines;
    struct case_query q;
    err by_no;
};

static err read_run(struct tx *tx, void *arg) {
    struct read_ask *r = arg;
    struct case_entries e;
    struct case_parts p;
    struct case_clocks c;
    TRY(case_entries(tx, BED_ESTATE, r->id, true, &e));
    r->entries = (i64)e.n;
    TRY(case_entries(tx, BED_ESTATE, r->id, false, &e));
    r->open = (i64)e.n;
    TRY(case_parts_of(tx, BED_ESTATE, r->id, &p));
    r->parts = (i64)p.n;
    TRY(case_clocks(tx, BED_ESTATE, r->id, &c));
    for (size_t i = 0; i < c.n; i++) CHECK(c.p[i].running && str_find(c.p[i].name, '.') < 0);
    r->q.estate = BED_ESTATE;
    TRY(case_list(tx, &toy, &r->q, &r->lines));
    r->by_no = case_by_no(tx, BED_ESTATE, r->no, &r->found);
    return OK;
}

static void reading(struct bed *b) {
    start(b);
    i64 ids[7];
    for (int i = 0; i < 6; i++) ids[i] = open_case(b, 11 + i % 2, 9000 + i % 3);
    CHECK_STR(head(b, ids[5]).no, S("zz005-261124-0006"));
    /* A command that fails leaves no gap. */
    const char *const in[] = { "category", "11", "fail", "1", NULL };
    CHECK(bed_do(b, at, &bed_system, BED_ESTATE, "toy.open", "key-open-fails", in, NULL, NULL) == E_STATE);
    ids[6] = open_case(b, 11, 9000);
    CHECK_I64(head(b, ids[6]).serial, 7);
    set_now("2026-11-25T00:00:00+08:00");
    CHECK_STR(head(b, open_case(b, 11, 9000)).no, S("zz005-261125-0001"));
    CHECK(move(b, ids[0], "withdraw", OUTCOME_WITHDRAWN) == OK);
    const char *const hide[] = { "id", str_c(b->a, id_text(b->a, ids[1])), "what", "note", "action", "note",
                                 "words", "内部", "hidden", "1", NULL };
    CHECK(bed_do(b, at, &bed_system, BED_ESTATE, "toy.act", "key-hide-1", hide, NULL, NULL) == OK);
    struct read_ask r = { .id = ids[1], .no = S(" ZZ005-261124-0003 "), .q = { .limit = 3 } };
    CHECK(bed_tx(b, at, false, read_run, &r) == OK);
    CHECK(r.entries == 2 && r.open == 1 && r.by_no == OK && r.found == ids[2]);
    CHECK(r.lines.n == 3 && r.lines.p[1].head.id == ids[6] && r.lines.next == ids[5]);
    CHECK_STR(r.lines.p[0].title, S("楼道灯不亮"));
    i64 seen = 0;
    r.q = (struct case_query){ .limit = 3 };
    do {
        CHECK(bed_tx(b, at, false, read_run, &r) == OK);
        seen += (i64)r.lines.n;
        r.q.before = r.lines.next;
    } while (r.lines.next);
    CHECK_I64(seen, 8);
    static const struct { struct case_query q; i64 n; const char *no; bool found; } cases[] = {
        { { .open_only = true }, 7, "261124-0001", true },
        { { .category = 12 }, 3, "1", false },
        { { .state = CASE_CLOSED }, 1, "zz006-261124-0001", false },
        { { .state = CASE_WAITING, .category = 11 }, 4, "zz005-261131-0001", false },
        { { .reporter = 9001 }, 2, "zz005-261124-0099", false },
        { { .reporter = 9000, .open_only = true }, 3, "a-zz005-261124-0001", false },
        { { .reporter = 9000, .state = CASE_CLOSED }, 1, "", false },
        { { .reporter = 9000, .category = 11, .open_only = true }, 2, "zz005-26112-40001", false },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        r.q = cases[i].q;
        r.no = str_of(cases[i].no);
        CHECK(bed_tx(b, at, false, read_run, &r) == OK);
        CHECK_I64((i64)r.lines.n, cases[i].n);
        CHECK((r.by_no == OK) == cases[i].found);
    }
}

TEST(case_numbers_lists_and_timeline) { bed_each(a, house, reading); }

/* ---- anything, in any order, at any time ---- */

static void anything(struct bed *b) {
    static const char *const actions[] = { "accept", "refuse", "arrive", "done", "confirm", "reopen", "withdraw" };
    static const char *const others[] = { "pause", "resume", "note", "hand", "sort", "rate" };
    enum { CASES = 12, ROUNDS = 150 };
    i64 ids[CASES], done = 0;
    start(b);
    struct carrier *c = carrier_make(b->l, house, now);
    for (int i = 0; i < CASES; i++) ids[i] = open_case(b, (int)(test_random() % 30), i % 3 ? 9001 : 0);
    for (int i = 0; i < ROUNDS; i++) {
        i64 id = ids[test_random() % CASES], fired;
        int n = (int)(test_random() % 12);
        int category = (int)(test_random() % 30), side = SIDE_ENTERPRISE + (int)(test_random() % 3);
        const char *other = others[n % 6];
        err e = n < 7 ? move(b, id, actions[n], OUTCOME_SOLVED)
                      : act(b, id, other, other, "说明", n % 6 == 4 ? category : n % 6 == 3 ? side : 3);
        CHECK(e == OK || e == E_STATE || e == E_INPUT);
        done += e == OK;
        if (test_random() % 4) continue;
        at.us += (i64)(test_random() % (u64)(5 * DAY_US));
        CHECK(carrier_run_until(c, at, &fired) == OK);
        checks(b);
    }
    CHECK(done > 20);
    CHECK_I64(carrier_stats(c).failures, 0);
    carrier_stop(c);
}

TEST(case_holds_whatever_is_done) { bed_each(a, house, anything); }

/* ---- every statement of these parts fits both engines ---- */

static void statements(struct bed *b) {
    static const char *const parts[] = { "/calendar/", "/rule/", "/event/", "/casework/", "/desk/", "/audit/",
                                         "/metric/", "/command/" };
    struct conn *c = db_connect(b->d, DB_READ);
    int seen = 0;
    for (size_t i = 0; c && i < db_stmt_count(); i++) {
        struct stmt *s = db_stmt_at(i);
        bool mine = strstr(s->file, ".test.c") == NULL && strstr(s->name, "heard") == NULL;
        for (size_t k = 0; mine && k < COUNT(parts); k++)
            if (strstr(s->file, parts[k])) {
                bool ok = db_check(c, s);
                if (!ok) printf("%s: %s\n", s->name, db_message(c));
                CHECK(ok);
                seen++;
            }
    }
    CHECK(seen > 60);
    db_disconnect(c);
}

TEST(case_statements_fit_both_engines) { bed_each(a, house, statements); }
