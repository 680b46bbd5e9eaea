#include <stdarg.h>
#include <stdio.h>
#include "base/base.h"

str str_of(const char *c) { return c == NULL ? S("") : (str){ c, strlen(c) }; }

bool str_eq(str a, str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

bool str_is(str a, const char *c) { return str_eq(a, str_of(c)); }

int str_cmp(str a, str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n == 0 ? 0 : memcmp(a.p, b.p, n);
    if (order != 0) return order < 0 ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(str s, str head) { return s.n >= head.n && str_eq((str){ s.p, head.n }, head); }

bool str_ends(str s, str tail) {
    return tail.n == 0 || (s.n >= tail.n && memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0);
}

bool str_has(str s, str needle) {
    return needle.n == 0 || (s.n >= needle.n && memmem(s.p, s.n, needle.p, needle.n) != NULL);
}

i64 str_find(str s, char c) {
    const char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);
    return at == NULL ? -1 : at - s.p;
}

str str_sub(str s, size_t from, size_t n) {
    str rest = str_from(s, from);
    if (n < rest.n) rest.n = n;
    return rest;
}

str str_from(str s, size_t from) {
    if (s.p == NULL) return s;
    if (from > s.n) from = s.n;
    return (str){ s.p + from, s.n - from };
}

static const str blanks[] = {
    S_INIT(" "), S_INIT("\t"), S_INIT("\n"), S_INIT("\r"), S_INIT("\v"), S_INIT("\f"),
    S_INIT("\u3000"), S_INIT("\u00A0"), S_INIT("\uFEFF"),
};

/* A printable ASCII character is no blank and no part of one. */
static bool solid(char c) { return c > ' ' && c < 0x7F; }

str str_trim(str s) {
    if (s.n > 0 && solid(s.p[0]) && solid(s.p[s.n - 1])) return s;
    for (size_t i = 0; i < COUNT(blanks); i++) {
        if (!str_starts(s, blanks[i])) continue;
        s = str_from(s, blanks[i].n);
        i = (size_t)-1;
    }
    for (size_t i = 0; i < COUNT(blanks); i++) {
        if (!str_ends(s, blanks[i])) continue;
        s.n -= blanks[i].n;
        i = (size_t)-1;
    }
    return s;
}

bool str_cut(str *rest, char sep, str *ret_piece) {
    if (rest->p == NULL) return false;
    i64 at = str_find(*rest, sep);
    if (at < 0) {
        *ret_piece = *rest;
        *rest = (str){ NULL, 0 };
    } else {
        *ret_piece = (str){ rest->p, (size_t)at };
        *rest = str_from(*rest, (size_t)at + 1);
    }
    return true;
}

str str_cat(struct arena *a, str x, str y) {
    size_t n;
    /* A sum past the end of memory is refused by the arena itself. */
    if (__builtin_add_overflow(x.n, y.n, &n) || n == SIZE_MAX) n = SIZE_MAX - 1;
    char *p = arena_alloc(a, n + 1);
    if (x.n > 0) memcpy(p, x.p, x.n);
    if (y.n > 0) memcpy(p + x.n, y.p, y.n);
    return (str){ p, n };
}

str str_dup(struct arena *a, str s) { return str_cat(a, s, (str){ NULL, 0 }); }

char *str_c(struct arena *a, str s) {
    char *p = arena_alloc(a, s.n + 1);
    if (s.n > 0) memcpy(p, s.p, s.n);
    return p;
}

str str_fmt(struct arena *a, const char *fmt, ...) {
    char small[256];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0) n = 0;                 /* an encoding error of %lc only, which this house does not use */
    char *p = arena_alloc(a, (size_t)n + 1);
    if ((size_t)n < sizeof small) memcpy(p, small, (size_t)n);
    else vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (str){ p, (size_t)n };
}

bool str_digits(str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

bool str_i64(str s, i64 *ret) {
    bool minus = s.n > 0 && s.p[0] == '-';
    size_t i = minus || (s.n > 0 && s.p[0] == '+') ? 1 : 0;
    if (i == s.n) return false;
    i64 v = 0;                        /* runs below zero, where there is one more number */
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        if (!i64_mul(v, 10, &v) || !i64_sub(v, s.p[i] - '0', &v)) return false;
    }
    if (!minus && !i64_sub(0, v, &v)) return false;
    *ret = v;
    return true;
}

u64 str_hash(str s) {
    u64 h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.n; i++) {
        h ^= (u8)s.p[i];
        (void)__builtin_mul_overflow(h, (u64)0x100000001b3u, &h);   /* wraps by design */
    }
    return h;
}

str str_hex(struct arena *a, const u8 *p, size_t n) {
    buf b = buf_in(a, 2 * n);
    buf_hex(&b, p, n);
    return buf_str(&b);
}
