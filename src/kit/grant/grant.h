/* grant.h - posts and ties: what a person may act by. Rows only; the rooms people and estate write them. */
#ifndef WUYE_GRANT_H
#define WUYE_GRANT_H

#include "kit/access/access.h"
#include "kit/entity/entity.h"
#include "kit/grant/tables.def"

enum tie_kind { TIE_KIND(ITEM_ENUM) };
extern const struct item tie_kinds[];
struct post { FIELD_STRUCT(POST_FIELDS) };
struct tie { FIELD_STRUCT(TIE_FIELDS) };
struct person_home { FIELD_STRUCT(PERSON_HOME_FIELDS) };
extern struct entity post_entity, tie_entity, person_home_entity;

/* Loads the posts of a person that hold at tx->now into the actor (in tx->a). */
err grants_load(struct tx *tx, struct actor *who) MUST;
/* Loads the ties of the actor in one estate. */
err ties_load(struct tx *tx, struct actor *who, i64 estate) MUST;
/* The role that a tie gives: owner, co_owner, tenant, family, representative. */
const struct role *tie_role(i64 kind);

#endif
