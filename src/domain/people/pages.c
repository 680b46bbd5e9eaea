/* pages.c - load, then render. */
#include "domain/people/pages.h"
#include "domain/people/tpl.h"
#include "kit/search/namekey.h"
#include "sys/crypt/crypt.h"

enum { CANDIDATES = 500, SHOWN_US = 60 * 1000000, POSTS_PAGE = 100 };

static str person_url(struct arena *a, i64 person) { return str_fmt(a, "/people/%.*s", STR(id_text(a, person))); }

static str day_words(struct arena *a, day d) {
    buf b = buf_in(a, 40);
    day_show(&b, d);
    return buf_str(&b);
}

static void area_crumbs(struct rq *rq, struct page_head *head, const struct area *x, const char *tail, str last) {
    const struct area *path[AREA_LEVELS];
    size_t n = area_path(x->id, path);
    for (size_t i = 0; i < n; i++) {
        bool open = rq_may(rq, "grant.view", &(struct object){ .code = path[i]->code });
        *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){
            open ? str_fmt(rq->a, "/a/%.*s%s", STR(area_code_text(rq->a, path[i]->code)), tail) : (str){ 0 },
            i == 0 ? S("全市") : path[i]->short_name };
    }
    *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){ (str){ 0 }, last };
}

/* ---- finding ---- */

SQL(by_name, "tti", "it",
    "SELECT id, name FROM person WHERE name_key >= $1 AND name_key < $2 ORDER BY name_key, id LIMIT $3")
SQL(home_labels, "i", "iti",
    "SELECT estate_id, estate, home_id FROM person_home WHERE person_id = $1 ORDER BY ended, estate, home "
    "LIMIT 50")

static err load_found(struct rq *rq, struct search_view *v) {
    struct rows rows;
    str key = name_key(rq->a, v->name);
    TRY(db_all(rq->tx, &rows, &by_name, vt(key), vt(str_cat(rq->a, key, S("\xF4\x8F\xBF\xBD"))), vi(CANDIDATES)));
    v->many = rows.n == CANDIDATES;
    for (size_t i = 0; i < rows.n && v->found.n < 100; i++) {
        const struct area *at;
        struct person p;
        err e = person_place(rq->tx, &rq->actor, rows.p[i].v[0].i, "people.view", &at);
        if (e == E_MISSING) continue;
        TRY(e);
        TRY(entity_get(rq->tx, &person_entity, &p, vi(rows.p[i].v[0].i)));
        str phone = person_phone_masked(rq->tx, &p);
        *VEC_ADD(rq->a, &v->found) = (struct line){
            p.name, str_fmt(rq->a, "%.*s%s%.*s", STR(area_label(rq->a, at)), phone.n ? "，手机 " : "", STR(phone)),
            person_url(rq->a, p.id) };
    }
    return OK;
}

err people_search_page(struct rq *rq) {
    i64 range[1][2];
    struct search_view v = { .head = rq->head,
                             .form = rq_form(rq, "people.person.find"),
                             .faults = rq_faults(rq),
                             .phone = rq_control(rq, find_in_fields, "phone", S("")),
                             .name = str_trim(rq_arg(rq, "name")) };
    if (access_ranges(&rq->actor, "people.view", range, 1) > 0) {
        const struct area *a = area_by_code(range[0][0]);
        if (a) v.area_id = id_text(rq->a, a->id);
    }
    v.searched = v.name.n > 0;
    if (v.searched) TRY(load_found(rq, &v));
    rq->no_store = true;
    tpl_people_search(rq->out, &v);
    return OK;
}

/* ---- one person ---- */

SQL(homes_of_person, "i", "iiitti",
    "SELECT estate_id, home_id, kind, estate, home, ended FROM person_home WHERE person_id = $1 ORDER BY "
    "ended, estate, home LIMIT 100")
SQL(posts_of_person, "i", "titiit",
    "SELECT role, area_id, title, from_day, to_day, basis FROM post WHERE person_id = $1 ORDER BY from_day "
    "DESC, id LIMIT 100")

