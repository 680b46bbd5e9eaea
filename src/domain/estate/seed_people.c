/* seed_people.c - those who serve and govern the demonstration's estates, and the people one may become. */
#include "domain/account/account.h"
#include "domain/estate/seed.h"

enum { STAFF_FIRST = 100 };

static void offer(struct maker *m, i64 person, int no, str name, const char *title, const char *about,
                  const char *login) {
    *VEC_ADD(m->s->tx->a, &m->offer) = (struct offered){ person, no, name, title, about, login };
}

/* ---- residents of the main estate ---- */

struct resident { const char *no_key, *name; bool female; i64 kind; int no; const char *title, *about, *login; };
static const struct resident residents[] = {
    { "3-2-501", "陈建国", false, OWNER, 10, "业主", "报事、看进度、确认结果", "chen" },
    { "1-1-202", "王秀兰", true, OWNER, 11, "长辈业主", "大字、大按钮、一键打电话", "wang" },
    { "3-2-502", "赵明远", false, OWNER, 13, "两套房的业主", "两个小区各有一套房", "zhao" },
    { "5-1-803", "孙丽娟", true, OWNER, 14, "出租房的业主", "房子租出去了", "sun" },
};

SQL(elder_on, "i", "", "UPDATE person SET elder = 1 WHERE id = $1")

err seed_main_home(struct maker *m, const struct home *h, bool *ret_taken) {
    *ret_taken = false;
    for (size_t i = 0; i < COUNT(residents); i++) {
        const struct resident *r = &residents[i];
        i64 id, other;
        if (!str_is(h->no_key, r->no_key)) continue;
        *ret_taken = true;
        TRY(maker_resident(m, h, r->name, r->female, r->kind, &id));
        offer(m, id, r->no, str_of(r->name), r->title, r->about, r->login);
        if (r->no == 11) TRY(db_run(m->s->tx, &elder_on, vi(id)));
        if (r->no == 10) TRY(maker_resident(m, h, "陈小雨", true, FAMILY, &other));
        if (r->no == 13) m->two_homes = id;
        if (r->no != 14) continue;
        TRY(maker_resident(m, h, "周晓东", false, TENANT, &other));
        offer(m, other, 12, S("周晓东"), "租客", "租的房子也能报事，看不到业主的信息", "zhou");
    }
    return OK;
}

/* ---- staff and officers ---- */

static err staff(struct maker *m, const char *role, i64 area, opt_i64 org, const char *title,
                 const char *name, i64 *ret, str *ret_name) {
    struct tx *tx = m->s->tx;
    bool female = demo_dice(&m->dice, 2);
    *ret = ids_run_next(&m->ids);
    *ret_name = name ? str_of(name) : demo_name(tx->a, m->pool, &m->dice, female);
    TRY(demo_person_make(tx, *ret, *ret_name, STAFF_FIRST + m->next_staff++, female));
    return demo_post(tx, *ret, role, area, org, title, day_from(2026, 1, 4));
}

static bool has_office(const struct maker *m, i64 area) {
    for (size_t i = 0; i < m->offices.n; i++)
        if (m->offices.p[i] == area) return true;
    return false;
}

static err office(struct maker *m, const struct area *a, const char *role, const char *title, i64 *ret,
                  str *ret_name) {
    *ret = 0;
    if (has_office(m, a->id)) return OK;
    *VEC_ADD(m->s->tx->a, &m->offices) = a->id;
    return staff(m, role, a->id, (opt_i64){ 0 }, title, NULL, ret, ret_name);
}

err seed_staff(struct maker *m, struct estate *e, const struct org *org, const struct area *community) {
    const struct area *street = area_parent(community);
    opt_i64 at = { true, org->id };
    i64 id, clerk, officer;
    str name, clerk_name;
    if (!street) return E_STATE;
    TRY(staff(m, "project_manager", e->id, at, "项目经理", m->main ? "刘伟" : NULL, &id, &name));
    e->manager_id = (opt_i64){ true, id };
    TRY(staff(m, "clerk", e->id, at, "前台管家", m->main ? "周倩" : NULL, &clerk, &clerk_name));
    if (m->main) {
        offer(m, clerk, 20, clerk_name, "物业客服", "接单、派活、回复业主", "kefu");
        offer(m, id, 21, name, "项目经理", "超期清单、房屋台账、导入", "jingli");
    }
    TRY(office(m, community, "community", "社区工作者", &officer, &name));
    if (officer && m->main) offer(m, officer, 30, name, "社区工作者", "超期先到社区，出面协调", "shequ");
    TRY(office(m, street, "street", "街道物业专员", &officer, &name));
    if (officer && street->code / 10000000 == 110105017)
        offer(m, officer, 40, name, "街道工作者", "劲松街道各小区、督办、设岗位", "jiedao");
    if (officer && street->code / 10000000 == 110190012)
        offer(m, officer, 45, name, "经开区街道工作者", "荣华街道：管理归经开区，法定归大兴", "ronghua");
    return OK;
}

/* ---- the offer, and the second home of one owner ---- */

SQL(first_home, "it", "i", "SELECT id FROM home WHERE estate_id = $1 AND no_key = $2")
SQL(drop_ties, "ii", "", "DELETE FROM tie WHERE estate_id = $1 AND home_id = $2")
SQL(drop_lists, "ii", "", "DELETE FROM person_home WHERE estate_id = $1 AND home_id = $2")

static err second_home(struct maker *m) {
    struct home h;
    struct row r;
    int at = m->main_at + 1;
    if (!m->two_homes || at >= m->count) return OK;
    TRY(db_one(m->s->tx, &r, &first_home, vi(m->made[at].id), vt(S("2-1-302"))));
    i64 home = r.v[0].i;
    TRY(db_run(m->s->tx, &drop_ties, vi(m->made[at].id), vi(home)));
    TRY(db_run(m->s->tx, &drop_lists, vi(m->made[at].id), vi(home)));
    TRY(home_get(m->s->tx, m->made[at].id, home, &h));
    m->estate_name = m->made[at].name;
    return maker_owns_too(m, &h, m->two_homes);
}

err seed_offer(struct maker *m) {
    TRY(second_home(m));
    for (size_t i = 0; i < m->offer.n; i++) {
        const struct offered *o = &m->offer.p[i];
        TRY(account_demo_person(m->s->tx, &(struct demo_person){ o->person, o->no, o->name, str_of(o->title),
                                                                 str_of(o->about), str_of(o->login) }));
    }
    return OK;
}
