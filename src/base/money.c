#include "base/base.h"

bool money_add(money a, money b, money *ret) { return i64_add(a.fen, b.fen, &ret->fen); }

bool money_sub(money a, money b, money *ret) { return i64_sub(a.fen, b.fen, &ret->fen); }

bool sqm_add(sqm a, sqm b, sqm *ret) { return i64_add(a.dm2, b.dm2, &ret->dm2); }

/* The next character, full-width ones as ASCII; 0 at the end. */
static u32 half(str s, size_t *at) {
    if (*at >= s.n) return 0;
    u32 cp = utf8_next(s, at);
    return cp >= 0xFF01 && cp <= 0xFF5E ? cp - 0xFF01 + '!' : cp == 0 ? 0xFFFD : cp;
}

static bool digit(u32 c) { return c >= '0' && c <= '9'; }

/* Runs below zero, where there is one more number. */
static bool take(i64 *v, u32 c) { return i64_mul(*v, 10, v) && i64_sub(*v, (i64)c - '0', v); }

/* Commas must part the digits by threes: in "12,34" someone meant a decimal point. */
static bool hundredths(str s, i64 *ret) {
    s = str_trim(s);
    size_t at = 0;
    i64 v = 0;
    u32 c = half(s, &at);
    bool minus = c == '-';
    if (minus) c = half(s, &at);
    int run = 0;
    bool grouped = false;
    for (;; c = half(s, &at)) {
        if (digit(c)) {
            if (!take(&v, c)) return false;
            run++;
        } else if (c == ',') {
            if (run == 0 || run > 3 || (grouped && run != 3)) return false;
            grouped = true;
            run = 0;
        } else {
            break;
        }
    }
    if (run == 0 || (grouped && run != 3)) return false;
    int places = 0;
    if (c == '.') {
        for (c = half(s, &at); digit(c); c = half(s, &at)) {
            if (++places > 2 || !take(&v, c)) return false;
        }
        if (places == 0) return false;
    }
    if (c != 0) return false;
    for (; places < 2; places++) {
        if (!take(&v, '0')) return false;
    }
    if (!minus && !i64_sub(0, v, &v)) return false;
    *ret = v;
    return true;
}

bool money_parse(str s, money *ret) { return hundredths(s, &ret->fen); }

bool sqm_parse(str s, sqm *ret) { return hundredths(s, &ret->dm2); }

static void put(buf *b, i64 v, bool grouped) {
    char text[32];
    size_t at = sizeof text;
    u64 rest = v < 0 ? 0 - (u64)v : (u64)v;
    int places = 0;
    do {
        if (places == 2) text[--at] = '.';
        if (grouped && places > 2 && (places - 2) % 3 == 0) text[--at] = ',';
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
        places++;
    } while (rest > 0 || places < 3);
    if (v < 0) text[--at] = '-';
    buf_put(b, text + at, sizeof text - at);
}

void money_put(buf *b, money m) { put(b, m.fen, false); }

void money_show(buf *b, money m) { put(b, m.fen, true); }

void sqm_put(buf *b, sqm a) { put(b, a.dm2, false); }
