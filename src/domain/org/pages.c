/* pages.c - load, then render. */
#include "domain/org/pages.h"
#include "domain/org/tpl.h"
#include "kit/area/area.h"
#include "kit/grant/grant.h"

static str url_of(struct arena *a, const void *row) {
    return str_fmt(a, "/org/%.*s", STR(id_text(a, ((const struct org *)row)->id)));
}

static bool may_somewhere(const struct rq *rq, const char *right) {
    i64 range[1][2];
    return access_ranges(&rq->actor, right, range, 1) > 0;
}

err org_list_page(struct rq *rq) {
    struct list_want want = { .entity = &org_entity, .hi = INT64_MAX, .link_on = "name", .link = url_of };
    struct org_list_view v = { .head = rq->head, .may_add = may_somewhere(rq, "org.edit") };
    bool csv;
    TRY(list_export(rq, &want, &csv));
    if (csv) return OK;
    TRY(list_load(rq, &want, &v.list));
    tpl_org_list(rq->out, &v);
    return OK;
}

SQL(org_staff, "ii", "itit",
    "SELECT post.person_id, person.name, post.area_id, post.role FROM post JOIN person ON person.id = "
    "post.person_id WHERE post.org_id = $1 AND post.from_day <= $2 AND (post.to_day IS NULL OR post.to_day "
    ">= $2) ORDER BY post.role DESC, post.area_id, post.id LIMIT 200")

static err load_staff(struct rq *rq, i64 org, struct staff_lines *ret) {
    struct rows rows;
    TRY(db_all(rq->tx, &rows, &org_staff, vi(org), vi(day_of(rq->now).n)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *v = rows.p[i].v;
        const struct area *at = area_by_id(v[2].i);
        const struct role *role = role_by_id(v[3].s);
        *VEC_ADD(rq->a, ret) = (struct staff_line){
            v[1].s, str_fmt(rq->a, "%.*s%s%.*s", STR(at ? area_label(rq->a, at) : S("")), at ? "，" : "",
                            STR(role ? role->title : v[3].s)),
            at && rq_may(rq, "people.view", &(struct object){ .code = at->code })
                ? str_fmt(rq->a, "/people/%.*s", STR(id_text(rq->a, v[0].i))) : (str){ 0 } };
    }
    return OK;
}

err org_one_page(struct rq *rq) {
    i64 id;
    struct org o;
    struct org_doubt doubt;
    struct org_view v = { .head = rq->head, .said = rq->said };
    TRY(rq_id(rq, "org", &id));
    TRY(org_get(rq->tx, id, &o));
    v.facts = row_facts(rq, &org_entity, &o);
    v.name = v.head.title = o.name;
    TRY(org_served(rq->tx, id, &v.places));
    v.show_staff = may_somewhere(rq, "people.view");
    if (v.show_staff) TRY(load_staff(rq, id, &v.staff));
    if (may_somewhere(rq, "org.edit")) v.edit = str_fmt(rq->a, "%.*s/edit", STR(rq->h->path));
    err e = entity_get(rq->tx, &org_doubt_entity, &doubt, vi(id));
    if (e != OK && e != E_MISSING) return e;
    if (e == OK && v.edit.n && str_eq(doubt.code, o.code))
        v.doubt = str_fmt(rq->a, "%.*s理由：%.*s。", STR(doubt.fault), STR(doubt.note));
    tpl_org_one(rq->out, &v);
    return OK;
}

/* The office for which the officer acts: his widest. */
static str office(struct rq *rq) {
    i64 range[1][2];
    if (access_ranges(&rq->actor, "org.edit", range, 1) == 0) return (str){ 0 };
    const struct area *a = area_by_code(range[0][0]);
    return a ? id_text(rq->a, a->id) : (str){ 0 };
}

static struct controls form_fields(struct rq *rq, const struct field *list, const struct org *o) {
    static const char *const names[] = { "name", "kind", "code", "code_note", "phone", "address" };
    struct controls all = { 0 };
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct field *f = field_find(org_entity.fields, str_of(names[i]));
        str stored = { 0 };
        if (o && f && !field_text(rq->a, f, o, &stored)) stored = (str){ 0 };
        *VEC_ADD(rq->a, &all) = rq_control(rq, list, names[i], stored);
    }
    return all;
}

err org_new_page(struct rq *rq) {
    struct org_form_view v = { .head = rq->head,
                               .form = rq_form(rq, "org.org.add"),
                               .faults = rq_faults(rq),
                               .fields = form_fields(rq, org_in_fields, NULL),
                               .area_id = office(rq),
                               .back = S("/org"),
                               .button = S("登记") };
    tpl_org_form(rq->out, &v);
    return OK;
}

err org_edit_page(struct rq *rq) {
    i64 id;
    struct org o;
    TRY(rq_id(rq, "org", &id));
    TRY(org_get(rq->tx, id, &o));
    struct org_form_view v = { .head = rq->head, .form = rq_form(rq, "org.org.edit"), .faults = rq_faults(rq),
                               .fields = form_fields(rq, org_edit_in_fields, &o), .area_id = office(rq),
                               .org_id = id_text(rq->a, id), .back = url_of(rq->a, &o), .button = S("改好了，保存") };
    tpl_org_form(rq->out, &v);
    return OK;
}
