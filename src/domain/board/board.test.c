#include "base/test.h"
#include "domain/board/figure.h"

TEST(periods) {
    i64 m = 0;
    CHECK(board_period_parse(S("2026-11"), &m) && m == 202611);
    CHECK(board_period_parse(S("2020-01"), &m) && m == 202001);
    static const char *const bad[] = { "",        "2026-1",  "2026-13", "2026-00", "2019-12", "2100-01",
                                       "2026/11", "2026-+1", "-026-11", "2026-Q4", "202611 ", "2026-11-1" };
    for (size_t i = 0; i < COUNT(bad); i++) CHECK(!board_period_parse(str_of(bad[i]), &m));
    CHECK_STR(board_period_text(a, 202603), S("2026-03"));
    CHECK_STR(board_period_show(a, 202603), S("2026年3月"));
    CHECK_I64(board_months_apart(202612, 202701), 1);
    CHECK_I64(board_months_apart(202701, 202612), -1);
    CHECK_I64(board_months_apart(202412, 202611), 23);
    for (int k = -30; k <= 30; k++) CHECK_I64(board_months_apart(202611, month_next(202611, k)), k);
}

static instant on(const char *text) {
    instant t = { 0 };
    CHECK(instant_parse(str_of(text), &t));
    return t;
}

TEST(a_month_seen_from_today) {
    instant now = on("2026-11-24T09:00:00+08:00");
    struct board_when w = board_when_of(202611, now);
    CHECK(w.running);
    CHECK_I64(w.days, 24);
    CHECK_I64(w.before, 202610);
    CHECK_I64(w.before_days, 31);
    CHECK_I64(w.year_ago, 202511);
    w = board_when_of(202602, now);
    CHECK(!w.running);
    CHECK_I64(w.days, 28);
    CHECK_I64(w.before, 202601);
    w = board_when_of(202402, now);
    CHECK_I64(w.days, 29);
    w = board_when_of(202612, now);
    CHECK(!w.running);
    CHECK_I64(w.days, 0);
    /* The month turns at midnight in Beijing. */
    w = board_when_of(202612, on("2026-11-30T16:00:00Z"));
    CHECK(w.running);
    CHECK_I64(w.days, 1);
}

static const struct board_terms terms = { BASE_MANAGED, 10000, 25, 300, 5, 10, true };
static const struct area place = {
    .id = 7, .code = 1101050000000000, .level = DISTRICT, .residents = { true, 3452460 }
};

TEST(folk_by_denominator) {
    struct board_terms t = terms;
    CHECK_I64(board_folk_of(&t, &place, 100).tenths, 2500);
    t.base = BASE_HOUSEHOLDS;
    CHECK_I64(board_folk_of(&t, &place, 100).tenths, 1000);
    t.base = BASE_CENSUS;
    CHECK_I64(board_folk_of(&t, &place, 100).tenths, 34524600);
    /* Nobody knows how many live in 经开区, or in a street: no number, not zero. */
    CHECK_I64(board_folk_of(&t, &(struct area){ .level = STREET }, 100).tenths, 0);
}

static struct figure rate(i64 n, i64 homes) {
    return board_figure_of(BOARD_RATE, &terms, true, &(struct tally){ .reported = n },
                           board_folk_of(&terms, &place, homes));
}

TEST(rates_round_half_up) {
    struct figure f = rate(309, 88750);
    CHECK(f.has);
    CHECK_I64(f.v, 1393); /* 309 / 221875 = 13.9268... */
    CHECK_STR(board_text(a, &f), S("13.93"));
    f = rate(1, 800000); /* 0.005 */
    CHECK_STR(board_text(a, &f), S("0.01"));
    f = rate(1, 800001);
    CHECK_STR(board_text(a, &f), S("0.00"));
    f = rate(0, 100);
    CHECK(f.has);
    CHECK_STR(board_text(a, &f), S("0.00"));
    f = rate(3, 0);
    CHECK(!f.has);
    CHECK_STR(board_text(a, &f), S("未报"));
    /* The half is found another way: twice the value, cut, plus one, halved. */
    for (int i = 0; i < 2000; i++) {
        i64 n = (i64)(test_random() % 100000), homes = 1 + (i64)(test_random() % 5000000),
            tenths = homes * 25;
        f = rate(n, homes);
        i64 twice = 2 * n * 10000000 / tenths;
        CHECK_I64(f.v, (twice + 1) / 2);
    }
}

