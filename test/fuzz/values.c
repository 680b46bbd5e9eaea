/* The small texts: money, areas, days, instants, ids, integers, code points, search keys. What is read and
 * written is read again as the same. */
#include <stdlib.h>
#include "domain/board/figure.h"
#include "kit/area/area.h"
#include "kit/search/namekey.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

static void numbers(struct arena *a, str s) {
    money m, m2;
    sqm q, q2;
    i64 v, v2;
    buf b = buf_in(a, 256);
    if (money_parse(s, &m)) {
        money_put(&b, m);
        if (!money_parse(buf_str(&b), &m2) || m2.fen != m.fen) abort();
        buf_clear(&b);
        money_show(&b, m);
        if (!money_parse(buf_str(&b), &m2) || m2.fen != m.fen) abort();
    }
    buf_clear(&b);
    if (sqm_parse(s, &q)) {
        sqm_put(&b, q);
        if (!sqm_parse(buf_str(&b), &q2) || q2.dm2 != q.dm2) abort();
    }
    buf_clear(&b);
    if (str_i64(s, &v)) {
        buf_i64(&b, v);
        if (!str_i64(buf_str(&b), &v2) || v2 != v) abort();
    }
    if (id_parse(s, &v) && (v < 0 || !id_parse(id_text(a, v), &v2) || v2 != v)) abort();
    if (board_period_parse(s, &v) && !str_eq(board_period_text(a, v), s)) abort();
    if (area_code_parse(s, &v)) {
        if (!area_code_parse(area_code_text(a, v), &v2) || v2 != v) abort();
    }
}

static void times(struct arena *a, str s) {
    day d, d2;
    instant t, t2;
    buf b = buf_in(a, 256);
    if (day_parse(s, &d)) {
        struct ymd y = day_ymd(d);
        if (!day_exists(y.y, y.m, y.d)) abort();
        day_put(&b, d);
        if (!day_parse(buf_str(&b), &d2) || d2.n != d.n) abort();
        day_show(&b, d);
    }
    buf_clear(&b);
    if (instant_parse(s, &t)) {
        instant_put(&b, t);
        if (!instant_parse(buf_str(&b), &t2) || t2.us / SECOND_US != t.us / SECOND_US) abort();
        instant_show(&b, t);
    }
}

/* One way to decide validity beside another: code point by code point. */
static bool valid_slowly(str s) {
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        char out[4];
        u32 cp = utf8_next(s, &i);
        if (i <= from) abort();
        size_t k = utf8_put(cp, out);
        if (k != i - from || memcmp(out, s.p + from, k) != 0) return false;
    }
    return true;
}

static void texts(struct arena *a, str s) {
    bool valid = utf8_valid(s);
    if (valid != valid_slowly(s)) abort();
    if (!valid && utf8_clean(s, true)) abort();
    if (!valid) return;
    size_t len = utf8_len(s);
    for (size_t k = 0; k <= len && k < 40; k++) {
        str head = utf8_head(s, k);
        if (!utf8_valid(head) || utf8_len(head) != k) abort();
    }
    str half = utf8_half(a, s), key = name_key(a, s);
    if (!utf8_valid(half) || utf8_len(half) != len || !str_eq(utf8_half(a, half), half)) abort();
    if (!utf8_valid(key)) abort();
    buf b = buf_in(a, 1 << 20);
    buf_json(&b, s);
    if (!utf8_valid(buf_str(&b)) || b.p[0] != '"' || b.p[b.n - 1] != '"') abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    if (a == NULL) a = arena_new(16 << 20);
    arena_reset(a);
    str s = { (const char *)data, n };
    if (n > 4096) return 0;
    numbers(a, s);
    times(a, s);
    texts(a, s);
    return 0;
}
