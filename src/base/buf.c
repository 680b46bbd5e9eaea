#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/base.h"

buf buf_new(size_t max) { return (buf){ .max = max }; }

buf buf_in(struct arena *a, size_t max) { return (buf){ .max = max, .a = a }; }

void buf_free(buf *b) {
    if (b->a == NULL) free(b->p);
    *b = (buf){ .max = b->max, .a = b->a };
}

void buf_clear(buf *b) {
    b->n = 0;
    b->over = false;
}

/* One byte more than `cap` is always there, for the NUL of vsnprintf. */
static bool grow(buf *b, size_t need) {
    size_t cap = b->cap < 128 ? 256 : b->cap > b->max / 2 ? b->max : b->cap * 2;
    if (cap < need) cap = need;
    if (cap > b->max) cap = b->max;
    if (b->a != NULL) {
        b->p = arena_grow(b->a, b->p, b->p == NULL ? 0 : b->cap + 1, cap + 1);
    } else {
        char *p = realloc(b->p, cap + 1);
        if (p == NULL) return false;
        b->p = p;
    }
    b->cap = cap;
    return true;
}

char *buf_room(buf *b, size_t n) {
    if (b->over) return NULL;
    if (n > b->max - b->n || b->max == SIZE_MAX) {
        b->over = true;
        return NULL;
    }
    if ((b->p == NULL || n > b->cap - b->n) && !grow(b, b->n + n)) {
        b->over = true;
        return NULL;
    }
    return b->p + b->n;
}

void buf_put(buf *b, const void *p, size_t n) {
    if (n == 0) return;
    char *to = buf_room(b, n);
    if (to == NULL) return;
    memcpy(to, p, n);
    b->n += n;
}

void buf_c(buf *b, char c) {
    char *to = buf_room(b, 1);
    if (to == NULL) return;
    *to = c;
    b->n++;
}

void buf_s(buf *b, str s) { buf_put(b, s.p, s.n); }

void buf_i64(buf *b, i64 v) {
    char digit[20];
    size_t at = sizeof digit;
    u64 rest = v < 0 ? 0 - (u64)v : (u64)v;
    do {
        digit[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (v < 0) digit[--at] = '-';
    buf_put(b, digit + at, sizeof digit - at);
}

void buf_fmt(buf *b, const char *fmt, ...) {
    char small[256];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    if (n < 0) {
        b->over = true;
    } else if ((size_t)n < sizeof small) {
        buf_put(b, small, (size_t)n);
    } else {
        char *to = buf_room(b, (size_t)n);
        if (to != NULL) {
            vsnprintf(to, (size_t)n + 1, fmt, again);
            b->n += (size_t)n;
        }
    }
    va_end(again);
    va_end(ap);
}

void buf_hex(buf *b, const u8 *p, size_t n) {
    static const char digit[] = "0123456789abcdef";
    char *to = n > SIZE_MAX / 2 ? NULL : buf_room(b, 2 * n);
    if (to == NULL) {
        b->over = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        to[2 * i] = digit[p[i] >> 4];
        to[2 * i + 1] = digit[p[i] & 15];
    }
    b->n += 2 * n;
}

void buf_be64(buf *b, u64 v) {
    u8 be[8];
    for (int i = 0; i < 8; i++) be[i] = (u8)(v >> (56 - 8 * i));
    buf_put(b, be, sizeof be);
}

/* Bytes that a JSON string may not hold as they are: controls, `"`, `\`, DEL; `<`, `>` and `&`, because the string may
 * stand inside a <script> element; and 0xE2, with which U+2028 and U+2029 begin, line ends in a script. */
static bool json_special(u8 c) {
    static const u64 map[4] = {
        0xFFFFFFFFULL | 1ULL << '"' | 1ULL << '&' | 1ULL << '<' | 1ULL << '>',
        1ULL << ('\\' - 64) | 1ULL << (0x7F - 64),
        0,
        1ULL << (0xE2 - 192),
    };
    return map[c >> 6] >> (c & 63) & 1;
}

void buf_url(buf *b, str s) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                     c == '_' || c == '.' || c == '~' || c == '/';
        const char coded[3] = { '%', hex[(u8)c >> 4], hex[(u8)c & 15] };
        buf_put(b, plain ? &c : coded, plain ? 1 : 3);
    }
}

void buf_json(buf *b, str s) {
    buf_c(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        u8 c = (u8)s.p[i];
        if (!json_special(c)) continue;
        bool separator = c == 0xE2 && i + 2 < s.n && (u8)s.p[i + 1] == 0x80 && ((u8)s.p[i + 2] | 1) == 0xA9;
        if (c == 0xE2 && !separator) continue;
        buf_put(b, s.p + from, i - from);
        switch (c) {
        case '"': case '\\': buf_fmt(b, "\\%c", c); break;
        case '\n': buf_put(b, "\\n", 2); break;
        case '\r': buf_put(b, "\\r", 2); break;
        case '\t': buf_put(b, "\\t", 2); break;
        case 0xE2:
            buf_fmt(b, "\\u20%02x", (u8)s.p[i + 2] - 0x80);
            i += 2;
            break;
        default: buf_fmt(b, "\\u%04x", c);
        }
        from = i + 1;
    }
    if (from < s.n) buf_put(b, s.p + from, s.n - from);
    buf_c(b, '"');
}

str buf_str(const buf *b) { return b->p == NULL ? S("") : (str){ b->p, b->n }; }
