/* read.c - what other rooms read of estates and homes. */
#include "domain/estate/inner.h"
#include "domain/org/org.h"

SQL(sign_get, "i", "t", "SELECT sign FROM estate WHERE id = $1")
SQL(homes_held, "iii", "iiiittiiiiitii",
    "SELECT home.estate_id, home.id, home.building_id, home.entrance_id, home.no, home.no_key, home.place, "
    "home.floor, home.area, home.area_source, home.use, home.cert, home.handed_day, home.batch_id FROM tie "
    "JOIN home ON home.estate_id = tie.estate_id AND home.id = tie.home_id WHERE tie.estate_id = $1 AND "
    "tie.person_id = $2 AND (tie.to_at IS NULL OR tie.to_at > $3) ORDER BY home.place, home.id LIMIT 100")

err estate_get(struct tx *tx, i64 estate, struct estate *ret) {
    return entity_get(tx, &estate_entity, ret, vi(estate));
}

err home_get(struct tx *tx, i64 estate, i64 home, struct home *ret) {
    return entity_get(tx, &home_entity, ret, vi(estate), vi(home));
}

err estate_sign(struct tx *tx, i64 estate, str *ret) {
    struct row r;
    TRY(db_one(tx, &r, &sign_get, vi(estate)));
    *ret = r.v[0].s;
    return OK;
}

err estate_catch_all(struct tx *tx, i64 area, struct estate *ret) {
    const struct area *path[AREA_LEVELS];
    size_t n = area_path(area, path);
    if (n == 0) return E_MISSING;
    if (n >= STREET) {
        err e = estate_get(tx, path[STREET - 1]->id, ret);
        if (e != E_MISSING) return e;
    }
    return estate_get(tx, path[0]->id, ret);
}

err homes_of(struct tx *tx, i64 estate, i64 person, struct homes *ret) {
    struct rows rows;
    *ret = (struct homes){ 0 };
    TRY(db_all(tx, &rows, &homes_held, vi(estate), vi(person), vi(tx->now.us)));
    for (size_t i = 0; i < rows.n; i++) {
        if (i && rows.p[i].v[1].i == ret->p[ret->n - 1].id) continue;   /* tied twice: owner and representative */
        entity_load(tx->a, &home_entity, VEC_ADD(tx->a, ret), rows.p[i].v);
    }
    return OK;
}

err estate_people(struct tx *tx, const struct estate *e, struct estate_people *ret) {
    const struct area *a = area_by_id(e->id), *up = a ? area_parent(a) : NULL;
    *ret = (struct estate_people){ .org_id = e->org_id.has ? e->org_id.v : 0 };
    if (e->org_id.has) TRY(org_name_of(tx, e->org_id.v, &ret->org));
    if (e->manager_id.has) TRY(person_name_of(tx, e->manager_id.v, &ret->manager));
    if (a && a->level == ESTATE && up) ret->community = up->name;
    return OK;
}
