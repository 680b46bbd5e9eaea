#include <stdio.h>
#include <stdlib.h>
#include "base/test.h"
#include "sys/http/form.h"

/* ---- heads and paths ---- */

static int gate(struct arena *a, const char *method, const char *target, const char *headers, struct head *ret) {
    struct http_pair *list = NEW_N(a, struct http_pair, 200);
    struct head h = { .method = str_of(method), .target = str_of(target), .http11 = true, .headers = list };
    str rest = str_of(headers), line;
    while (rest.n > 0 && str_cut(&rest, '\n', &line)) {
        i64 colon = str_find(line, ':');
        list[h.n++] = (struct http_pair){ str_sub(line, 0, (size_t)colon), str_from(line, (size_t)colon + 1) };
    }
    int status = head_gate(&h);
    if (ret != NULL) *ret = h;
    return status;
}

TEST(head_gate_says) {
    struct head h;
    CHECK_I64(gate(a, "POST", "/x", "Host: a\ncontent-length: 17 \nEXPECT: 100-Continue\nCookie: \t a=b", &h), 0);
    CHECK_I64(h.length, 17);
    CHECK(h.expects);
    CHECK_STR(h.cookie, S("a=b"));
    CHECK_I64(gate(a, "GET", "/x", "", NULL), 400);
    CHECK_I64(gate(a, "GET", "/x", "Host:a\nHost:a", NULL), 400);
    CHECK_I64(gate(a, "PUT", "/x", "Host:a", NULL), 405);
    CHECK_I64(gate(a, "", "/x", "Host:a", NULL), 400);
    CHECK_I64(gate(a, "GET", "", "Host:a", NULL), 400);
    CHECK_I64(gate(a, "POST", "/", "Host:a\nContent-Length:1\nContent-Length:1", NULL), 400);
    CHECK_I64(gate(a, "POST", "/", "Host:a\nContent-Length:999999999999999999", &h), 0);
    CHECK_I64(h.length, 999999999999999999);
    CHECK_I64(gate(a, "POST", "/", "Host:a\nContent-Length:9999999999999999999", NULL), 400);
    CHECK_I64(gate(a, "POST", "/", "Host:a\nTransfer-Encoding:chunked", NULL), 411);
    CHECK_I64(gate(a, "POST", "/", "Host:a\nTransfer-Encoding:chunked\nContent-Length:0", NULL), 400);
    CHECK_I64(gate(a, "GET", "/", "Host:a\nContent-Length:1", NULL), 400);
    CHECK_I64(gate(a, "GET", "/", "Host:a\nReferer:\xff", &h), 0);
    CHECK_I64(h.headers[1].value.n, 0);
}

static str path(struct arena *a, const char *raw) {
    str p;
    return path_parse(a, str_of(raw), &p) == 0 ? p : S("refused");
}

TEST(path_is_decoded_once) {
    CHECK_STR(path(a, "/"), S("/"));
    CHECK_STR(path(a, "/a%20b/%E4%BA%AC+c/"), S("/a b/京+c/"));
    CHECK_STR(path(a, "/%252e%252e/"), S("/%2e%2e/"));
    static const char *const bad[] = { "", "a", "//", "/a//b", "/.", "/..", "/a/./b", "/%2e", "/.%2e/", "/%2F", "/%5c",
        "/%00", "/%", "/%4", "/%g0", "/%ff", "/%c0%af", "/%1f", "/%e2%80%8f/../" };
    for (size_t i = 0; i < COUNT(bad); i++) CHECK_STR(path(a, bad[i]), S("refused"));
}

