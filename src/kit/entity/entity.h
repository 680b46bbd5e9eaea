/* entity.h - a table described once (tables.def). The list of fields and the list of keys yield the struct, the DDL of
 * both engines, insert, get, update, list, JSON, export, audit diff.
 *
 *     // estate/tables.def
 *     #define HOME_FIELDS(F)  F(estate_id, ID, "小区", .flags = KEY | SHARD)  F(id, ID, "编号", .flags = KEY) ...
 *     #define HOME_KEYS(K)    K(PRIMARY, "estate_id, id") K(UNIQUE, "estate_id, no_key") K(ROWS, "narrow")
 *     // estate.h
 *     struct home { FIELD_STRUCT(HOME_FIELDS) };
 *     extern struct entity home_entity;
 *     // estate.c
 *     #define ENT struct home
 *     ENTITY(home, "房屋", HOME_FIELDS, HOME_KEYS)
 *     #undef ENT
 */
#ifndef WUYE_ENTITY_H
#define WUYE_ENTITY_H

#include "kit/entity/field.h"
#include "sys/db/db.h"

enum key_kind { KEY_PRIMARY, KEY_LINK, KEY_UNIQUE, KEY_INDEX, KEY_ROWS };

struct key {
    enum key_kind kind;
    const char *cols;    /* "estate_id, id"; "narrow" or "wide" for ROWS */
    const char *to;      /* LINK: "home (estate_id, id)" */
    const char *where;   /* partial INDEX or UNIQUE */
};

struct entity {
    const char *name, *label;
    const struct field *fields;   /* ended by FIELD_END */
    const struct key *keys;
    size_t nkeys, size;
    struct stmt insert, get, update, list;   /* made by entity_register */
};

#define KEY_ROW(kkind, kcols, ...) { .kind = KEY_##kkind, .cols = kcols, __VA_ARGS__ },
#define ENTITY(ename, elabel, FIELDS, KEYS)                                                                      \
    static const struct field ename##_fields[] = { FIELD_LIST(FIELDS) FIELD_END };                               \
    static const struct key ename##_keys[] = { KEYS(KEY_ROW) };                                                  \
    struct entity ename##_entity = { .name = #ename, .label = elabel, .fields = ename##_fields,                  \
                                     .keys = ename##_keys, .nkeys = COUNT(ename##_keys),                         \
                                     .size = sizeof(struct ename) };
/* Builds and registers the statements. Once at start-up, before the first connection. */
void entity_register(struct entity *e);
size_t entity_count(void);
struct entity *entity_at(size_t i);
struct entity *entity_by_name(str name);

/* The DDL in the migration dialect (BIGINT, BYTEA, NARROW, WIDE). */
void entity_ddl(buf *out, const struct entity *e);
/* SM3 over the DDL of all entities in order of name. */
hash entity_fingerprint(struct arena *a);
/* The script that tells SQLite's planner the shape of all tables, so that plans are the same in every house. */
void entity_plans(buf *out);

/* Row to table and back. `keys` are the values of the primary key in order. Inside a command the change is written into
 * its audit record; outside one only the seeder may write. */
err entity_insert(struct tx *tx, struct entity *e, const void *row) MUST;
err entity_get_n(struct tx *tx, struct entity *e, void *ret, const val *keys, int n) MUST;   /* E_MISSING */
#define entity_get(tx, e, ret, ...) entity_get_n((tx), (e), (ret), DB_ARGS(__VA_ARGS__))
/* Writes all columns but the key; `old` is what was read (for the audit diff). */
err entity_update(struct tx *tx, struct entity *e, const void *old, const void *row) MUST;
/* Fills a struct from a result whose columns are the entity's fields in order. */
void entity_load(struct arena *a, const struct entity *e, void *ret, const val *v);
/* "estate_id, id, no, ..." for hand-written SELECTs is not offered: name the columns you use. */

/* Generic list with filters and keyset paging. `shard` is bound for an estate-scoped entity (0 else); lo..hi bounds the
 * AREACODE field when there is one. Filters come from the query as text, by field name; bad ones are faults. */
struct entity_query {
    i64 shard, lo, hi;
    struct pairs filters;
    str after;      /* cursor of the page before */
    int limit;      /* 1..200 */
};
struct entity_page { void *rows; size_t n; str next; struct faults faults; };
err entity_list(struct tx *tx, struct entity *e, const struct entity_query *q, struct entity_page *ret) MUST;

#endif
