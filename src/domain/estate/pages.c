/* pages.c - estates: load, then render. */
#include "domain/estate/pages.h"
#include "domain/estate/tpl.h"
#include "domain/org/org.h"

static str e_url(struct arena *a, i64 estate, const char *tail) {
    return str_fmt(a, "/e/%.*s%s", STR(id_text(a, estate)), tail);
}

static void put_crumbs(struct rq *rq, struct page_head *head, i64 area, str last) {
    const struct area *path[AREA_LEVELS];
    size_t n = area_path(area, path);
    for (size_t i = 0; i < n; i++) {
        bool own = path[i]->level == ESTATE;
        bool open = own || access_role(&rq->actor, "estate.view", &(struct object){ .code = path[i]->code });
        str url = own ? e_url(rq->a, area, "")
                      : str_fmt(rq->a, "/a/%.*s/estates", STR(area_code_text(rq->a, path[i]->code)));
        *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){ open && (last.n || i + 1 < n) ? url : (str){ 0 },
                                                         i == 0 ? S("全市") : path[i]->short_name };
    }
    if (last.n) *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){ (str){ 0 }, last };
}

/* ---- the estates of an area ---- */

static str row_url(struct arena *a, const void *row) { return e_url(a, ((const struct estate *)row)->id, ""); }

static err area_of(struct rq *rq, const struct area **ret) {
    i64 code = 0;
    if (!area_code_parse(rq_param(rq, "area"), &code)) return E_MISSING;
    *ret = area_by_code(code);
    return *ret ? OK : E_MISSING;
}

err estate_list_page(struct rq *rq) {
    const struct area *a;
    TRY(area_of(rq, &a));
    struct list_want want = { .entity = &estate_entity,
                              .lo = a->code,
                              .hi = a->code + area_span(a->level),
                              .link_on = "name",
                              .link = row_url };
    struct estate_list_view v = { .head = rq->head, .name = a->name, .said = rq->said };
    bool csv;
    TRY(list_export(rq, &want, &csv));
    if (csv) return OK;
    TRY(list_load(rq, &want, &v.list));
    put_crumbs(rq, &v.head, a->id, S("小区"));
    if (a->level == COMMUNITY && rq_may(rq, "estate.edit", &(struct object){ .code = a->code }))
        v.add = str_fmt(rq->a, "%.*s/new", STR(rq->h->path));
    tpl_estate_list(rq->out, &v);
    return OK;
}

/* ---- forms ---- */

static const char *const fact_names[] = { "kind", "name", "address", "built_year", "households", "duty_phone" };

static struct controls fact_fields(struct rq *rq, const struct field *list, const struct estate *e) {
    struct controls all = { 0 };
    for (size_t i = 0; i < COUNT(fact_names); i++) {
        str stored = { 0 };
        if (e && !field_text(rq->a, field_find(estate_entity.fields, str_of(fact_names[i])), e, &stored))
            stored = (str){ 0 };
        struct control c = rq_control(rq, list, fact_names[i], stored);
        if (i == 0 && c.items.n) {
            c.items.n--;   /* the catch-all kind is the house's own */
            c.nitems = c.items.n;
        }
        *VEC_ADD(rq->a, &all) = c;
    }
    return all;
}

err estate_new_page(struct rq *rq) {
    const struct area *a;
    TRY(area_of(rq, &a));
    if (a->level != COMMUNITY) return E_MISSING;
    struct form_view v = { .head = rq->head,
                           .form = rq_form(rq, "estate.estate.add"),
                           .faults = rq_faults(rq),
                           .fields = fact_fields(rq, estate_add_fields, NULL),
                           .title = str_fmt(rq->a, "在%.*s登记小区", STR(a->name)),
                           .back = str_fmt(rq->a, "/a/%.*s/estates", STR(area_code_text(rq->a, a->code))),
                           .button = S("登记"),
                           .hidden_name = S("area_id"),
                           .hidden = id_text(rq->a, a->id) };
    put_crumbs(rq, &v.head, a->id, S("登记小区"));
    tpl_estate_form(rq->out, &v);
    return OK;
}

