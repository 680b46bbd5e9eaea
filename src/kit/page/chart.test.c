#include "base/test.h"
#include "kit/page/chart.h"

static str number(struct arena *a, i64 v, int decimals, bool trim) {
    buf b = buf_in(a, 100);
    chart_number(&b, v, decimals, trim);
    return buf_str(&b);
}

TEST(chart_numbers_are_grouped) {
    CHECK_STR(number(a, 0, 0, false), S("0"));
    CHECK_STR(number(a, 1234567, 0, false), S("1,234,567"));
    CHECK_STR(number(a, 1000, 0, false), S("1,000"));
    CHECK_STR(number(a, 1392, 2, false), S("13.92"));
    CHECK_STR(number(a, 1390, 2, true), S("13.9"));
    CHECK_STR(number(a, 1400, 2, true), S("14"));
    CHECK_STR(number(a, 5, 2, false), S("0.05"));
    CHECK_STR(number(a, -5, 2, false), S("-0.05"));
    CHECK_STR(number(a, 123456789, 2, false), S("1,234,567.89"));
}

TEST(chart_scale_covers_everything) {
    for (int i = 0; i < 5000; i++) {
        i64 min = (i64)(test_random() % 2000000) - 500000, max = min + (i64)(test_random() % 3000000);
        int most = 2 + (int)(test_random() % 5);
        struct chart_scale s = chart_scale(min, max, most);
        i64 head = s.step;
        while (head % 10 == 0) head /= 10;
        CHECK(head == 1 || head == 2 || head == 5);
        CHECK(s.lo <= min && s.lo % s.step == 0);
        CHECK(s.lo + s.n * s.step >= max);
        CHECK(s.n >= 1 && s.n <= most);
    }
    struct chart_scale s = chart_scale(1060, 1390, 5);
    CHECK_I64(s.lo, 1000);
    CHECK_I64(s.step, 100);
    CHECK_I64(s.n, 4);
    s = chart_scale(7, 7, 5);
    CHECK_I64(s.lo, 7);
    CHECK_I64(s.n, 1);
}

static size_t count(str s, const char *needle) {
    size_t n = 0, len = strlen(needle);
    for (size_t i = 0; i + len <= s.n; i++) n += !memcmp(s.p + i, needle, len);
    return n;
}

static struct chart_points points(struct arena *a, const i64 *v, size_t n) {
    struct chart_points p = { 0 };
    for (size_t i = 0; i < n; i++)
        *VEC_ADD(a, &p) = (struct chart_point){ str_fmt(a, "%zu月", i + 1), v[i], v[i] >= 0 };
    return p;
}

TEST(line_has_gaps_where_nothing_is_known) {
    static const i64 v[] = { 1000, 1200, -1, 1100, 1300, 1250 };
    buf b = buf_in(a, 1 << 16);
    struct chart_line c = { .says = S("由 10 升到 \"12.5\""),
                            .points = points(a, v, COUNT(v)),
                            .decimals = 2 };
    svg_line(&b, &c);
    str s = buf_str(&b);
    CHECK(str_starts(s, S("<svg class=\"chart\" role=\"img\" aria-label=\"由 10 升到 &quot;12.5&quot;\">")));
    CHECK(str_ends(s, S("</svg>")));
    CHECK_I64(count(s, "<polyline"), 2);
    CHECK_I64(count(s, "<circle"), 5);
    CHECK_I64(count(s, "chart-dot-last"), 1);
    CHECK(str_has(s, S(">12.50</text>")));
    CHECK(!str_has(s, S("style")));
    /* The last point of a month that still runs stands alone. */
    buf_clear(&b);
    c.apart = true;
    c.has_goal = true;
    c.goal = 900;
    c.goal_says = S("目标 9");
    svg_line(&b, &c);
    s = buf_str(&b);
    CHECK_I64(count(s, "<polyline"), 2);
    CHECK_I64(count(s, "chart-goal"), 1);
    CHECK(str_has(s, S("目标 9</text>")));
}

TEST(line_of_nothing_is_nothing) {
    static const i64 v[] = { -1, -1 }, one[] = { 0 };
    buf b = buf_in(a, 1 << 16);
    svg_line(&b, &(struct chart_line){ .points = points(a, v, 2) });
    svg_line(&b, &(struct chart_line){ 0 });
    svg_spark(&b, &(struct chart_spark){ .points = points(a, v, 2) });
    svg_spark(&b, &(struct chart_spark){ .points = points(a, one, 1) });
    CHECK_I64(b.n, 0);
    svg_line(&b, &(struct chart_line){ .says = S("x"), .points = points(a, one, 1) });
    CHECK(str_has(buf_str(&b), S("cx=\"84.0%\"")));
}

