#include "base/test.h"

/* A calendar as on the wall: one day after the other. */
struct wall { i64 n; int y, m, d, weekday; };

static int days_in(int y, int m) {
    if (m == 2) return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0 ? 29 : 28;
    return m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
}

static void turn_page(struct wall *w) {
    w->n++;
    w->weekday = w->weekday % 7 + 1;
    if (++w->d <= days_in(w->y, w->m)) return;
    w->d = 1;
    if (++w->m <= 12) return;
    w->m = 1;
    w->y++;
}

TEST(days_agree_with_the_calendar_on_the_wall) {
    struct wall w = { -25567, 1900, 1, 1, 1 };   /* a Monday */
    for (; w.y <= 2150; turn_page(&w)) {
        day d = day_from(w.y, w.m, w.d), back = { 0 };
        struct ymd c = day_ymd(d);
        if (d.n != w.n || c.y != w.y || c.m != w.m || c.d != w.d) CHECK_I64(d.n, w.n);
        if (day_weekday(d) != w.weekday || !day_exists(w.y, w.m, w.d)) CHECK_I64(w.n, w.weekday);
        if (day_month(d) != w.y * 100 + w.m) CHECK_I64(day_month(d), w.y * 100 + w.m);
        if (day_of(day_start(d)).n != d.n || day_of((instant){ day_end(d).us - 1 }).n != d.n) CHECK_I64(d.n, 0);
        if (day_of(day_end(d)).n != d.n + 1) CHECK_I64(d.n, 1);
        buf b = buf_in(a, 32);
        day_put(&b, d);
        if (!day_parse(buf_str(&b), &back) || back.n != d.n) CHECK_I64(back.n, d.n);
        if (w.d == 1) {
            CHECK_I64(month_first(w.y * 100 + w.m).n, d.n);
            CHECK_I64(month_last(w.y * 100 + w.m).n, d.n + days_in(w.y, w.m) - 1);
            arena_reset(a);
        }
    }
}

TEST(months_end_where_they_end) {
    struct wall w = { -25567, 1900, 1, 1, 1 };
    for (; w.y <= 2150; turn_page(&w)) {
        int step = (int)(test_random() % 601) - 300, m = w.m, y = w.y;
        for (int i = 0; i < step; i++) m == 12 ? (m = 1, y++) : m++;
        for (int i = 0; i > step; i--) m == 1 ? (m = 12, y--) : m--;
        int d = w.d < days_in(y, m) ? w.d : days_in(y, m);
        i64 got = day_add_months((day){ w.n }, step).n;
        if (got != day_from(y, m, d).n) CHECK_I64(got, day_from(y, m, d).n);
        if (month_next(w.y * 100 + w.m, step) != y * 100 + m) CHECK_I64(w.n, step);
    }
    CHECK_I64(day_add_months(day_from(2024, 1, 31), 1).n, day_from(2024, 2, 29).n);
    CHECK_I64(day_add_months(day_from(2023, 1, 31), 1).n, day_from(2023, 2, 28).n);
    CHECK_I64(day_add_months(day_from(2024, 2, 29), 12).n, day_from(2025, 2, 28).n);
    CHECK_I64(day_add_months(day_from(2024, 2, 29), -48).n, day_from(2020, 2, 29).n);
    CHECK_I64(month_next(202612, 1), 202701);
    CHECK_I64(month_next(202601, -1), 202512);
    CHECK_I64(month_next(202601, -13), 202412);
}

TEST(days_that_do_not_exist_are_refused) {
    CHECK(!day_exists(2023, 2, 29) && !day_exists(1900, 2, 29) && day_exists(2000, 2, 29));
    CHECK(!day_exists(2026, 0, 1) && !day_exists(2026, 13, 1) && !day_exists(2026, 4, 31) && !day_exists(0, 1, 1));
    static const char *const bad[] = { "", "2026-11-2", "2026-11-031", "2026-1-24", "2026/11/24", "2026-02-29",
                                       "2026-11-24 ", " 2026-11-24", "0000-01-01", "2026-13-01", "+026-11-24",
                                       "2026-00-10", "2026-10-00", "20261124", "２026-11-24" };
    day d = { 5 };
    for (size_t i = 0; i < COUNT(bad); i++) CHECK(!day_parse(str_of(bad[i]), &d));
    CHECK_I64(d.n, 5);
}

TEST(instants_go_out_and_in) {
    instant t = { 0 }, want = { 1795613765 * SECOND_US };
    CHECK(instant_parse(S("2026-11-25T21:36:05+08:00"), &t));
    CHECK_I64(t.us, want.us);
    CHECK(instant_parse(S("2026-11-25T13:36:05Z"), &t) && t.us == want.us);
    CHECK(instant_parse(S("2026-11-25t08:06:05.000-05:30"), &t) && t.us == want.us);
    CHECK(instant_parse(S("2026-11-25T13:36:05.1234569Z"), &t) && t.us == want.us + 123456);
    buf b = buf_in(a, 200);
    instant_put(&b, want);
    buf_c(&b, ' ');
    instant_show(&b, want);
    buf_c(&b, ' ');
    day_show(&b, day_of(want));
    CHECK_STR(buf_str(&b), S("2026-11-25T21:36:05+08:00 11月25日 21:36 2026年11月25日"));
    for (int i = 0; i < 100000; i++) {
        i64 s = (i64)(test_random() % 8000000000u) - 2200000000;   /* 1900 to 2153 */
        i64 us = (i64)(test_random() % 1000000);
        instant x = { s * SECOND_US + us };
        struct hms c = instant_clock(x);
        i64 since = c.h * HOUR_US + c.m * MINUTE_US + c.s * SECOND_US + us;
        if (day_start(day_of(x)).us + since != x.us) CHECK_I64(x.us, since);
        buf_clear(&b);
        instant_put(&b, x);
        if (!instant_parse(buf_str(&b), &t) || t.us != s * SECOND_US) CHECK_I64(t.us, x.us);
    }
    static const char *const bad[] = {
        "", "2026-11-25", "2026-11-25T21:36:05", "2026-11-25T21:36Z", "2026-11-25 21:36:05Z", "2026-11-25T24:00:00Z",
        "2026-11-25T23:60:00Z", "2026-11-25T23:59:60Z", "2026-11-25T21:36:05.Z", "2026-11-25T21:36:05+0800",
        "2026-11-25T21:36:05+24:00", "2026-11-25T21:36:05Zx", "2026-11-31T21:36:05Z", "2026-11-25T21:36:05+08:0",
    };
    for (size_t i = 0; i < COUNT(bad); i++) CHECK(!instant_parse(str_of(bad[i]), &t));
    /* The first and the last year are those of Shanghai. */
    CHECK(instant_parse(S("9999-12-31T15:59:59Z"), &t) && !instant_parse(S("9999-12-31T16:00:00Z"), &t));
    CHECK(instant_parse(S("0001-01-01T00:00:00+08:00"), &t) && !instant_parse(S("0001-01-01T00:00:00+08:01"), &t));
}

TEST(the_ends_of_time_do_not_overflow) {
    i64 first = day_of((instant){ INT64_MIN }).n, last = day_of((instant){ INT64_MAX }).n;
    CHECK(first < -106751990 && last > 106751990);
    CHECK_I64(day_of((instant){ -8 * HOUR_US }).n, 0);
    CHECK_I64(day_of((instant){ -8 * HOUR_US - 1 }).n, -1);
    struct ymd c = day_ymd((day){ first });
    CHECK_I64(day_from(c.y, c.m, c.d).n, first);
}
