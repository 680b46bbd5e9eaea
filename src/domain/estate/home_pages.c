/* home_pages.c - the register of homes, one home, its people. */
#include "domain/estate/pages.h"
#include "domain/estate/tpl.h"

enum { HOMES_PAGE = 60 };

static str e_url(struct arena *a, i64 estate, const char *tail) {
    return str_fmt(a, "/e/%.*s%s", STR(id_text(a, estate)), tail);
}

static str home_url(struct arena *a, i64 estate, i64 home) {
    return str_fmt(a, "/e/%.*s/home/%.*s", STR(id_text(a, estate)), STR(id_text(a, home)));
}

static err crumbs(struct rq *rq, struct page_head *head, str middle, str middle_url, str last) {
    struct estate e;
    TRY(estate_get(rq->tx, rq->estate, &e));
    head->place = e.name;
    *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){ e_url(rq->a, rq->estate, ""), e.name };
    if (middle.n) *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){ middle_url, middle };
    *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){ (str){ 0 }, last };
    return OK;
}

static str sqm_text(struct arena *a, bool has, sqm area) {
    buf b = buf_in(a, 40);
    if (!has) return S("没有登记");
    sqm_put(&b, area);
    buf_lit(&b, " ㎡");
    return buf_str(&b);
}

/* ---- the list: by building, in the order of doors ---- */

SQL(homes_page, "iiiitiii", "itiiiii",
    "SELECT home.id, home.no, home.area, home.area_source, home.use, home.place, home.building_id FROM home "
    "WHERE home.estate_id = $1 AND ($2 = 0 OR home.building_id = $2) AND ($3 = 0 OR home.use = $3) AND ($4 "
    "= 0 OR home.no_key LIKE $5) AND (home.place, home.id) > ($6, $7) ORDER BY home.place, home.id LIMIT $8")
SQL(homes_count, "iiiit", "i",
    "SELECT count(*) FROM home WHERE estate_id = $1 AND ($2 = 0 OR building_id = $2) AND ($3 = 0 OR use = "
    "$3) AND ($4 = 0 OR no_key LIKE $5)")
SQL(home_owners, "iii", "t",
    "SELECT coalesce(person.name, org.name, '') FROM tie LEFT JOIN person ON person.id = tie.person_id LEFT "
    "JOIN org ON org.id = tie.org_id WHERE tie.estate_id = $1 AND tie.home_id = $2 AND tie.kind IN (1, 2) "
    "AND (tie.to_at IS NULL OR tie.to_at > $3) ORDER BY tie.kind, tie.id LIMIT 6")
SQL(building_list, "i", "it", "SELECT id, no FROM building WHERE estate_id = $1 ORDER BY id LIMIT 500")

struct homes_filter { i64 building, use, by_no, place, id; str no; };

/* "3-2-501", or a part of it; the signs of LIKE are no signs here. */
static struct homes_filter filter_of(struct rq *rq) {
    struct homes_filter f = { 0 };
    str find = str_trim(rq_arg(rq, "find")), after = rq_arg(rq, "after"), place;
    const struct item *use = item_by_name(home_uses, rq_arg(rq, "use"));
    buf like = buf_in(rq->a, 200);
    if (!id_parse(rq_arg(rq, "building"), &f.building)) f.building = 0;
    if (use) f.use = use->value;
    if (!(str_cut(&after, '-', &place) && str_i64(place, &f.place) && str_i64(after, &f.id))) f.place = f.id = -1;
    buf_c(&like, '%');
    for (size_t i = 0; i < find.n && i < 40; i++) {
        char c = find.p[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 32);
        if (c != '%' && c != '_') buf_c(&like, c);
    }
    buf_c(&like, '%');
    f.by_no = find.n > 0;
    f.no = buf_str(&like);
    return f;
}