TEST(cookies_and_lists) {
    str c = S("a=1; wuye=x=y;b ; q=\"quoted\";; wuye=2");
    CHECK_STR(cookie_find(c, "a"), S("1"));
    CHECK_STR(cookie_find(c, "wuye"), S("x=y"));
    CHECK_STR(cookie_find(c, "q"), S("quoted"));
    CHECK(cookie_find(c, "b").p == NULL && cookie_find(c, "w").p == NULL && cookie_find((str){ 0 }, "a").p == NULL);
    CHECK(etag_matches(S("\"a\", W/\"b\""), S("b")) && etag_matches(S("*"), S("b")));
    CHECK(!etag_matches(S("b"), S("b")) && !etag_matches(S("\"ab\""), S("b")) && !etag_matches((str){ 0 }, S("b")));
    CHECK(coding_accepted(S("gzip, BR ;q=0.1"), "br") && coding_accepted(S("br"), "br"));
    CHECK(!coding_accepted(S("br;q=0"), "br") && !coding_accepted(S("br; q=0.00, gzip"), "br"));
    CHECK(!coding_accepted(S("brotli, *"), "br") && !coding_accepted((str){ 0 }, "br"));
    CHECK_STR(media_type(a, S(" Text/HTML ; charset=x")), S("text/html"));
    str v;
    CHECK(header_param(a, S("form-data; name=\"a\\\"b\\\\c\"; x = 1"), "name", &v));
    CHECK_STR(v, S("a\"b\\c"));
    CHECK(header_param(a, S("form-data; name=plain ; filename=\"C:\\x\\y.jpg\""), "FILENAME", &v));
    CHECK_STR(v, S("C:\\x\\y.jpg"));
    CHECK(!header_param(a, S("form-data; name=\"open"), "name", &v));
    CHECK(!header_param(a, S("form-data"), "name", &v));
    CHECK(!header_param(a, S("form-data; filename=\"; name=x\""), "name", &v));
}

/* ---- forms ---- */

static str form(struct arena *a, str text, size_t max) {
    const struct http_pair *p;
    size_t n;
    int status = form_parse(a, text, max, &p, &n);
    if (status != 0) return str_fmt(a, "%d", status);
    buf out = buf_in(a, 1 << 16);
    for (size_t i = 0; i < n; i++) buf_fmt(&out, "[%.*s|%.*s]", STR(p[i].name), STR(p[i].value));
    return buf_str(&out);
}

TEST(form_pairs) {
    CHECK_STR(form(a, S("a=1&b=+%2B+&&c&=d&e==%3D&%E4%BA%AC=%e4%ba%ac"), 10),
        S("[a|1][b| + ][c|][|d][e|==][京|京]"));
    CHECK_STR(form(a, S("a&b&c"), 3), S("[a|][b|][c|]"));
    CHECK_STR(form(a, S("a&b&c"), 2), S("413"));
    CHECK(form(a, S(""), 2).n == 0 && form(a, S("&&&"), 0).n == 0);
    static const char *const bad[] = { "a=%", "a=%2", "%zz=1", "a=%00", "a=%ff", "a=\xff", "a=%c3", "%ed%a0%80",
        "a=% 1" };
    for (size_t i = 0; i < COUNT(bad); i++) CHECK_STR(form(a, str_of(bad[i]), 10), S("400"));
    CHECK_STR(form(a, (str){ "a=\0", 3 }, 10), S("400"));
}

/* What was encoded comes back, whatever the bytes, as long as they are text. */
TEST(form_round_trip) {
    for (int round = 0; round < 300; round++) {
        buf plain = buf_in(a, 4096), coded = buf_in(a, 4096);
        buf_lit(&coded, "k=");
        for (u64 n = test_random() % 50; n > 0; n--) {
            char c[4];
            u32 cp = (u32)(test_random() % 3 == 0 ? test_random() % 0xD000 : test_random() % 128);
            size_t len = utf8_put(cp == 0 ? ' ' : cp, c);
            buf_put(&plain, c, len);
            for (size_t i = 0; i < len; i++) {
                bool raw = c[i] != '&' && c[i] != '%' && c[i] != '+' && c[i] != '=' && test_random() % 2 == 0;
                if (raw) buf_c(&coded, c[i]); else buf_fmt(&coded, "%%%02X", (u8)c[i]);
            }
        }
        const struct http_pair *p;
        size_t n;
        CHECK_I64(form_parse(a, buf_str(&coded), 5, &p, &n), 0);
        CHECK_STR(p[0].value, buf_str(&plain));
    }
}

/* ---- multipart ---- */

struct memory_sink {
    struct arena *a;
    buf *now;
    buf files[HTTP_FILES_MAX];
    int opened, closed, fail_at;
};

static int sink_open(void *arg) {
    struct memory_sink *s = arg;
    s->now = &s->files[s->opened++];
    *s->now = buf_in(s->a, 1 << 20);
    return 0;
}

static int sink_write(void *arg, const void *p, size_t n) {
    struct memory_sink *s = arg;
    if (s->fail_at > 0 && --s->fail_at == 0) return 503;
    buf_put(s->now, p, n);
    return 0;
}

