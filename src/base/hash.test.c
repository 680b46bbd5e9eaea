#include "base/merkle.h"
#include "base/test.h"

static void is(struct arena *a, hash h, const char *hex) { CHECK_STR(str_hex(a, h.b, SM3_LEN), str_of(hex)); }

TEST(sm3_gives_the_values_of_the_standard) {
    is(a, sm3_of("abc", 3), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    is(a, sm3_of("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd", 64),
       "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

/* n times the letter a, computed with another implementation. */
TEST(sm3_pads_at_every_edge) {
    static const struct { size_t n; const char *hex; } known[] = {
        { 0, "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b" },
        { 1, "623476ac18f65a2909e43c7fec61b49c7e764a91a18ccb82f1917a29c86c5e88" },
        { 55, "288337eef51eec62e7544d7270424c8dbe656254c99852870a73b2453a6a7fb1" },
        { 56, "ba00ebedaab54065a5fd4f9f56326016203166bcee3eed44ea868d59d67aa3c8" },
        { 63, "587308543551881ebd70d27ad358ff5dcdf24ac54822e2f7b7c3edce0985d21b" },
        { 64, "616ec433c359e7c2b19f360e2b8f2a1b6e9ed76b8dc1a7d207b31a5341c611e9" },
        { 65, "3d1d94afa238ec3e2bbc20ad504702b24c16f2889c94973f2f8da3526c44e4bc" },
        { 119, "53282a90724e9eb79b18d06b5b8f7f02d046e18b29247dcdb064a136d5c4459a" },
        { 120, "4c9f0fe9f36ffe0191af73560c4afb1b671be02ba2d0e0c161b1e03488c2a45c" },
        { 200, "a8da99c801bbd65ec00992ed5cbef851f275e98da9fb2d4f5be184f81473d5dd" },
        { 1000, "f4bedca973227d45c5b822551d2e762d4cfb0e9af70b241452545727b5fb046f" },
    };
    char text[1000];
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < COUNT(known); i++) is(a, sm3_of(text, known[i].n), known[i].hex);
}

TEST(sm3_in_pieces_is_sm3_at_once) {
    u8 data[700];
    for (size_t i = 0; i < sizeof data; i++) data[i] = (u8)test_random();
    for (int round = 0; round < 20000; round++) {
        size_t n = test_random() % (sizeof data + 1), most = 1 + test_random() % 200;
        struct sm3 c;
        sm3_init(&c);
        for (size_t at = 0; at < n;) {
            size_t part = test_random() % (most + 1);
            if (part > n - at) part = n - at;
            sm3_put(&c, data + at, part);
            at += part;
        }
        if (!hash_eq(sm3_end(&c), sm3_of(data, n))) CHECK_I64((i64)n, -1);
    }
}

TEST(sm3_fields_cannot_be_shifted) {
    struct sm3 c;
    sm3_init(&c);
    sm3_field(&c, S("ab"));
    sm3_field(&c, S("c"));
    hash x = sm3_end(&c);
    sm3_init(&c);
    sm3_field(&c, S("a"));
    sm3_field(&c, S("bc"));
    CHECK(!hash_eq(x, sm3_end(&c)));
    CHECK(hash_eq(x, sm3_of("\0\0\0\0\0\0\0\2" "ab" "\0\0\0\0\0\0\0\1" "c", 19)));
    sm3_init(&c);
    sm3_i64(&c, -2);
    CHECK(hash_eq(sm3_end(&c), sm3_of("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE", 8)));
}

TEST(hmac_over_sm3) {
    static const char text[] = "what do ya want for nothing?";
    is(a, sm3_hmac((const u8 *)"Jefe", 4, text, sizeof text - 1),
       "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882");
    u8 key[100];
    memset(key, 'k', sizeof key);
    is(a, sm3_hmac(key, sizeof key, "message", 7), "bc57f496747db83415b22960ff9bcfda46898d7b80f12871c024cf426d5434e2");
}

#define LEAVES 71

static void leaves(hash leaf[LEAVES]) {
    for (size_t i = 0; i < LEAVES; i++) leaf[i] = merkle_leaf(&i, sizeof i);
}

/* The definition of RFC 6962, 2.1. */
static hash by_definition(const hash *leaf, size_t n) {
    if (n == 0) return sm3_of("", 0);
    if (n == 1) return leaf[0];
    size_t k = 1;
    while (k * 2 < n) k *= 2;
    return merkle_node(by_definition(leaf, k), by_definition(leaf + k, n - k));
}

TEST(merkle_roots_and_inclusion_for_all_sizes) {
    hash leaf[LEAVES], path[MERKLE_PATH];
    leaves(leaf);
    struct merkle grown = { 0 };
    for (size_t n = 0; n < LEAVES; n++) {
        hash root = merkle_root(leaf, n);
        CHECK(hash_eq(root, by_definition(leaf, n)) && hash_eq(root, merkle_now(&grown)));
        for (size_t i = 0; i < n; i++) {
            size_t len = merkle_inclusion(leaf, n, i, path);
            CHECK(merkle_included(root, n, i, leaf[i], path, len));
            /* Another place, leaf, root, size, length or any damaged step must not pass. */
            for (size_t k = 0; k <= n; k++) CHECK(k == i || !merkle_included(root, n, k, leaf[i], path, len));
            CHECK(!merkle_included(root, n, i, leaf[(i + 1) % LEAVES], path, len));
            CHECK(!merkle_included(leaf[70], n, i, leaf[i], path, len));
            CHECK(len == 0 || !merkle_included(root, n, i, leaf[i], path, len - 1));
            path[len] = root;
            CHECK(!merkle_included(root, n, i, leaf[i], path, len + 1));
            for (size_t k = 0; k < len; k++) {
                path[k].b[n % SM3_LEN] ^= 1;
                CHECK(!merkle_included(root, n, i, leaf[i], path, len));
                path[k].b[n % SM3_LEN] ^= 1;
            }
        }
        merkle_add(&grown, leaf[n]);
    }
}

TEST(merkle_consistency_for_all_pairs) {
    hash leaf[LEAVES], path[MERKLE_PATH];
    leaves(leaf);
    for (size_t n = 0; n < LEAVES; n++) {
        hash now = merkle_root(leaf, n);
        for (size_t m = 0; m <= n; m++) {
            hash was = merkle_root(leaf, m), other = was;
            size_t len = merkle_consistency(leaf, m, n, path);
            CHECK(merkle_consistent(was, m, now, n, path, len));
            other.b[m % SM3_LEN] ^= 4;
            CHECK(!merkle_consistent(other, m, now, n, path, len));
            CHECK(m == 0 || m == n || !merkle_consistent(was, m, leaf[0], n, path, len));
            CHECK(m == n || !merkle_consistent(now, n, was, m, path, len));
            CHECK(len == 0 || !merkle_consistent(was, m, now, n, path, len - 1));
            path[len] = now;
            CHECK(!merkle_consistent(was, m, now, n, path, len + 1));
            for (size_t k = 0; k < len; k++) {
                path[k].b[n % SM3_LEN] ^= 1;
                CHECK(!merkle_consistent(was, m, now, n, path, len));
                path[k].b[n % SM3_LEN] ^= 1;
            }
        }
    }
}

/* A log in which an old row was changed cannot be proved consistent with the root a witness kept. */
TEST(merkle_shows_a_changed_past) {
    hash leaf[LEAVES], path[MERKLE_PATH];
    leaves(leaf);
    hash kept = merkle_root(leaf, 40);
    leaf[17] = merkle_leaf("forged", 6);
    hash now = merkle_root(leaf, 60);
    size_t len = merkle_consistency(leaf, 40, 60, path);
    CHECK(!merkle_consistent(kept, 40, now, 60, path, len));
}
