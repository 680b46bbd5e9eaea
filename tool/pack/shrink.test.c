#include "base/test.h"
#include "pack.h"

TEST(css_loses_only_what_nobody_reads)
{
    CHECK_STR(pack_css(a, S("/* x */ a :hover , b > c {\n  margin: calc(1rem + 2px) 0;\n  color : red ;\n}\n")),
              S("a :hover,b>c{margin:calc(1rem + 2px) 0;color :red}"));
    CHECK_STR(pack_css(a, S("a::before { content: \"; } /* \\\" */\" }")), S("a::before{content:\"; } /* \\\" */\"}"));
    CHECK_STR(pack_css(a, S("@media (min-width: 40rem) and (x) { .a.b { --x: -.5rem } }")),
              S("@media (min-width:40rem) and (x){.a.b{--x:-.5rem}}"));
    CHECK_STR(pack_css(a, S("a/* b */c{}")), S("a c{}"));
    CHECK_STR(pack_css(a, S("a{b:'x")), S("a{b:'x"));
    CHECK_STR(pack_css(a, S("/* open")), S(""));
}

TEST(js_keeps_its_lines)
{
    CHECK_STR(pack_js(a, S("/* a\n b */\nvar s = \"/* no */\";\n\n    f(); /* tail */\n")),
              S("var s = \"/* no */\";\nf(); /* tail */\n"));
    CHECK_STR(pack_js(a, S("x")), S("x\n"));
    CHECK_STR(pack_js(a, S("/* open")), S(""));
}

TEST(svg_becomes_a_symbol)
{
    buf b = buf_in(a, 1000);
    CHECK(pack_symbol(a,
                      S("<!-- l -->\n<svg\n  class=\"x\"\n  viewBox=\"0 0 24 24\"\n>\n  <path d=\"M1  1\" "
                        "/>\n</svg>\n"),
                      S("house"), &b));
    CHECK_STR(buf_str(&b), S("<symbol id=\"house\" viewBox=\"0 0 24 24\"><path d=\"M1  1\"/></symbol>"));
    CHECK(!pack_symbol(a, S("<svg viewBox=\"0 0 1 1\">"), S("x"), &b));
    CHECK(!pack_symbol(a, S("<svg class=\"\"></svg>"), S("x"), &b));
    CHECK(!pack_symbol(a, S(""), S("x"), &b));
}

static const char *one(void *arg, str name)
{
    (void)arg;
    return str_is(name, "eave.svg") ? "/assets/eave.0a.svg" : NULL;
}

TEST(references_become_addresses)
{
    str got, missing = { 0 };
    CHECK(pack_references(a, S("u(asset:eave.svg) asset:eave.svg"), one, NULL, &got, &missing));
    CHECK_STR(got, S("u(/assets/eave.0a.svg) /assets/eave.0a.svg"));
    CHECK(!pack_references(a, S("u(asset:roof.svg)"), one, NULL, &got, &missing));
    CHECK_STR(missing, S("roof.svg"));
}

TEST(dark_lists_must_agree)
{
    CHECK(pack_same_dark(S("html[data-theme=\"dark\"]{--a:1}@media x{html[data-theme=\"auto\"]{--a:1}}")));
    CHECK(!pack_same_dark(S("html[data-theme=\"dark\"]{--a:1}@media x{html[data-theme=\"auto\"]{--a:2}}")));
    CHECK(!pack_same_dark(S("html[data-theme=\"dark\"]{--a:1}")));
    CHECK(!pack_same_dark(S("")));
}

TEST(shrinkers_survive_any_bytes)
{
    static const char bits[] = "/*<>\"'{}; :-!\\\nasvg=c";
    for (int round = 0; round < 3000; round++) {
        char text[64];
        size_t n = test_random() % sizeof text;
        for (size_t i = 0; i < n; i++) text[i] = bits[test_random() % (sizeof bits - 1)];
        str s = { text, n }, got, missing;
        CHECK(pack_css(a, s).n <= n + 1);
        CHECK(pack_js(a, s).n <= n + 1);
        CHECK(pack_svg(a, s).n <= n + 1);
        buf b = buf_in(a, 1000);
        (void)pack_symbol(a, s, S("x"), &b);
        (void)pack_references(a, s, one, NULL, &got, &missing);
    }
}
