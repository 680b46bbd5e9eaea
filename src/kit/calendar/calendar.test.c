#include "base/test.h"
#include "kit/calendar/calendar.h"
#include "kit/event/bed.h"
#include "sys/clock/clock.h"

static const struct module *const house[] = { &calendar_module, &event_module, NULL };

/* The days of 2026 around Spring Festival, National Day and New Year as published, 2027 only as the law fixes it. */
static const char holidays[] =
    "# source\nday\tkind\tname\n"
    "2026-01-01\tholiday\t元旦\n2026-01-02\tholiday\t元旦\n2026-01-03\tholiday\t元旦\n2026-01-04\tworkday\t元旦\n"
    "2026-02-14\tworkday\t春节\n2026-02-15\tholiday\t春节\n2026-02-16\tholiday\t春节\n2026-02-17\tholiday\t春节\n"
    "2026-02-18\tholiday\t春节\n2026-02-19\tholiday\t春节\n2026-02-20\tholiday\t春节\n2026-02-21\tholiday\t春节\n"
    "2026-02-22\tholiday\t春节\n2026-02-23\tholiday\t春节\n2026-02-28\tworkday\t春节\n"
    "2026-10-01\tholiday\t国庆节\n2026-10-02\tholiday\t国庆节\n2026-10-03\tholiday\t国庆节\n2026-10-10\tworkday\t国庆节\n";
static const char statutory[] = "day\tname\n2027-01-01\t元旦\n2027-02-05\t春节\n2027-02-06\t春节\n2027-02-07\t春节\n"
                                "2027-02-08\t春节\n2027-05-01\t劳动节\n2027-10-01\t国庆节\n2027-10-02\t国庆节\n";

static err seed(struct tx *tx, void *arg) {
    (void)arg;
    TRY(calendar_seed(tx, str_of(holidays), str_of(statutory)));
    return calendar_load(tx);
}
static err load(struct tx *tx, void *arg) {
    (void)arg;
    return calendar_load(tx);
}

static day d(const char *text) {
    day x = { 0 };
    CHECK(day_parse(str_of(text), &x));
    return x;
}

static void day_is(day got, const char *want) {
    char room[32];
    struct ymd y = day_ymd(got);
    snprintf(room, sizeof room, "%04d-%02d-%02d", y.y, y.m, y.d);
    CHECK_STR(str_of(room), str_of(want));
}

static void counting(struct bed *b) {
    bool p = false;
    CHECK(bed_tx(b, (instant){ 0 }, true, seed, NULL) == OK);
    day_is(calendar_loaded_until(), "2026-12-31");
    /* A Saturday worked in exchange, the holiday, the other Saturday. */
    CHECK(workday(d("2026-02-14"), &p));
    CHECK(!workday(d("2026-02-16"), &p));
    CHECK(workday(d("2026-02-28"), &p));
    CHECK(!workday(d("2026-03-01"), &p));
    day_is(workdays_after(d("2026-02-12"), 1, &p), "2026-02-13");
    day_is(workdays_after(d("2026-02-12"), 2, &p), "2026-02-14");
    day_is(workdays_after(d("2026-02-12"), 3, &p), "2026-02-24");
    day_is(workdays_after(d("2026-02-12"), 7, &p), "2026-02-28");
    day_is(workdays_after(d("2026-02-16"), 1, &p), "2026-02-24");
    day_is(workdays_after(d("2026-02-16"), 0, &p), "2026-02-16");
    /* Natural days: the start is not counted; a last day inside the festival moves behind it, a Sunday stays. */
    day_is(calendar_deadline(d("2026-02-09"), 7, UNIT_DAY, &p), "2026-02-24");
    day_is(calendar_deadline(d("2026-03-01"), 7, UNIT_DAY, &p), "2026-03-08");
    day_is(calendar_deadline(d("2026-09-24"), 7, UNIT_DAY, &p), "2026-10-04");
    CHECK(!p);
    /* Across the end of what is loaded: weekends and statutory days, and it says so. */
    day_is(workdays_after(d("2026-12-31"), 1, &p), "2027-01-04");
    CHECK(p);
    p = false;
    day_is(workdays_after(d("2026-12-30"), 1, &p), "2026-12-31");
    CHECK(!p);
    day_is(calendar_deadline(d("2026-12-25"), 7, UNIT_DAY, &p), "2027-01-02");
    CHECK(p);
    p = false;
    CHECK(!workday(d("2027-02-05"), &p));   /* a Friday, by law */
    CHECK(p);
    p = false;
    CHECK(workday(d("2019-10-08"), &p));
    CHECK(p);
}

