/* estate.h - estates, buildings, homes, ties to homes, the enterprise that serves, register imports.
 *
 * An estate's row has the id of its area (level 5). Where no estate is known, the catch-all estate of the street (its
 * id is the street's) takes the case, and the city's takes what has no street. */
#ifndef WUYE_ESTATE_H
#define WUYE_ESTATE_H

#include "kit/area/area.h"
#include "kit/grant/grant.h"
#include "kit/module/module.h"
#include "kit/party/party.h"
#include "domain/estate/tables.def"

/* Stock counters, in month 0: dwellings on record, and estates. */
enum { METRIC_HOMES = 10, METRIC_ESTATES = 11 };
enum estate_kind { ESTATE_KIND(ITEM_ENUM) };
enum area_source { AREA_SOURCE(ITEM_ENUM) };
enum home_use { HOME_USE(ITEM_ENUM) };
enum import_state { IMPORT_STATE(ITEM_ENUM) };
extern const struct item estate_kinds[], area_sources[], home_uses[], import_states[];

struct estate { FIELD_STRUCT(ESTATE_FIELDS) };
struct building { FIELD_STRUCT(BUILDING_FIELDS) };
struct entrance { FIELD_STRUCT(ENTRANCE_FIELDS) };
struct home { FIELD_STRUCT(HOME_FIELDS) };
struct project { FIELD_STRUCT(PROJECT_FIELDS) };
struct import_batch { FIELD_STRUCT(IMPORT_BATCH_FIELDS) };
struct import_part { FIELD_STRUCT(IMPORT_PART_FIELDS) };
struct import_person { FIELD_STRUCT(IMPORT_PERSON_FIELDS) };
extern struct entity estate_entity, building_entity, entrance_entity, home_entity, project_entity,
    import_batch_entity, import_part_entity, import_person_entity;

/* E_MISSING when there is none. */
err estate_get(struct tx *tx, i64 estate, struct estate *ret) MUST;
err home_get(struct tx *tx, i64 estate, i64 home, struct home *ret) MUST;
/* The public sign: five letters of lower-case Crockford base32, the head of every case number. */
err estate_sign(struct tx *tx, i64 estate, str *ret) MUST;
/* The estate that takes a case when none is known: the street's for an area in a street, else the city's. */
err estate_catch_all(struct tx *tx, i64 area, struct estate *ret) MUST;

/* Homes of a person in one estate that last at tx->now, in order of place: for "which of your homes". */
struct homes { struct home *p; size_t n, cap; };
err homes_of(struct tx *tx, i64 estate, i64 person, struct homes *ret) MUST;

/* Who serves the estate: names for people to read; empty where there is nobody. */
struct estate_people { str org, manager, community; i64 org_id; };
err estate_people(struct tx *tx, const struct estate *e, struct estate_people *ret) MUST;

extern const struct module estate_module;

#endif
