#include "base/base.h"

static u32 rol(u32 x, unsigned n) { return n % 32 == 0 ? x : x << (n % 32) | x >> (32 - n % 32); }

static u32 p0(u32 x) { return x ^ rol(x, 9) ^ rol(x, 17); }

static u32 p1(u32 x) { return x ^ rol(x, 15) ^ rol(x, 23); }

static u32 be32(const u8 *p) { return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3]; }

#define FF_LOW(x, y, z) ((x) ^ (y) ^ (z))
#define GG_LOW(x, y, z) ((x) ^ (y) ^ (z))
#define FF_HIGH(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define GG_HIGH(x, y, z) ((((y) ^ (z)) & (x)) ^ (z))

#define WORD(j)                                                                                                  \
    (w[(j) % 16] = p1(w[(j) % 16] ^ w[((j) + 7) % 16] ^ rol(w[((j) + 13) % 16], 15)) ^ rol(w[((j) + 3) % 16], 7) ^ \
                   w[((j) + 10) % 16])

/* One round with the registers renamed instead of moved; `x` is W'[j] = W[j] ^ W[j + 4]. */
#define ROUND(part, k, a, b, c, d, e, f, g, h, wj, x)                                                            \
    do {                                                                                                         \
        u32 a12 = rol(a, 12), ss1 = rol(a12 + e + (k), 7);                                                       \
        u32 tt1 = FF_##part(a, b, c) + d + (ss1 ^ a12) + (x);                                                    \
        u32 tt2 = GG_##part(e, f, g) + h + ss1 + (wj);                                                           \
        b = rol(b, 9);                                                                                           \
        d = tt1;                                                                                                 \
        f = rol(f, 19);                                                                                          \
        h = p0(tt2);                                                                                             \
    } while (0)

/* T(j) rotated by j, of the two constants of the standard. */
#define K_LOW(j) rol(0x79CC4519u, (j))
#define K_HIGH(j) rol(0x7A879D8Au, (j))

