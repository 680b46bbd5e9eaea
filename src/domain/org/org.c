/* org.c - organisations are reference data of the city: anybody whose office may write them, writes them. */
#include "domain/org/org.h"
#include "kit/area/area.h"
#include "kit/grant/grant.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"
#include "sys/crypt/idcheck.h"

#define ENT struct org_doubt
ENTITY(org_doubt, "存疑的代码", ORG_DOUBT_FIELDS, ORG_DOUBT_KEYS)
#undef ENT
#define ENT struct org_in
const struct field org_in_fields[] = { FIELD_LIST(ORG_IN) FIELD_END };
#undef ENT
#define ENT struct org_edit_in
const struct field org_edit_in_fields[] = { FIELD_LIST(ORG_EDIT_IN) FIELD_END };
#undef ENT

static err (*places)(struct tx *tx, i64 org, struct org_places *ret);

void org_places_from(err (*fn)(struct tx *tx, i64 org, struct org_places *ret)) { places = fn; }
err org_served(struct tx *tx, i64 org, struct org_places *ret) { return places ? places(tx, org, ret) : OK; }
err org_get(struct tx *tx, i64 id, struct org *ret) { return entity_get(tx, &org_entity, ret, vi(id)); }

SQL(enterprises, "i", "itittti",
    "SELECT id, name, kind, code, phone, address, made_at FROM org WHERE kind = $1 ORDER BY name, id LIMIT "
    "200")
SQL(org_name_get, "i", "t", "SELECT name FROM org WHERE id = $1")
SQL(code_release, "ibi", "", "DELETE FROM directory WHERE kind = $1 AND hash = $2 AND ref = $3")

err org_enterprises(struct tx *tx, struct orgs *ret) {
    struct rows rows;
    TRY(db_all(tx, &rows, &enterprises, vi(ENTERPRISE)));
    for (size_t i = 0; i < rows.n; i++) entity_load(tx->a, &org_entity, VEC_ADD(tx->a, ret), rows.p[i].v);
    return OK;
}

err org_name_of(struct tx *tx, i64 id, str *ret) {
    struct row r;
    TRY(db_maybe(tx, &r, &org_name_get, vi(id)));
    *ret = r.v ? r.v[0].s : (str){ 0 };
    return OK;
}

/* ---- writing ---- */

/* The right is held at an office; the form says for which of his offices the officer acts. */
static err office_of(i64 area_id, struct object *ret) {
    const struct area *a = area_by_id(area_id);
    if (!a) return E_MISSING;
    ret->code = a->code;
    return OK;
}

static err add_object(struct tx *tx, const void *p, struct object *ret) {
    (void)tx;
    return office_of(((const struct org_in *)p)->area_id, ret);
}

static err edit_object(struct tx *tx, const void *p, struct object *ret) {
    (void)tx;
    return office_of(((const struct org_edit_in *)p)->area_id, ret);
}

/* Agencies have codes of their own; everybody else's is a credit code. A real one can fail its check: then somebody
 * says why he takes it, and the doubt stays beside the row. */
static err code_checked(struct tx *tx, i64 kind, str code, str note, str *ret_fault) {
    const char *wrong = kind == AGENCY && code.n != 18 ? NULL : credit_fault(code);
    *ret_fault = (str){ 0 };
    if (!wrong) return OK;
    if (!note.n) {
        TRY(op_fail(tx, E_INPUT, "code", str_c(tx->a, str_fmt(tx->a, "%s确实是这个代码的，请在下一项写明理由。", wrong))));
    }
    *ret_fault = str_of(wrong);
    return OK;
}

static err claim(struct tx *tx, str code, i64 id) {
    hash h = blind(BLIND_CODE, code);
    err e = directory_claim(tx, DIR_USCC, &h, id);
    return e == E_CONFLICT ? op_fail(tx, E_INPUT, "code", "这个代码已经登记在另一家单位名下，请先查一下。") : e;
}

SQL(doubt_put, "itttii", "",
    "INSERT INTO org_doubt (org_id, code, fault, note, by_id, at) VALUES ($1, $2, $3, $4, $5, $6) ON "
    "CONFLICT (org_id) DO UPDATE SET code = excluded.code, fault = excluded.fault, note = excluded.note, "
    "by_id = excluded.by_id, at = excluded.at")

static err doubt(struct tx *tx, i64 org, str code, str fault, str note) {
    struct org_doubt d = { org, code, fault, note, op_actor(tx)->person, tx->now };
    if (!fault.n) return OK;
    TRY(db_run(tx, &doubt_put, vi(org), vt(code), vt(fault), vt(note), vi(d.by_id), vi(d.at.us)));
    audit_change(tx, &org_doubt_entity, NULL, &d);
    return OK;
}

static str org_url(struct arena *a, i64 id) { return str_fmt(a, "/org/%.*s", STR(id_text(a, id))); }

