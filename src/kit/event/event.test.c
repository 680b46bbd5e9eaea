#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <pthread.h>
#include "base/test.h"
#include "kit/event/bed.h"
#include "sys/clock/clock.h"

/* ---- a room that says, two that hear, one clock ---- */

#define HEARD_FIELDS(F)                                                                                          \
    F(estate_id, REF, "小区", .flags = KEY | SHARD)                                                              \
    F(id, ID, "编号", .flags = KEY)                                                                              \
    F(who, TEXT, "谁")                                                                                           \
    F(what, TEXT, "什么")                                                                                        \
    F(n, INT, "第几")                                                                                            \
    F(at, INSTANT, "时间")
#define HEARD_KEYS(K) K(PRIMARY, "estate_id, id") K(ROWS, "narrow")
struct heard { FIELD_STRUCT(HEARD_FIELDS) };
extern struct entity heard_entity;
#define ENT struct heard
ENTITY(heard, "听到的", HEARD_FIELDS, HEARD_KEYS)
#undef ENT

#define SAY_IN(F)                                                                                                \
    F(estate_id, REF, "小区")                                                                                    \
    F(what, TEXT, "什么")                                                                                        \
    F(n, INT, "第几")                                                                                            \
    F(times, INT, "几次")
struct say_in { FIELD_STRUCT(SAY_IN) };
#define ENT struct say_in
static const struct field say_fields[] = { FIELD_LIST(SAY_IN) FIELD_END };
#undef ENT
/* What a hearer takes: less than what is said, as if the publisher had grown. */
#define HEAR_IN(F) F(estate_id, REF, "小区") F(what, TEXT, "什么") F(n, INT, "第几")
struct hear_in { FIELD_STRUCT(HEAR_IN) };
#define ENT struct hear_in
static const struct field hear_fields[] = { FIELD_LIST(HEAR_IN) FIELD_END };
#undef ENT

static bool mended;   /* "bad" is refused until this is set */

static err say_run(struct tx *tx, const void *p) {
    struct say_in in = *(const struct say_in *)p;
    in.estate_id = op_estate(tx);
    for (i64 i = 0; i < in.times; i++) {
        op_event(tx, "probe.said", say_fields, &in);
        in.n++;
    }
    return op_count(tx, 77, 202611, 1);
}

static err note(struct tx *tx, i64 estate, const char *who, str what, i64 n) {
    struct heard h = { estate, id_new(), str_of(who), what, n, tx->now };
    return entity_insert(tx, &heard_entity, &h);
}

static err hear_run(struct tx *tx, const void *p) {
    const struct hear_in *in = p;
    if (str_is(in->what, "bad") && !mended) return op_fail(tx, E_STATE, "what", "现在听不进去。");
    return note(tx, op_estate(tx), "near", in->what, in->n);
}

static err far_run(struct tx *tx, const void *p) {
    const struct hear_in *in = p;
    return note(tx, 0, "far", in->what, in->n);
}

#define ARM_IN(F)                                                                                                \
    F(ref, REF, "案件")                                                                                          \
    F(rule, TEXT, "规则")                                                                                        \
    F(act, TEXT, "做什么")
struct arm_in { FIELD_STRUCT(ARM_IN) };
#define ENT struct arm_in
static const struct field arm_fields[] = { FIELD_LIST(ARM_IN) FIELD_END };
#undef ENT

static err arm_run(struct tx *tx, const void *p) {
    const struct arm_in *in = p;
    struct rule_value rule;
    struct clock c;
    if (str_is(in->act, "stop")) return clock_stop(tx, op_estate(tx), S("probe.tick"), in->ref);
    if (str_is(in->act, "pause")) return clock_pause(tx, op_estate(tx), S("probe.tick"), in->ref);
    if (str_is(in->act, "resume")) return clock_resume(tx, op_estate(tx), S("probe.tick"), in->ref);
    TRY(rule_at(in->rule, day_of(tx->now), &rule));
    return clock_arm(tx, op_estate(tx), S("probe.tick"), in->ref, &rule, tx->now, &c);
}

