/* import_write.c - what was read is written, and may be taken back: a part at a time, each a short command that emits
 * the event for the next, so that everything interactive goes in between. */
#include "domain/estate/inner.h"
#include "domain/org/org.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"

enum { TAKE_HOMES = 40, TAKE_PERSONS = 60 };

void import_go_on(struct tx *tx, i64 estate, i64 batch) {
    op_event(tx, "estate.import.more", more_fields, &(struct more_in){ estate, batch });
}

static str url_of(struct arena *a, i64 estate, i64 batch) {
    return str_fmt(a, "/e/%.*s/import/%.*s", STR(id_text(a, estate)), STR(id_text(a, batch)));
}

err confirm_run(struct tx *tx, const void *p) {
    const struct batch_in *in = p;
    struct import_batch was, now;
    struct estate e;
    TRY(batch_get(tx, op_estate(tx), in->batch_id, &was));
    if (was.state != IMPORT_CHECKED) return op_fail(tx, E_STATE, NULL, "这一批已经办过了。");
    if (was.good == 0) return op_fail(tx, E_STATE, NULL, "没有一行可以导入，请改好文件再传一次。");
    TRY(estate_get(tx, was.estate_id, &e));
    now = was;
    now.state = IMPORT_WRITING;
    now.households = e.households;
    now.done_parts = 0;
    TRY(entity_update(tx, &import_batch_entity, &was, &now));
    import_go_on(tx, was.estate_id, was.id);
    op_next(tx, url_of(tx->a, was.estate_id, was.id));
    return OK;
}

/* ---- one row ---- */

SQL(import_person_has, "iii", "i",
    "SELECT count(*) FROM import_person WHERE estate_id = $1 AND batch_id = $2 AND person_id = $3")

struct writing { struct import_batch *b; const struct estate *e; };

static struct person_new person_of(const struct import_owner *o) {
    return (struct person_new){
        .name = o->name, .phone = o->phone, .id_no = o->id, .id_kind = (enum id_kind)o->id_kind
    };
}

/* Nobody's document may stand under another name; this is seen before anything of the row is written. */
static err conflict(struct tx *tx, const struct import_row *row, bool *ret) {
    *ret = false;
    for (size_t i = 0; i < row->owners.n; i++) {
        i64 id;
        struct person_new p = person_of(&row->owners.p[i]);
        if (row->owners.p[i].org) continue;
        err e = person_find(tx, &p, &id);
        if (e == E_CONFLICT) *ret = true;
        else if (e != OK && e != E_MISSING) return e;
    }
    return OK;
}

static err meet(struct tx *tx, struct writing *w, const struct import_owner *o, i64 *ret) {
    struct person_new p = person_of(o);
    enum met met;
    struct row r;
    TRY(person_meet(tx, &p, true, ret, &met));
    if (met == MET_NEW) {
        w->b->persons++;
        return entity_insert(tx, &import_person_entity,
                             &(struct import_person){ w->b->estate_id, w->b->id, *ret });
    }
    /* Somebody else's person: he stays when this batch goes, and so must whoever brought him. */
    TRY(db_one(tx, &r, &import_person_has, vi(w->b->estate_id), vi(w->b->id), vi(*ret)));
    return r.v[0].i ? OK : person_bind(tx, *ret);
}

/* The shares of the file when they are a whole, one for a single owner, else none said. */
static bool shares_whole(const struct import_row *row) {
    struct share sum = { 0, 1 };
    for (size_t i = 0; i < row->owners.n; i++)
        if (!row->owners.p[i].of || !share_add(&sum, row->owners.p[i].share, row->owners.p[i].of)) return false;
    return sum.num == sum.den;
}

static err org_by_code(struct tx *tx, const struct import_owner *o, opt_i64 *ret) {
    i64 id;
    *ret = (opt_i64){ 0 };
    if (!o->id.n) return OK;
    hash h = blind(BLIND_CODE, o->id);
    err e = directory_find(tx, DIR_USCC, &h, &id);
    if (e == OK) *ret = (opt_i64){ true, id };
    return e == E_MISSING ? OK : e;
}

