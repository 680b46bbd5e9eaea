/* party.h - persons, organisations, logins, sessions: rows only. Pages and law are in the rooms people and org. */
#ifndef WUYE_PARTY_H
#define WUYE_PARTY_H

#include "kit/entity/entity.h"
#include "kit/party/tables.def"

enum id_kind { ID_KIND(ITEM_ENUM) };
enum org_kind { ORG_KIND(ITEM_ENUM) };
enum directory_kind { DIRECTORY_KIND(ITEM_ENUM) };
extern const struct item id_kinds[], org_kinds[], directory_kinds[];

struct person { FIELD_STRUCT(PERSON_FIELDS) };
struct org { FIELD_STRUCT(ORG_FIELDS) };
struct login { FIELD_STRUCT(LOGIN_FIELDS) };
struct directory { FIELD_STRUCT(DIRECTORY_FIELDS) };
struct session { FIELD_STRUCT(SESSION_FIELDS) };
struct look { FIELD_STRUCT(LOOK_FIELDS) };
extern struct entity person_entity, org_entity, login_entity, directory_entity, session_entity, look_entity;

/* Finds what a directory row points to; E_MISSING if there is none. */
err directory_find(struct tx *tx, enum directory_kind kind, const hash *h, i64 *ret_ref) MUST;
/* Claims a key for `ref`; E_CONFLICT if another has it (the same ref again is OK). */
err directory_claim(struct tx *tx, enum directory_kind kind, const hash *h, i64 ref) MUST;

/* A new person with sealed phone and ID (either may be empty; both already checked and normalised). The name is kept
 * byte for byte, with a search key beside it. */
struct person_new { str name, phone, id_no; enum id_kind id_kind; };
err person_add(struct tx *tx, i64 id, const struct person_new *p) MUST;
/* 138****1234 without opening more than needed: opens, masks, forgets. Empty when there is none. */
str person_phone_masked(struct tx *tx, const struct person *p);

#endif
