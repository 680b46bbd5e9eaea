#include "base/test.h"
#include "kit/event/bed.h"
#include "kit/rule/rule.h"

static const struct module *const house[] = { &calendar_module, &rule_module, NULL };

static const char rules[] =
    "# source\nid\tname\tvalue\tunit\tbasis\tnote\tfrom\tto\n"
    "a.minutes\t分\t30\tminute\tDEFAULT\t\t2025-01-01\t\n"
    "a.hours\t时\t24\thour\tDEFAULT\t\t2025-01-01\t2026-06-30\n"
    "a.hours\t时\t48\thour\tDEFAULT\t\t2026-07-01\t\n"
    "a.days\t日\t7\tday\tDEFAULT\t\t2025-01-01\t\n"
    "a.work\t工作日\t5\tworkday\tBJ-43\t\t2025-01-01\t\n"
    "a.months\t月\t1\tmonth\tCC-202\t\t2025-01-01\t\n"
    "a.ended\t终\t1\tday\tDEFAULT\t\t2025-01-01\t2025-12-31\n"
    "a.share\t率\t25\ttenth\tDEFAULT\t\t2025-01-01\t\n";
static const char holidays[] = "day\tkind\tname\n2026-01-01\tholiday\t元旦\n2026-02-14\tworkday\t春节\n"
                               "2026-02-16\tholiday\t春节\n2026-02-17\tholiday\t春节\n2026-02-18\tholiday\t春节\n"
                               "2026-02-19\tholiday\t春节\n2026-02-20\tholiday\t春节\n";

static err seed(struct tx *tx, void *arg) {
    (void)arg;
    TRY(calendar_seed(tx, str_of(holidays), S("day\tname\n")));
    TRY(calendar_load(tx));
    TRY(rule_seed(tx, str_of(rules)));
    return rule_load(tx);
}
static err bad_seed(struct tx *tx, void *arg) { return rule_seed(tx, *(const str *)arg); }

static struct rule_value at(const char *name, const char *day_text, err want) {
    struct rule_value v = { 0 };
    day d = { 0 };
    CHECK(day_parse(str_of(day_text), &d));
    CHECK(rule_at(str_of(name), d, &v) == want);
    return v;
}

static void due_is(const struct rule_value *v, const char *start, const char *want) {
    CHECK_I64(rule_deadline(v, bed_time(start), NULL).us, bed_time(want).us);
}

static void rules_hold(struct bed *b) {
    struct rule_value v, again;
    CHECK(bed_tx(b, (instant){ 0 }, true, seed, NULL) == OK);
    v = at("a.hours", "2026-06-30", OK);
    CHECK_I64(v.value, 24);
    due_is(&v, "2026-06-30T23:30:00+08:00", "2026-07-01T23:30:00+08:00");
    CHECK_STR(rule_version(b->a, &v), S("a.hours@2025-01-01"));
    CHECK_I64(at("a.hours", "2026-07-01", OK).value, 48);
    CHECK(rule_by_version(S("a.hours@2026-07-01"), &again) == OK && again.value == 48);
    CHECK(rule_by_version(S("a.hours@2026-07-02"), &again) == E_MISSING);
    CHECK(rule_by_version(S("a.hours"), &again) == E_MISSING);
    at("a.hours", "2024-12-31", E_MISSING);
    at("a.ended", "2025-12-31", OK);
    at("a.ended", "2026-01-01", E_MISSING);
    at("a.hour", "2026-01-01", E_MISSING);
    at("", "2026-01-01", E_MISSING);
    at("zzz", "2026-01-01", E_MISSING);
    CHECK_I64(rule_number("a.share", (day){ 20500 }, 7), 25);
    CHECK_I64(rule_number("a.none", (day){ 20500 }, 7), 7);
    v = at("a.minutes", "2026-02-16", OK);   /* no holiday for what is urgent */
    due_is(&v, "2026-02-16T23:45:00+08:00", "2026-02-17T00:15:00+08:00");
    v = at("a.days", "2026-02-09", OK);
    due_is(&v, "2026-02-09T00:00:00+08:00", "2026-02-22T00:00:00+08:00");
    due_is(&v, "2026-03-03T23:59:59+08:00", "2026-03-11T00:00:00+08:00");
    v = at("a.work", "2026-02-12", OK);
    due_is(&v, "2026-02-12T10:00:00+08:00", "2026-02-26T00:00:00+08:00");   /* 13, 14, 23, 24, 25 */
    v = at("a.months", "2026-01-31", OK);
    due_is(&v, "2026-01-31T10:00:00+08:00", "2026-03-01T00:00:00+08:00");
    due_is(&v, "2026-01-17T10:00:00+08:00", "2026-02-22T00:00:00+08:00");   /* 17 February is a holiday */
    str many = S("id\nx\ty\tmany\tday\tDEFAULT\t\t2025-01-01\t\n");
    str week = S("id\nx\ty\t1\tweek\tDEFAULT\t\t2025-01-01\t\n");
    CHECK(bed_tx(b, (instant){ 0 }, true, bad_seed, &many) == E_INPUT);
    CHECK(bed_tx(b, (instant){ 0 }, true, bad_seed, &week) == E_INPUT);
}

TEST(deadline_is_shown_as_people_say_it) {
    buf got = buf_in(a, 100);
    deadline_show(&got, bed_time("2026-11-25T00:00:00+08:00"));
    CHECK_STR(buf_str(&got), S("11月24日 24:00"));
    buf_clear(&got);
    deadline_show(&got, bed_time("2026-11-25T00:30:00+08:00"));
    CHECK_STR(buf_str(&got), S("11月25日 00:30"));
}

TEST(rules_are_dated) { bed_each(a, house, rules_hold); }