static err write_tie(struct tx *tx, struct writing *w, const struct import_row *row, size_t i, bool whole,
                     const struct home *h, bool *ret_org_open) {
    const struct import_owner *o = &row->owners.p[i];
    struct tie t = { .estate_id = h->estate_id,
                     .id = id_new(),
                     .home_id = h->id,
                     .kind = i == 0 ? OWNER : CO_OWNER,
                     .from_at = tx->now,
                     .batch_id = { true, w->b->id } };
    t.basis = str_fmt(tx->a, "台账 %.*s 第 %lld 行", STR(utf8_head(w->b->name, 60)), (long long)row->no);
    if (whole) {
        t.share_num = o->share;
        t.share_den = o->of;
    } else if (row->owners.n == 1 && !o->of) {
        t.share_num = t.share_den = 1;
    }
    if (o->org) {
        TRY(org_by_code(tx, o, &t.org_id));
        if (!t.org_id.has) {
            *ret_org_open = true;
            return OK;
        }
    } else {
        i64 person;
        TRY(meet(tx, w, o, &person));
        t.person_id = (opt_i64){ true, person };
    }
    TRY(entity_insert(tx, &tie_entity, &t));
    w->b->ties++;
    return t.person_id.has ? tie_tell(tx, h->estate_id, h, t.person_id.v) : OK;
}

static err write_row(struct tx *tx, struct writing *w, struct import_row *row, char *ret) {
    struct home h;
    bool there, wrong, org_open = false, whole = shares_whole(row);
    *ret = row->state == ROW_BAD ? OUT_BAD : OUT_SKIPPED;
    if (row->state != ROW_GOOD) return OK;
    TRY(conflict(tx, row, &wrong));
    *ret = OUT_CONFLICT;
    if (wrong) return OK;
    row->home.batch = (opt_i64){ true, w->b->id };
    TRY(home_put(tx, w->b->estate_id, &row->home, &h, &there));
    *ret = OUT_THERE;
    if (there) {
        w->b->existing++;
        return OK;
    }
    w->b->homes++;
    for (size_t i = 0; i < row->owners.n; i++) TRY(write_tie(tx, w, row, i, whole, &h, &org_open));
    *ret = org_open ? OUT_ORG : OUT_WRITTEN;
    return OK;
}

/* ---- one part ---- */

static err write_done(struct tx *tx, struct import_batch *b) {
    struct estate e;
    TRY(households_raise(tx, b->estate_id));
    TRY(estate_get(tx, b->estate_id, &e));
    b->state = IMPORT_DONE;
    b->raised = e.households > b->households ? e.households : 0;
    b->done_at = (opt_instant){ true, tx->now };
    return OK;
}

static err write_part(struct tx *tx, struct import_batch *b) {
    struct import_part was, now;
    struct import_rows rows = { 0 };
    struct estate e;
    struct writing w = { .b = b, .e = &e };
    TRY(estate_get(tx, b->estate_id, &e));
    TRY(entity_get(tx, &import_part_entity, &was, vi(b->estate_id), vi(b->id), vi(b->done_parts)));
    TRY(part_open(tx, &was, &rows));
    char *out = arena_alloc(tx->a, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) TRY(write_row(tx, &w, &rows.p[i], &out[i]));
    now = was;
    now.outcome = (str){ out, rows.n };
    TRY(entity_update(tx, &import_part_entity, &was, &now));
    b->done_parts++;
    if (b->done_parts >= b->parts) return write_done(tx, b);
    import_go_on(tx, b->estate_id, b->id);
    return OK;
}

/* ---- taking back ---- */

SQL(held_ties, "ii", "it",
    "SELECT home.id, home.no FROM home JOIN tie ON tie.estate_id = home.estate_id AND tie.home_id = home.id "
    "WHERE home.estate_id = $1 AND home.batch_id = $2 AND (tie.batch_id IS NULL OR tie.batch_id <> $2) "
    "ORDER BY home.place LIMIT 1")
