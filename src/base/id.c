#include "base/base.h"

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

void base32_put(buf *b, u64 v, int n) {
    char *to = n < 0 ? NULL : buf_room(b, (size_t)n);
    if (to == NULL) return;
    for (int i = n - 1; i >= 0; i--) {
        to[i] = alphabet[v & 31];
        v >>= 5;
    }
    b->n += (size_t)n;
}

void id_put(buf *b, i64 id) { base32_put(b, (u64)id, ID_TEXT); }

str id_text(struct arena *a, i64 id) {
    buf b = buf_in(a, ID_TEXT);
    id_put(&b, id);
    return buf_str(&b);
}

static int value(char c) {
    if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    if (c == 'i' || c == 'l') c = '1';
    if (c == 'o') c = '0';
    const char *at = c == 0 ? NULL : strchr(alphabet, c);
    return at == NULL ? -1 : (int)(at - alphabet);
}

bool id_parse(str s, i64 *ret) {
    if (s.n != ID_TEXT || value(s.p[0]) > 7) return false;   /* 3 + 12 * 5 = 63 bits */
    u64 v = 0;
    for (size_t i = 0; i < s.n; i++) {
        int x = value(s.p[i]);
        if (x < 0) return false;
        v = v << 5 | (u64)x;
    }
    *ret = (i64)v;
    return true;
}
