/* grant.c - posts and ties; see grant.h. */
#include "kit/grant/grant.h"
#include "kit/area/area.h"

const struct item tie_kinds[] = { TIE_KIND(ITEM_ROW) { 0, NULL, NULL } };
#define ENT struct post
ENTITY(post, "岗位", POST_FIELDS, POST_KEYS)
#undef ENT
#define ENT struct tie
ENTITY(tie, "房屋关系", TIE_FIELDS, TIE_KEYS)
#undef ENT
#define ENT struct person_home
ENTITY(person_home, "我的房屋", PERSON_HOME_FIELDS, PERSON_HOME_KEYS)
#undef ENT

SQL(posts_held, "ii", "itit",
    "SELECT id, role, area_id, function FROM post WHERE person_id = $1 AND from_day <= $2 "
    "AND (to_day IS NULL OR to_day >= $2) ORDER BY id LIMIT 64")
SQL(ties_held, "ii", "iiii",
    "SELECT home_id, kind, from_at, to_at FROM tie WHERE estate_id = $1 AND person_id = $2 ORDER BY id LIMIT 64")

const struct role *tie_role(i64 kind) {
    switch (kind) {
    case OWNER: return role_by_id(S("owner"));
    case CO_OWNER: return role_by_id(S("co_owner"));
    case TENANT: return role_by_id(S("tenant"));
    case FAMILY: return role_by_id(S("family"));
    case REPRESENTATIVE: return role_by_id(S("representative"));
    default: return NULL;
    }
}

err grants_load(struct tx *tx, struct actor *who) {
    struct cur c;
    struct row r;
    struct { struct grant_held *p; size_t n, cap; } held = { 0 };
    TRY(db_each(tx, &c, &posts_held, vi(who->person), vi(day_of(tx->now).n)));
    while (db_next(&c, &r)) {
        const struct role *role = role_by_id(r.v[1].s);
        const struct area *area = area_by_id(r.v[2].i);
        if (!role || !area) continue;   /* a role or an area that ended gives nothing */
        *VEC_ADD(tx->a, &held) = (struct grant_held){ .id = r.v[0].i, .role = role, .area = area->id, .lo = area->code,
                                                      .hi = area->code + area_span(area->level),
                                                      .function = str_dup(tx->a, r.v[3].s) };
    }
    who->grants = held.p;
    who->ngrants = held.n;
    return db_end(&c);
}

err ties_load(struct tx *tx, struct actor *who, i64 estate) {
    struct cur c;
    struct row r;
    struct { struct tie_held *p; size_t n, cap; } held = { 0 };
    who->estate = estate;
    who->ties = NULL;
    who->nties = 0;
    if (who->person == 0) return OK;
    TRY(db_each(tx, &c, &ties_held, vi(estate), vi(who->person)));
    while (db_next(&c, &r)) {
        const struct role *role = tie_role(r.v[1].i);
        if (!role) continue;
        /* A last day that is still to come has not ended it. */
        bool over = r.v[3].t && r.v[3].i <= tx->now.us;
        *VEC_ADD(tx->a, &held) = (struct tie_held){ .home = r.v[0].i, .role = role, .from = { r.v[2].i },
                                                    .to = { over ? r.v[3].i : INT64_MAX } };
    }
    who->ties = held.p;
    who->nties = held.n;
    return db_end(&c);
}
