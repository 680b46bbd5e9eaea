#include "base/test.h"
#include "kit/html/html.h"

static str escaped(struct arena *a, enum html_ctx c, str v) {
    buf b = buf_in(a, 1 << 20);
    html_str(&b, c, v);
    return buf_str(&b);
}

#define CHECK_ESCAPED(ctx, in, want) CHECK_STR(escaped(a, ctx, S(in)), S(want))

TEST(html_text_is_escaped) {
    CHECK_ESCAPED(HTML_TEXT, "", "");
    CHECK_ESCAPED(HTML_TEXT, "维修 <b>&amp;</b> \"'`", "维修 &lt;b&gt;&amp;amp;&lt;/b&gt; \"'`");
    CHECK_ESCAPED(HTML_ATTR, "\" onload='x' <&>", "&quot; onload=&#39;x&#39; &lt;&amp;&gt;");
    CHECK_ESCAPED(HTML_ATTR, "<<", "&lt;&lt;");
    CHECK_STR(escaped(a, HTML_TEXT, (str){ 0 }), S(""));
}

TEST(html_address_schemes) {
    static const char *const good[] = {
        "/a/b",         "?x=1",      "#top",          "a/b",   "http://x.cn/",
        "HTTPS://x.cn", "tel:12345", "mailto:a@b.cn", "./a:b", "data:image/png;base64,AA==",
        "a?b:c",        ""
    };
    static const char *const bad[] = { "javascript:alert(1)",
                                       "JaVaScRiPt:alert(1)",
                                       " javascript:alert(1)",
                                       "java\tscript:alert(1)",
                                       "\x01javascript:alert(1)",
                                       "vbscript:x",
                                       "data:text/html,x",
                                       "data:image/svg+xml,<svg>",
                                       "DATA:IMAGE/SVG+xml;base64,x",
                                       "data:",
                                       "file:///etc",
                                       "blob:x",
                                       ":",
                                       "http\n:x" };
    for (size_t i = 0; i < COUNT(good); i++)
        CHECK_STR(escaped(a, HTML_URL, str_of(good[i])), str_of(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++) CHECK_STR(escaped(a, HTML_URL, str_of(bad[i])), S("#"));
}

TEST(html_address_bytes) {
    CHECK_ESCAPED(HTML_URL, "/q?a=1&b='x'", "/q?a=1&amp;b=&#39;x&#39;");
    CHECK_ESCAPED(HTML_URL, "/小区 a\"<>\\", "/%E5%B0%8F%E5%8C%BA%20a%22%3C%3E%5C");
    CHECK_ESCAPED(HTML_URL, "javascript&#58;x", "javascript&amp;#58;x");
    CHECK_ESCAPED(HTML_URL, "/a%20b%zz%4", "/a%20b%25zz%254");
    CHECK_ESCAPED(HTML_URL, "/[x]@!$()*+,;=~", "/[x]@!$()*+,;=~");
    CHECK_ESCAPED(HTML_URL_PART, "a/b?c&d=e#f:%20 小", "a%2Fb%3Fc%26d%3De%23f%3A%2520%20%E5%B0%8F");
    CHECK_ESCAPED(HTML_URL_PART, "AZaz09-._~", "AZaz09-._~");
    CHECK_ESCAPED(HTML_URL_PART, "javascript:", "javascript%3A");
}

/* What a browser makes of it again: references first, then percent signs. */
static str unescaped(struct arena *a, enum html_ctx c, str v) {
    static const struct {
        const char *name;
        char c;
    } names[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&#39;", '\'' } };
    buf plain = buf_in(a, 1 << 20), out = buf_in(a, 1 << 20);
    for (size_t i = 0; i < v.n;) {
        size_t n = 1;
        char x = v.p[i];
        for (size_t k = 0; k < COUNT(names); k++)
            if (str_starts(str_from(v, i), str_of(names[k].name))) {
                x = names[k].c;
                n = strlen(names[k].name);
            }
        buf_c(&plain, x);
        i += n;
    }
    str p = buf_str(&plain);
    if (c == HTML_TEXT || c == HTML_ATTR) return p;
    for (size_t i = 0; i < p.n; i++) {
        if (p.p[i] != '%') {
            buf_c(&out, p.p[i]);
            continue;
        }
        int byte = 0;
        for (int k = 0; k < 2; k++) {
            char h = p.p[++i];
            byte = byte * 16 + (h <= '9' ? h - '0' : h - 'A' + 10);
        }
        buf_c(&out, (char)byte);
    }
    return buf_str(&out);
}

/* No byte may leave its context, and nothing may be lost on the way. */
TEST(html_no_byte_leaves_its_context) {
    for (int c = HTML_TEXT; c <= HTML_URL_PART; c++)
        for (int round = 0; round < 4000; round++) {
            char text[40];
            size_t n = test_random() % sizeof text;
            for (size_t i = 0; i < n; i++)
                text[i] = (char)(test_random() % 3 ? "&<>\"'%/:? =#;a0\n\\"[test_random() % 17]
                                                   : (int)(test_random() % 256));
            if (c == HTML_URL) text[0] = '/';
            str in = { text, n }, out = escaped(a, (enum html_ctx)c, in);
            bool clean = str_find(out, '<') < 0 && str_find(out, '>') < 0;
            if (c != HTML_TEXT) clean &= str_find(out, '"') < 0 && str_find(out, '\'') < 0;
            for (size_t i = 0; c >= HTML_URL && i < out.n; i++) clean &= out.p[i] > 0x20 && out.p[i] < 0x7f;
            CHECK(clean);
            bool encoded_before = c == HTML_URL && str_find(in, '%') >= 0;
            if (!encoded_before) CHECK_STR(unescaped(a, (enum html_ctx)c, out), in);
        }
}

static str shown(struct arena *a, enum html_ctx c, void (*put)(buf *b, enum html_ctx c)) {
    buf b = buf_in(a, 1000);
    put(&b, c);
    return buf_str(&b);
}

static void put_many(buf *b, enum html_ctx c) {
    bool first = true;
#define ITEM(x) (first ? (void)(first = false) : buf_c(b, '|'), OUT(b, c, x))
    const char *const literal = "a&b";
    ITEM(S("x"));
    ITEM(literal);
    ITEM((i64)INT64_MIN);
    ITEM(-7);
    ITEM((size_t)SIZE_MAX);
    ITEM(((money){ 124560 }));
    ITEM(YUAN(((money){ 124560 })));
    ITEM(((sqm){ 8905 }));
    ITEM(day_from(2026, 11, 4));
    ITEM(((instant){ day_start(day_from(2026, 11, 24)).us + 21 * HOUR_US + 36 * MINUTE_US + 5 * SECOND_US }));
#undef ITEM
}

TEST(html_types) {
    CHECK_STR(shown(a, HTML_TEXT, put_many),
              S("x|a&amp;b|-9223372036854775808|-7|18446744073709551615|1245.60|1,245.60|89.05|2026年11月4日|"
                "11月24日 21:36"));
    CHECK_STR(shown(a, HTML_ATTR, put_many),
              S("x|a&amp;b|-9223372036854775808|-7|18446744073709551615|1245.60|1,245.60|89.05|2026-11-04|"
                "2026-11-24T21:36:05+08:00"));
    CHECK_STR(shown(a, HTML_URL_PART, put_many),
              S("x|a%26b|-9223372036854775808|-7|18446744073709551615|1245.60|1245.60|89.05|2026-11-04|"
                "2026-11-24T21%3A36%3A05%2B08%3A00"));
}

TEST(html_ids_and_markup) {
    buf b = buf_in(a, 1000), want = buf_in(a, 1000);
    OUT(&b, HTML_URL_PART, ID(123456789));
    id_put(&want, 123456789);
    CHECK_STR(buf_str(&b), buf_str(&want));
    buf_clear(&b);
    struct html h = { S("<b>x</b>") };
    OUT(&b, HTML_TEXT, h);
    CHECK_STR(buf_str(&b), S("<b>x</b>"));
    buf_clear(&b);
    html_raw(&b, HTML_ATTR, h);
    CHECK_STR(buf_str(&b), S("&lt;b&gt;x&lt;/b&gt;"));
}

static const char *find(const char *name) {
    return strcmp(name, "icons.svg") == 0 ? "/assets/icons.1a2b.svg" : NULL;
}

TEST(html_icons_and_assets) {
    buf b = buf_in(a, 1000);
    html_assets(find);
    html_icon(&b, "wrench");
    CHECK_STR(
        buf_str(&b),
        S("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"/assets/icons.1a2b.svg#wrench\"/></svg>"));
    CHECK_STR(str_of(asset("none.css")), S("none.css"));
    html_assets(NULL);
    CHECK_STR(str_of(asset("icons.svg")), S("icons.svg"));
}

/* Past the ceiling nothing is written, above all not half an entity or the tail of an instant. */
TEST(html_ceiling) {
    for (size_t max = 0; max < 60; max++) {
        buf b = buf_in(a, max);
        html_instant(&b, HTML_URL_PART, (instant){ 0 });
        html_str(&b, HTML_ATTR, S("\"\"\"\""));
        CHECK(b.n <= max);
        CHECK(b.over == (max < 33 + 24));
    }
}