TEST(shares_and_counts) {
    struct tally n = { .reported = 90, .reopened = 10, .done = 77, .overdue = 4 };
    struct folk f = { 0 };
    struct figure x = board_figure_of(BOARD_DONE, &terms, true, &n, f);
    CHECK_STR(board_text(a, &x), S("77.00"));
    x = board_figure_of(BOARD_OVERDUE, &terms, true, &n, f);
    CHECK_STR(board_text(a, &x), S("4"));
    x = board_figure_of(BOARD_REOPENED, &terms, false, &n, f);
    CHECK_STR(board_text(a, &x), S("未报"));
    x = board_figure_of(BOARD_DONE, &terms, true, &(struct tally){ .done = 3 }, f);
    CHECK(!x.has);
    x = board_share(1, 3);
    CHECK_STR(board_text(a, &x), S("33.33"));
    x = board_share(2, 3);
    CHECK_STR(board_text(a, &x), S("66.67"));
    CHECK(!board_share(1, 0).has);
}

static struct figure counted(i64 n) {
    return (struct figure){ true, n, 1, n, 0 };
}

static void changes(struct arena *a, i64 now, i64 now_days, i64 then, i64 then_days, const char *want,
                    const char *tone) {
    struct figure x = counted(now), y = counted(then);
    struct change c = board_change_of(a, BOARD_COUNT, &x, now_days, &y, then_days);
    CHECK(c.has == (want != NULL));
    if (!want || !c.has) return;
    CHECK_STR(c.text, str_of(want));
    CHECK_STR(str_of(c.tone), str_of(tone));
}

TEST(changes_say_what_is_better) {
    changes(a, 120, 30, 100, 30, "▲20.0%", "worse");
    changes(a, 80, 30, 100, 30, "▼20.0%", "better");
    changes(a, 100, 30, 100, 30, "持平", "even");
    changes(a, 0, 30, 0, 30, "持平", "even");
    changes(a, 0, 30, 9, 30, "▼100.0%", "better");
    changes(a, 5, 30, 0, 30, "▲新增", "worse");
    changes(a, 2000, 30, 100, 30, "▲10倍以上", "worse");
    changes(a, 100000, 30, 100001, 30, "持平", "even");
    /* 24 of 31 days: 240 in 24 days is as many a day as 310 in 31. */
    changes(a, 240, 24, 310, 31, "持平", "even");
    changes(a, 252, 24, 310, 31, "▲5.0%", "worse");
    /* Two days say nothing. */
    changes(a, 50, 2, 310, 31, NULL, NULL);
    struct figure x = board_share(9, 10), y = board_share(8, 10), none = { 0 };
    struct change c = board_change_of(a, BOARD_DONE, &x, 1, &y, 31);
    CHECK_STR(c.text, S("▲10.00"));
    CHECK_STR(str_of(c.tone), S("better"));
    CHECK(!board_change_of(a, BOARD_DONE, &x, 30, &none, 30).has);
}

static struct area areas[8];

/* Areas with codes 1.., given reports and homes; homes < 0: not known. */
static struct board_rows rows_of(struct arena *a, const i64 (*v)[2], size_t n) {
    struct board_rows r = { 0 };
    for (size_t i = 0; i < n; i++) {
        areas[i] = (struct area){ .id = (i64)i + 1, .code = (i64)i + 1, .level = STREET };
        struct board_row *x = VEC_ADD(a, &r);
        *x = (struct board_row){ .area = &areas[i], .known = v[i][1] >= 0, .now = { .reported = v[i][0] } };
        x->folk = board_folk_of(&terms, &areas[i], v[i][1]);
        x->fig = board_figure_of(BOARD_RATE, &terms, x->known, &x->now, x->folk);
    }
    return r;
}

TEST(ranks_with_ties) {
    /* 200 homes are 500 persons; 100 homes are 250, under the limit of 300. The third and fifth have the same rate. */
    static const i64 v[][2] = { { 1, 200 }, { 9, 200 }, { 3, 200 }, { 50, 100 },
                                { 6, 400 }, { 7, -1 },  { 0, 200 } };
    struct board_rows r = rows_of(a, v, COUNT(v));
    CHECK_I64((i64)board_rank(&r, &terms), 1);
    static const i64 order[] = { 4, 2, 3, 5, 1, 7, 6 }, rank[] = { 0, 1, 2, 2, 4, 5, 0 };
    for (size_t i = 0; i < r.n; i++) {
        CHECK_I64(r.p[i].area->code, order[i]);
        CHECK_I64(r.p[i].rank, rank[i]);
    }
    CHECK_I64((i64)board_rank(&(struct board_rows){ 0 }, &terms), 0);
}