static err add_run(struct tx *tx, const void *p) {
    const struct org_in *in = p;
    str fault;
    struct org o = { .id = id_new(), .name = in->name, .kind = in->kind, .code = in->code, .phone = in->phone,
                     .address = in->address, .made_at = tx->now };
    TRY(code_checked(tx, in->kind, in->code, in->code_note, &fault));
    TRY(claim(tx, o.code, o.id));
    TRY(entity_insert(tx, &org_entity, &o));
    TRY(doubt(tx, o.id, o.code, fault, in->code_note));
    op_result(tx, "org", id_text(tx->a, o.id));
    op_next(tx, org_url(tx->a, o.id));
    return OK;
}

static err edit_run(struct tx *tx, const void *p) {
    const struct org_edit_in *in = p;
    struct org was, now;
    str fault;
    TRY(org_get(tx, in->org_id, &was));
    now = was;
    now.name = in->name;
    now.kind = in->kind;
    now.code = in->code;
    now.phone = in->phone;
    now.address = in->address;
    if (!str_eq(was.code, now.code)) {
        hash old = blind(BLIND_CODE, was.code);
        TRY(code_checked(tx, in->kind, in->code, in->code_note, &fault));
        TRY(claim(tx, now.code, now.id));
        TRY(db_run(tx, &code_release, vi(DIR_USCC), vh(&old), vi(now.id)));
        TRY(doubt(tx, now.id, now.code, fault, in->code_note));
    }
    TRY(entity_update(tx, &org_entity, &was, &now));
    op_next(tx, org_url(tx->a, now.id));
    return OK;
}

/* ---- reading ---- */

SQL(my_estates, "i", "i",
    "SELECT DISTINCT estate_id FROM person_home WHERE person_id = $1 AND ended = 0 LIMIT 8")

/* An organisation belongs to no area: whoever may see them somewhere, by a post or by a home, sees them. */
static err reader(struct rq *rq, struct object *ret) {
    i64 range[1][2];
    struct rows rows;
    if (access_ranges(&rq->actor, "org.view", range, 1) > 0) {
        ret->code = range[0][0];
        return OK;
    }
    TRY(db_all(rq->tx, &rows, &my_estates, vi(rq->actor.person)));
    for (size_t i = 0; i < rows.n; i++) {
        TRY(ties_load(rq->tx, &rq->actor, rows.p[i].v[0].i));
        *ret = (struct object){ .estate = rows.p[i].v[0].i };
        if (access_may(&rq->actor, "org.view", ret) == OK) return OK;
    }
    return E_MISSING;
}

static err writer(struct rq *rq, struct object *ret) {
    i64 range[1][2];
    if (access_ranges(&rq->actor, "org.edit", range, 1) > 0) ret->code = range[0][0];
    return OK;
}

static struct entity *const entities[] = { &org_doubt_entity, NULL };
static const struct command commands[] = {
    { .name = "org.org.add",
      .title = "登记单位",
      .right = "org.edit",
      .shard = SHARD_HOUSE,
      .in = org_in_fields,
      .in_size = sizeof(struct org_in),
      .object = add_object,
      .run = add_run,
      .said = "单位登记好了。" },
    { .name = "org.org.edit",
      .title = "改单位资料",
      .right = "org.edit",
      .shard = SHARD_HOUSE,
      .in = org_edit_in_fields,
      .in_size = sizeof(struct org_edit_in),
      .object = edit_object,
      .run = edit_run,
      .said = "改好了。" },
    COMMAND_END,
};
static const char *const new_forms[] = { "org.org.add", NULL };
static const char *const edit_forms[] = { "org.org.edit", NULL };
static const struct page pages[] = {
    { .path = "/org", .title = "单位", .right = "org.view", .show = org_list_page, .object = reader },
    { .path = "/org/new", .title = "登记单位", .right = "org.edit", .flags = PAGE_QUICK, .show = org_new_page,
      .object = writer, .commands = new_forms },
    { .path = "/org/{org}", .title = "单位", .right = "org.view", .show = org_one_page, .object = reader },
    { .path = "/org/{org}/edit", .title = "改单位资料", .right = "org.edit", .flags = PAGE_QUICK, .show = org_edit_page,
      .object = writer, .commands = edit_forms },
    PAGE_END,
};
static void menu(struct rq *rq, struct menu *ret) {
    if (rq_may_somewhere(rq, "org.edit"))
        *VEC_ADD(rq->a, ret) = (struct menu_item){ 40, S("/org"), S("单位"), "building-2", false };
}

static const char *const rights[] = { "org.view", "org.edit", NULL };

SQL(check_code, "", "it",
    "SELECT id, code FROM org WHERE code = '' OR EXISTS (SELECT 1 FROM org AS other WHERE other.code = "
    "org.code AND other.id <> org.id) ORDER BY id LIMIT 20")
SQL(check_doubt, "", "it",
    "SELECT org_doubt.org_id, org_doubt.code FROM org_doubt WHERE org_doubt.note = '' ORDER BY "
    "org_doubt.org_id LIMIT 20")
static const struct check checks[] = {
    { "每个单位有自己的代码", &check_code },
    { "核对不上的代码都写了理由", &check_doubt },
    { NULL, NULL },
};

const struct module org_module = {
    .name = "org", .label = "单位", .entities = entities, .commands = commands, .pages = pages, .rights = rights,
    .checks = checks, .menu = menu, .seed = org_seed,
};
