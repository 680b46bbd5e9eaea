#include <utf8proc.h>
#include "kit/search/namekey.h"

#define NAME_KEY_MAX 1000 /* code points looked at */

/* Dots between the parts of a name, as keyboards and old systems have them. No normal form unifies these. The full
 * stops are here because people type them for want of a middle dot; in a key that costs nothing. */
static bool middle_dot(u32 c) {
    switch (c) {
    case 0x002E: case 0x00B7: case 0x0387: case 0x05BC: case 0x16EB: case 0x2022: case 0x2024: case 0x2027:
    case 0x2218: case 0x2219: case 0x22C5: case 0x2E30: case 0x2E31: case 0x2E33: case 0x30FB: case 0xA78F:
    case 0xFF0E: case 0xFF65:
        return true;
    default:
        return false;
    }
}

static bool blank(u32 c) {
    utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);
    return c <= 0x20 || k == UTF8PROC_CATEGORY_ZS || k == UTF8PROC_CATEGORY_ZL || k == UTF8PROC_CATEGORY_ZP ||
           k == UTF8PROC_CATEGORY_CC || k == UTF8PROC_CATEGORY_CF;
}

str name_key(struct arena *a, str name) {
    const utf8proc_option_t how = UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_STABLE | UTF8PROC_IGNORE;
    name = utf8_head(name, NAME_KEY_MAX);
    /* Dots first: NFKC turns some of them into others that it then leaves apart. */
    char *dotted = arena_alloc(a, name.n * 3 + 4);   /* damage becomes three bytes */
    size_t m = 0;
    for (size_t at = 0; at < name.n;) {
        u32 c = utf8_next(name, &at);
        m += utf8_put(middle_dot(c) ? 0xB7 : c, dotted + m);
    }
    const utf8proc_uint8_t *in = (const utf8proc_uint8_t *)dotted;
    utf8proc_ssize_t n = utf8proc_decompose(in, (utf8proc_ssize_t)m, NULL, 0, how);
    if (n <= 0) return S("");
    utf8proc_int32_t *cp = NEW_N(a, utf8proc_int32_t, (size_t)n + 1);
    n = utf8proc_decompose(in, (utf8proc_ssize_t)m, cp, n, how);
    if (n > 0) n = utf8proc_normalize_utf32(cp, n, how);
    /* The characters take no more room as UTF-8 than they did, and go back into the same place. */
    char *out = (char *)cp;
    size_t k = 0;
    for (utf8proc_ssize_t i = 0; i < n; i++) {
        u32 c = (u32)cp[i];
        char u[4];
        if (blank(c)) continue;
        if (middle_dot(c)) c = 0xB7;
        size_t len = utf8_put((u32)utf8proc_toupper((utf8proc_int32_t)c), u);
        memcpy(out + k, u, len);
        k += len;
    }
    return (str){ out, k };
}