TEST(equal_to_two_decimals_is_not_a_tie) {
    static const i64 v[][2] = { { 10001, 2000000 }, { 10002, 2000000 } };
    struct board_rows r = rows_of(a, v, 2);
    CHECK_I64((i64)board_rank(&r, &terms), 0);
    CHECK_I64(r.p[0].fig.v, r.p[1].fig.v);
    CHECK_I64(r.p[0].area->code, 2);
    CHECK_I64(r.p[1].rank, 2);
}

TEST(a_handful_of_people_is_hidden) {
    static const i64 v[][2] = { { 1, 200 }, { 2, 4 }, { 3, 60 }, { 0, 4 }, { 1, -1 }, { 2, 0 } };
    struct board_rows r = rows_of(a, v, COUNT(v));
    CHECK_I64((i64)board_hide(&r, &terms), 3);
    CHECK(!r.p[0].hidden && r.p[1].hidden && !r.p[2].hidden && r.p[3].hidden && !r.p[4].hidden &&
          r.p[5].hidden);
    /* One alone is the rest of the sum: the next smallest goes with it. */
    static const i64 w[][2] = { { 1, 200 }, { 2, 4 }, { 3, 60 }, { 7, 300 } };
    r = rows_of(a, w, COUNT(w));
    CHECK_I64((i64)board_hide(&r, &terms), 2);
    CHECK(r.p[1].hidden && r.p[2].hidden);
    static const i64 none[][2] = { { 1, 5 }, { 2, 60 } };
    r = rows_of(a, none, COUNT(none));
    CHECK_I64((i64)board_hide(&r, &terms), 0);
}

TEST(classes_of_the_map) {
    static const i64 v[][2] = { { 62, 40000 }, { 208, 40000 }, { 100, 40000 }, { 160, 40000 },
                                { 5, -1 },     { 3, 2 },       { 90, 40000 },  { 4, 1 } };
    struct board_rows r = rows_of(a, v, COUNT(v));
    CHECK_I64((i64)board_hide(&r, &terms), 2);
    struct classes c = board_classes_of(&r);
    CHECK(c.any);
    bool seen[6] = { 0 };
    for (int k = 0; k < 5; k++) CHECK(c.used[k] && c.limit[k] < c.limit[k + 1]);
    for (size_t i = 0; i < r.n; i++) {
        const struct board_row *x = &r.p[i];
        seen[x->level] = true;
        if (!x->fig.has || x->hidden)
            CHECK_I64(x->level, 0);
        else
            CHECK(x->level >= 1 && x->level <= 5 && x->fig.v >= c.limit[x->level - 1] &&
                  x->fig.v < c.limit[x->level]);
    }
    for (int k = 0; k < 6; k++) CHECK(seen[k]);
    c = board_classes_of(&(struct board_rows){ 0 });
    CHECK(!c.any && !c.used[0]);
}

TEST(classes_of_equal_or_few_values) {
    static const i64 same[][2] = { { 0, 200 }, { 0, 300 } }, two[][2] = { { 10, 40000 }, { 70, 40000 } };
    struct board_rows r = rows_of(a, same, 2);
    struct classes c = board_classes_of(&r);
    int used = 0;
    for (int k = 0; k < 5; k++) used += c.used[k];
    CHECK_I64(used, 1);
    CHECK_I64(r.p[0].level, r.p[1].level);
    CHECK(r.p[0].level >= 1);
    r = rows_of(a, two, 2);
    c = board_classes_of(&r);
    CHECK(r.p[0].level < r.p[1].level);
    for (int i = 0; i < 500; i++) {
        i64 many[40][2];
        size_t n = 1 + test_random() % COUNT(many);
        for (size_t k = 0; k < n; k++) {
            many[k][0] = (i64)(test_random() % 50);
            many[k][1] = 4000;
        }
        r = (struct board_rows){ 0 };
        for (size_t k = 0; k < n; k++) {
            struct board_row *x = VEC_ADD(a, &r);
            x->area = &place;
            x->fig = rate(many[k][0], many[k][1]);
        }
        c = board_classes_of(&r);
        for (size_t k = 0; k < n; k++) {
            const struct board_row *x = &r.p[k];
            CHECK(x->level >= 1 && x->level <= 5 && c.used[x->level - 1]);
            CHECK(x->fig.v >= c.limit[x->level - 1] && x->fig.v < c.limit[x->level]);
        }
    }
}
