/* desk.h - work lists: what waits for a post, by due time. Officers read their desk; nothing scans estates for it. */
#ifndef WUYE_DESK_H
#define WUYE_DESK_H

#include "kit/entity/entity.h"
#include "kit/desk/tables.def"

enum desk_kind { DESK_KIND(ITEM_ENUM) };
extern const struct item desk_kinds[];
struct desk_item { FIELD_STRUCT(DESK_ITEM_FIELDS) };
extern struct entity desk_item_entity;

/* Puts an item on a desk; one that is there already for the same thing moves to the new due time. */
err desk_put(struct tx *tx, const struct desk_item *it) MUST;
/* Takes a thing off one desk. */
err desk_take(struct tx *tx, i64 desk_id, enum desk_kind desk, i64 estate, str kind, i64 ref) MUST;
/* The next `limit` items of a desk from `after` on, earliest due first. */
struct desk_list { struct desk_item *p; size_t n, cap; };
err desk_read(struct tx *tx, i64 desk_id, enum desk_kind desk, int limit, struct desk_list *ret) MUST;
struct desk_count { i64 all, overdue, soon; };   /* soon: due within 4 hours */
err desk_count(struct tx *tx, i64 desk_id, enum desk_kind desk, struct desk_count *ret) MUST;

#endif
