#include <errno.h>
#include <sys/random.h>
#include "sys/crypt/keys.h"

void random_bytes(void *p, size_t n) {
    for (u8 *to = p; n > 0;) {
        ssize_t got = getrandom(to, n, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) abort();
        to += got;
        n -= (size_t)got;
    }
}

u32 random_below(u32 below) {
    if (below == 0) abort();
    /* Numbers from the part that does not fill a whole round would come more often: throw them away. */
    u32 x, end = UINT32_MAX - UINT32_MAX % below;
    do random_bytes(&x, sizeof x);
    while (x >= end);
    return x % below;
}

/* base64url without padding; `out` has room for (n * 8 + 5) / 6 characters. */
static size_t base64url(const u8 *p, size_t n, char *out) {
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t used = 0;
    u32 acc = 0;
    int bits = 0;
    for (size_t i = 0; i < n; i++) {
        acc = acc << 8 | p[i];
        for (bits += 8; bits >= 6;) out[used++] = digit[acc >> (bits -= 6) & 63];
    }
    if (bits > 0) out[used++] = digit[acc << (6 - bits) & 63];
    return used;
}

static str random_text(struct arena *a, size_t n) {
    u8 b[32];
    char *out = arena_alloc(a, TOKEN_TEXT + 1);
    random_bytes(b, n);
    str s = { out, base64url(b, n, out) };
    explicit_bzero(b, sizeof b);
    return s;
}

str token_text(struct arena *a) { return random_text(a, 32); }
str ticket_text(struct arena *a) { return random_text(a, 16); }

hash token_hash(str token) { return sm3_key_mac(&keys_now()->fixed.session, token.p, token.n); }
hash pepper(const void *p, size_t n) { return sm3_key_mac(&keys_now()->fixed.pepper, p, n); }

hash blind(enum blind_purpose purpose, str normal) {
    if (purpose >= BLIND_PURPOSES) abort();
    return sm3_key_mac(&keys_now()->fixed.blind[purpose], normal.p, normal.n);
}

hash blind_within(enum blind_purpose purpose, i64 area_id, str normal) {
    struct sm3 c;
    sm3_init(&c);
    sm3_i64(&c, area_id);
    sm3_field(&c, normal);
    hash h = sm3_end(&c);
    /* 32 bytes of hash never meet a normal value of blind(), which are short texts. */
    return blind(purpose, (str){ (const char *)h.b, SM3_LEN });
}

str csrf_text(struct arena *a, hash session) {
    char *out = arena_alloc(a, TOKEN_TEXT + 1);
    hash h = sm3_key_mac(&keys_now()->fixed.csrf, session.b, SM3_LEN);
    return (str){ out, base64url(h.b, SM3_LEN, out) };
}

bool csrf_ok(hash session, str given) {
    char want[TOKEN_TEXT];
    hash h = sm3_key_mac(&keys_now()->fixed.csrf, session.b, SM3_LEN);
    return bytes_equal(given, (str){ want, base64url(h.b, SM3_LEN, want) });
}

bool bytes_equal(str x, str y) {
    if (x.n != y.n) return false;
    volatile u8 differs = 0;
    for (size_t i = 0; i < x.n; i++) differs = (u8)(differs | (x.p[i] ^ y.p[i]));
    return differs == 0;
}
