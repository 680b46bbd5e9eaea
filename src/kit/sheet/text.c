#include <stdarg.h>
#include <stdio.h>
#include "kit/sheet/read.h"

static void add(const struct at *at, const char *code, bool warn, const char *fmt, va_list ap) {
    char text[1024];
    int n = vsnprintf(text, sizeof text, fmt, ap);
    str s = { text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1 };
    /* Cut in the middle of a character, a sentence is shortened to the last whole one. */
    while (s.n > 0 && !utf8_valid(s)) s.n--;
    *VEC_ADD(at->a, at->faults) = (struct register_fault){ .sheet = at->sheet, .row = at->row, .col = at->col,
                                                           .field = at->field, .code = code, .warn = warn,
                                                           .text = str_dup(at->a, s) };
}

void wrong(const struct at *at, const char *code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    add(at, code, false, fmt, ap);
    va_end(ap);
}

void doubt(const struct at *at, const char *code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    add(at, code, true, fmt, ap);
    va_end(ap);
}

struct at at_field(struct at at, enum register_field f, i64 col) {
    at.field = f;
    at.col = col;
    return at;
}

static bool dash(u32 c) {
    return c == 0x2D || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63 || c == 0xFE58 || c == 0x2500;
}

static bool unseen(u32 c) {
    return c <= 0x20 || c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200F) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x2060 || c == 0xFEFF || (c >= 0x202A && c <= 0x202E);
}

str tight(struct arena *a, str s) {
    s = utf8_half(a, s);
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t at = 0; at < s.n;) {
        u32 c = utf8_next(s, &at);
        if (unseen(c)) continue;
        n += utf8_put(dash(c) ? '-' : c, p + n);
    }
    return (str){ p, n };
}

static bool among(str s, const str *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, list[i])) return true;
    return false;
}

bool nothing(str s) {
    static const str none[] = { S_INIT("-"), S_INIT("--"), S_INIT("/"), S_INIT("\\"), S_INIT("—"), S_INIT("——"),
                                S_INIT("－"), S_INIT("无"), S_INIT("暂无"), S_INIT("空"), S_INIT("不详"), S_INIT("未知"),
                                S_INIT("待定"), S_INIT("未填"), S_INIT("没有"), S_INIT("N/A"), S_INIT("n/a"),
                                S_INIT("NULL"), S_INIT("null"), S_INIT("None"), S_INIT("nan"), S_INIT("／") };
    s = str_trim(s);
    return s.n == 0 || among(s, none, COUNT(none));
}

bool ditto(str s) {
    static const str same[] = { S_INIT("同上"), S_INIT("〃"), S_INIT("″"), S_INIT("\""), S_INIT("''"), S_INIT("”"),
                                S_INIT("“"), S_INIT("同前"), S_INIT("同左"), S_INIT("ditto") };
    return among(str_trim(s), same, COUNT(same));
}

/* Digits from *at on; how many. */
static size_t run(str s, size_t *at) {
    size_t from = *at;
    while (*at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9') (*at)++;
    return *at - from;
}

bool scientific(str s) {
    size_t at = 0;
    if (run(s, &at) != 1) return false;
    if (at < s.n && s.p[at] == '.') {
        at++;
        if (run(s, &at) == 0) return false;
    }
    if (at >= s.n || (s.p[at] != 'E' && s.p[at] != 'e')) return false;
    at++;
    if (at >= s.n || s.p[at] != '+') return false;
    at++;
    return run(s, &at) > 0 && at == s.n;
}

/* The English month at the head of s. */
static bool month_name(str s) {
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (size_t i = 0; s.n >= 3 && i < sizeof names - 1; i += 3)
        if (memcmp(s.p, names + i, 3) == 0) return true;
    return false;
}

bool date_like(str s) {
    size_t at = 0, first = run(s, &at);
    str rest = str_from(s, at);
    if (first == 0) {
        /* Jan-02 */
        size_t k = 4;
        return month_name(s) && s.n > 4 && s.p[3] == '-' && run(s, &k) > 0 && k == s.n;
    }
    if (first <= 2 && str_starts(rest, S("月"))) {
        size_t k = 3, days = run(rest, &k);
        return k == rest.n || (days > 0 && days <= 2 && str_eq(str_from(rest, k), S("日")));
    }
    if (first == 4 && str_starts(rest, S("年")) && str_has(rest, S("月"))) return true;
    if (first == 4 && rest.n > 0 && rest.p[0] == '/') {
        size_t k = 1;
        return run(rest, &k) > 0 && k < rest.n && rest.p[k] == '/';
    }
    return first <= 2 && rest.n == 4 && rest.p[0] == '-' && month_name(str_from(rest, 1));
}

str masked(struct arena *a, str s) {
    size_t n = utf8_len(s);
    if (n < 7) return s;
    size_t head = n >= 15 ? 6 : 3, tail = n >= 15 ? 4 : n >= 10 ? 4 : 2;
    str h = utf8_head(s, head), m = utf8_head(s, n - tail);
    return str_fmt(a, "%.*s%.*s%.*s", STR(h), (int)(n - head - tail > 8 ? 8 : n - head - tail), "********",
                   STR(str_from(s, m.n)));
}
