#include "base/test.h"
#include "sys/sheet/parse.h"

static struct sheet_cell number(struct arena *a, const char *raw, const char *code, bool from_1904) {
    struct sheet_cell c = { 0 };
    number_cell(a, str_of(raw), format_code(str_of(code)), from_1904, &c);
    return c;
}

TEST(numbers_stay_decimal) {
    static const struct { const char *raw, *text;
    } all[] = {
        {"89.05", "89.05"},
        {"0", "0"},
        {"-0", "0"},
        {"1E3", "1000"},
        {"1.1000000000000001", "1.1"},
        {"89.049999999999997", "89.05"},
        {"0.30000000000000004", "0.3"},
        {"1.5E-3", "0.0015"},
        {"12e3", "12000"},
        {"999999999999999.9", "1000000000000000"},
        {"123456789012345.6", "123456789012346"},
        {"0.99999999999999999", "1"},
        {"-12.50", "-12.5"},
        {"+7", "7"},
        {".5", "0.5"},
        {"5.", "5"},
        {"007", "7"},
        {"13800138000", "13800138000"},
        {"110105199001011237", "110105199001011237"},
        {"1.10105199001011E+17", "110105199001011000"},
        {"0.000000001", "0.000000001"},
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        struct sheet_cell c = number(a, all[i].raw, "General", false);
        CHECK_STR(c.text, str_of(all[i].text));
        CHECK_I64(c.kind, SHEET_NUMBER);
    }
    CHECK(number(a, "1.10105199001011E+17", "General", false).flags & SHEET_LONG);
    CHECK(number(a, "110105199001011237", "0", false).flags & SHEET_LONG);
    CHECK(!(number(a, "123456789012345", "0", false).flags & SHEET_LONG));
    static const char *const none[] = {"",    "abc", "1.2.3", "1e",  "--1",  "1e999",
                                       "NaN", "INF", "0x10",  "1 2", "1e-99"};
    for (size_t i = 0; i < COUNT(none); i++) CHECK_I64(number(a, none[i], "General", false).kind, SHEET_TEXT);
    /* No text is too long to be refused. */
    buf b = buf_new(2000);
    for (int i = 0; i < 1000; i++) buf_c(&b, '9');
    CHECK_I64(number(a, str_c(a, buf_str(&b)), "0", false).kind, SHEET_TEXT);
    buf_free(&b);
}

TEST(numbers_shown_with_zeros_and_percent) {
    CHECK_STR(number(a, "101", "0000", false).text, S("0101"));
    CHECK_STR(number(a, "12345", "0000", false).text, S("12345"));
    CHECK_STR(number(a, "1.5", "0000", false).text, S("1.5"));
    CHECK_STR(number(a, "13800138000", "00000000000", false).text, S("13800138000"));
    CHECK_STR(number(a, "0.6", "0%", false).text, S("60%"));
    CHECK_STR(number(a, "0.3333", "0.00%", false).text, S("33.33%"));
    CHECK_STR(number(a, "1", "0%", false).text, S("100%"));
    CHECK_STR(number(a, "0.005", "0.0%", false).text, S("0.5%"));
    CHECK_STR(number(a, "5", "0", false).text, S("5"));
    CHECK_STR(number(a, "5.5", "#,##0.00", false).text, S("5.5"));
}

TEST(dates_of_both_calendars) {
    static const struct { const char *raw, *text; bool from_1904; } all[] = {
        { "1", "1900-01-01", false }, { "59", "1900-02-28", false }, { "60", "1900-02-29", false },
        { "61", "1900-03-01", false }, { "42156", "2015-06-01", false }, { "46350", "2026-11-24", false },
        { "2958465", "9999-12-31", false }, { "0", "1900-01-00", false }, { "0.354166666666667", "08:30:00", false },
        { "42156.354166666664", "2015-06-01 08:30:00", false }, { "42156.9999999", "2015-06-02", false },
        { "0", "1904-01-01", true }, { "1", "1904-01-02", true }, { "40694", "2015-06-01", true },
        { "59", "1904-02-29", true }, { "36525", "1999-12-31", false }, { "1.5", "1900-01-01 12:00:00", false },
        { "4.2156E4", "2015-06-01", false },
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        struct sheet_cell c = number(a, all[i].raw, "yyyy-mm-dd", all[i].from_1904);
        CHECK_I64(c.kind, SHEET_DATE);
        CHECK_STR(c.text, str_of(all[i].text));
        CHECK_STR(c.raw, str_of(all[i].raw));
    }
    CHECK_I64(number(a, "-5", "yyyy-mm-dd", false).kind, SHEET_NUMBER);
    CHECK_I64(number(a, "2958466", "yyyy-mm-dd", false).kind, SHEET_NUMBER);
    CHECK_I64(number(a, "99999999", "yyyy-mm-dd", false).kind, SHEET_NUMBER);
    /* Every day of two centuries, against the calendar of the house. */
    day d = day_from(1900, 3, 1);
    for (i64 n = 61; n < 73050; n += 37) {
        buf b = buf_new(64);
        day_put(&b, (day){ d.n + n - 61 });
        CHECK_STR(number(a, str_fmt(a, "%lld", (long long)n).p, "d/m/yy", false).text, buf_str(&b));
        buf_free(&b);
    }
}

TEST(formats_that_mean_dates) {
    static const char *const dates[] = { "yyyy\"年\"m\"月\"d\"日\"", "yyyy\"年\"m\"月\"d\"日\";@", "m/d/yy", "yyyy-mm-dd",
        "[$-804]yyyy\"年\"m\"月\"d\"日\";@", "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "h:mm", "[h]:mm:ss", "mm:ss.0",
        "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", "[red]d", "上午/下午h\"时\"mm\"分\"", "YYYY/M/D", "e\"年\"m\"月\"" };
    static const char *const plain[] = { "General", "0", "0.00", "#,##0.00", "@", "0.00E+00", "##0.0E+0", "\"day\"0",
        "\\d0", "[red]0", "0.00_);[Red]\\(0.00\\)", "G/通用格式", "G/通用格式\"元\"", "0\"年\"", "#,##0\"m2\"", "[Blue]General",
        "_-* #,##0_-;-* #,##0_-;_-@_-", "General;yyyy", "" };
    for (size_t i = 0; i < COUNT(dates); i++) CHECK(format_code(str_of(dates[i])).show == SHOW_DATE);
    for (size_t i = 0; i < COUNT(plain); i++) CHECK(format_code(str_of(plain[i])).show == SHOW_PLAIN);
    CHECK(format_code(S("0.00%")).show == SHOW_PERCENT);
    static const i64 ids[] = {14, 22, 27, 31, 36, 45, 47, 50, 58},
                     others[] = {0, 1, 4, 13, 23, 26, 37, 44, 48, 49, 59};
    for (size_t i = 0; i < COUNT(ids); i++) CHECK(format_builtin(ids[i]).show == SHOW_DATE);
    for (size_t i = 0; i < COUNT(others); i++) CHECK(format_builtin(others[i]).show == SHOW_PLAIN);
    CHECK(format_builtin(9).show == SHOW_PERCENT);
}
