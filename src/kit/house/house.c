/* house.c - the house's own rows and its clock; see house.h. */
#include "kit/house/house.h"
#include "sys/clock/clock.h"

#define ENT struct house
ENTITY(house, "系统", HOUSE_FIELDS, HOUSE_KEYS)
#undef ENT

SQL(house_read, "t", "t", "SELECT value FROM house WHERE name = $1")
SQL(house_write, "tt", "",
    "INSERT INTO house (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")

static i64 offset_us;
static bool demo;

err house_get(struct tx *tx, const char *name, str *ret) {
    struct row r;
    TRY(db_maybe(tx, &r, &house_read, vt(str_of(name))));
    *ret = r.v ? r.v[0].s : (str){ 0 };
    return OK;
}

err house_put(struct tx *tx, const char *name, str value) {
    return db_run(tx, &house_write, vt(str_of(name)), vt(value));
}

err house_load(struct tx *tx) {
    str s;
    i64 us = 0;
    TRY(house_get(tx, "demonstration", &s));
    demo = str_is(s, "1");
    TRY(house_get(tx, "clock", &s));
    if (!str_i64(s, &us)) us = 0;
    __atomic_store_n(&offset_us, us, __ATOMIC_RELAXED);
    return OK;
}

bool house_demo(void) { return demo; }
i64 house_offset(void) { return __atomic_load_n(&offset_us, __ATOMIC_RELAXED); }
void house_advance(i64 us) { __atomic_store_n(&offset_us, us, __ATOMIC_RELAXED); }
instant house_now(void) { return (instant){ clock_now().us + house_offset() }; }
