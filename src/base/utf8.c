#include "base/base.h"

#define DAMAGED 0xFFFDu

/* Length of the well-formed sequence at p (n bytes left), 0 if it is damaged: table 3-7 of Unicode. */
static size_t sequence(const u8 *p, size_t n, u32 *ret) {
    u8 c = p[0];
    if (c < 0x80) {
        *ret = c;
        return 1;
    }
    size_t len = c >= 0xC2 && c <= 0xDF ? 2 : (c & 0xF0) == 0xE0 ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
    if (len == 0 || n < len) return 0;
    u8 low = 0x80, high = 0xBF;
    if (c == 0xE0) low = 0xA0;        /* overlong */
    if (c == 0xED) high = 0x9F;       /* surrogates */
    if (c == 0xF0) low = 0x90;        /* overlong */
    if (c == 0xF4) high = 0x8F;       /* > U+10FFFF */
    if (p[1] < low || p[1] > high) return 0;
    u32 cp = ((u32)(c & (0x7F >> len)) << 6) | (p[1] & 0x3Fu);
    for (size_t i = 2; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        cp = (cp << 6) | (p[i] & 0x3Fu);
    }
    *ret = cp;
    return len;
}

bool utf8_valid(str s) {
    u32 cp;
    for (size_t i = 0; i < s.n;) {
        size_t len = sequence((const u8 *)s.p + i, s.n - i, &cp);
        if (len == 0) return false;
        i += len;
    }
    return true;
}

static bool clean(u32 cp, bool lines) {
    if (cp == '\n' || cp == '\t') return lines;
    if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) return false;
    if (cp == 0x061C || cp == 0x200E || cp == 0x200F) return false;                       /* bidi marks */
    if ((cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069)) return false;   /* bidi controls */
    return (cp & 0xFFFE) != 0xFFFE && !(cp >= 0xFDD0 && cp <= 0xFDEF);
}

bool utf8_clean(str s, bool lines) {
    u32 cp;
    for (size_t i = 0; i < s.n;) {
        u8 c = (u8)s.p[i];
        if (c >= ' ' && c < 0x7F) {        /* most of what comes in */
            i++;
            continue;
        }
        size_t len = sequence((const u8 *)s.p + i, s.n - i, &cp);
        if (len == 0 || !clean(cp, lines)) return false;
        i += len;
    }
    return true;
}

u32 utf8_next(str s, size_t *at) {
    if (*at >= s.n) return DAMAGED;
    u32 cp;
    size_t len = sequence((const u8 *)s.p + *at, s.n - *at, &cp);
    *at += len == 0 ? 1 : len;
    return len == 0 ? DAMAGED : cp;
}

size_t utf8_put(u32 cp, char out[4]) {
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) cp = DAMAGED;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3F));
        cp >>= 6;
    }
    out[0] = (char)((0xF00 >> len & 0xFF) | cp);
    return len;
}

size_t utf8_len(str s) {
    size_t n = 0;
    for (size_t at = 0; at < s.n; n++) (void)utf8_next(s, &at);
    return n;
}

str utf8_head(str s, size_t n) {
    size_t at = 0;
    while (n > 0 && at < s.n) {
        (void)utf8_next(s, &at);
        n--;
    }
    return (str){ s.p, at };
}

str utf8_half(struct arena *a, str s) {
    char *p = arena_alloc(a, s.n + 1);   /* never longer than before */
    size_t n = 0;
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        u32 cp = utf8_next(s, &at);
        if (cp >= 0xFF01 && cp <= 0xFF5E) {
            p[n++] = (char)(cp - 0xFF01 + '!');
        } else if (cp == 0x3000) {
            p[n++] = ' ';
        } else {
            memcpy(p + n, s.p + from, at - from);
            n += at - from;
        }
    }
    return (str){ p, n };
}
