#include <stdio.h>
#include "base/test.h"

TEST(buf_formats_and_stops_at_the_ceiling) {
    buf b = buf_new(600);
    buf_fmt(&b, "%s-%d", "x", 5);
    buf_i64(&b, INT64_MIN);
    buf_i64(&b, 0);
    buf_i64(&b, INT64_MAX);
    buf_hex(&b, (const u8 *)"\x01\xFE", 2);
    CHECK_STR(buf_str(&b), S("x-5-92233720368547758080922337203685477580701fe"));
    buf_clear(&b);
    buf_be64(&b, 0x0102030405060708u);
    CHECK_STR(buf_str(&b), S("\1\2\3\4\5\6\7\10"));
    buf_fmt(&b, "%0591d", 1);
    CHECK(!b.over);
    buf_fmt(&b, "%02d", 1);
    CHECK(b.over);
    CHECK_I64((i64)b.n, 599);
    buf_c(&b, 'x');
    CHECK_I64((i64)b.n, 599);             /* no holes: after the first loss everything is dropped */
    buf_free(&b);
    CHECK_STR(buf_str(&b), S(""));
}

TEST(buf_of_any_ceiling_takes_exactly_that) {
    for (size_t max = 0; max < 600; max += 7) {
        buf b = max % 2 ? buf_new(max) : buf_in(a, max);
        for (size_t i = 0; i < max; i++) buf_c(&b, 'x');
        CHECK(!b.over && b.n == max);
        buf_fmt(&b, "%c", 'x');
        CHECK(b.over && b.n == max);
        buf_free(&b);
    }
}

TEST(formatting_is_whole_at_every_length) {
    for (int n = 1; n < 600; n++) {
        buf b = buf_in(a, 600);
        buf_fmt(&b, "%0*d", n, 7);
        str s = str_fmt(a, "%0*d", n, 7);
        CHECK(s.n == (size_t)n && s.p[n - 1] == '7' && str_eq(s, buf_str(&b)));
    }
}

TEST(json_is_escaped) {
    buf b = buf_in(a, 1000);
    buf_json(&b, S("a\"\\\n\r\t\1\x7F</script>&中\u2028\u2029\U0001F600\xE2\x80"));
    CHECK_STR(buf_str(&b), S("\"a\\\"\\\\\\n\\r\\t\\u0001\\u007f\\u003c/script\\u003e\\u0026中\\u2028\\u2029"
                             "\U0001F600\xE2\x80\""));
}

TEST(str_compares_and_finds) {
    CHECK(str_eq(S(""), (str){ NULL, 0 }));
    CHECK(str_is(S("ab"), "ab") && !str_is(S("ab"), "a") && str_is(S(""), NULL));
    CHECK(str_cmp(S("a"), S("b")) < 0 && str_cmp(S("b"), S("a")) > 0 && str_cmp(S("a"), S("ab")) < 0);
    CHECK(str_cmp(S("\xE4"), S("a")) > 0);        /* bytes are unsigned */
    CHECK_I64(str_cmp(S("a"), S("a")), 0);
    CHECK(str_starts(S("abc"), S("ab")) && !str_starts(S("a"), S("ab")) && str_starts((str){ NULL, 0 }, S("")));
    CHECK(str_ends(S("abc"), S("bc")) && !str_ends(S("c"), S("bc")) && str_ends((str){ NULL, 0 }, S("")));
    CHECK(str_has(S("abc"), S("b")) && !str_has(S("abc"), S("ac")) && str_has(S(""), S("")));
    CHECK_I64(str_find(S("abc"), 'c'), 2);
    CHECK_I64(str_find(S("abc"), 'x'), -1);
    CHECK_I64(str_find((str){ NULL, 0 }, 0), -1);
    CHECK_STR(str_sub(S("hello"), 1, 3), S("ell"));
    CHECK_STR(str_sub(S("hello"), 4, SIZE_MAX), S("o"));
    CHECK_STR(str_from(S("hello"), 9), S(""));
    CHECK_STR(str_trim(S(" \t\u3000\u00A0\uFEFF a b\u3000\r\n ")), S("a b"));
    CHECK_STR(str_trim(S("\u3000 ")), S(""));
    CHECK_STR(str_trim((str){ NULL, 0 }), S(""));
}

TEST(str_cuts_and_builds) {
    str rest = S("a,,b,"), piece;
    const char *want[] = { "a", "", "b", "" };
    size_t n = 0;
    while (str_cut(&rest, ',', &piece)) {
        CHECK(n < COUNT(want) && str_is(piece, want[n]));
        n++;
    }
    CHECK_I64((i64)n, 4);
    rest = S("");
    CHECK(str_cut(&rest, ',', &piece) && piece.n == 0);
    CHECK(!str_cut(&rest, ',', &piece));

    CHECK_STR(str_cat(a, S("ab"), S("c")), S("abc"));
    CHECK_STR(str_of(str_c(a, S("xyz"))), S("xyz"));
    CHECK(str_dup(a, S("xyz")).p[3] == 0);
    CHECK_STR(str_fmt(a, "%.*s|%05d", STR(S("号")), 42), S("号|00042"));
    CHECK_I64((i64)str_fmt(a, "%05000d", 1).n, 5000);
    CHECK_STR(str_hex(a, (const u8 *)"\x00\xab", 2), S("00ab"));
    CHECK(str_hash(S("")) == 0xcbf29ce484222325u && str_hash(S("foobar")) == 0x85944171f73967e8u);
}