err estate_edit_page(struct rq *rq) {
    struct estate e;
    TRY(estate_get(rq->tx, rq->estate, &e));
    struct form_view v = { .head = rq->head,
                           .form = rq_form(rq, "estate.estate.edit"),
                           .faults = rq_faults(rq),
                           .fields = fact_fields(rq, estate_edit_fields, &e),
                           .title = S("改小区资料"),
                           .back = e_url(rq->a, e.id, ""),
                           .button = S("改好了，保存"),
                           .hidden_name = S("version"),
                           .hidden = estate_version(rq->a, &e) };
    /* Who was told what the others wrote has seen it; who only mistyped has not. */
    if (rq->status != 409) v.hidden = rq_typed(rq, "version", v.hidden);
    put_crumbs(rq, &v.head, e.id, S("改资料"));
    tpl_estate_form(rq->out, &v);
    return OK;
}

/* A choice among rows: the field drawn as a list, whose entries are in the control. */
static const struct item drawn[] = { { 0, NULL, NULL } };

static struct control choose(struct rq *rq, const struct field *list, const char *name, str stored,
                             const struct choices *items) {
    struct control c = rq_control(rq, list, name, stored);
    struct field *f = NEW(rq->a, struct field);
    *f = *c.f;
    f->kind = FK_OPT_ENUM;
    f->items = drawn;
    if (!c.blank.n) c.blank = S("请选择");
    c.f = f;
    c.items = *items;
    for (size_t i = 0; i < c.items.n; i++) c.items.p[i].chosen = str_eq(c.items.p[i].name, c.value);
    c.nitems = c.items.n;
    return c;
}

err estate_manager_page(struct rq *rq) {
    struct estate e;
    struct orgs orgs = { 0 };
    struct posts_held held = { 0 };
    struct choices org_items = { 0 }, people = { 0 };
    buf today = buf_in(rq->a, 20);
    TRY(estate_get(rq->tx, rq->estate, &e));
    TRY(org_enterprises(rq->tx, &orgs));
    TRY(posts_at(rq->tx, e.id, S("project_manager"), day_of(rq->now), &held));
    for (size_t i = 0; i < orgs.n; i++)
        *VEC_ADD(rq->a, &org_items) = (struct choice){ id_text(rq->a, orgs.p[i].id), orgs.p[i].name, false };
    for (size_t i = 0; i < held.n; i++)
        *VEC_ADD(rq->a, &people) = (struct choice){ id_text(rq->a, held.p[i].person), held.p[i].name, false };
    day_put(&today, day_of(rq->now));
    struct form_view v = { .head = rq->head, .form = rq_form(rq, "estate.manager.set"), .faults = rq_faults(rq),
                           .title = S("物业企业和负责人"), .note = S("原来的企业到新企业开始的前一天结束，记录都留着。"),
                           .back = e_url(rq->a, e.id, ""), .button = S("登记") };
    str org = e.org_id.has ? id_text(rq->a, e.org_id.v) : S(""),
        manager = e.manager_id.has ? id_text(rq->a, e.manager_id.v) : S("");
    *VEC_ADD(rq->a, &v.fields) = choose(rq, manager_fields, "org_id", org, &org_items);
    *VEC_ADD(rq->a, &v.fields) = choose(rq, manager_fields, "manager_id", manager, &people);
    *VEC_ADD(rq->a, &v.fields) = rq_control(rq, manager_fields, "from_day", buf_str(&today));
    *VEC_ADD(rq->a, &v.fields) = rq_control(rq, manager_fields, "basis", S(""));
    put_crumbs(rq, &v.head, e.id, S("物业企业和负责人"));
    tpl_estate_form(rq->out, &v);
    return OK;
}

/* ---- the estate ---- */

SQL(buildings, "i", "iiti",
    "SELECT floors, lifts, no, id FROM building WHERE estate_id = $1 ORDER BY id LIMIT 500")
SQL(homes_by_building, "i", "ii",
    "SELECT building_id, count(*) FROM home WHERE estate_id = $1 GROUP BY building_id")
SQL(projects, "i", "tiit",
    "SELECT org.name, project.from_day, project.to_day, project.basis FROM project JOIN org ON org.id = "
    "project.org_id WHERE project.estate_id = $1 ORDER BY project.id DESC LIMIT 20")

