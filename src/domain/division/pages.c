/* pages.c - load, then render. */
#include "domain/division/pages.h"
#include "domain/division/tpl.h"

static str area_url(struct arena *a, const void *row) {
    return str_fmt(a, "/division/%.*s", STR(area_code_text(a, ((const struct area *)row)->code)));
}

err division_list_page(struct rq *rq) {
    struct list_want want = { .entity = &area_entity, .hi = INT64_MAX, .link_on = "name", .link = area_url };
    struct division_list_view v = { .head = rq->head };
    bool csv;
    TRY(list_export(rq, &want, &csv));
    if (csv) return OK;
    TRY(list_load(rq, &want, &v.list));
    tpl_division_list(rq->out, &v);
    return OK;
}

SQL(past_code, "i", "i", "SELECT area_id FROM area_past WHERE code = $1")

/* The area of the address; a code that ended sends to the area that took over. */
static err find(struct rq *rq, const struct area **ret) {
    i64 code;
    struct row r;
    if (!area_code_parse(rq_param(rq, "area"), &code)) return E_MISSING;
    *ret = area_by_code(code);
    if (*ret) return OK;
    TRY(db_one(rq->tx, &r, &past_code, vi(code)));
    const struct area *now = area_by_id(r.v[0].i);
    if (!now) return E_MISSING;
    rq->redirect = area_url(rq->a, now);
    rq->status = 301;
    return OK;
}

static void put_crumbs(struct rq *rq, struct page_head *head, const struct area *x) {
    const struct area *path[AREA_LEVELS];
    size_t n = area_path(x->id, path);
    for (size_t i = 0; i < n; i++)
        *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){ i + 1 < n ? area_url(rq->a, path[i]) : (str){ 0 },
                                                         i == 0 ? S("全市") : path[i]->short_name };
}

err division_one_page(struct rq *rq) {
    static const char *const below[] = { "", "各区", "街道乡镇", "社区村", "小区", "" };
    const struct area *x = NULL, *const *children;
    TRY(find(rq, &x));
    if (rq->redirect.n) return OK;
    struct area row;
    TRY(entity_get(rq->tx, &area_entity, &row, vi(x->id)));
    struct division_view v = { .head = rq->head,
                               .name = x->name,
                               .facts = row_facts(rq, &area_entity, &row),
                               .said = rq->said,
                               .below_label = below[x->level] };
    v.head.title = x->name;
    put_crumbs(rq, &v.head, x);
    size_t n = area_children(x, &children);
    for (size_t i = 0; i < n; i++)
        *VEC_ADD(rq->a, &v.below) = (struct area_line){ children[i]->short_name, area_url(rq->a, children[i]),
                                                        area_code_text(rq->a, children[i]->code) };
    if (rq_may(rq, "division.edit", &(struct object){ .code = x->code }))
        v.edit = str_fmt(rq->a, "%.*s/edit", STR(rq->h->path));
    tpl_division_one(rq->out, &v);
    return OK;
}

err division_edit_page(struct rq *rq) {
    const struct area *x = NULL;
    TRY(find(rq, &x));
    if (rq->redirect.n) return OK;
    struct division_edit_view v = { .head = rq->head,
                                    .form = rq_form(rq, "division.area.rename"),
                                    .faults = rq_faults(rq),
                                    .id = id_text(rq->a, x->id),
                                    .back = area_url(rq->a, x) };
    *VEC_ADD(rq->a, &v.fields) = rq_control(rq, rename_in_fields, "name", x->name);
    *VEC_ADD(rq->a, &v.fields) = rq_control(rq, rename_in_fields, "short_name", x->short_name);
    *VEC_ADD(rq->a, &v.fields) = rq_control(rq, rename_in_fields, "basis", S(""));
    tpl_division_edit(rq->out, &v);
    return OK;
}
