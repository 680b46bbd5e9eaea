/* party.c - persons, organisations, the directory; see party.h. */
#include "kit/party/party.h"
#include "kit/search/namekey.h"
#include "sys/crypt/crypt.h"
#include "sys/crypt/idcheck.h"

const struct item id_kinds[] = { ID_KIND(ITEM_ROW) { 0, NULL, NULL } };
const struct item org_kinds[] = { ORG_KIND(ITEM_ROW) { 0, NULL, NULL } };
const struct item directory_kinds[] = { DIRECTORY_KIND(ITEM_ROW) { 0, NULL, NULL } };

#define ENT struct person
ENTITY(person, "人员", PERSON_FIELDS, PERSON_KEYS)
#undef ENT
#define ENT struct org
ENTITY(org, "单位", ORG_FIELDS, ORG_KEYS)
#undef ENT
#define ENT struct login
ENTITY(login, "登录", LOGIN_FIELDS, LOGIN_KEYS)
#undef ENT
#define ENT struct directory
ENTITY(directory, "目录", DIRECTORY_FIELDS, DIRECTORY_KEYS)
#undef ENT
#define ENT struct session
ENTITY(session, "登录会话", SESSION_FIELDS, SESSION_KEYS)
#undef ENT
#define ENT struct look
ENTITY(look, "查看记录", LOOK_FIELDS, LOOK_KEYS)
#undef ENT

SQL(directory_get, "ib", "i", "SELECT ref FROM directory WHERE kind = $1 AND hash = $2")
SQL(directory_put, "ibii", "",
    "INSERT INTO directory (kind, hash, ref, bound, at) VALUES ($1, $2, $3, 1, $4) ON CONFLICT DO NOTHING")

err directory_find(struct tx *tx, enum directory_kind kind, const hash *h, i64 *ret_ref) {
    struct row r;
    TRY(db_one(tx, &r, &directory_get, vi(kind), vh(h)));
    *ret_ref = r.v[0].i;
    return OK;
}

err directory_claim(struct tx *tx, enum directory_kind kind, const hash *h, i64 ref) {
    i64 has = 0;
    TRY(db_run(tx, &directory_put, vi(kind), vh(h), vi(ref), vi(tx->now.us)));
    TRY(directory_find(tx, kind, h, &has));
    return has == ref ? OK : E_CONFLICT;
}

static opt_str sealed(struct tx *tx, const char *column, i64 id, str plain) {
    return plain.n ? (opt_str){ true, seal(tx->a, "person", column, id, plain) } : (opt_str){ 0 };
}

static opt_str index_of(struct tx *tx, enum blind_purpose purpose, str plain) {
    if (!plain.n) return (opt_str){ 0 };
    hash h = blind(purpose, plain);
    return (opt_str){ true, str_dup(tx->a, (str){ (const char *)h.b, SM3_LEN }) };
}

err person_add(struct tx *tx, i64 id, const struct person_new *p) {
    struct person row = {
        .id = id,
        .name = p->name,
        .name_key = name_key(tx->a, p->name),
        .phone = sealed(tx, "phone", id, p->phone),
        .phone_blind = index_of(tx, BLIND_PHONE, p->phone),
        .id_kind = p->id_no.n ? p->id_kind : ID_NONE,
        .id_no = sealed(tx, "id_no", id, p->id_no),
        .id_blind = index_of(tx, BLIND_IDCARD, p->id_no),
        .made_at = tx->now,
    };
    return entity_insert(tx, &person_entity, &row);
}

str person_phone_masked(struct tx *tx, const struct person *p) {
    str plain;
    if (!p->phone.has || reveal(tx->a, "person", "phone", p->id, p->phone.v, &plain) != OK) return (str){ 0 };
    return mobile_mask(tx->a, plain);
}