static err tick_run(struct tx *tx, const void *p) {
    const struct clock_event *in = p;
    if (in->ref == 666 && !mended) return E_STATE;
    TRY(note(tx, in->estate_id, "tick", in->rule, in->ref));
    op_event(tx, "probe.said", hear_fields, &(struct hear_in){ in->estate_id, S("tock"), in->ref });
    return OK;
}

static err moved_run(struct tx *tx, const void *p) {
    const struct clock_event *in = p;
    return note(tx, in->estate_id, "moved", in->kind, in->ref);
}

static const struct command probe_commands[] = {
    { .name = "probe.say", .title = "说", .shard = SHARD_ESTATE, .in = say_fields, .in_size = sizeof(struct say_in),
      .run = say_run },
    { .name = "probe.arm", .title = "定时", .shard = SHARD_ESTATE, .in = arm_fields, .in_size = sizeof(struct arm_in),
      .run = arm_run },
    { .name = "probe.tick", .title = "到时", .shard = SHARD_ESTATE, .internal = true, .in = clock_event_fields,
      .in_size = sizeof(struct clock_event), .run = tick_run },
    { .name = "probe.moved", .title = "变了", .shard = SHARD_ESTATE, .internal = true, .in = clock_event_fields,
      .in_size = sizeof(struct clock_event), .run = moved_run },
    COMMAND_END
};
static const struct command near_commands[] = {
    { .name = "near.hear", .title = "听", .shard = SHARD_ESTATE, .internal = true, .in = hear_fields,
      .in_size = sizeof(struct hear_in), .run = hear_run },
    COMMAND_END
};
static const struct command far_commands[] = {
    { .name = "far.hear", .title = "听", .shard = SHARD_HOUSE, .internal = true, .in = hear_fields,
      .in_size = sizeof(struct hear_in), .run = far_run },
    COMMAND_END
};
static const struct module probe_module = {
    .name = "probe", .entities = (struct entity *const[]){ &heard_entity, NULL }, .commands = probe_commands,
    .on = (const struct subscription[]){ { "clock.probe.tick", "probe.tick" }, { "clock.moved", "probe.moved" },
                                         { NULL, NULL } },
};
static const struct module near_module = {
    .name = "near", .commands = near_commands,
    .on = (const struct subscription[]){ { "probe.said", "near.hear" }, { NULL, NULL } },
};
static const struct module far_module = {
    .name = "far", .commands = far_commands,
    .on = (const struct subscription[]){ { "probe.said", "far.hear" }, { NULL, NULL } },
};
static const struct module *const house[] = { &calendar_module, &rule_module, &event_module, &probe_module,
                                              &near_module, &far_module, NULL };

SQL(heard_near, "", "i", "SELECT count(*) FROM heard WHERE who = 'near'")
SQL(heard_far, "", "i", "SELECT count(*) FROM heard WHERE who = 'far'")
SQL(heard_tick, "", "i", "SELECT count(*) FROM heard WHERE who = 'tick'")
SQL(heard_moved, "", "i", "SELECT count(*) FROM heard WHERE who = 'moved'")
SQL(heard_double, "", "i",
    "SELECT count(*) FROM (SELECT who, estate_id, what, n FROM heard WHERE who <> 'tick' AND what <> 'good' "
    "GROUP BY who, estate_id, what, n "
    "HAVING count(*) > 1) AS twice")
SQL(heard_disorder, "", "i",
    "SELECT count(*) FROM (SELECT n, max(n) OVER (PARTITION BY estate_id, what ORDER BY id) AS most FROM heard "
    "WHERE who = 'near') AS seen WHERE n < most")
SQL(op_said, "", "i", "SELECT count(*) FROM op WHERE command = 'probe.say'")
SQL(parked_rows, "", "i", "SELECT count(*) FROM event_parked")
SQL(feed_forget, "", "", "DELETE FROM event_feed")
SQL(metric_top, "", "i", "SELECT coalesce(min(n), -1) FROM metric_area WHERE metric = 77 AND area_id = 1")

