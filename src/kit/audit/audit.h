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

/* Seals up to `limit` unsealed op rows: number and link in the chain of their shards. Adds each shard touched to
 * `shards` (at most max; *ret_n tells how many). */
err audit_seal(struct tx *tx, int limit, i64 *shards, size_t max, size_t *ret_n, i64 *ret_sealed) MUST;
/* SM3(0x00 | prev | length-prefixed fields): the link of an op row. */
hash audit_link(const hash *prev, const struct op *o, i64 seq);

/* Recomputes every chain. *ret_bad tells how many rows do not fit; the first is named in `report`. */
err audit_verify(struct tx *tx, buf *report, i64 *ret_rows, i64 *ret_bad) MUST;

#endif