SQL(held_cases, "ii", "it",
    "SELECT home.id, home.no FROM home JOIN case_head ON case_head.estate_id = home.estate_id AND "
    "case_head.home_id = home.id WHERE home.estate_id = $1 AND home.batch_id = $2 ORDER BY home.place LIMIT "
    "1")

err batch_held(struct tx *tx, const struct import_batch *b, str *ret_why) {
    struct row r;
    *ret_why = (str){ 0 };
    TRY(db_maybe(tx, &r, &held_ties, vi(b->estate_id), vi(b->id)));
    if (r.v) {
        *ret_why = str_fmt(tx->a, "%.*s 在导入以后又登记了别的关系，这一批不能整批撤回，只能逐条更正。", STR(r.v[1].s));
        return OK;
    }
    TRY(db_maybe(tx, &r, &held_cases, vi(b->estate_id), vi(b->id)));
    if (r.v) *ret_why = str_fmt(tx->a, "%.*s 已经有人报过事，这一批不能整批撤回，只能逐条更正。", STR(r.v[1].s));
    return OK;
}

err withdraw_run(struct tx *tx, const void *p) {
    const struct withdraw_in *in = p;
    struct import_batch was, now;
    str why;
    TRY(batch_get(tx, op_estate(tx), in->batch_id, &was));
    if (was.state != IMPORT_DONE) return op_fail(tx, E_STATE, NULL, "只有导入完的批次能撤回。");
    TRY(batch_held(tx, &was, &why));
    if (why.n) return op_fail(tx, E_STATE, NULL, str_c(tx->a, why));
    now = was;
    now.state = IMPORT_WITHDRAWING;
    now.cursor = 0;
    now.note = in->note;
    TRY(entity_update(tx, &import_batch_entity, &was, &now));
    import_go_on(tx, was.estate_id, was.id);
    op_next(tx, url_of(tx->a, was.estate_id, was.id));
    return OK;
}

SQL(batch_homes, "iiii", "i",
    "SELECT id FROM home WHERE estate_id = $1 AND batch_id = $2 AND id > $3 ORDER BY id LIMIT $4")
SQL(home_outside, "iii", "i",
    "SELECT (SELECT count(*) FROM tie WHERE estate_id = $1 AND home_id = $2 AND (batch_id IS NULL OR "
    "batch_id <> $3)) + (SELECT count(*) FROM case_head WHERE estate_id = $1 AND home_id = $2)")
SQL(home_persons, "ii", "i",
    "SELECT DISTINCT person_id FROM tie WHERE estate_id = $1 AND home_id = $2 AND person_id IS NOT NULL "
    "ORDER BY person_id")
SQL(ties_drop, "iii", "", "DELETE FROM tie WHERE estate_id = $1 AND home_id = $2 AND batch_id = $3")
SQL(home_drop, "ii", "", "DELETE FROM home WHERE estate_id = $1 AND id = $2")
SQL(batch_persons, "iii", "i",
    "SELECT person_id FROM import_person WHERE estate_id = $1 AND batch_id = $2 ORDER BY person_id LIMIT $3")
SQL(person_outside, "ii", "i",
    "SELECT (SELECT count(*) FROM tie WHERE estate_id = $1 AND person_id = $2) + (SELECT count(*) FROM "
    "case_head WHERE estate_id = $1 AND reporter_id = $2)")
SQL(import_person_drop, "iii", "",
    "DELETE FROM import_person WHERE estate_id = $1 AND batch_id = $2 AND person_id = $3")
SQL(entrances_drop, "ii", "",
    "DELETE FROM entrance WHERE estate_id = $1 AND batch_id = $2 AND NOT EXISTS (SELECT 1 FROM home WHERE "
    "home.estate_id = entrance.estate_id AND home.entrance_id = entrance.id)")
SQL(buildings_drop, "ii", "",
    "DELETE FROM building WHERE estate_id = $1 AND batch_id = $2 AND NOT EXISTS (SELECT 1 FROM home WHERE "
    "home.estate_id = building.estate_id AND home.building_id = building.id)")