static bool sees(struct rq *rq, const char *right, i64 area, const struct area **ret) {
    *ret = area_by_id(area);
    return *ret && rq_may(rq, right, &(struct object){ .code = (*ret)->code });
}

static err load_homes(struct rq *rq, i64 person, struct lines *ret) {
    struct rows rows;
    const struct area *a;
    TRY(db_all(rq->tx, &rows, &homes_of_person, vi(person)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *v = rows.p[i].v;
        if (!sees(rq, "people.view", v[0].i, &a)) continue;   /* homes elsewhere are no business of this office */
        bool open = rq_may(rq, "home.view", &(struct object){ .code = a->code });
        *VEC_ADD(rq->a, ret) =
            (struct line){ str_fmt(rq->a, "%.*s %.*s", STR(v[3].s), STR(v[4].s)),
                           str_of(v[5].i ? "已结束" : item_label(tie_kinds, v[2].i)),
                           open ? str_fmt(rq->a, "/e/%.*s/home/%.*s", STR(id_text(rq->a, v[0].i)),
                                          STR(id_text(rq->a, v[1].i)))
                                : (str){ 0 } };
    }
    return OK;
}

static err load_posts(struct rq *rq, i64 person, struct lines *ret) {
    struct rows rows;
    const struct area *a;
    TRY(db_all(rq->tx, &rows, &posts_of_person, vi(person)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *v = rows.p[i].v;
        const struct role *role = role_by_id(v[0].s);
        if (!sees(rq, "people.view", v[1].i, &a)) continue;
        *VEC_ADD(rq->a, ret) = (struct line){
            str_fmt(rq->a, "%.*s，%.*s", STR(a->short_name), STR(v[2].s.n ? v[2].s : role ? role->title : v[0].s)),
            str_fmt(rq->a, "%.*s 至 %.*s。依据：%.*s", STR(day_words(rq->a, (day){ v[3].i })),
                    STR(v[4].t ? day_words(rq->a, (day){ v[4].i }) : S("现在")), STR(v[5].s)), (str){ 0 } };
    }
    return OK;
}

/* The number itself, when this very person asked for it less than a minute ago. */
static err load_shown(struct rq *rq, const struct person *p, struct person_view *v) {
    i64 id;
    struct look l;
    if (!id_parse(rq_arg(rq, "shown"), &id)) return OK;
    err e = entity_get(rq->tx, &look_entity, &l, vi(p->id), vi(id));
    if (e == E_MISSING) return OK;
    TRY(e);
    if (l.viewer_id != rq->actor.person) return OK;
    v->late = rq->now.us - l.at.us > SHOWN_US;
    if (v->late) return OK;
    bool phone = str_is(l.what, item_label(look_whats, LOOK_PHONE));
    const opt_str *sealed = phone ? &p->phone : &p->id_no;
    if (!sealed->has) return OK;
    v->shown_what = l.what;
    return reveal(rq->a, "person", phone ? "phone" : "id_no", p->id, sealed->v, &v->shown);
}

err people_one_page(struct rq *rq) {
    struct person p;
    i64 id;
    const struct area *at;
    struct person_view v = { .head = rq->head,
                             .form = rq_form(rq, "people.person.reveal"),
                             .faults = rq_faults(rq) };
    TRY(rq_id(rq, "person", &id));
    TRY(entity_get(rq->tx, &person_entity, &p, vi(id)));
    v.name = v.head.title = p.name;
    v.person_id = id_text(rq->a, id);
    v.phone = person_phone_masked(rq->tx, &p);
    v.id_no = person_id_masked(rq->tx, &p);
    v.id_kind = str_of(item_label(id_kinds, p.id_kind));
    err e = person_place(rq->tx, &rq->actor, id, "people.reveal", &at);
    if (e != OK && e != E_MISSING) return e;
    v.may_reveal = e == OK && (v.phone.n || v.id_no.n);
    if (v.may_reveal) {
        v.area_id = id_text(rq->a, at->id);
        v.what = rq_control(rq, reveal_in_fields, "what", S("look_phone"));
        v.reason = rq_control(rq, reveal_in_fields, "reason", S(""));
        TRY(load_shown(rq, &p, &v));
    }
    TRY(load_homes(rq, id, &v.homes));
    TRY(load_posts(rq, id, &v.posts));
    rq->no_store = true;
    tpl_people_one(rq->out, &v);
    return OK;
}

/* ---- posts of an area and below ---- */

SQL(posts_below, "iiiiii", "iitiittiitt",
    "SELECT area.code, post.id, person.name, post.person_id, area.id, post.role, post.title, post.from_day, "
    "post.to_day, post.basis, area.short_name FROM area JOIN post ON post.area_id = area.id JOIN person ON "
    "person.id = post.person_id WHERE area.code >= $1 AND area.code < $2 AND (area.code, post.id) > ($3, "
    "$4) AND (post.to_day IS NULL OR post.to_day >= $5) ORDER BY area.code, post.id LIMIT $6")

static err load_rows(struct rq *rq, const struct area *a, i64 today, struct posts_view *v) {
    struct rows rows;
    str after = rq_arg(rq, "after"), code_text;
    i64 code = 0, post = 0;
    if (!(str_cut(&after, '-', &code_text) && str_i64(code_text, &code) && str_i64(after, &post))) code = post = 0;
    TRY(db_all(rq->tx, &rows, &posts_below, vi(a->code), vi(a->code + area_span(a->level)), vi(code), vi(post),
               vi(v->with_ended ? 0 : today), vi(POSTS_PAGE + 1)));
    for (size_t i = 0; i < rows.n && i < POSTS_PAGE; i++) {
        const val *r = rows.p[i].v;
        const struct role *role = role_by_id(r[5].s);
        const struct object o = { .code = r[0].i };
        bool ended = r[8].t && r[8].i < today;
        *VEC_ADD(rq->a, &v->list) =
            (struct post_row){ .name = r[2].s,
                               .url = rq_may(rq, "people.view", &o) ? person_url(rq->a, r[3].i) : (str){ 0 },
                               .role = r[6].s.n ? str_fmt(rq->a, "%.*s（%.*s）",
                                                          STR(role ? role->title : r[5].s), STR(r[6].s))
                                       : role   ? role->title
                                                : r[5].s,
                               .at = r[10].s,
                               .from = day_words(rq->a, (day){ r[7].i }),
                               .to = r[8].t ? day_words(rq->a, (day){ r[8].i }) : (str){ 0 },
                               .basis = r[9].s,
                               .ended = ended,
                               .end = !ended && rq_may(rq, "grant.edit", &o)
                                          ? str_fmt(rq->a, "/people/%.*s/post/%.*s/end",
                                                    STR(id_text(rq->a, r[3].i)), STR(id_text(rq->a, r[1].i)))
                                          : (str){ 0 } };
    }
    if (rows.n > POSTS_PAGE) {
        const val *last = rows.p[POSTS_PAGE - 1].v;
        v->next = str_fmt(rq->a, "%.*s?after=%lld-%lld%s", STR(rq->h->path), (long long)last[0].i,
                          (long long)last[1].i, v->with_ended ? "&ended=1" : "");
    }
    return OK;
}

err people_posts_page(struct rq *rq) {
    i64 code = 0;
    if (!area_code_parse(rq_param(rq, "area"), &code)) return E_MISSING;
    const struct area *a = area_by_code(code);
    if (!a) return E_MISSING;
    struct posts_view v = {
        .head = rq->head, .name = a->name, .said = rq->said, .with_ended = str_is(rq_arg(rq, "ended"), "1")
    };
    area_crumbs(rq, &v.head, a, "/posts", S("岗位"));
    if (rq_may(rq, "grant.edit", &(struct object){ .code = code }))
        v.give = str_fmt(rq->a, "%.*s/new", STR(rq->h->path));
    v.current = rq->h->path;
    v.all = str_fmt(rq->a, "%.*s?ended=1", STR(rq->h->path));
    TRY(load_rows(rq, a, day_of(rq->now).n, &v));
    tpl_people_posts(rq->out, &v);
    return OK;
}

/* A choice among rows: the field drawn as a list, whose entries are in the control. */
static const struct item drawn[] = { { 0, NULL, NULL } };

static struct control choose(struct rq *rq, const struct field *list, const char *name,
                             const struct choices *items) {
    struct control c = rq_control(rq, list, name, S(""));
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

SQL(org_choices, "", "it", "SELECT id, name FROM org ORDER BY kind, name LIMIT 300")

static err give_fields(struct rq *rq, const struct area *a, struct controls *ret) {
    static const char *const before[] = { "name", "phone" }, *const after[] = { "title", "function",
                                                                                "from_day", "to_day",
                                                                                "basis" };
    struct choices roles = { 0 }, orgs = { 0 };
    struct rows rows;
    const struct role *r;
    buf today = buf_in(rq->a, 20);
    day_put(&today, day_of(rq->now));
    for (size_t i = 0; (r = role_at(i)) != NULL; i++)
        if (role_fits(r, a)) *VEC_ADD(rq->a, &roles) = (struct choice){ r->id, r->title, false };
    TRY(db_all_n(rq->tx, &rows, &org_choices, NULL, 0));
    for (size_t i = 0; i < rows.n; i++)
        *VEC_ADD(rq->a, &orgs) = (struct choice){ id_text(rq->a, rows.p[i].v[0].i), rows.p[i].v[1].s, false };
    for (size_t i = 0; i < COUNT(before); i++)
        *VEC_ADD(rq->a, ret) = rq_control(rq, give_in_fields, before[i], S(""));
    *VEC_ADD(rq->a, ret) = choose(rq, give_in_fields, "role", &roles);
    *VEC_ADD(rq->a, ret) = choose(rq, give_in_fields, "org_id", &orgs);
    for (size_t i = 0; i < COUNT(after); i++)
        *VEC_ADD(rq->a, ret) =
            rq_control(rq, give_in_fields, after[i], !strcmp(after[i], "from_day") ? buf_str(&today) : S(""));
    return OK;
}

err people_give_page(struct rq *rq) {
    i64 code = 0;
    if (!area_code_parse(rq_param(rq, "area"), &code)) return E_MISSING;
    const struct area *a = area_by_code(code);
    if (!a) return E_MISSING;
    struct post_form_view v = { .head = rq->head, .form = rq_form(rq, "people.post.give"), .faults = rq_faults(rq),
                                .area_id = id_text(rq->a, a->id), .what = a->name };
    v.back = str_fmt(rq->a, "/a/%.*s/posts", STR(area_code_text(rq->a, code)));
    area_crumbs(rq, &v.head, a, "/posts", S("设岗位"));
    TRY(give_fields(rq, a, &v.fields));
    tpl_people_give(rq->out, &v);
    return OK;
}

err people_end_page(struct rq *rq) {
    struct post post;
    struct person who;
    i64 person, id;
    TRY(rq_id(rq, "person", &person));
    TRY(rq_id(rq, "post", &id));
    TRY(entity_get(rq->tx, &post_entity, &post, vi(person), vi(id)));
    TRY(entity_get(rq->tx, &person_entity, &who, vi(person)));
    const struct area *a = area_by_id(post.area_id);
    const struct role *role = role_by_id(post.role);
    struct post_form_view v = { .head = rq->head, .form = rq_form(rq, "people.post.end"), .faults = rq_faults(rq),
                                .person_id = id_text(rq->a, person), .post_id = id_text(rq->a, id) };
    if (!a) return E_MISSING;
    v.what = str_fmt(rq->a, "%.*s，%.*s，%.*s", STR(who.name), STR(a->name), STR(role ? role->title : post.role));
    v.back = str_fmt(rq->a, "/a/%.*s/posts", STR(area_code_text(rq->a, a->code)));
    buf today = buf_in(rq->a, 20);
    day_put(&today, day_of(rq->now));
    *VEC_ADD(rq->a, &v.fields) = rq_control(rq, end_in_fields, "to_day", buf_str(&today));
    *VEC_ADD(rq->a, &v.fields) = rq_control(rq, end_in_fields, "basis", S(""));
    area_crumbs(rq, &v.head, a, "/posts", S("结束岗位"));
    tpl_people_end(rq->out, &v);
    return OK;
}