static err forget_feed(struct tx *tx, void *arg) {
    (void)arg;
    return db_run_n(tx, &feed_forget, NULL, 0);
}

static const char rules_tsv[] = "id\tname\tvalue\tunit\tbasis\tnote\tfrom\tto\n"
                                "m30\t三十分\t30\tminute\tDEFAULT\t\t2025-01-01\t\n"
                                "h1\t一小时\t1\thour\tDEFAULT\t\t2025-01-01\t\n"
                                "w5\t五个工作日\t5\tworkday\tDEFAULT\t\t2025-01-01\t\n"
                                "d7\t七日\t7\tday\tDEFAULT\t\t2025-01-01\t\n";
static const char holidays_tsv[] = "day\tkind\tname\n"
                                   "2026-01-01\tholiday\t元旦\n2026-10-01\tholiday\t国庆\n2026-10-02\tholiday\t国庆\n"
                                   "2026-10-03\tholiday\t国庆\n2026-10-04\tholiday\t国庆\n2026-10-05\tholiday\t国庆\n";

static err seed(struct tx *tx, void *arg) {
    (void)arg;
    TRY(calendar_seed(tx, str_of(holidays_tsv), S("day\tname\n2027-01-01\t元旦\n")));
    TRY(calendar_load(tx));
    TRY(rule_seed(tx, str_of(rules_tsv)));
    return rule_load(tx);
}

static instant fixed_now;
static instant now(void) { return fixed_now; }

static void start(struct bed *b) {
    mended = false;
    fixed_now = bed_time("2026-11-24T09:00:00+08:00");
    CHECK(bed_tx(b, fixed_now, true, seed, NULL) == OK);
}

static err say(struct bed *b, i64 estate, const char *key, const char *what, int n, int times) {
    char nn[16], tt[16];
    snprintf(nn, sizeof nn, "%d", n);
    snprintf(tt, sizeof tt, "%d", times);
    return bed_do(b, fixed_now, &bed_system, estate, "probe.say", key,
                  (const char *const[]){ "what", what, "n", nn, "times", tt, NULL }, NULL, NULL);
}

static void say_many(struct bed *b, const char *tag, int ops) {
    for (int i = 0; i < ops; i++) {
        char key[40];
        snprintf(key, sizeof key, "key-%s-%06d", tag, i);
        CHECK(say(b, i % 2 ? BED_ESTATE : BED_ESTATE_2, key, "word", i * 10, 1 + i % 3) == OK);
    }
}

/* ---- events ---- */

static void delivered(struct bed *b) {
    start(b);
    struct carrier *c = carrier_make(b->l, house, now);
    say_many(b, "once", 150);
    CHECK(carrier_drain(c) == OK);
    CHECK_I64(bed_count(b, &heard_near), 300);
    CHECK_I64(bed_count(b, &heard_far), 300);
    CHECK_I64(bed_count(b, &heard_double), 0);
    CHECK_I64(bed_count(b, &heard_disorder), 0);
    CHECK_I64(bed_count(b, &metric_top), 150);
    /* The place in the chain is lost, as when the process dies before it is written: nothing happens twice. */
    CHECK(bed_tx(b, fixed_now, true, forget_feed, NULL) == OK);
    carrier_stop(c);
    bed_reopen(b);
    c = carrier_make(b->l, house, now);
    CHECK(carrier_drain(c) == OK);
    CHECK_I64(bed_count(b, &heard_near), 300);
    CHECK_I64(bed_count(b, &heard_far), 300);
    CHECK_I64(bed_count(b, &metric_top), 150);
    CHECK_I64(carrier_stats(c).failures, 0);
    i64 rounds = carrier_stats(c).rounds;
    CHECK(carrier_drain(c) == OK);
    CHECK_I64(carrier_stats(c).rounds, rounds + 1);
    carrier_stop(c);
}

SQL(heard_times, "", "i", "SELECT count(*) FROM (SELECT DISTINCT at FROM heard WHERE who = 'near') AS times")

