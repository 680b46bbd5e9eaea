/* match.c - one person, one row: found by document or by telephone and name; see people.h. */
#include "domain/people/people.h"
#include "kit/search/namekey.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"

SQL(person_keys, "i", "tbb", "SELECT name_key, phone_blind, id_blind FROM person WHERE id = $1")
SQL(person_name_get, "i", "t", "SELECT name FROM person WHERE id = $1")
SQL(directory_put, "ibiii", "",
    "INSERT INTO directory (kind, hash, ref, bound, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING")
SQL(directory_bind, "ibi", "",
    "UPDATE directory SET bound = 1 WHERE kind = $1 AND hash = $2 AND ref = $3 AND bound = 0")
SQL(directory_bound, "ibi", "i", "SELECT bound FROM directory WHERE kind = $1 AND hash = $2 AND ref = $3")
SQL(directory_drop, "ibi", "", "DELETE FROM directory WHERE kind = $1 AND hash = $2 AND ref = $3")
SQL(person_drop, "i", "", "DELETE FROM person WHERE id = $1")
SQL(known_by, "ii", "iiii",
    "SELECT (SELECT count(*) FROM post WHERE person_id = $1), (SELECT count(*) FROM login WHERE person_id = "
    "$1), (SELECT count(*) FROM look WHERE person_id = $1), (SELECT count(*) FROM person_home WHERE "
    "person_id = $1 AND estate_id <> $2)")

err person_name_of(struct tx *tx, i64 person, str *ret) {
    struct row r;
    TRY(db_maybe(tx, &r, &person_name_get, vi(person)));
    *ret = r.v ? r.v[0].s : (str){ 0 };
    return OK;
}

str person_id_masked(struct tx *tx, const struct person *p) {
    str plain;
    if (!p->id_no.has || reveal(tx->a, "person", "id_no", p->id, p->id_no.v, &plain) != OK) return (str){ 0 };
    return idcard_mask(tx->a, plain);
}

static err same_name(struct tx *tx, i64 person, str name, bool *ret, bool *ret_has_id) {
    struct row r;
    TRY(db_one(tx, &r, &person_keys, vi(person)));
    *ret = str_eq(r.v[0].s, name_key(tx->a, name));
    *ret_has_id = r.v[2].t != 0;
    return OK;
}

err person_find(struct tx *tx, const struct person_new *p, i64 *ret_id) {
    bool same = false, has_id = false;
    if (p->id_no.n) {
        hash h = blind(BLIND_IDCARD, p->id_no);
        err e = directory_find(tx, DIR_IDNO, &h, ret_id);
        if (e != E_MISSING) {
            TRY(e);
            TRY(same_name(tx, *ret_id, p->name, &same, &has_id));
            return same ? OK : E_CONFLICT;
        }
    }
    if (!p->phone.n) return E_MISSING;
    hash h = blind(BLIND_PHONE, p->phone);
    TRY(directory_find(tx, DIR_PHONE, &h, ret_id));
    TRY(same_name(tx, *ret_id, p->name, &same, &has_id));
    /* The same telephone and name with two documents are two persons: father and son may share both. */
    return same && !(has_id && p->id_no.n) ? OK : E_MISSING;
}

static err bind_hash(struct tx *tx, i64 kind, val hash_of, i64 person) {
    return hash_of.t ? db_run(tx, &directory_bind, vi(kind), hash_of, vi(person)) : OK;
}

err person_bind(struct tx *tx, i64 person) {
    struct row r;
    TRY(db_one(tx, &r, &person_keys, vi(person)));
    val phone = r.v[1], id = r.v[2];
    TRY(bind_hash(tx, DIR_PHONE, phone, person));
    return bind_hash(tx, DIR_IDNO, id, person);
}

err person_meet(struct tx *tx, const struct person_new *p, bool provisional, i64 *ret_id, enum met *ret) {
    err e = person_find(tx, p, ret_id);
    if (e == OK) {
        *ret = MET_KNOWN;
        return provisional ? OK : person_bind(tx, *ret_id);
    }
    if (e != E_MISSING) return e;
    *ret = MET_NEW;
    *ret_id = id_new();
    TRY(person_add(tx, *ret_id, p));
    if (p->id_no.n) {
        hash h = blind(BLIND_IDCARD, p->id_no);
        TRY(db_run(tx, &directory_put, vi(DIR_IDNO), vh(&h), vi(*ret_id), vi(!provisional), vi(tx->now.us)));
    }
    if (p->phone.n) {
        hash h = blind(BLIND_PHONE, p->phone);
        TRY(db_run(tx, &directory_put, vi(DIR_PHONE), vh(&h), vi(*ret_id), vi(!provisional), vi(tx->now.us)));
    }
    return OK;
}

static err bound(struct tx *tx, i64 kind, val hash_of, i64 person, bool *ret) {
    struct row r;
    if (!hash_of.t) return OK;
    TRY(db_maybe(tx, &r, &directory_bound, vi(kind), hash_of, vi(person)));
    *ret |= r.v && r.v[0].i == 1;
    return OK;
}

err person_is_provisional(struct tx *tx, i64 person, i64 estate, bool *ret) {
    struct row r;
    bool known = false;
    *ret = false;
    TRY(db_maybe(tx, &r, &person_keys, vi(person)));
    if (!r.v) return OK;
    val phone = r.v[1], id = r.v[2];
    TRY(bound(tx, DIR_PHONE, phone, person, &known));
    TRY(bound(tx, DIR_IDNO, id, person, &known));
    TRY(db_one(tx, &r, &known_by, vi(person), vi(estate)));
    for (int i = 0; i < 4; i++) known |= r.v[i].i > 0;
    *ret = !known;
    return OK;
}

err person_forget(struct tx *tx, i64 person) {
    struct row r;
    struct person was;
    TRY(entity_get(tx, &person_entity, &was, vi(person)));
    TRY(db_one(tx, &r, &person_keys, vi(person)));
    val phone = r.v[1], id = r.v[2];
    if (phone.t) TRY(db_run(tx, &directory_drop, vi(DIR_PHONE), phone, vi(person)));
    if (id.t) TRY(db_run(tx, &directory_drop, vi(DIR_IDNO), id, vi(person)));
    return db_run(tx, &person_drop, vi(person));
}