TEST(calendar_counts_working_days) { bed_each(a, house, counting); }

TEST(calendar_without_rows_uses_weekends) {
    bool p = false;
    (void)a;
    day start = d("2040-06-01");   /* a Friday far from any block the other tests load */
    day_is(workdays_after(start, 1, &p), "2040-06-04");
    CHECK(p);
}

/* Counting one by one and asking each day must agree. */
static void agree(struct bed *b) {
    CHECK(bed_tx(b, (instant){ 0 }, true, seed, NULL) == OK);
    for (int k = 0; k < 2000; k++) {
        day from = { d("2025-12-01").n + (i64)(test_random() % 500) };
        i64 n = (i64)(test_random() % 40), seen = 0;
        day end = workdays_after(from, n, NULL);
        for (day x = { from.n + 1 }; x.n <= end.n; x.n++) seen += workday(x, NULL);
        CHECK_I64(seen, n);
        CHECK(n == 0 || workday(end, NULL));
    }
}

TEST(calendar_count_agrees_with_days) { bed_each(a, house, agree); }

SQL(calendar_test_rows, "", "i", "SELECT count(*) FROM calendar_day")

#define YEAR_2027                                                                                                \
    "2027-01-01 holiday 元旦\n2027-01-02 holiday 元旦\n2027-01-03 holiday 元旦\n2027-02-05 holiday 春节\n"        \
    "2027-02-06 holiday 春节\n2027-02-07 holiday 春节\n2027-02-08 holiday 春节\n2027-02-20 workday 春节\n"        \
    "2027-05-01 holiday 劳动节\n2027-10-02 holiday 国庆节\n2027-10-03 holiday 国庆节\n"

static err year(struct bed *b, const char *key, const char *days, struct faults *ff) {
    const char *const in[] = { "year", "2027", "days", days, NULL };
    return bed_do(b, bed_time("2026-11-24T09:00:00+08:00"), &bed_system, 0, "calendar.year.load", key, in, ff, NULL);
}

static void loading(struct bed *b) {
    struct faults ff;
    bool p = false;
    CHECK(bed_tx(b, (instant){ 0 }, true, seed, NULL) == OK);
    i64 before = bed_count(b, &calendar_test_rows);
    CHECK(year(b, "key-year-1", YEAR_2027, &ff) == E_INPUT);   /* without 1 October */
    CHECK_STR(fault_at(&ff, "days"), S("缺少国庆节（10 月 1 日）。"));
    CHECK(year(b, "key-year-2", "2027-13-01 holiday x", &ff) == E_INPUT);
    CHECK(year(b, "key-year-3", "2027-02-19 workday 春节", &ff) == E_INPUT);   /* a Friday is worked anyway */
    CHECK(year(b, "key-year-4", "2028-01-01 holiday 元旦", &ff) == E_INPUT);
    CHECK_STR(fault_at(&ff, "days"), S("第 1 行不是这一年的日期。"));
    CHECK(year(b, "key-year-5", "2027-01-01 holiday 元旦\n2027-01-01 holiday 元旦", &ff) == E_INPUT);
    CHECK_I64(bed_count(b, &calendar_test_rows), before);
    /* The days fixed by law must be among them. */
    CHECK(year(b, "key-year-6", "2027-01-01 holiday 元旦\n2027-05-01 holiday 劳动节\n2027-10-01 holiday 国庆节\n"
               "2027-10-02 holiday 国庆节", &ff) == E_INPUT);
    CHECK_STR(fault_at(&ff, "days"), S("缺少法定节日：2027-02-05春节。"));
    CHECK(year(b, "key-year-7", YEAR_2027 "2027-10-01 holiday 国庆节\n", &ff) == OK);
    CHECK(bed_tx(b, (instant){ 0 }, false, load, NULL) == OK);
    day_is(calendar_loaded_until(), "2027-12-31");
    CHECK(workday(d("2027-02-20"), &p) && !workday(d("2027-02-08"), &p));
    CHECK(!p);
    /* Once more: the State Council may change a year (2020); rows are replaced, not doubled. */
    i64 after = bed_count(b, &calendar_test_rows);
    CHECK(year(b, "key-year-8", YEAR_2027 "2027-10-01 holiday 国庆节\n2027-10-04 holiday 国庆节\n", &ff) == OK);
    CHECK_I64(bed_count(b, &calendar_test_rows), after + 1);
}

TEST(calendar_year_is_loaded_whole) { bed_each(a, house, loading); }