static err put_homes(struct rq *rq, const struct homes_filter *f, struct homes_view *v) {
    struct rows rows, owners;
    struct row count;
    TRY(db_all(rq->tx, &rows, &homes_page, vi(rq->estate), vi(f->building), vi(f->use), vi(f->by_no),
               vt(f->no), vi(f->place), vi(f->id), vi(HOMES_PAGE + 1)));
    TRY(db_one(rq->tx, &count, &homes_count, vi(rq->estate), vi(f->building), vi(f->use), vi(f->by_no),
               vt(f->no)));
    v->total = count.v[0].i;
    for (size_t i = 0; i < rows.n && i < HOMES_PAGE; i++) {
        const val *h = rows.p[i].v;
        buf names = buf_in(rq->a, 1024);
        TRY(db_all(rq->tx, &owners, &home_owners, vi(rq->estate), vi(h[0].i), vi(rq->now.us)));
        for (size_t k = 0; k < owners.n; k++)
            buf_fmt(&names, "%s%.*s", k ? "、" : "", STR(name_mask(rq->a, owners.p[k].v[0].s)));
        *VEC_ADD(rq->a, &v->list) = (struct home_row){ h[1].s,
                                                       home_url(rq->a, rq->estate, h[0].i),
                                                       sqm_text(rq->a, h[2].t != 0, (sqm){ h[2].i }),
                                                       str_of(item_label(area_sources, h[3].i)),
                                                       str_of(item_label(home_uses, h[4].i)),
                                                       buf_str(&names) };
    }
    if (rows.n > HOMES_PAGE) {
        const val *last = rows.p[HOMES_PAGE - 1].v;
        v->next = str_fmt(rq->a, "%lld-%lld", (long long)last[5].i, (long long)last[0].i);
    }
    return OK;
}

err estate_homes_page(struct rq *rq) {
    struct rows rows;
    struct homes_filter f = filter_of(rq);
    struct homes_view v = { .head = rq->head,
                            .said = rq->said,
                            .find = str_trim(rq_arg(rq, "find")),
                            .action = rq->h->path,
                            .estate_url = e_url(rq->a, rq->estate, "") };
    TRY(db_all(rq->tx, &rows, &building_list, vi(rq->estate)));
    for (size_t i = 0; i < rows.n; i++)
        *VEC_ADD(rq->a, &v.buildings) = (struct choice){ id_text(rq->a, rows.p[i].v[0].i), rows.p[i].v[1].s,
                                                         rows.p[i].v[0].i == f.building };
    for (const struct item *it = home_uses; it->name; it++)
        *VEC_ADD(rq->a, &v.uses) = (struct choice){ str_of(it->name), str_of(it->label), it->value == f.use };
    TRY(put_homes(rq, &f, &v));
    v.filtered = f.building || f.use || f.by_no;
    if (f.place >= 0) v.first = rq->h->path;
    if (rq_may(rq, "estate.edit",
               &(struct object){ .code = rq->code, .estate = rq->estate, .person = STAFF_ONLY }))
        v.add = e_url(rq->a, rq->estate, "/homes/new");
    TRY(crumbs(rq, &v.head, (str){ 0 }, (str){ 0 }, S("房屋台账")));
    tpl_estate_homes(rq->out, &v);
    return OK;
}

err estate_home_new_page(struct rq *rq) {
    static const char *const names[] = { "building", "entrance", "room", "floor", "area", "area_source", "use" };
    struct form_view v = { .head = rq->head,
                           .form = rq_form(rq, "estate.home.add"),
                           .faults = rq_faults(rq),
                           .title = S("登记房屋"),
                           .back = e_url(rq->a, rq->estate, "/homes"),
                           .button = S("登记") };
    for (size_t i = 0; i < COUNT(names); i++)
        *VEC_ADD(rq->a, &v.fields) =
            rq_control(rq, home_add_fields, names[i], !strcmp(names[i], "use") ? S("dwelling") : S(""));
    TRY(crumbs(rq, &v.head, S("房屋台账"), v.back, S("登记房屋")));
    tpl_estate_form(rq->out, &v);
    return OK;
}

/* ---- one home ---- */

SQL(home_ties, "ii", "iiiiiiittt",
    "SELECT tie.id, tie.person_id, tie.kind, tie.share_num, tie.share_den, tie.from_at, coalesce(tie.to_at, "
    "clock.due_at), tie.basis, coalesce(person.name, ''), coalesce(org.name, '') FROM tie LEFT JOIN person "
    "ON person.id = tie.person_id LEFT JOIN org ON org.id = tie.org_id LEFT JOIN clock ON clock.estate_id = "
    "tie.estate_id AND clock.ref = tie.id AND clock.kind = 'tie.expire' AND clock.running = 1 WHERE "
    "tie.estate_id = $1 AND tie.home_id = $2 ORDER BY tie.kind, tie.id LIMIT 100")

