#include "base/merkle.h"

hash merkle_leaf(const void *p, size_t n) {
    struct sm3 c;
    sm3_init(&c);
    sm3_put(&c, "\0", 1);
    sm3_put(&c, p, n);
    return sm3_end(&c);
}

hash merkle_node(hash left, hash right) {
    u8 both[1 + 2 * SM3_LEN] = { 1 };
    memcpy(both + 1, left.b, SM3_LEN);
    memcpy(both + 1 + SM3_LEN, right.b, SM3_LEN);
    return sm3_of(both, sizeof both);
}

/* As many subtrees are merged as the count of leaves has trailing ones. */
void merkle_add(struct merkle *m, hash leaf) {
    for (u64 n = m->n; n & 1; n >>= 1) leaf = merkle_node(m->full[--m->height], leaf);
    m->full[m->height++] = leaf;
    m->n++;
}

hash merkle_now(const struct merkle *m) {
    if (m->height == 0) return sm3_of("", 0);
    hash h = m->full[m->height - 1];
    for (int i = m->height - 2; i >= 0; i--) h = merkle_node(m->full[i], h);
    return h;
}

hash merkle_root(const hash *leaf, size_t n) {
    struct merkle m = { 0 };
    for (size_t i = 0; i < n; i++) merkle_add(&m, leaf[i]);
    return merkle_now(&m);
}

/* The largest power of two smaller than n; n > 1. */
static size_t split(size_t n) { return (size_t)1 << (63 - __builtin_clzll(n - 1)); }

static void turn(hash *p, size_t n) {
    for (size_t i = 0; i < n / 2; i++) {
        hash h = p[i];
        p[i] = p[n - 1 - i];
        p[n - 1 - i] = h;
    }
}

/* Walks from the root down, so the path is turned round at the end. */
size_t merkle_inclusion(const hash *leaf, size_t n, size_t i, hash path[MERKLE_PATH]) {
    size_t len = 0;
    while (n > 1) {
        size_t k = split(n);
        if (i < k) {
            path[len++] = merkle_root(leaf + k, n - k);
            n = k;
        } else {
            path[len++] = merkle_root(leaf, k);
            leaf += k;
            i -= k;
            n -= k;
        }
    }
    turn(path, len);
    return len;
}

/* RFC 9162, 2.1.3.2. */
bool merkle_included(hash root, u64 n, u64 i, hash leaf, const hash *path, size_t path_n) {
    if (i >= n) return false;
    u64 at = i, last = n - 1;
    hash h = leaf;
    for (size_t k = 0; k < path_n; k++) {
        if (last == 0) return false;
        if ((at & 1) || at == last) {
            h = merkle_node(path[k], h);
            while (!(at & 1) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            h = merkle_node(h, path[k]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_eq(h, root);
}

size_t merkle_consistency(const hash *leaf, size_t m, size_t n, hash path[MERKLE_PATH]) {
    if (m == 0 || m >= n) return 0;
    size_t len = 0;
    bool whole = true;                /* the old tree is a complete subtree whose root the verifier has */
    while (m < n) {
        size_t k = split(n);
        if (m <= k) {
            path[len++] = merkle_root(leaf + k, n - k);
            n = k;
        } else {
            path[len++] = merkle_root(leaf, k);
            leaf += k;
            m -= k;
            n -= k;
            whole = false;
        }
    }
    if (!whole) path[len++] = merkle_root(leaf, m);
    turn(path, len);
    return len;
}

/* RFC 9162, 2.1.4.2. */
bool merkle_consistent(hash root_m, u64 m, hash root_n, u64 n, const hash *path, size_t path_n) {
    if (m > n) return false;
    if (m == n) return path_n == 0 && hash_eq(root_m, root_n);
    if (m == 0) return path_n == 0 && hash_eq(root_m, sm3_of("", 0));
    u64 at = m - 1, last = n - 1;
    while (at & 1) {
        at >>= 1;
        last >>= 1;
    }
    size_t k = 0;
    if (at != 0 && path_n == 0) return false;
    hash was = at == 0 ? root_m : path[k++];
    hash now = was;
    for (; k < path_n; k++) {
        if (last == 0) return false;
        if ((at & 1) || at == last) {
            was = merkle_node(path[k], was);
            now = merkle_node(path[k], now);
            while (!(at & 1) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            now = merkle_node(now, path[k]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_eq(was, root_m) && hash_eq(now, root_n);
}