static const char *sink_close(void *arg) {
    struct memory_sink *s = arg;
    s->closed++;
    return "path";
}

/* Feeds `body` cut at `cut` (and, when `bytes`, into single bytes behind it); shows what came out. */
static str parts_of(struct arena *a, str type, str body, size_t cut, bool bytes) {
    struct memory_sink s = { .a = a };
    const struct multipart_sink sink = { sink_open, sink_write, sink_close, &s };
    struct multipart *m = multipart_new(a, type, &sink);
    if (m == NULL) return S("no boundary");
    int status = multipart_feed(m, body.p, cut);
    for (size_t i = cut; status == 0 && i < body.n; i += bytes ? 1 : body.n - cut) {
        status = multipart_feed(m, body.p + i, bytes ? 1 : body.n - cut);
    }
    const struct http_pair *p;
    const struct http_file *f;
    size_t np, nf;
    status = multipart_end(m, &p, &np, &f, &nf);
    if (status != 0) return str_fmt(a, "%d", status);
    buf out = buf_in(a, 2 << 20);
    for (size_t i = 0; i < np; i++) buf_fmt(&out, "[%.*s|%.*s]", STR(p[i].name), STR(p[i].value));
    for (size_t i = 0; i < nf; i++) {
        buf_fmt(&out, "(%.*s|%.*s|%.*s|%lld|%.*s)", STR(f[i].field), STR(f[i].name), STR(f[i].type),
            (long long)f[i].size, STR(buf_str(&s.files[i])));
    }
    CHECK_I64(s.opened, s.closed);
    return buf_str(&out);
}

static const str mixed = S_INIT(
    "preamble\r\n--x-Y\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n漏水\r\n"
    "--x-Y  \r\ncontent-disposition: FORM-DATA; name=photo; filename=\"a\\\"b%22.jpg\"\r\n"
    "Content-Type: Image/JPEG; q=1\r\n\r\n\r\n--x-\r\n--x-Z\r\r\n--x\n--x-Y\r--x-Y\r\n"
    "--x-Y\r\nContent-Disposition: form-data; name=\"f2\"; filename=\"x\"; filename*=utf-8'zh'%E5%9B%BE.png\r\n\r\n\r\n"
    "--x-Y\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n"
    "Content-Type: application/octet-stream\r\n\r\n\r\n"
    "--x-Y\r\nContent-Disposition: form-data; name=\"empty\"\r\nX-Other: y\r\n\r\n\r\n"
    "--x-Y--\r\nepilogue\r\n--x-Y\r\n");
static const str mixed_out = S_INIT(
    "[title|漏水][empty|](photo|a\"b\".jpg|image/jpeg|31|\r\n--x-\r\n--x-Z\r\r\n--x\n--x-Y\r--x-Y)(f2|图.png||0|)");

TEST(multipart_split_anywhere) {
    const str type = S("multipart/form-data; charset=utf-8; boundary=\"x-Y\"");
    str out = mixed_out;
    for (size_t cut = 0; cut <= mixed.n; cut++) {
        CHECK_STR(parts_of(a, type, mixed, cut, false), out);
        if (cut % 16 == 0) CHECK_STR(parts_of(a, type, mixed, cut, true), out);
    }
    /* Any prefix that ends before the closing boundary is incomplete. */
    size_t closing = mixed.n - strlen("--x-Y--\r\nepilogue\r\n--x-Y\r\n");
    for (size_t n = 0; n < closing + 7; n++) {
        CHECK_STR(parts_of(a, type, str_sub(mixed, 0, n), 0, false), S("400"));
    }
    CHECK_STR(parts_of(a, type, str_sub(mixed, 0, closing + 7), 0, false), out);
}

static str one(struct arena *a, const char *head, str body) {
    str all = str_cat(a, str_fmt(a, "--B\r\n%s\r\n\r\n", head), str_cat(a, body, S("\r\n--B--")));
    return parts_of(a, S("multipart/form-data; boundary=B"), all, 0, false);
}

#define FIELD "Content-Disposition: form-data; name=\"a\""
#define FILE_FIELD FIELD "; filename="

