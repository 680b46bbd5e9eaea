/* pages.c - load, then render. */
#include "domain/account/pages.h"
#include "domain/account/tpl.h"
#include "kit/area/area.h"
#include "kit/grant/grant.h"
#include "kit/house/house.h"

static const char *why_ended(enum session_end end) {
    switch (end) {
    case SESSION_IDLE: return "您有一段时间没有操作，为了保护居民信息，系统替您退出了登录。";
    case SESSION_OVER: return "您这次登录的时间到了，系统替您退出了登录。";
    default: return NULL;
    }
}

err account_login_page(struct rq *rq) {
    struct login_view v = { .form = rq_form(rq, "account.session.open"),
                            .faults = rq_faults(rq),
                            .demo = house_demo() };
    v.login = rq_control(rq, login_in_fields, "login", S(""));
    v.password = rq_control(rq, login_in_fields, "password", S(""));
    v.why = why_ended(rq->actor.ended);
    v.back = rq_typed(rq, "back", rq_arg(rq, "back"));
    v.head = rq->head;
    rq->no_store = true;
    tpl_account_login(rq->out, &v);
    return OK;
}

void account_menu(struct rq *rq, struct menu *ret) {
    *VEC_ADD(rq->a, ret) = rq->actor.person ? (struct menu_item){ 90, S("/me"), S("我的"), "user", false }
                                            : (struct menu_item){ 90, S("/login"), S("登录"), "log-in", false };
}

SQL(my_homes, "i", "iiitti",
    "SELECT estate_id, home_id, kind, estate, home, ended FROM person_home WHERE person_id = $1 ORDER BY "
    "ended, estate, home")
SQL(my_posts, "i", "titiit",
    "SELECT role, area_id, title, from_day, to_day, basis FROM post WHERE person_id = $1 ORDER BY id")
SQL(my_looks, "i", "i", "SELECT count(*) FROM look WHERE person_id = $1")

static err load_homes(struct rq *rq, struct home_lines *ret) {
    struct rows rows;
    TRY(db_all(rq->tx, &rows, &my_homes, vi(rq->actor.person)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *v = rows.p[i].v;
        *VEC_ADD(rq->a, ret) =
            (struct home_line){ v[3].s, v[4].s, v[5].i ? "已结束" : item_label(tie_kinds, v[2].i),
                                str_fmt(rq->a, "/e/%.*s/home/%.*s", STR(id_text(rq->a, v[0].i)),
                                        STR(id_text(rq->a, v[1].i))) };
    }
    return OK;
}

static err load_posts(struct rq *rq, struct post_lines *ret) {
    struct rows rows;
    TRY(db_all(rq->tx, &rows, &my_posts, vi(rq->actor.person)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *v = rows.p[i].v;
        const struct role *role = role_by_id(v[0].s);
        const struct area *area = area_by_id(v[1].i);
        buf from = buf_in(rq->a, 40), to = buf_in(rq->a, 40);
        day_show(&from, (day){ v[3].i });
        if (v[4].t) day_show(&to, (day){ v[4].i });
        *VEC_ADD(rq->a, ret) =
            (struct post_line){ v[2].s.n ? v[2].s
                                : role   ? role->title
                                         : v[0].s,
                                area ? area->name : S("—"), buf_str(&from), buf_str(&to), v[5].s };
    }
    return OK;
}

err account_me_page(struct rq *rq) {
    struct me_view v = { .name = rq->actor.name, .logout = rq_form(rq, "account.session.close"), .said = rq->said };
    struct person me;
    struct row r;
    TRY(entity_get(rq->tx, &person_entity, &me, vi(rq->actor.person)));
    v.phone = person_phone_masked(rq->tx, &me);
    TRY(load_homes(rq, &v.homes));
    TRY(load_posts(rq, &v.posts));
    TRY(notice_unread(rq->tx, rq->actor.person, &v.unread));
    TRY(db_one(rq->tx, &r, &my_looks, vi(rq->actor.person)));
    v.looks = r.v[0].i;
    v.head = rq->head;
    v.head.unread = v.unread;
    tpl_account_me(rq->out, &v);
    return OK;
}

err account_inbox_page(struct rq *rq) {
    struct inbox_view v = { .seen = rq_form(rq, "notice.inbox.seen") };
    TRY(notice_list(rq->tx, rq->actor.person, 100, &v.list));
    TRY(notice_unread(rq->tx, rq->actor.person, &v.unread));
    v.head = rq->head;
    v.head.unread = v.unread;
    tpl_account_inbox(rq->out, &v);
    return OK;
}

SQL(look_list, "i", "iiiitttt",
    "SELECT person_id, id, at, viewer_id, viewer, role, what, reason FROM look WHERE person_id = $1 ORDER BY "
    "id DESC LIMIT 200")

err account_looks_page(struct rq *rq) {
    struct looks_view v = { .head = rq->head };
    struct rows rows;
    TRY(db_all(rq->tx, &rows, &look_list, vi(rq->actor.person)));
    for (size_t i = 0; i < rows.n; i++) entity_load(rq->a, &look_entity, VEC_ADD(rq->a, &v.list), rows.p[i].v);
    tpl_account_looks(rq->out, &v);
    return OK;
}

SQL(demo_people, "", "iittt" "t",
    "SELECT person_id, no, name, title, about, login FROM demo_person ORDER BY no, person_id")

err account_demo_print(struct tx *tx, FILE *out) {
    struct rows rows;
    if (!house_demo()) return OK;
    TRY(db_all_n(tx, &rows, &demo_people, NULL, 0));
    for (size_t i = 0; i < rows.n; i++) {
        const val *v = rows.p[i].v;
        fprintf(out, "  %-12.*s %.*s，%.*s\n", STR(v[5].s), STR(v[2].s), STR(v[3].s));
    }
    return OK;
}

err account_demo_page(struct rq *rq) {
    struct demo_view v = { .advance = rq_form(rq, "demo.clock.advance"), .faults = rq_faults(rq), .said = rq->said };
    struct rows rows;
    buf now = buf_in(rq->a, 64);
    TRY(db_all_n(rq->tx, &rows, &demo_people, NULL, 0));
    for (size_t i = 0; i < rows.n; i++) {
        struct demo_person *p = NEW(rq->a, struct demo_person);
        entity_load(rq->a, &demo_person_entity, p, rows.p[i].v);
        *VEC_ADD(rq->a, &v.people) =
            (struct demo_line){ p, id_text(rq->a, p->person_id), rq_form(rq, "demo.person.become") };
    }
    day_show(&now, day_of(rq->now));
    struct hms c = instant_clock(rq->now);
    buf_fmt(&now, " %02d:%02d", c.h, c.m);
    v.now = buf_str(&now);
    v.hours = rq_control(rq, advance_in_fields, "hours", S("24"));
    v.head = rq->head;
    tpl_account_demo(rq->out, &v);
    return OK;
}