/* What follows from an act carries its time, also when several are delivered in one go. */
static void timely(struct bed *b) {
    start(b);
    for (int i = 0; i < 5; i++) {
        char key[32];
        snprintf(key, sizeof key, "key-time-%d", i);
        fixed_now.us += HOUR_US;
        CHECK(say(b, BED_ESTATE, key, "word", i, 1) == OK);
    }
    struct carrier *c = carrier_make(b->l, house, now);
    CHECK(carrier_drain(c) == OK);
    CHECK_I64(bed_count(b, &heard_times), 5);
    carrier_stop(c);
}

TEST(events_carry_the_time_of_their_cause) { bed_each(a, house, timely); }

TEST(events_arrive_once_and_in_order) { bed_each(a, house, delivered); }

static err stats_run(struct tx *tx, void *arg) { return event_stats(tx, arg); }

static void parked(struct bed *b) {
    struct event_stats s;
    start(b);
    struct carrier *c = carrier_make(b->l, house, now);
    CHECK(say(b, BED_ESTATE, "key-good-1", "good", 1, 3) == OK);
    CHECK(say(b, BED_ESTATE, "key-bad-01", "bad", 4, 1) == OK);
    CHECK(say(b, BED_ESTATE, "key-good-2", "good", 5, 2) == OK);
    CHECK(say(b, BED_ESTATE_2, "key-good-3", "good", 1, 1) == OK);
    CHECK(carrier_drain(c) == OK);
    CHECK_I64(bed_count(b, &parked_rows), 1);
    CHECK_I64(carrier_stats(c).failures, 10);
    CHECK_I64(bed_count(b, &heard_near), 4);    /* three before it, and the other estate */
    CHECK_I64(bed_count(b, &heard_far), 7);     /* the other subscriber does not wait */
    CHECK(bed_tx(b, fixed_now, false, stats_run, &s) == OK);
    CHECK_I64(s.parked, 1);
    CHECK_I64(s.behind, 1);
    CHECK_I64(s.unsealed, 0);
    /* It stays parked over a restart; then the operator has it tried again. */
    carrier_stop(c);
    bed_reopen(b);
    c = carrier_make(b->l, house, now);
    CHECK(carrier_drain(c) == OK);
    CHECK_I64(bed_count(b, &heard_near), 4);
    mended = true;
    const char *const which[] = { "subscriber", "near", "shard", str_c(b->a, id_text(b->a, BED_ESTATE)), NULL };
    CHECK(bed_do(b, fixed_now, &bed_system, 0, "event.queue.retry", "key-retry-1", which, NULL, NULL) == OK);
    CHECK(bed_do(b, fixed_now, &bed_system, 0, "event.queue.retry", "key-retry-2", which, NULL, NULL) == E_STATE);
    CHECK(carrier_drain(c) == OK);
    CHECK_I64(bed_count(b, &heard_near), 7);
    CHECK_I64(bed_count(b, &heard_double), 0);
    CHECK_I64(bed_count(b, &heard_disorder), 0);
    carrier_stop(c);
}

TEST(events_that_fail_are_parked) { bed_each(a, house, parked); }

static void skipped(struct bed *b) {
    struct faults ff;
    start(b);
    struct carrier *c = carrier_make(b->l, house, now);
    CHECK(say(b, BED_ESTATE, "key-bad-01", "bad", 1, 2) == OK);
    CHECK(say(b, BED_ESTATE, "key-good-1", "good", 3, 1) == OK);
    CHECK(carrier_drain(c) == OK);
    const char *id = str_c(b->a, id_text(b->a, BED_ESTATE));
    CHECK(bed_do(b, fixed_now, &bed_system, 0, "event.queue.skip", "key-skip-1",
                 (const char *const[]){ "subscriber", "near", "shard", id, NULL }, &ff, NULL) == E_INPUT);
    CHECK_STR(fault_at(&ff, "reason"), S("请写明为什么跳过。"));
    for (int i = 0; i < 2; i++) {   /* both events of that op */
        char key[32];
        snprintf(key, sizeof key, "key-skip-%d", 5 + i);
        CHECK(bed_do(b, fixed_now, &bed_system, 0, "event.queue.skip", key,
                     (const char *const[]){ "subscriber", "near", "shard", id, "reason", "重复登记", NULL }, NULL,
                     NULL) == OK);
        CHECK(carrier_drain(c) == OK);
    }
    CHECK_I64(bed_count(b, &parked_rows), 0);
    CHECK_I64(bed_count(b, &heard_near), 1);
    carrier_stop(c);
}