static str day_text(struct arena *a, i64 us) {
    buf b = buf_in(a, 40);
    day_show(&b, day_of((instant){ us }));
    return buf_str(&b);
}

/* Who looks: a post sees names and goes to persons; an owner sees himself, and of the others the first letter. */
struct sight { bool staff, relations, people; };

static void put_tie(struct rq *rq, const struct sight *s, i64 home, const val *t, struct tie_lines *ret) {
    bool self = t[1].t && t[1].i == rq->actor.person, ended = t[6].t && t[6].i <= rq->now.us,
         owner = t[2].i == OWNER || t[2].i == CO_OWNER;
    str name = t[8].s.n ? t[8].s : t[9].s;
    if (!s->relations && !self) return;
    if (!s->staff && ended && !self) return;
    struct tie_line *line = VEC_ADD(rq->a, ret);
    *line = (struct tie_line){ .name = s->staff || self || t[9].s.n ? name : name_mask(rq->a, name),
                               .kind = str_of(item_label(tie_kinds, t[2].i)),
                               .from = day_text(rq->a, t[5].i),
                               .basis = t[7].s,
                               .ended = ended,
                               .self = self };
    if (t[6].t) line->to = day_text(rq->a, ended ? t[6].i : t[6].i - 1);
    if (t[4].i == 1) line->share = S("全部");
    else if (t[4].i > 0) line->share = str_fmt(rq->a, "%lld/%lld", (long long)t[3].i, (long long)t[4].i);
    if (s->people && t[1].t) line->url = str_fmt(rq->a, "/people/%.*s", STR(id_text(rq->a, t[1].i)));
    if (s->relations && !ended && (s->staff || !owner))
        line->end = str_fmt(rq->a, "%.*s/tie/%.*s", STR(home_url(rq->a, rq->estate, home)),
                            STR(id_text(rq->a, t[0].i)));
}

static void put_home(struct rq *rq, const struct home *h, bool owner_sees, struct home_view *v) {
    v->no = v->head.title = h->no;
    v->area = sqm_text(rq->a, h->area.has, h->area.v);
    v->source = str_of(item_label(area_sources, h->area_source));
    v->use = str_of(item_label(home_uses, h->use));
    if (h->floor.has) v->floor = str_fmt(rq->a, "%lld 层", (long long)h->floor.v);
    if (owner_sees) v->cert = h->cert;
    if (h->handed_day.has) {
        buf b = buf_in(rq->a, 40);
        day_show(&b, h->handed_day.v);
        v->handed = buf_str(&b);
    }
}

static err shares_note(struct rq *rq, i64 home, str *ret) {
    struct share sum;
    i64 owners, open;
    err e = shares_of(rq->tx, rq->estate, home, &sum, &owners, &open);
    if (e == E_STATE || owners == 0) *ret = owners ? S("") : S("还没有登记业主。");
    else if (open) *ret = S("有的业主没有登记份额。");
    else if (sum.num != sum.den)
        *ret = str_fmt(rq->a, "登记的份额加起来是 %lld/%lld，还差一部分。", (long long)sum.num,
                       (long long)sum.den);
    return e == E_STATE ? OK : e;
}