static err load_buildings(struct rq *rq, bool link, struct estate_view *v) {
    struct rows rows, counts;
    TRY(db_all(rq->tx, &rows, &buildings, vi(rq->estate)));
    TRY(db_all(rq->tx, &counts, &homes_by_building, vi(rq->estate)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *b = rows.p[i].v;
        struct building_line *line = VEC_ADD(rq->a, &v->buildings);
        *line = (struct building_line){ .no = b[2].s, .floors = b[0].i, .lifts = b[1].i };
        if (link)
            line->url = str_fmt(rq->a, "/e/%.*s/homes?building=%.*s", STR(id_text(rq->a, rq->estate)),
                                STR(id_text(rq->a, b[3].i)));
        for (size_t k = 0; k < counts.n; k++)
            if (counts.p[k].v[0].i == b[3].i) line->homes = counts.p[k].v[1].i;
        v->on_file += line->homes;
    }
    return OK;
}

static err load_projects(struct rq *rq, struct estate_view *v) {
    struct rows rows;
    TRY(db_all(rq->tx, &rows, &projects, vi(rq->estate)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *p = rows.p[i].v;
        buf b = buf_in(rq->a, 300);
        day_show(&b, (day){ p[1].i });
        buf_lit(&b, " 至 ");
        if (p[2].t) day_show(&b, (day){ p[2].i });
        else buf_lit(&b, "现在");
        buf_fmt(&b, "。依据：%.*s", STR(p[3].s));
        *VEC_ADD(rq->a, &v->projects) = (struct link_line){ p[0].s, buf_str(&b), (str){ 0 } };
    }
    return OK;
}

static void put_action(struct rq *rq, struct estate_view *v, const char *right, struct object o,
                       const char *tail, const char *label) {
    if (rq_may(rq, right, &o))
        *VEC_ADD(rq->a, &v->actions) = (struct action){ e_url(rq->a, rq->estate, tail), str_of(label) };
}

static void put_actions(struct rq *rq, struct estate_view *v) {
    struct object here = { .code = rq->code, .estate = rq->estate, .person = STAFF_ONLY };
    if (v->catch_all) return;
    put_action(rq, v, "home.view", here, "/homes", "房屋台账");
    put_action(rq, v, "estate.import", here, "/import", "导入台账");
    put_action(rq, v, "estate.edit", above(rq->code), "/edit", "改资料");
    put_action(rq, v, "estate.edit", above(rq->code), "/manager", "物业企业和负责人");
    if (rq_may(rq, "grant.view", &here))
        *VEC_ADD(rq->a, &v->actions) =
            (struct action){ str_fmt(rq->a, "/a/%.*s/posts", STR(area_code_text(rq->a, rq->code))), S("岗"
                                                                                                      "位") };
}

static void put_facts(struct rq *rq, const struct estate *e, struct estate_view *v) {
    v->name = v->head.title = e->name;
    v->kind = str_of(item_label(estate_kinds, e->kind));
    v->address = e->address;
    v->sign = e->sign;
    v->phone = e->duty_phone;
    v->households = e->households;
    v->catch_all = e->kind == CATCH_ALL;
    if (e->built_year.has) v->built = str_fmt(rq->a, "%lld 年", (long long)e->built_year.v);
}

err estate_one_page(struct rq *rq) {
    struct estate e;
    struct estate_people people;
    struct homes mine = { 0 };
    struct object here = { .code = rq->code, .estate = rq->estate, .person = STAFF_ONLY };
    struct estate_view v = { .head = rq->head, .said = rq->said };
    TRY(estate_get(rq->tx, rq->estate, &e));
    TRY(estate_people(rq->tx, &e, &people));
    put_facts(rq, &e, &v);
    v.org = people.org;
    v.manager = people.manager;
    v.community = people.community;
    if (people.org_id) v.org_url = str_fmt(rq->a, "/org/%.*s", STR(id_text(rq->a, people.org_id)));
    TRY(load_buildings(rq, rq_may(rq, "home.view", &here), &v));
    TRY(load_projects(rq, &v));
    TRY(homes_of(rq->tx, rq->estate, rq->actor.person, &mine));
    for (size_t i = 0; i < mine.n; i++)
        *VEC_ADD(rq->a, &v.mine) =
            (struct link_line){ mine.p[i].no, S("面积、共有人、租户和家人"),
                                str_fmt(rq->a, "/e/%.*s/home/%.*s", STR(id_text(rq->a, rq->estate)),
                                        STR(id_text(rq->a, mine.p[i].id))) };
    put_actions(rq, &v);
    put_crumbs(rq, &v.head, e.id, (str){ 0 });
    v.head.place = e.name;
    tpl_estate_one(rq->out, &v);
    return OK;
}
