/* merkle.h - an append-only log as a hash tree, in the shape of RFC 6962 (certificate transparency) over SM3:
 * leaf = SM3(0x00 data), node = SM3(0x01 left right), the empty tree is SM3(""). Whoever keeps an old root can be
 * shown that a row is in the log (inclusion) and that nothing was changed since (consistency). */
#ifndef WUYE_MERKLE_H
#define WUYE_MERKLE_H

#include "base/base.h"

#define MERKLE_PATH 65   /* places enough for any proof */

hash merkle_leaf(const void *p, size_t n);
hash merkle_node(hash left, hash right);
/* Root over leaf hashes. */
hash merkle_root(const hash *leaf, size_t n);

/* A tree that grows: O(log n) memory, for logs that are read once, row by row. Start with {0}. */
struct merkle {
    u64 n;
    hash full[64];   /* roots of the complete subtrees, largest first */
    int height;
};
void merkle_add(struct merkle *m, hash leaf);
hash merkle_now(const struct merkle *m);

/* Proof that leaf i is in the tree of n leaves; returns its length. i < n. */
size_t merkle_inclusion(const hash *leaf, size_t n, size_t i, hash path[MERKLE_PATH]);
bool merkle_included(hash root, u64 n, u64 i, hash leaf, const hash *path, size_t path_n) MUST;

/* Proof that the tree of n leaves begins with the tree of m <= n; returns its length, 0 if m is 0 or n. */
size_t merkle_consistency(const hash *leaf, size_t m, size_t n, hash path[MERKLE_PATH]);
bool merkle_consistent(hash root_m, u64 m, hash root_n, u64 n, const hash *path, size_t path_n) MUST;

#endif