err estate_home_page(struct rq *rq) {
    struct home h;
    struct rows rows;
    i64 id;
    TRY(rq_id(rq, "home", &id));
    TRY(home_get(rq->tx, rq->estate, id, &h));
    struct object here = { .code = rq->code, .estate = rq->estate, .home = id }, post = here;
    post.home = 0;
    post.person = STAFF_ONLY;
    struct sight s = { .staff = rq_may(rq, "home.view", &post), .relations = rq_may(rq, "home.relations", &here),
                       .people = rq_may(rq, "people.view", &post) };
    s.relations |= s.staff;
    struct home_view v = { .head = rq->head,
                           .said = rq->said,
                           .estate_url = e_url(rq->a, rq->estate, ""),
                           .relations = s.relations };
    put_home(rq, &h, s.relations, &v);
    TRY(db_all(rq->tx, &rows, &home_ties, vi(rq->estate), vi(id)));
    for (size_t i = 0; i < rows.n; i++) put_tie(rq, &s, id, rows.p[i].v, &v.ties);
    if (rq_may(rq, "home.relations", &here)) v.add = str_fmt(rq->a, "%.*s/tie", STR(rq->h->path));
    if (s.relations) TRY(shares_note(rq, id, &v.share_note));
    TRY(crumbs(rq, &v.head, s.staff ? S("房屋台账") : (str){ 0 }, e_url(rq->a, rq->estate, "/homes"), h.no));
    tpl_estate_home(rq->out, &v);
    return OK;
}

/* ---- relations ---- */

err estate_tie_page(struct rq *rq) {
    static const char *const names[] = { "kind",      "name",      "phone", "id_no",
                                         "share_num", "share_den", "until", "basis" };
    struct home h;
    i64 id;
    TRY(rq_id(rq, "home", &id));
    TRY(home_get(rq->tx, rq->estate, id, &h));
    bool staff = rq_may(rq, "home.relations",
                        &(struct object){ .code = rq->code, .estate = rq->estate, .person = STAFF_ONLY });
    struct form_view v = { .head = rq->head,
                           .form = rq_form(rq, "estate.tie.add"),
                           .faults = rq_faults(rq),
                           .title = str_fmt(rq->a, "%.*s：登记关系", STR(h.no)),
                           .back = home_url(rq->a, rq->estate, id),
                           .button = S("登记"),
                           .note = staff ? S("手机号和身份证号至少写一个；已经登记过的人会自动对上。")
                                         : S("您可以登记租户、家人和代理人。手机号和身份证号至少写一个。"),
                           .hidden_name = S("home_id"),
                           .hidden = id_text(rq->a, id) };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct control c = rq_control(rq, tie_add_fields, names[i], S(""));
        if (!staff && (i == 4 || i == 5)) continue;
        if (!staff && i == 0 && c.items.n > 2) {
            c.items.p += 2;   /* not owner, not joint owner */
            c.items.n -= 2;
            c.nitems = c.items.n;
        }
        *VEC_ADD(rq->a, &v.fields) = c;
    }
    TRY(crumbs(rq, &v.head, h.no, v.back, S("登记关系")));
    tpl_estate_form(rq->out, &v);
    return OK;
}

err estate_tie_end_page(struct rq *rq) {
    struct home h;
    struct tie t;
    i64 home, id;
    str name = { 0 };
    TRY(rq_id(rq, "home", &home));
    TRY(rq_id(rq, "tie", &id));
    TRY(home_get(rq->tx, rq->estate, home, &h));
    TRY(entity_get(rq->tx, &tie_entity, &t, vi(rq->estate), vi(id)));
    if (t.home_id != home) return E_MISSING;
    if (t.person_id.has) TRY(person_name_of(rq->tx, t.person_id.v, &name));
    bool staff = rq_may(rq, "home.relations",
                        &(struct object){ .code = rq->code, .estate = rq->estate, .person = STAFF_ONLY });
    struct form_view v = { .head = rq->head,
                           .form = rq_form(rq, "estate.tie.end"),
                           .faults = rq_faults(rq),
                           .title = S("结束房屋关系"),
                           .back = home_url(rq->a, rq->estate, home),
                           .danger = S("1"),
                           .button = S("结束这个关系"),
                           .hidden_name = S("tie_id"),
                           .hidden = id_text(rq->a, id) };
    v.note =
        str_fmt(rq->a, "%.*s，%s%s%.*s。结束以后，这个人马上看不到这套房的新情况。", STR(h.no),
                item_label(tie_kinds, t.kind), name.n ? " " : "", STR(staff ? name : name_mask(rq->a, name)));
    *VEC_ADD(rq->a, &v.fields) = rq_control(rq, tie_end_fields, "basis", S(""));
    TRY(crumbs(rq, &v.head, h.no, v.back, S("结束关系")));
    tpl_estate_form(rq->out, &v);
    return OK;
}
