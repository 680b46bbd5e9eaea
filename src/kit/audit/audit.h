/* audit.h - the op row and its chain. Deleting is never a command: a correction is a new entry. */
#ifndef WUYE_AUDIT_H
#define WUYE_AUDIT_H

#include "kit/entity/entity.h"
#include "kit/audit/tables.def"

struct op { FIELD_STRUCT(OP_FIELDS) };
struct chain { FIELD_STRUCT(CHAIN_FIELDS) };
extern struct entity op_entity, chain_entity;
extern const struct item face_items[];
enum face { FACES(ITEM_ENUM) };

/* What a running command has changed so far; tx->op points to a struct whose first member is this. */
struct trail {
    buf change;            /* JSON lines: [table, key, {field: [old, new]}]; personal data as "*" */
    struct sm3 before, after;
    buf counts;            /* "metric:month:delta;" for the carrier */
    buf events;            /* JSON lines: ["name", {payload}] */
};

void trail_start(struct trail *t, struct arena *a);
/* Notes an insert (old NULL) or update. Called by the entity engine; a hand-written write calls it too. Without a
 * running command (seeding) it does nothing. */
void audit_change(struct tx *tx, const struct entity *e, const void *old, const void *row);

/* Sealing gives op rows their number and link in the chain of their shard. In two steps, so that hashing does not
 * hold up the writer: a read computes what comes next, a write stores it. */
enum { SEAL_MOST = 100 };
struct seal_op { i64 id, seq; hash link; };
struct seal_head { i64 shard, was, seq; hash link; };
struct sealing {
    struct seal_op op[SEAL_MOST];
    struct seal_head head[SEAL_MOST];   /* of the chains touched */
    size_t n, nheads;                   /* n 0: nothing is left */
};
err audit_seal_read(struct tx *tx, struct sealing *ret) MUST;
/* *ret_done false, and nothing written, when another server has sealed in one of the chains meanwhile. */
err audit_seal_write(struct tx *tx, const struct sealing *s, bool *ret_done) MUST;
/* SM3(0x00 | prev | length-prefixed fields): the link of an op row. */
hash audit_link(const hash *prev, const struct op *o, i64 seq);

/* Recomputes every chain. *ret_bad tells how many rows do not fit; the first is named in `report`. */
err audit_verify(struct tx *tx, buf *report, i64 *ret_rows, i64 *ret_bad) MUST;

#endif