TEST(str_i64_takes_whole_numbers_only) {
    i64 v;
    CHECK(str_i64(S("-9223372036854775808"), &v) && v == INT64_MIN);
    CHECK(str_i64(S("+9223372036854775807"), &v) && v == INT64_MAX);
    CHECK(str_i64(S("007"), &v) && v == 7);
    const char *bad[] = { "", "-", "+", " 1", "1 ", "1x", "--1", "9223372036854775808", "-9223372036854775809",
                          "99999999999999999999", "0x1", "1.0", "１" };
    v = 5;
    for (size_t i = 0; i < COUNT(bad); i++) CHECK(!str_i64(str_of(bad[i]), &v));
    CHECK_I64(v, 5);
}

TEST(utf8_goes_out_and_in_for_every_code_point) {
    for (u32 cp = 0; cp <= 0x110000; cp++) {
        char out[4];
        bool scalar = cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xDFFF);
        str s = { out, utf8_put(cp, out) };
        size_t at = 0, len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 || !scalar ? 3 : 4;
        u32 got = utf8_next(s, &at);
        if (got != (scalar ? cp : 0xFFFD) || at != s.n || s.n != len || !utf8_valid(s)) CHECK_I64(cp, -1);
    }
}

/* The plain definition: shortest form of a scalar value. */
static bool well_formed(const u8 *p, size_t n) {
    for (size_t i = 0; i < n;) {
        size_t len = p[i] < 0x80 ? 1 : p[i] >> 5 == 6 ? 2 : p[i] >> 4 == 14 ? 3 : p[i] >> 3 == 30 ? 4 : 0;
        if (len == 0 || i + len > n) return false;
        u32 cp = len == 1 ? p[i] : p[i] & (0xFFu >> (len + 1));
        for (size_t k = 1; k < len; k++) {
            if (p[i + k] >> 6 != 2) return false;
            cp = cp * 64 + p[i + k] % 64;
        }
        static const u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
        if (cp < least[len] || cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000)) return false;
        i += len;
    }
    return true;
}

TEST(utf8_refuses_what_is_not_well_formed) {
    static const str bad[] = {
        S_INIT("\x80"), S_INIT("\xBF"), S_INIT("\xC0\x80"), S_INIT("\xC1\xBF"), S_INIT("\xE0\x80\x80"),
        S_INIT("\xE0\x9F\xBF"), S_INIT("\xF0\x80\x80\x80"), S_INIT("\xF0\x8F\xBF\xBF"), S_INIT("\xED\xA0\x80"),
        S_INIT("\xED\xBF\xBF"), S_INIT("\xF4\x90\x80\x80"), S_INIT("\xF5\x80\x80\x80"), S_INIT("\xFF"),
        S_INIT("\xE4\xB8"), S_INIT("\xF0\x9F\x98"), S_INIT("\xC3("), S_INIT("\xE4\xB8\xC3"),
        S_INIT("\xED\xA0\xBD\xED\xB8\x80"), S_INIT("\xFC\x80\x80\x80\x80\x80"),
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        CHECK(!utf8_valid(bad[i]) && !utf8_clean(bad[i], true));
        size_t at = 0;
        CHECK(utf8_next(bad[i], &at) == 0xFFFD && at == 1);
    }
    CHECK(utf8_valid(S("")) && utf8_valid(S("a中\U0001F600\U0010FFFF")));
    /* All pairs after every lead byte, and random tails. */
    for (u32 i = 0; i < 1 << 24; i += 3) {
        u8 p[4] = { (u8)(i >> 16), (u8)(i >> 8), (u8)i, (u8)test_random() };
        for (size_t n = 1; n <= 4; n++) {
            if (utf8_valid((str){ (char *)p, n }) != well_formed(p, n)) CHECK_I64(i, -(i64)n);
        }
    }
}

TEST(utf8_clean_refuses_what_deceives_the_eye) {
    CHECK(utf8_clean(S("张三 1-2号楼"), false));
    CHECK(!utf8_clean(S("a\nb"), false) && utf8_clean(S("a\n\tb"), true) && !utf8_clean(S("a\rb"), true));
    static const u32 bad[] = { 0, 1, 0x1F, 0x7F, 0x80, 0x9F, 0x61C, 0x200E, 0x200F, 0x202A, 0x202E, 0x2066, 0x2069,
                               0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF };
    static const u32 good[] = { 0x20, 0xA0, 0x4E00, 0x2029, 0x202F, 0x2065, 0xFDF0, 0xFFFD, 0x1F600, 0x10FFFD };
    char out[4];
    for (size_t i = 0; i < COUNT(bad); i++) CHECK(!utf8_clean((str){ out, utf8_put(bad[i], out) }, true));
    for (size_t i = 0; i < COUNT(good); i++) CHECK(utf8_clean((str){ out, utf8_put(good[i], out) }, true));
}

TEST(utf8_counts_cuts_and_narrows) {
    CHECK_I64((i64)utf8_len(S("a中\U0001F600")), 3);
    CHECK_STR(utf8_head(S("a中文"), 2), S("a中"));
    CHECK_STR(utf8_head(S("a中文"), 9), S("a中文"));
    CHECK_STR(utf8_head(S("a"), 0), S(""));
    CHECK_STR(utf8_half(a, S("１２３ｘ－　～！￥中")), S("123x- ~!￥中"));
}

TEST(a_value_in_an_address_is_coded) {
    buf b = buf_in(a, 100);
    buf_url(&b, S("/e/1?a=京 &%~"));
    CHECK_STR(buf_str(&b), S("/e/1%3Fa%3D%E4%BA%AC%20%26%25~"));
    CHECK(str_digits(S("0079")) && !str_digits(S("")) && !str_digits(S("-1")) && !str_digits(S("1\xef\xbc\x91")));
}
