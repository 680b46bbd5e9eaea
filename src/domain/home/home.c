/* home.c - the first page of every role; see README.md. */
#include "domain/home/home.h"
#include "domain/home/tpl.h"
#include "kit/area/area.h"
#include "kit/desk/desk.h"
#include "kit/grant/grant.h"
#include "kit/house/house.h"
#include "kit/notice/notice.h"

/* ---- what the rooms have to say ---- */

static int card_order(const void *a, const void *b) {
    return ((const struct card *)a)->order - ((const struct card *)b)->order;
}
static int entry_order(const void *a, const void *b) {
    return ((const struct entry *)a)->order - ((const struct entry *)b)->order;
}

static int due_order(const void *a, const void *b) {
    i64 x = ((const struct waiting *)a)->due.us, y = ((const struct waiting *)b)->due.us;
    return x < y ? -1 : x > y;
}

static err gather(struct rq *rq, const struct card_place *at, struct home_view *v) {
    struct cards cards = { 0 };
    struct entries entries = { 0 };
    struct waitings waiting = { 0 };
    for (const struct module *const *m = all_modules; *m; m++) {
        if ((*m)->waiting) TRY((*m)->waiting(rq, at, &waiting));
        if ((*m)->entries) TRY((*m)->entries(rq, at, &entries));
        if ((*m)->cards) TRY((*m)->cards(rq, at, &cards));
    }
    if (cards.n) qsort(cards.p, cards.n, sizeof *cards.p, card_order);
    if (entries.n) qsort(entries.p, entries.n, sizeof *entries.p, entry_order);
    if (waiting.n) qsort(waiting.p, waiting.n, sizeof *waiting.p, due_order);
    for (size_t i = 0; i < cards.n; i++)
        *VEC_ADD(rq->a, !strcmp(cards.p[i].span, "wide") ? &v->wide : &v->side) = cards.p[i];
    for (size_t i = 0; i < entries.n; i++) {
        const struct entry *e = &entries.p[i];
        /* Elder mode shows few things: the first three, and the red one for emergencies. */
        bool fold = rq->head.elder && at->home == HOME_OWNER && v->entries.n >= 3 && strcmp(e->tone, "tone-red") != 0;
        *VEC_ADD(rq->a, str_starts(e->url, S("tel:")) ? &v->calls : fold ? &v->more : &v->entries) = *e;
    }
    for (size_t i = 0; i < waiting.n; i++) {
        const struct waiting *w = &waiting.p[i];
        *VEC_ADD(rq->a, &v->waiting) = (struct waiting_line){ w->url, w->title, w->note, w->action, w->icon, w->tone };
    }
    return OK;
}

/* ---- an owner's home ---- */

SQL(own_homes, "i", "iitti",
    "SELECT estate_id, home_id, estate, home, kind FROM person_home WHERE person_id = $1 AND ended = 0 "
    "ORDER BY estate_id, home_id LIMIT 40")

/* Own homes before rented ones, then by name. A table to sort in would cost the engine more than the rest of the
 * page. */
static int home_order(const void *a, const void *b) {
    const val *x = ((const struct row *)a)->v, *y = ((const struct row *)b)->v;
    if (x[4].i != y[4].i) return x[4].i < y[4].i ? -1 : 1;
    int order = str_cmp(x[2].s, y[2].s);
    return order ? order : str_cmp(x[3].s, y[3].s);
}

static err owner_page(struct rq *rq, const struct rows *homes) {
    struct home_view v = { .head = rq->head, .said = rq->said };
    size_t pick = 0;
    i64 want = 0;
    if (id_parse(rq_arg(rq, "home"), &want))
        for (size_t i = 0; i < homes->n; i++)
            if (homes->p[i].v[1].i == want) pick = i;
    for (size_t i = 0; homes->n > 1 && i < homes->n; i++) {
        const val *h = homes->p[i].v;
        *VEC_ADD(rq->a, &v.others) = (struct other){ str_fmt(rq->a, "/?home=%.*s", STR(id_text(rq->a, h[1].i))),
                                                     str_fmt(rq->a, "%.*s %.*s", STR(h[2].s), STR(h[3].s)), i == pick };
    }
    const val *h = homes->p[pick].v;
    const struct area *estate = area_by_id(h[0].i);
    if (!estate) return E_MISSING;
    rq->estate = h[0].i;
    rq->code = estate->code;
    TRY(ties_load(rq->tx, &rq->actor, rq->estate));
    v.head.place = h[2].s;
    v.head.place_sub = str_fmt(rq->a, "%.*s · %s", STR(h[3].s), item_label(tie_kinds, h[4].i));
    TRY(notice_unread(rq->tx, rq->actor.person, &v.head.unread));
    TRY(gather(rq,
               &(struct card_place){
                   .home = HOME_OWNER, .area = rq->estate, .estate = rq->estate, .home_id = h[1].i },
               &v));
    tpl_home_owner(rq->out, &v);
    return OK;
}

/* ---- an office's or enterprise's area ---- */

static str area_url(struct arena *a, const struct area *x) {
    return str_fmt(a, "/a/%.*s", STR(area_code_text(a, x->code)));
}

/* What is late one level below, for those who may take it up: the desk of the office, or of the estate's enterprise. */
static err put_work(struct rq *rq, const struct area *x, struct below_line *b) {
    struct desk_count n;
    bool estate = x->level == ESTATE;
    TRY(desk_count(rq->tx, x->id, estate ? DESK_ENTERPRISE : DESK_OFFICE, &n));
    b->late = n.overdue > 0;
    if (n.overdue) b->note = str_fmt(rq->a, "%lld 件超期", (long long)n.overdue);
    else if (n.all) b->note = str_fmt(rq->a, "%lld 件%s", (long long)n.all, estate ? "在办" : "要出面");
    return OK;
}