TEST(events_can_be_skipped_with_a_reason) { bed_each(a, house, skipped); }

/* ---- the process dies at any moment ---- */

static void child(struct bed *b, int round) {
    b->d = db_open(b->where);
    b->l = b->d ? lanes_start(b->d, 2, 0) : NULL;
    if (!b->l) _exit(3);
    ids_start_seeded(2 + round, (u64)round * 1000000);
    struct carrier *c = carrier_start(b->l, house, now);
    char tag[16];
    snprintf(tag, sizeof tag, "kill%d", round);
    for (int i = 0;; i++) {
        char key[40];
        snprintf(key, sizeof key, "key-%s-%06d", tag, i);
        (void)say(b, i % 2 ? BED_ESTATE : BED_ESTATE_2, key, tag, i * 10, 3);
        carrier_poke(c);
        usleep(500);
    }
}

static void killed(struct bed *b) {
    start(b);
    for (int round = 0; round < 6; round++) {
        lanes_stop(b->l);
        db_close(b->d);
        b->l = NULL;
        b->d = NULL;
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) child(b, round);
        usleep(300000 + (useconds_t)(test_random() % 400000));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        bed_reopen(b);
        ids_start_seeded(20 + round, (u64)round * 1000000);
        if (round % 2) continue;   /* die again before anything was made good */
        struct carrier *c = carrier_make(b->l, house, now);
        CHECK(carrier_drain(c) == OK);
        CHECK_I64(carrier_stats(c).failures, 0);
        carrier_stop(c);
        i64 ops = bed_count(b, &op_said);
        CHECK(ops > 0);
        CHECK_I64(bed_count(b, &heard_near), 3 * ops);
        CHECK_I64(bed_count(b, &heard_far), 3 * ops);
        CHECK_I64(bed_count(b, &heard_double), 0);
        CHECK_I64(bed_count(b, &heard_disorder), 0);
        CHECK_I64(bed_count(b, &metric_top), ops);
    }
}

TEST(events_survive_kill_9) { bed_each(a, house, killed); }

/* ---- two servers, two carriers ---- */

static void *drain_main(void *arg) {
    err e = OK;
    for (int i = 0; i < 20 && e == OK; i++) e = carrier_drain(arg);
    return e == OK ? NULL : arg;
}

static void two(struct bed *b) {
    start(b);
    pthread_t t[2];
    struct carrier *c[2];
    struct lanes *l2 = b->postgres ? lanes_start(b->d, 2, 0) : NULL;   /* SQLite has one writer in all processes */
    say_many(b, "two", 60);
    for (int i = 0; i < 2; i++) {
        c[i] = carrier_make(i && l2 ? l2 : b->l, house, now);
        CHECK(pthread_create(&t[i], NULL, drain_main, c[i]) == 0);
    }
    for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
    struct carrier *last = carrier_make(b->l, house, now);
    CHECK(carrier_drain(last) == OK);
    CHECK_I64(bed_count(b, &heard_near), 120);
    CHECK_I64(bed_count(b, &heard_far), 120);
    CHECK_I64(bed_count(b, &heard_double), 0);
    CHECK_I64(bed_count(b, &metric_top), 60);
    CHECK_I64(bed_count(b, &parked_rows), 0);
    for (int i = 0; i < 2; i++) carrier_stop(c[i]);
    carrier_stop(last);
    if (l2) lanes_stop(l2);
}

TEST(events_with_two_carriers) { bed_each(a, house, two); }

