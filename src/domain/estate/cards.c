/* cards.c - what this room has to say on home pages. */
#include "domain/estate/pages.h"
#include "domain/estate/tpl.h"

static str e_url(struct arena *a, i64 estate, const char *tail) {
    return str_fmt(a, "/e/%.*s%s", STR(id_text(a, estate)), tail);
}

static err contacts(struct rq *rq, i64 estate, struct cards *ret) {
    struct estate e;
    struct estate_people people;
    struct contact_view *v = NEW(rq->a, struct contact_view);
    err got = estate_get(rq->tx, estate, &e);
    if (got == E_MISSING) return OK;
    TRY(got);
    TRY(estate_people(rq->tx, &e, &people));
    *v = (struct contact_view){ .estate_url = e_url(rq->a, estate, ""),
                                .manager = people.manager,
                                .org = people.org,
                                .community = people.community };
    if (people.org_id) v->org_url = str_fmt(rq->a, "/org/%.*s", STR(id_text(rq->a, people.org_id)));
    if (!v->org.n && !v->community.n) return OK;
    *VEC_ADD(rq->a, ret) = (struct card){
        .order = 60, .span = "", .draw = (void (*)(buf *, const void *))tpl_estate_contact, .view = v
    };
    return OK;
}

err estate_cards(struct rq *rq, const struct card_place *at, struct cards *ret) {
    if (at->home == HOME_OWNER || at->home == HOME_ENTERPRISE) return contacts(rq, at->estate, ret);
    return OK;
}

static void entry(struct rq *rq, struct entries *ret, int order, str url, const char *label, const char *icon,
                  const char *tone) {
    *VEC_ADD(rq->a, ret) = (struct entry){ order, url, str_of(label), icon, tone };
}

static err owner_entries(struct rq *rq, const struct card_place *at, struct entries *ret) {
    struct estate e;
    err got = estate_get(rq->tx, at->estate, &e);
    if (got == E_MISSING) return OK;
    TRY(got);
    if (at->home_id) {
        entry(
            rq, ret, 60,
            str_fmt(rq->a, "/e/%.*s/home/%.*s", STR(id_text(rq->a, e.id)), STR(id_text(rq->a, at->home_id))),
            "我的房屋", "house", "tone-blue");
    }
    entry(rq, ret, 70, e_url(rq->a, e.id, ""), "小区信息", "building-2", "tone-green");
    if (e.duty_phone.n)
        entry(rq, ret, 10, str_cat(rq->a, S("tel:"), e.duty_phone), "24小时值班电话", "phone", "tone-green");
    return OK;
}

err estate_entries(struct rq *rq, const struct card_place *at, struct entries *ret) {
    const struct area *a = area_by_id(at->area);
    if (at->home == HOME_OWNER) return owner_entries(rq, at, ret);
    if (!a || at->home == HOME_PUBLIC || at->home == HOME_ACCOUNT) return OK;
    struct object here = { .code = a->code, .estate = at->estate, .person = STAFF_ONLY };
    str code = area_code_text(rq->a, a->code);
    if (at->home == HOME_ENTERPRISE) {
        if (rq_may(rq, "home.view", &here))
            entry(rq, ret, 60, e_url(rq->a, at->estate, "/homes"), "房屋台账", "building-2", "tone-blue");
        if (rq_may(rq, "estate.import", &here))
            entry(rq, ret, 70, e_url(rq->a, at->estate, "/import"), "导入台账", "upload", "tone-green");
        entry(rq, ret, 80, e_url(rq->a, at->estate, ""), "小区信息", "info", "tone-gray");
    } else if (rq_may(rq, "estate.view", &here)) {
        entry(rq, ret, 60, str_fmt(rq->a, "/a/%.*s/estates", STR(code)), "小区", "building-2", "tone-blue");
    }
    if (rq_may(rq, "people.view", &here)) entry(rq, ret, 85, S("/people"), "找人", "users", "tone-gray");
    if (rq_may(rq, "grant.view", &here))
        entry(rq, ret, 90, str_fmt(rq->a, "/a/%.*s/posts", STR(code)), "岗位", "user-check", "tone-gray");
    return OK;
}