static err put_below(struct rq *rq, const struct area *x, struct home_view *v) {
    static const char *const labels[] = { "", "各区", "街道乡镇", "社区村", "小区", "" };
    const struct area *const *children;
    struct object o = { .code = x->code };
    bool supervises = rq_may(rq, "appeal.supervise", &o);
    if (!rq_may(rq, "board.view", &o)) return OK;
    size_t n = area_children(x, &children);
    v->below_label = labels[x->level];
    for (size_t i = 0; i < n; i++) {
        struct below_line *b = VEC_ADD(rq->a, &v->below);
        *b = (struct below_line){ .url = children[i]->level == ESTATE
                                             ? str_fmt(rq->a, "/e/%.*s", STR(id_text(rq->a, children[i]->id)))
                                             : area_url(rq->a, children[i]),
                                  .name = children[i]->short_name };
        if (supervises) TRY(put_work(rq, children[i], b));
    }
    return OK;
}

static void put_crumbs(struct rq *rq, struct page_head *head, const struct area *x) {
    const struct area *path[AREA_LEVELS];
    size_t n = area_path(x->id, path);
    for (size_t i = 0; i < n; i++) {
        struct object o = { .code = path[i]->code };
        bool open = i + 1 < n && rq_may(rq, "board.view", &o) && access_role(&rq->actor, "board.view", &o);
        *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){ open ? area_url(rq->a, path[i]) : (str){ 0 },
                                                         i == 0 ? S("全市") : path[i]->short_name };
    }
}

static enum home_page home_of(const struct area *x) {
    switch (x->level) {
    case CITY: return HOME_CITY;
    case DISTRICT: return HOME_DISTRICT;
    case STREET: return HOME_STREET;
    case COMMUNITY: return HOME_COMMUNITY;
    default: return HOME_ENTERPRISE;
    }
}

static err area_page(struct rq *rq, const struct area *x) {
    struct home_view v = { .head = rq->head, .title = x->name, .said = rq->said };
    for (size_t i = 0; rq->actor.ngrants > 1 && i < rq->actor.ngrants; i++) {
        const struct grant_held *g = &rq->actor.grants[i];
        const struct area *a = area_by_id(g->area);
        if (a)
            *VEC_ADD(rq->a, &v.others) =
                (struct other){ area_url(rq->a, a),
                                str_fmt(rq->a, "%.*s %.*s", STR(a->short_name), STR(g->role->title)),
                                a == x };
    }
    v.head.title = str_cat(rq->a, x->name, S("首页"));
    v.head.place = x->short_name;
    for (size_t i = 0; i < rq->actor.ngrants; i++)
        if (rq->actor.grants[i].area == x->id) v.head.place_sub = rq->actor.grants[i].role->title;
    if (x->level == ESTATE) {
        rq->estate = x->id;
        rq->code = x->code;
    }
    put_crumbs(rq, &v.head, x);
    TRY(notice_unread(rq->tx, rq->actor.person, &v.head.unread));
    TRY(gather(
        rq,
        &(struct card_place){ .home = home_of(x), .area = x->id, .estate = x->level == ESTATE ? x->id : 0 },
        &v));
    TRY(put_below(rq, x, &v));
    tpl_home_area(rq->out, &v);
    return OK;
}

static err area_object(struct rq *rq, struct object *ret) {
    return area_code_parse(rq_param(rq, "area"), &ret->code) ? OK : E_MISSING;
}

static err show_area(struct rq *rq) {
    i64 code = 0;
    if (!area_code_parse(rq_param(rq, "area"), &code)) return E_MISSING;
    const struct area *x = area_by_code(code);
    return x ? area_page(rq, x) : E_MISSING;
}

/* ---- / ---- */

static err show_public(struct rq *rq) {
    struct home_view v = { .head = rq->head, .demo = house_demo(), .said = rq->said };
    const struct area *city = area_by_code(AREA_CITY_CODE);
    TRY(gather(rq, &(struct card_place){ .home = HOME_PUBLIC, .area = city ? city->id : 0 }, &v));
    tpl_home_public(rq->out, &v);
    return OK;
}

static err show(struct rq *rq) {
    struct rows homes;
    if (rq->actor.person == 0) return show_public(rq);
    TRY(db_all(rq->tx, &homes, &own_homes, vi(rq->actor.person)));
    if (homes.n > 1) qsort(homes.p, homes.n, sizeof *homes.p, home_order);
    if (homes.n > 0 && (rq->actor.ngrants == 0 || rq_arg(rq, "home").n)) return owner_page(rq, &homes);
    if (rq->actor.ngrants > 0) {
        const struct area *x = area_by_id(rq->actor.grants[0].area);
        if (x) return area_page(rq, x);
    }
    struct home_view v = { .head = rq->head, .title = rq->actor.name };
    tpl_home_none(rq->out, &v);
    return OK;
}

static const struct page pages[] = {
    { .path = "/", .title = "首页", .flags = PAGE_OPEN | PAGE_QUICK | PAGE_PUBLIC, .show = show },
    { .path = "/a/{area}",
      .title = "辖区",
      .right = "board.view",
      .flags = PAGE_QUICK,
      .show = show_area,
      .object = area_object },
    PAGE_END,
};
static void menu(struct rq *rq, struct menu *ret) {
    *VEC_ADD(rq->a, ret) = (struct menu_item){ 0, S("/"), S("首页"), "house", false };
}

static const char *const rights[] = { "board.view", NULL };
const struct module home_module = { .name = "home", .label = "首页", .pages = pages, .rights = rights,
                                    .menu = menu };