TEST(multipart_names) {
    CHECK_STR(one(a, FIELD, S("x")), S("[a|x]"));
    CHECK_STR(one(a, FILE_FIELD "\"C:\\\\dir\\图.jpg\"", S("x")), S("(a|图.jpg||1|x)"));
    CHECK_STR(one(a, FILE_FIELD "\"../../etc/passwd\"", S("x")), S("(a|passwd||1|x)"));
    CHECK_STR(one(a, FILE_FIELD "\"a\xe2\x80\xae" "b\"", S("x")), S("(a|ab||1|x)"));
    CHECK_STR(one(a, FILE_FIELD "\"\"", S("x")), S("(a|||1|x)"));
    CHECK_STR(one(a, FILE_FIELD "\"b\xff\"", S("x")), S("400"));
    CHECK_STR(one(a, FIELD "; filename*=utf-8''%ff", S("x")), S("400"));
    CHECK_STR(one(a, FIELD "; filename*=utf-8''%e5%9b%be", S("x")), S("(a|图||1|x)"));
    CHECK_STR(one(a, "Content-Disposition: form-data; name=\"\x01\"", S("x")), S("400"));
    CHECK_STR(one(a, FIELD, S("\xff")), S("400"));
    CHECK_STR(one(a, FIELD "\r\nContent-Transfer-Encoding: 8BIT", S("x")), S("[a|x]"));
}

TEST(multipart_limits) {
    char *big = arena_alloc(a, HTTP_FILE_MAX + 1);
    memset(big, 'x', HTTP_FILE_MAX + 1);
    CHECK_I64(one(a, FIELD, (str){ big, HTTP_FORM_MAX - 1 }).n, HTTP_FORM_MAX - 1 + 4);
    CHECK_STR(one(a, FIELD, (str){ big, HTTP_FORM_MAX }), S("413"));
    CHECK(str_starts(one(a, FILE_FIELD "b", (str){ big, HTTP_FILE_MAX }), S("(a|b||10485760|")));
    CHECK_STR(one(a, FILE_FIELD "b", (str){ big, HTTP_FILE_MAX + 1 }), S("413"));
    static const char part[] = "\r\n--B\r\n" FIELD "\r\n\r\nx", file[] = "\r\n--B\r\n" FILE_FIELD "b\r\n\r\nx";
    for (size_t n = HTTP_PAIRS_MAX; n <= HTTP_PAIRS_MAX + 1; n++) {
        buf all = buf_in(a, 1 << 20);
        for (size_t i = 0; i < n; i++) buf_put(&all, part, sizeof part - 1);
        buf_lit(&all, "\r\n--B--");
        bool full = str_is(parts_of(a, S("x; boundary=B"), buf_str(&all), 0, false), "413");
        CHECK(full == (n > HTTP_PAIRS_MAX));
    }
    for (size_t n = HTTP_FILES_MAX; n <= HTTP_FILES_MAX + 1; n++) {
        buf all = buf_in(a, 1 << 20);
        for (size_t i = 0; i < n; i++) buf_put(&all, file, sizeof file - 1);
        buf_lit(&all, "\r\n--B--");
        bool full = str_is(parts_of(a, S("x; boundary=B"), buf_str(&all), 0, false), "413");
        CHECK(full == (n > HTTP_FILES_MAX));
    }
    struct memory_sink s = { .a = a, .fail_at = 1 };
    const struct multipart_sink sink = { sink_open, sink_write, sink_close, &s };
    struct multipart *m = multipart_new(a, S("x; boundary=B"), &sink);
    CHECK_I64(multipart_feed(m, file + 2, sizeof file - 3), 503);
    CHECK_I64(multipart_feed(m, "x", 1), 503);
}

/* False if an allocation failed on the way. */
static bool fed(struct arena *small, const struct multipart_sink *sink) {
    if (ARENA_CATCH(small)) return false;
    const struct http_pair *p;
    const struct http_file *f;
    size_t np, nf;
    struct multipart *m = multipart_new(small, S("x; boundary=\"x-Y\""), sink);
    CHECK_I64(multipart_feed(m, mixed.p, mixed.n), 0);
    CHECK_I64(multipart_end(m, &p, &np, &f, &nf), 0);
    CHECK_I64(np + nf, 4);
    return true;
}

TEST(multipart_without_memory) {
    struct memory_sink s = { .a = a };
    const struct multipart_sink sink = { sink_open, sink_write, sink_close, &s };
    size_t n = 0;
    for (bool done = false; !done; n++) {
        struct arena *small = arena_new(1 << 20);
        s.opened = s.closed = 0;
        arena_fail_at(small, n + 1);
        done = fed(small, &sink);
        arena_free(small);
    }
    CHECK(n > 20);
}
