/* desk.c - work lists; see desk.h. */
#include "kit/desk/desk.h"

const struct item desk_kinds[] = { DESK_KIND(ITEM_ROW) { 0, NULL, NULL } };
#define ENT struct desk_item
ENTITY(desk_item, "待办", DESK_ITEM_FIELDS, DESK_ITEM_KEYS)
#undef ENT

SQL(desk_drop, "iiiti", "",
    "DELETE FROM desk_item WHERE desk_id = $1 AND desk = $2 AND estate_id = $3 AND kind = $4 AND ref = $5")
SQL(desk_add, "iiiititti", "",
    "INSERT INTO desk_item (desk_id, desk, due_at, estate_id, kind, ref, title, note, overdue) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING")
SQL(desk_first, "iii", "iiiititti",
    "SELECT desk_id, desk, due_at, estate_id, kind, ref, title, note, overdue FROM desk_item "
    "WHERE desk_id = $1 AND desk = $2 ORDER BY due_at, estate_id, kind, ref LIMIT $3")
SQL(desk_figures, "iiii", "iii",
    "SELECT count(*), count(*) FILTER (WHERE due_at < $3), count(*) FILTER (WHERE due_at >= $3 AND due_at < $4) "
    "FROM desk_item WHERE desk_id = $1 AND desk = $2")

err desk_put(struct tx *tx, const struct desk_item *it) {
    TRY(db_run(tx, &desk_drop, vi(it->desk_id), vi(it->desk), vi(it->estate_id), vt(it->kind), vi(it->ref)));
    return db_run(tx, &desk_add, vi(it->desk_id), vi(it->desk), vi(it->due_at.us), vi(it->estate_id), vt(it->kind),
                  vi(it->ref), vt(it->title), vt(it->note), vi(it->overdue));
}

err desk_take(struct tx *tx, i64 desk_id, enum desk_kind desk, i64 estate, str kind, i64 ref) {
    return db_run(tx, &desk_drop, vi(desk_id), vi(desk), vi(estate), vt(kind), vi(ref));
}

err desk_read(struct tx *tx, i64 desk_id, enum desk_kind desk, int limit, struct desk_list *ret) {
    struct rows rows;
    *ret = (struct desk_list){ 0 };
    TRY(db_all(tx, &rows, &desk_first, vi(desk_id), vi(desk), vi(limit)));
    for (size_t i = 0; i < rows.n; i++) entity_load(tx->a, &desk_item_entity, VEC_ADD(tx->a, ret), rows.p[i].v);
    return OK;
}

err desk_count(struct tx *tx, i64 desk_id, enum desk_kind desk, struct desk_count *ret) {
    struct row r;
    TRY(db_one(tx, &r, &desk_figures, vi(desk_id), vi(desk), vi(tx->now.us), vi(tx->now.us + 4 * HOUR_US)));
    *ret = (struct desk_count){ r.v[0].i, r.v[1].i, r.v[2].i };
    return OK;
}