TEST(spark_spans_the_box) {
    static const i64 v[] = { 5, 9, -1, 7, 1 };
    buf b = buf_in(a, 4096);
    svg_spark(&b, &(struct chart_spark){ .points = points(a, v, COUNT(v)) });
    CHECK_STR(buf_str(&b), S("<svg class=\"spark\" viewBox=\"0 0 100 20\" preserveAspectRatio=\"none\" "
                             "aria-hidden=\"true\">"
                             "<polyline points=\"0.0,9.5 25.0,2.0 \"/><polyline points=\"75.0,5.8 100.0,17.0 "
                             "\"/></svg>"));
}

TEST(bar_is_clamped) {
    buf b = buf_in(a, 4096);
    svg_bar(&b, &(struct chart_bar){ .part = 1, .whole = 3 });
    svg_bar(&b,
            &(struct chart_bar){
                .part = 7, .whole = 3, .tone = "tone-red", .has_mark = true, .mark = 2, .says = S("多") });
    svg_bar(&b, &(struct chart_bar){ .part = 7 });
    CHECK_STR(buf_str(&b), S("<svg class=\"bar\" aria-hidden=\"true\"><rect class=\"bar-track\" "
                             "width=\"100%\" height=\"100%\"/>"
                             "<rect class=\"bar-fill\" width=\"33.3%\" height=\"100%\"/></svg>"
                             "<svg class=\"bar tone-red\" role=\"img\" aria-label=\"多\"><rect "
                             "class=\"bar-track\" width=\"100%\" height=\"100%\"/>"
                             "<rect class=\"bar-fill\" width=\"100.0%\" height=\"100%\"/><rect "
                             "class=\"bar-mark\" x=\"66.7%\"/></svg>"
                             "<svg class=\"bar\" aria-hidden=\"true\"><rect class=\"bar-track\" "
                             "width=\"100%\" height=\"100%\"/>"
                             "<rect class=\"bar-fill\" width=\"0.0%\" height=\"100%\"/></svg>"));
}

TEST(map_puts_text_above_all_shapes) {
    struct chart_map m = { .says = S("各区"), .box = S("0 0 800 900"), .lift = 30 };
    *VEC_ADD(a, &m.shapes) = (struct chart_shape){ .path = S("M1 1l2 2Z"),
                                                   .name = S("甲<"),
                                                   .figure = S("8.20"),
                                                   .url = S("/board?area=110101&period=2026-11"),
                                                   .spoken = S("甲区，8.20"),
                                                   .level = 5,
                                                   .x = 100,
                                                   .y = 200 };
    *VEC_ADD(a, &m.shapes) =
        (struct chart_shape){ .name = S("乙"), .figure = S("未报"), .x = 300, .y = 200, .w = 20, .h = 10 };
    *VEC_ADD(a, &m.shapes) =
        (struct chart_shape){ .path = S("M9 9Z"), .name = S("丙"), .silent = true, .level = 9 };
    buf b = buf_in(a, 4096);
    svg_choropleth(&b, &m);
    str s = buf_str(&b);
    CHECK(str_starts(s, S("<svg class=\"map\" viewBox=\"0 0 800 900\" role=\"group\" aria-label=\"各区\"><a "
                          "href=\"/board?area=110101&amp;period=2026-11\" "
                          "aria-label=\"甲区，8.20\"><path class=\"level-5\" d=\"M1 1l2 2Z\"/></a>")));
    CHECK(str_has(s, S("<rect class=\"level-none\" x=\"290\" y=\"195\" width=\"20\" height=\"10\" "
                       "rx=\"12\"/>")));
    CHECK(str_has(s, S("<g class=\"on-high\"><text x=\"100\" y=\"195\">甲&lt;</text><text class=\"figure\" "
                       "x=\"100\" y=\"225\">8.20</text></g>")));
    CHECK(!str_has(s, S("丙")));
    CHECK(str_has(s, S("M9 9Z")));
    buf_clear(&b);
    m.aside = true;
    svg_choropleth(&b, &m);
    CHECK(str_has(buf_str(&b), S("aria-hidden=\"true\"><a href=\"/board?area=110101&amp;period=2026-11\" "
                                 "tabindex=\"-1\">")));
    buf_clear(&b);
    m.tenfold = 14;
    svg_choropleth(&b, &m);
    CHECK(str_has(buf_str(&b), S("<g transform=\"scale(1.4)\"><a href=")));
    CHECK(str_has(buf_str(&b), S("<text x=\"140\" y=\"275\">")));
    buf_clear(&b);
    m = (struct chart_map){ .says = S("图"), .box = S("0 0 1 1") };
    svg_choropleth(&b, &m);
    CHECK(str_has(buf_str(&b), S("role=\"img\"")));
}
