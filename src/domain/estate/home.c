/* home.c - buildings, entrances, homes. */
#include "domain/estate/inner.h"
#include "kit/sheet/read.h"
#include "sys/clock/clock.h"

SQL(building_by_key, "it", "i", "SELECT id FROM building WHERE estate_id = $1 AND no_key = $2")
SQL(entrance_by_key, "iit", "i",
    "SELECT id FROM entrance WHERE estate_id = $1 AND building_id = $2 AND no_key = $3")
SQL(home_by_key, "it", "i", "SELECT id FROM home WHERE estate_id = $1 AND no_key = $2")
SQL(building_floor, "iiii", "",
    "UPDATE building SET floors = $3 WHERE estate_id = $1 AND id = $2 AND floors < $3 AND "
    "coalesce(batch_id, 0) = $4")
SQL(dwellings, "ii", "i", "SELECT count(*) FROM home WHERE estate_id = $1 AND use = $2")

static bool digits_only(str s) { return s.n > 0 && str_digits(s); }

void home_norm(struct arena *a, struct home_new *h) {
    h->building_key = part_key(a, RF_BUILDING, h->building);
    h->entrance_key = h->entrance.n ? part_key(a, RF_ENTRANCE, h->entrance) : S("");
    h->room_key = part_key(a, RF_ROOM, h->room);
}

str home_key(struct arena *a, const struct home_new *h) {
    return str_fmt(a, "%.*s-%.*s-%.*s", STR(h->building_key), STR(h->entrance_key), STR(h->room_key));
}

static str building_label(struct arena *a, const struct home_new *h) {
    return digits_only(h->building_key) ? str_fmt(a, "%.*s号楼", STR(h->building_key)) : h->building;
}

static str entrance_label(struct arena *a, const struct home_new *h) {
    return digits_only(h->entrance_key) ? str_fmt(a, "%.*s单元", STR(h->entrance_key)) : h->entrance;
}

str home_label(struct arena *a, const struct home_new *h) {
    return str_fmt(a, "%.*s%.*s%.*s", STR(building_label(a, h)), STR(entrance_label(a, h)), STR(h->room_key));
}

/* A number to sort a part by: digits as such, a letter or sign before them above all plain numbers. */
static i64 rank(str key, i64 limit) {
    i64 n = 0, other = 0;
    for (size_t at = 0; at < key.n;) {
        u32 c = utf8_next(key, &at);
        if (c >= '0' && c <= '9') n = n * 10 + (c - '0');
        else if (!other) other = 1 + (i64)(c % 63);
        if (n >= limit) n = limit - 1;
    }
    return other * limit + n;
}

static i64 place_of(const struct home_new *h) {
    i64 room = rank(h->room_key, 100000), entrance = rank(h->entrance_key, 100);
    return (rank(h->building_key, 10000) * 10000 + entrance % 10000) * 10000000 + room % 10000000;
}

static err building_of(struct tx *tx, i64 estate, const struct home_new *h, i64 *ret) {
    struct row r;
    TRY(db_maybe(tx, &r, &building_by_key, vi(estate), vt(h->building_key)));
    i64 floor = h->floor.has ? h->floor.v : 0;
    if (r.v) {
        *ret = r.v[0].i;
        /* An import changes nothing it did not make, or it could not be withdrawn. */
        return db_run(tx, &building_floor, vi(estate), vi(*ret), vi(floor), vi(h->batch.has ? h->batch.v : 0));
    }
    struct building b = { .estate_id = estate,
                          .id = id_new(),
                          .no = building_label(tx->a, h),
                          .no_key = h->building_key,
                          .name = S(""),
                          .floors = floor > 0 ? floor : 0,
                          .batch_id = h->batch };
    *ret = b.id;
    return entity_insert(tx, &building_entity, &b);
}

static err entrance_of(struct tx *tx, i64 estate, i64 building, const struct home_new *h, opt_i64 *ret) {
    struct row r;
    *ret = (opt_i64){ 0 };
    if (!h->entrance_key.n) return OK;
    TRY(db_maybe(tx, &r, &entrance_by_key, vi(estate), vi(building), vt(h->entrance_key)));
    if (r.v) {
        *ret = (opt_i64){ true, r.v[0].i };
        return OK;
    }
    struct entrance e = { .estate_id = estate,
                          .id = id_new(),
                          .building_id = building,
                          .no = entrance_label(tx->a, h),
                          .no_key = h->entrance_key,
                          .batch_id = h->batch };
    *ret = (opt_i64){ true, e.id };
    return entity_insert(tx, &entrance_entity, &e);
}

err home_put(struct tx *tx, i64 estate, const struct home_new *h, struct home *ret, bool *ret_there) {
    struct row r;
    str key = home_key(tx->a, h);
    TRY(db_maybe(tx, &r, &home_by_key, vi(estate), vt(key)));
    *ret_there = r.v != NULL;
    if (r.v) return home_get(tx, estate, r.v[0].i, ret);
    *ret = (struct home){ .estate_id = estate,
                          .id = id_new(),
                          .no = home_label(tx->a, h),
                          .no_key = key,
                          .place = place_of(h),
                          .floor = h->floor,
                          .area = h->area,
                          .area_source = h->area_source,
                          .use = h->use,
                          .cert = h->cert,
                          .handed_day = h->handed,
                          .batch_id = h->batch };
    TRY(building_of(tx, estate, h, &ret->building_id));
    TRY(entrance_of(tx, estate, ret->building_id, h, &ret->entrance_id));
    TRY(entity_insert(tx, &home_entity, ret));
    return h->use == DWELLING ? op_count(tx, METRIC_HOMES, 0, 1) : OK;
}

err households_raise(struct tx *tx, i64 estate) {
    struct row r;
    struct estate was, now;
    TRY(estate_get(tx, estate, &was));
    TRY(db_one(tx, &r, &dwellings, vi(estate), vi(DWELLING)));
    if (r.v[0].i <= was.households) return OK;
    now = was;
    now.households = r.v[0].i;
    return entity_update(tx, &estate_entity, &was, &now);
}

err home_add_run(struct tx *tx, const void *p) {
    const struct home_add_in *in = p;
    struct home_new h = { .building = in->building,
                          .entrance = in->entrance,
                          .room = in->room,
                          .floor = in->floor,
                          .area = in->area,
                          .area_source = in->area_source,
                          .use = in->use,
                          .cert = S("") };
    struct home home;
    struct estate e;
    bool there;
    TRY(estate_get(tx, op_estate(tx), &e));
    if (e.kind == CATCH_ALL) return op_fail(tx, E_STATE, NULL, "这里不是一个小区，房屋请加到它所在的小区。");
    if (in->area.has && in->area.v.dm2 <= 0) return op_fail(tx, E_INPUT, "area", "面积应大于零，例如 89.05。");
    home_norm(tx->a, &h);
    TRY(home_put(tx, e.id, &h, &home, &there));
    if (there) return op_fail(tx, E_INPUT, "room", "这套房已经在台账里了。");
    TRY(households_raise(tx, e.id));
    op_result(tx, "home", id_text(tx->a, home.id));
    op_next(tx, str_fmt(tx->a, "/e/%.*s/home/%.*s", STR(id_text(tx->a, e.id)), STR(id_text(tx->a, home.id))));
    return OK;
}