static void threaded(struct bed *b) {
    start(b);
    struct carrier *c = carrier_start(b->l, house, now);
    usleep(50000);
    CHECK(say(b, BED_ESTATE, "key-live-1", "live", 1, 1) == OK);
    carrier_poke(c);
    i64 began = clock_mono_ns();
    while (bed_count(b, &heard_far) < 1 && clock_mono_ns() - began < 5000000000) usleep(10000);
    CHECK(clock_mono_ns() - began < 4000000000);
    CHECK_I64(bed_count(b, &heard_near), 1);
    carrier_stop(c);
}

TEST(events_go_by_themselves) { bed_each(a, house, threaded); }

/* ---- clocks ---- */

static err arm(struct bed *b, const char *key, i64 ref, const char *rule, const char *act) {
    return bed_do(b, fixed_now, &bed_system, BED_ESTATE, "probe.arm", key,
                  (const char *const[]){ "ref", str_c(b->a, id_text(b->a, ref)), "rule", rule, "act", act, NULL },
                  NULL, NULL);
}

static i64 at_of(struct bed *b, i64 ref);
SQL(heard_at_1, "", "i", "SELECT coalesce(max(at), 0) FROM heard WHERE who = 'tick' AND n = 1")
SQL(heard_at_2, "", "i", "SELECT coalesce(max(at), 0) FROM heard WHERE who = 'tick' AND n = 2")
SQL(heard_at_3, "", "i", "SELECT coalesce(max(at), 0) FROM heard WHERE who = 'tick' AND n = 3")
static i64 at_of(struct bed *b, i64 ref) {
    struct stmt *const s[] = { &heard_at_1, &heard_at_2, &heard_at_3 };
    return bed_count(b, s[ref - 1]);
}
SQL(tick_order, "", "i",
    "SELECT count(*) FROM heard AS a JOIN heard AS b ON a.who = 'tick' AND b.who = 'tick' AND a.id < b.id "
    "AND a.at > b.at")

static void ticking(struct bed *b) {
    i64 fired;
    start(b);
    struct carrier *c = carrier_make(b->l, house, now);
    CHECK(arm(b, "key-arm-01", 1, "h1", "") == OK);
    CHECK(arm(b, "key-arm-02", 2, "m30", "") == OK);
    CHECK(arm(b, "key-arm-03", 3, "m30", "") == OK);
    CHECK(carrier_run_until(c, bed_time("2026-11-24T09:29:59+08:00"), &fired) == OK);
    CHECK_I64(fired, 0);
    CHECK(arm(b, "key-stop-3", 3, "", "stop") == OK);
    CHECK(carrier_run_until(c, bed_time("2026-11-24T12:00:00+08:00"), &fired) == OK);
    CHECK_I64(fired, 2);
    CHECK_I64(at_of(b, 1), bed_time("2026-11-24T10:00:00+08:00").us);   /* each at its own due time */
    CHECK_I64(at_of(b, 2), bed_time("2026-11-24T09:30:00+08:00").us);
    CHECK_I64(bed_count(b, &tick_order), 0);
    CHECK_I64(bed_count(b, &heard_far), 2);   /* and all it leads to */
    CHECK(carrier_run_until(c, bed_time("2026-11-25T12:00:00+08:00"), &fired) == OK);
    CHECK_I64(fired, 0);
    /* Paused with 20 minutes left, resumed an hour later. */
    fixed_now = bed_time("2026-11-25T13:00:00+08:00");
    CHECK(arm(b, "key-arm-13", 3, "m30", "") == OK);
    fixed_now = bed_time("2026-11-25T13:10:00+08:00");
    CHECK(arm(b, "key-paus-3", 3, "", "pause") == OK);
    CHECK(arm(b, "key-paus-4", 3, "", "pause") == OK);
    CHECK(carrier_run_until(c, bed_time("2026-11-25T14:00:00+08:00"), &fired) == OK);
    CHECK_I64(fired, 0);
    fixed_now = bed_time("2026-11-25T14:10:00+08:00");
    CHECK(arm(b, "key-resu-3", 3, "", "resume") == OK);
    CHECK(carrier_run_until(c, bed_time("2026-11-25T15:00:00+08:00"), &fired) == OK);
    CHECK_I64(at_of(b, 3), bed_time("2026-11-25T14:30:00+08:00").us);
    CHECK(arm(b, "key-resu-4", 3, "", "resume") == OK);
    CHECK(arm(b, "key-stop-4", 3, "", "stop") == OK);
    CHECK(carrier_run_until(c, bed_time("2026-12-25T15:00:00+08:00"), &fired) == OK);
    CHECK_I64(fired, 0);
    carrier_stop(c);
}