/* W[j + 4] is made four rounds before it is W[j], so 16 words suffice. */
#define EARLY(part, j, a, b, c, d, e, f, g, h)                                                                   \
    ROUND(part, K_##part(j), a, b, c, d, e, f, g, h, w[(j) % 16], w[(j) % 16] ^ w[((j) + 4) % 16])
#define LATER(part, j, a, b, c, d, e, f, g, h)                                                                   \
    do {                                                                                                         \
        u32 ahead = WORD((j) + 4);                                                                               \
        ROUND(part, K_##part(j), a, b, c, d, e, f, g, h, w[(j) % 16], w[(j) % 16] ^ ahead);                      \
    } while (0)
#define FOUR(step, part, j)                                                                                      \
    do {                                                                                                         \
        step(part, (j), a, b, c, d, e, f, g, h);                                                                 \
        step(part, (j) + 1, d, a, b, c, h, e, f, g);                                                             \
        step(part, (j) + 2, c, d, a, b, g, h, e, f);                                                             \
        step(part, (j) + 3, b, c, d, a, f, g, h, e);                                                             \
    } while (0)

static void compress(u32 v[8], const u8 *p, size_t blocks) {
    u32 w[16];
    for (; blocks > 0; blocks--, p += 64) {
        for (size_t i = 0; i < 16; i++) w[i] = be32(p + 4 * i);
        u32 a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
        FOUR(EARLY, LOW, 0);
        FOUR(EARLY, LOW, 4);
        FOUR(EARLY, LOW, 8);
        FOUR(LATER, LOW, 12);
        FOUR(LATER, HIGH, 16);
        FOUR(LATER, HIGH, 20);
        FOUR(LATER, HIGH, 24);
        FOUR(LATER, HIGH, 28);
        FOUR(LATER, HIGH, 32);
        FOUR(LATER, HIGH, 36);
        FOUR(LATER, HIGH, 40);
        FOUR(LATER, HIGH, 44);
        FOUR(LATER, HIGH, 48);
        FOUR(LATER, HIGH, 52);
        FOUR(LATER, HIGH, 56);
        FOUR(LATER, HIGH, 60);
        v[0] ^= a, v[1] ^= b, v[2] ^= c, v[3] ^= d, v[4] ^= e, v[5] ^= f, v[6] ^= g, v[7] ^= h;
    }
}

void sm3_init(struct sm3 *c) {
    static const u32 iv[8] = { 0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600,
                               0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E };
    memcpy(c->v, iv, sizeof iv);
    c->n = 0;
}

void sm3_put(struct sm3 *c, const void *data, size_t n) {
    const u8 *p = data;
    if (n == 0) return;
    size_t have = c->n % 64;
    c->n += n;
    if (have > 0) {
        size_t part = n < 64 - have ? n : 64 - have;
        memcpy(c->block + have, p, part);
        if (have + part < 64) return;
        compress(c->v, c->block, 1);
        p += part;
        n -= part;
    }
    compress(c->v, p, n / 64);
    if (n % 64 > 0) memcpy(c->block, p + n / 64 * 64, n % 64);
}

void sm3_i64(struct sm3 *c, i64 v) {
    u8 be[8];
    for (int i = 0; i < 8; i++) be[i] = (u8)((u64)v >> (56 - 8 * i));
    sm3_put(c, be, sizeof be);
}

void sm3_field(struct sm3 *c, str s) {
    sm3_i64(c, (i64)s.n);
    sm3_put(c, s.p, s.n);
}

hash sm3_end(struct sm3 *c) {
    static const u8 pad[64] = { 0x80 };
    u64 bits = c->n * 8;
    sm3_put(c, pad, 1 + (119 - c->n % 64) % 64);
    sm3_i64(c, (i64)bits);
    hash ret;
    for (size_t i = 0; i < SM3_LEN; i++) ret.b[i] = (u8)(c->v[i / 4] >> (24 - 8 * (i % 4)));
    return ret;
}

hash sm3_of(const void *p, size_t n) {
    struct sm3 c;
    sm3_init(&c);
    sm3_put(&c, p, n);
    return sm3_end(&c);
}

void sm3_key_init(struct sm3_key *k, const u8 *key, size_t n) {
    u8 inner[64] = { 0 }, outer[64];
    if (n > sizeof inner) {
        hash h = sm3_of(key, n);
        memcpy(inner, h.b, SM3_LEN);
    } else if (n > 0) {
        memcpy(inner, key, n);
    }
    for (size_t i = 0; i < sizeof inner; i++) {
        outer[i] = inner[i] ^ 0x5C;
        inner[i] ^= 0x36;
    }
    sm3_init(&k->inner);
    sm3_put(&k->inner, inner, sizeof inner);
    sm3_init(&k->outer);
    sm3_put(&k->outer, outer, sizeof outer);
    explicit_bzero(inner, sizeof inner);
    explicit_bzero(outer, sizeof outer);
}

hash sm3_key_mac(const struct sm3_key *k, const void *p, size_t n) {
    struct sm3 c = k->inner;
    sm3_put(&c, p, n);
    hash h = sm3_end(&c);
    c = k->outer;
    sm3_put(&c, h.b, SM3_LEN);
    h = sm3_end(&c);
    explicit_bzero(&c, sizeof c);
    return h;
}

hash sm3_hmac(const u8 *key, size_t key_n, const void *p, size_t n) {
    struct sm3_key k;
    sm3_key_init(&k, key, key_n);
    hash h = sm3_key_mac(&k, p, n);
    explicit_bzero(&k, sizeof k);
    return h;
}

bool hash_eq(hash a, hash b) {
    unsigned differs = 0;
    for (size_t i = 0; i < SM3_LEN; i++) differs |= (unsigned)(a.b[i] ^ b.b[i]);
    return differs == 0;
}