SQL(parts_drop, "ii", "", "DELETE FROM import_part WHERE estate_id = $1 AND batch_id = $2")
SQL(homes_left, "ii", "i", "SELECT count(*) FROM home WHERE estate_id = $1 AND batch_id = $2")

static err take_home(struct tx *tx, const struct import_batch *b, i64 home) {
    struct row r;
    struct rows persons;
    struct home h;
    TRY(db_one(tx, &r, &home_outside, vi(b->estate_id), vi(home), vi(b->id)));
    if (r.v[0].i > 0) return OK;   /* came to be known meanwhile: it stays, and the batch says so */
    TRY(home_get(tx, b->estate_id, home, &h));
    TRY(db_all(tx, &persons, &home_persons, vi(b->estate_id), vi(home)));
    TRY(db_run(tx, &ties_drop, vi(b->estate_id), vi(home), vi(b->id)));
    TRY(db_run(tx, &home_drop, vi(b->estate_id), vi(home)));
    if (h.use == DWELLING) TRY(op_count(tx, METRIC_HOMES, 0, -1));
    for (size_t i = 0; i < persons.n; i++) TRY(tie_tell(tx, b->estate_id, &h, persons.p[i].v[0].i));
    return OK;
}

static err take_person(struct tx *tx, const struct import_batch *b, i64 person) {
    struct row r;
    bool provisional;
    TRY(db_run(tx, &import_person_drop, vi(b->estate_id), vi(b->id), vi(person)));
    TRY(db_one(tx, &r, &person_outside, vi(b->estate_id), vi(person)));
    if (r.v[0].i > 0) return OK;
    TRY(person_is_provisional(tx, person, b->estate_id, &provisional));
    return provisional ? person_forget(tx, person) : OK;
}

static err take_rest(struct tx *tx, struct import_batch *b) {
    struct row r;
    struct estate was, now;
    TRY(db_run(tx, &entrances_drop, vi(b->estate_id), vi(b->id)));
    TRY(db_run(tx, &buildings_drop, vi(b->estate_id), vi(b->id)));
    TRY(db_run(tx, &parts_drop, vi(b->estate_id), vi(b->id)));
    TRY(db_one(tx, &r, &homes_left, vi(b->estate_id), vi(b->id)));
    b->state = r.v[0].i ? IMPORT_PARTLY : IMPORT_WITHDRAWN;
    b->homes = r.v[0].i;
    b->done_at = (opt_instant){ true, tx->now };
    TRY(estate_get(tx, b->estate_id, &was));
    if (!b->raised || was.households != b->raised) return OK;
    now = was;
    now.households = b->households;
    TRY(entity_update(tx, &estate_entity, &was, &now));
    return households_raise(tx, b->estate_id);
}

static err take_part(struct tx *tx, struct import_batch *b) {
    struct rows rows;
    TRY(db_all(tx, &rows, &batch_homes, vi(b->estate_id), vi(b->id), vi(b->cursor), vi(TAKE_HOMES)));
    for (size_t i = 0; i < rows.n; i++) TRY(take_home(tx, b, b->cursor = rows.p[i].v[0].i));
    if (rows.n == 0) {
        TRY(db_all(tx, &rows, &batch_persons, vi(b->estate_id), vi(b->id), vi(TAKE_PERSONS)));
        for (size_t i = 0; i < rows.n; i++) TRY(take_person(tx, b, rows.p[i].v[0].i));
    }
    if (rows.n == 0) return take_rest(tx, b);
    import_go_on(tx, b->estate_id, b->id);
    return OK;
}

err more_run(struct tx *tx, const void *p) {
    const struct more_in *in = p;
    struct import_batch was, now;
    TRY(batch_get(tx, in->estate_id, in->batch_id, &was));
    now = was;
    if (was.state == IMPORT_WRITING) TRY(write_part(tx, &now));
    else if (was.state == IMPORT_WITHDRAWING) TRY(take_part(tx, &now));
    else return OK;
    return entity_update(tx, &import_batch_entity, &was, &now);
}