TEST(clocks_fire_in_order_at_their_time) { bed_each(a, house, ticking); }

SQL(clock_666, "", "i", "SELECT id FROM clock WHERE ref = 666")

static void stuck(struct bed *b) {
    i64 fired;
    struct event_stats s;
    start(b);
    struct carrier *c = carrier_make(b->l, house, now);
    CHECK(arm(b, "key-arm-66", 666, "m30", "") == OK);
    CHECK(arm(b, "key-arm-01", 1, "h1", "") == OK);
    CHECK(carrier_run_until(c, bed_time("2026-11-24T12:00:00+08:00"), &fired) == OK);
    CHECK_I64(fired, 1);   /* the other one does not wait */
    CHECK_I64(carrier_stats(c).failures, 10);
    CHECK(bed_tx(b, bed_time("2026-11-24T12:00:00+08:00"), false, stats_run, &s) == OK);
    CHECK_I64(s.stuck, 1);
    CHECK_I64(s.due, 0);
    mended = true;
    const char *id = str_c(b->a, id_text(b->a, bed_count(b, &clock_666)));
    const char *const which[] = { "ref", str_c(b->a, id_text(b->a, 666)), "id", id, NULL };
    const char *retry = "clock.parked.retry";
    CHECK(bed_do(b, fixed_now, &bed_system, BED_ESTATE, retry, "key-again-1", which, NULL, NULL) == OK);
    CHECK(carrier_run_until(c, bed_time("2026-11-24T12:00:00+08:00"), &fired) == OK);
    CHECK_I64(fired, 1);
    CHECK(bed_do(b, fixed_now, &bed_system, BED_ESTATE, retry, "key-again-2", which, NULL, NULL) == E_STATE);
    carrier_stop(c);
}

TEST(clocks_that_fail_wait_for_an_operator) { bed_each(a, house, stuck); }

/* Two carriers fire the same clocks: each has one effect. */
struct fire_arg { struct carrier *c; instant until; };
static void *fire_main(void *arg) {
    struct fire_arg *f = arg;
    i64 fired;
    return carrier_run_until(f->c, f->until, &fired) == OK ? NULL : arg;
}

static void twice(struct bed *b) {
    start(b);
    pthread_t t[2];
    struct fire_arg f[2];
    struct lanes *l2 = b->postgres ? lanes_start(b->d, 2, 0) : NULL;
    for (i64 i = 0; i < 40; i++) {
        char key[32];
        snprintf(key, sizeof key, "key-arm-%03d", (int)i);
        CHECK(arm(b, key, 1000 + i, "m30", "") == OK);
    }
    for (int i = 0; i < 2; i++) {
        f[i].c = carrier_make(i && l2 ? l2 : b->l, house, now);
        f[i].until = bed_time("2026-11-24T12:00:00+08:00");
        CHECK(pthread_create(&t[i], NULL, fire_main, &f[i]) == 0);
    }
    for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
    CHECK_I64(bed_count(b, &heard_tick), 40);
    CHECK_I64(carrier_stats(f[0].c).fired + carrier_stats(f[1].c).fired, 40);
    for (int i = 0; i < 2; i++) carrier_stop(f[i].c);
    if (l2) lanes_stop(l2);
}

TEST(clocks_fire_once_with_two_timers) { bed_each(a, house, twice); }

/* ---- beyond the years loaded ---- */

