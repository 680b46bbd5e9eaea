/* Numbers of people and organisations: the form that is right is the form that tidying leaves alone, and a
 * mask never shows more than it says. */
#include <stdlib.h>
#include "sys/crypt/idcheck.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

struct number {
    str (*tidy)(struct arena *a, str s);
    const char *(*fault)(str s);
    str (*mask)(struct arena *a, str s);
    size_t shown;   /* most characters of a right number that its mask may show */
};

static const struct number numbers[] = {
    { idcard_tidy, idcard_fault, idcard_mask, 7 },
    { mobile_tidy, mobile_fault, mobile_mask, 7 },
    { account_tidy, account_fault, account_mask, 4 },
    { credit_tidy, credit_fault, NULL, 0 },
};

static void one(struct arena *a, const struct number *x, str raw) {
    str s = x->tidy(a, raw);
    if (!utf8_valid(s) || s.n > raw.n) abort();
    const char *wrong = x->fault(s);
    if (wrong && !utf8_valid(str_of(wrong))) abort();
    if (!wrong && !str_eq(x->tidy(a, s), s)) abort();
    if (x->mask == NULL) return;
    str m = x->mask(a, s);
    size_t shown = 0;
    for (size_t i = 0; i < m.n; i++) shown += m.p[i] != '*';
    if (shown > (wrong ? 0 : x->shown)) abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    if (a == NULL) a = arena_new(1 << 20);
    arena_reset(a);
    str raw = { (const char *)data, n };
    if (n > 1000 || !utf8_valid(raw)) return 0;
    for (size_t i = 0; i < COUNT(numbers); i++) one(a, &numbers[i], raw);
    if (idcard_fault(raw) == NULL) {
        struct ymd d = day_ymd(idcard_birth(raw));
        if (!day_exists(d.y, d.m, d.d)) abort();
        (void)idcard_female(raw);
    }
    if (raw.n > 0 && utf8_len(name_mask(a, raw)) != 2) abort();
    return 0;
}