SQL(clock_1_due, "", "i", "SELECT due_at FROM clock WHERE ref = 1")
SQL(clock_2_due, "", "i", "SELECT due_at FROM clock WHERE ref = 2")
SQL(clock_4_due, "", "i", "SELECT due_at FROM clock WHERE ref = 4")
SQL(clock_2_left, "", "i", "SELECT left_us FROM clock WHERE ref = 2")
SQL(clock_provisional, "", "i", "SELECT count(*) FROM clock WHERE provisional = 1")

static void provisional(struct bed *b) {
    i64 fired;
    start(b);
    struct carrier *c = carrier_make(b->l, house, now);
    fixed_now = bed_time("2026-12-29T10:00:00+08:00");
    CHECK(arm(b, "key-arm-01", 1, "w5", "") == OK);   /* 30, 31, then 4, 5, 6 January as far as is known */
    CHECK(arm(b, "key-arm-02", 2, "w5", "") == OK);
    CHECK(arm(b, "key-arm-03", 3, "m30", "") == OK);
    CHECK(arm(b, "key-arm-04", 4, "w5", "") == OK);
    CHECK_I64(bed_count(b, &clock_1_due), bed_time("2027-01-07T00:00:00+08:00").us);
    CHECK_I64(bed_count(b, &clock_provisional), 3);
    /* One has been paused for two hours and goes on: what it gained by that stays. */
    fixed_now = bed_time("2026-12-29T12:00:00+08:00");
    CHECK(arm(b, "key-paus-4", 4, "", "pause") == OK);
    fixed_now = bed_time("2026-12-29T14:00:00+08:00");
    CHECK(arm(b, "key-resu-4", 4, "", "resume") == OK);
    CHECK_I64(bed_count(b, &clock_4_due), bed_time("2027-01-07T02:00:00+08:00").us);
    fixed_now = bed_time("2026-12-30T00:00:00+08:00");
    CHECK(arm(b, "key-paus-2", 2, "", "pause") == OK);
    i64 left = bed_count(b, &clock_2_left);
    /* The notice: 1 to 3 January free, Saturday 9 January worked, 4 and 5 January free as well. */
    const char *const in[] = { "year", "2027", "days",
        "2027-01-01 holiday 元旦\n2027-01-02 holiday 元旦\n2027-01-03 holiday 元旦\n2027-01-04 holiday 元旦\n"
        "2027-01-05 holiday 元旦\n2027-01-09 workday 元旦\n2027-05-01 holiday 劳动节\n2027-10-01 holiday 国庆节\n"
        "2027-10-02 holiday 国庆节", NULL };
    CHECK(bed_do(b, fixed_now, &bed_system, 0, "calendar.year.load", "key-year-01", in, NULL, NULL) == OK);
    CHECK(carrier_drain(c) == OK);
    CHECK_I64(bed_count(b, &clock_provisional), 0);
    CHECK_I64(bed_count(b, &heard_moved), 3);
    CHECK_I64(bed_count(b, &clock_4_due), bed_time("2027-01-09T02:00:00+08:00").us);
    /* 30, 31 December, 6, 7, 8 January: the Saturday is not reached. */
    CHECK_I64(bed_count(b, &clock_1_due), bed_time("2027-01-09T00:00:00+08:00").us);
    CHECK_I64(bed_count(b, &clock_2_left), left + 2 * DAY_US);
    fixed_now = bed_time("2026-12-31T00:00:00+08:00");
    CHECK(arm(b, "key-resu-2", 2, "", "resume") == OK);
    CHECK_I64(bed_count(b, &clock_2_due), bed_time("2027-01-10T00:00:00+08:00").us);
    CHECK(carrier_run_until(c, bed_time("2027-02-01T00:00:00+08:00"), &fired) == OK);
    CHECK_I64(fired, 4);
    CHECK_I64(at_of(b, 1), bed_time("2027-01-09T00:00:00+08:00").us);
    CHECK_I64(carrier_stats(c).failures, 0);
    carrier_stop(c);
}

TEST(clocks_beyond_the_calendar_are_recomputed) { bed_each(a, house, provisional); }
