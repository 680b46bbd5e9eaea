/* seed.c - about sixty invented estates in real communities of all districts, their homes and owners. */
#include "domain/estate/inner.h"
#include "domain/estate/seed.h"
#include "domain/org/org.h"
#include "sys/clock/clock.h"

/* ---- how an estate of each kind is built ---- */

struct plan { const char *name; i64 kind; int buildings, entrances, floors, doors; };

/* In order of district; a district takes three or four. */
static const struct plan plans[] = {
    { "槐柏南里", OLD, 4, 3, 6, 3 },           { "崇光里小区", MIXED, 2, 2, 12, 4 },
    { "轻工院家属院", HANDED_OVER, 3, 4, 5, 3 }, { "东壹雅苑", COMMODITY, 3, 1, 16, 4 },
    { "广阳西里", OLD, 4, 3, 6, 3 },           { "粮库宿舍", NON_OPERATING, 3, 4, 5, 3 },
    { "白石嘉园", COMMODITY, 3, 1, 18, 4 },    { "莲花河小区", OLD, 4, 3, 6, 3 },
    { "银杏里小区", COMMODITY, 6, 2, 10, 4 },  { "松榆北里", OLD, 4, 3, 6, 3 },
    { "望河家园", COMMODITY, 3, 1, 18, 4 },    { "机电院南院", HANDED_OVER, 3, 4, 5, 3 },
    { "榆荫嘉园", COMMODITY, 3, 1, 16, 4 },    { "丰泽东里", OLD, 4, 3, 6, 3 },
    { "铁建里", HANDED_OVER, 3, 4, 6, 3 },     { "康瑞家园", SECURED, 2, 2, 15, 4 },
    { "模式里", OLD, 4, 3, 6, 3 },             { "炼钢厂北院", HANDED_OVER, 4, 3, 6, 3 },
    { "山水文苑", COMMODITY, 3, 1, 16, 4 },    { "晋元里", MIXED, 2, 2, 12, 4 },
    { "知春北里", OLD, 4, 3, 6, 3 },           { "清溪家园", COMMODITY, 3, 1, 18, 4 },
    { "设计院西院", HANDED_OVER, 3, 4, 5, 3 }, { "安馨家园", SECURED, 2, 2, 15, 4 },
    { "门城雅园", COMMODITY, 3, 1, 14, 4 },    { "矿工里", HANDED_OVER, 4, 3, 5, 3 },
    { "河畔新居", SECURED, 2, 2, 14, 4 },      { "良园东里", OLD, 4, 3, 6, 3 },
    { "燕房嘉园", COMMODITY, 3, 1, 16, 4 },    { "石化北院", HANDED_OVER, 3, 4, 6, 3 },
    { "运河名邸", COMMODITY, 3, 1, 18, 4 },    { "新华西里", OLD, 4, 3, 6, 3 },
    { "潞苑人家", SECURED, 2, 2, 15, 4 },      { "梨园小筑", COMMODITY, 3, 1, 16, 4 },
    { "空港家园", COMMODITY, 3, 1, 14, 4 },    { "建新北里", OLD, 4, 3, 6, 3 },
    { "裕祥花园", MIXED, 2, 2, 12, 4 },        { "回龙雅居", COMMODITY, 3, 1, 18, 4 },
    { "天通和园", SECURED, 2, 2, 15, 4 },      { "军都西里", OLD, 4, 3, 6, 3 },
    { "农机所家属院", NON_OPERATING, 3, 4, 5, 3 }, { "黄村南里", OLD, 4, 3, 6, 3 },
    { "清源嘉苑", COMMODITY, 3, 1, 18, 4 },    { "康宁居", SECURED, 2, 2, 15, 4 },
    { "兴政里", MIXED, 2, 2, 12, 4 },          { "雁栖家园", COMMODITY, 3, 1, 14, 4 },
    { "青春西里", OLD, 4, 3, 6, 3 },           { "开放里", NON_OPERATING, 3, 4, 5, 3 },
    { "渔阳名苑", COMMODITY, 3, 1, 14, 4 },    { "建设西里", OLD, 4, 3, 6, 3 },
    { "绿谷家园", SECURED, 2, 2, 14, 4 },      { "檀州嘉园", COMMODITY, 3, 1, 14, 4 },
    { "沙河南里", OLD, 4, 3, 6, 3 },           { "水库管理处宿舍", NON_OPERATING, 3, 4, 5, 3 },
    { "妫水人家", COMMODITY, 3, 1, 14, 4 },    { "川北西里", OLD, 4, 3, 6, 3 },
    { "高塔家园", MIXED, 2, 2, 12, 4 },        { "亦城新苑", COMMODITY, 3, 1, 18, 4 },
    { "荣京雅居", COMMODITY, 3, 1, 16, 4 },    { "博兴家园", SECURED, 2, 2, 15, 4 },
};
enum { MAIN_PLAN = 8, BASE_PERSON = 20000 };

/* Districts with four estates; the others have three. */
static bool has_four(i64 code) {
    static const int four[] = { 110101, 110102, 110105, 110106, 110107, 110108, 110112, 110114, 110115 };
    for (size_t i = 0; i < COUNT(four); i++)
        if (code / 10000000000LL == four[i]) return true;
    return false;
}

/* ---- one home ---- */

static const i64 sizes[] = { 8905, 6210, 10250, 5530 };

static err make_tie(struct maker *m, const struct home *h, i64 person, i64 kind, i64 num, i64 den, i64 days) {
    struct tie t = { .estate_id = h->estate_id,
                     .id = ids_run_next(&m->ids),
                     .home_id = h->id,
                     .person_id = { true, person },
                     .kind = kind,
                     .share_num = num,
                     .share_den = den,
                     .from_at = { m->s->now.us - days * DAY_US },
                     .basis = kind == TENANT   ? S("租赁合同（演示）")
                              : kind == FAMILY ? S("户主申报（演示）")
                                               : S("不动产登记（演示）") };
    struct person_home ph = { .person_id = person, .estate_id = h->estate_id, .home_id = h->id, .kind = kind,
                              .estate = m->estate_name, .home = h->no };
    TRY(entity_insert(m->s->tx, &tie_entity, &t));
    return entity_insert(m->s->tx, &person_home_entity, &ph);
}

static err make_person(struct maker *m, str name, bool female, i64 *ret) {
    *ret = ids_run_next(&m->ids);
    if (!name.n) name = demo_name(m->s->tx->a, m->pool, &m->dice, female);
    return demo_person_make(m->s->tx, *ret, name, m->next_person++, female);
}

err maker_resident(struct maker *m, const struct home *h, const char *name, bool female, i64 kind, i64 *ret) {
    TRY(make_person(m, str_of(name), female, ret));
    return make_tie(m, h, *ret, kind, kind == OWNER, kind == OWNER, 900);
}

err maker_owns_too(struct maker *m, const struct home *h, i64 person) {
    return make_tie(m, h, person, OWNER, 1, 1, 600);
}

static err people_of_home(struct maker *m, const struct home *h, i64 *last_owner) {
    u64 roll = demo_dice(&m->dice, 100);
    i64 days = 200 + (i64)demo_dice(&m->dice, 6000), owner = *last_owner, other;
    bool joint = roll < 25, female = demo_dice(&m->dice, 2);
    if (roll >= 95 && owner) return make_tie(m, h, owner, OWNER, 1, 1, days);   /* the neighbour's second home */
    TRY(make_person(m, S(""), female, &owner));
    TRY(make_tie(m, h, owner, OWNER, 1, joint ? 2 : 1, days));
    if (joint) {
        TRY(make_person(m, S(""), !female, &other));
        TRY(make_tie(m, h, other, CO_OWNER, 1, 2, days));
    }
    if (roll >= 25 && roll < 37) {
        TRY(make_person(m, S(""), roll % 2, &other));
        TRY(make_tie(m, h, other, TENANT, 0, 0, 30 + (i64)demo_dice(&m->dice, 700)));
    }
    if (roll >= 80 && roll < 92) {
        TRY(make_person(m, S(""), !female, &other));
        TRY(make_tie(m, h, other, FAMILY, 0, 0, days));
    }
    *last_owner = owner;
    return OK;
}

/* ---- one estate ---- */

static err make_home(struct maker *m, const struct plan *p, const struct building *b, i64 entrance, int no,
                     int floor, int door, struct home *ret) {
    struct tx *tx = m->s->tx;
    i64 building = 0;
    if (!str_i64(b->no_key, &building)) return E_INPUT;
    int room = floor * 100 + door;
    bool title = p->kind == COMMODITY || p->kind == SECURED || p->kind == MIXED;
    *ret = (struct home){
        .estate_id = b->estate_id,
        .id = ids_run_next(&m->ids),
        .building_id = b->id,
        .entrance_id = { true, entrance },
        .no = str_fmt(tx->a, "%lld号楼%d单元%d", (long long)building, no, room),
        .no_key = str_fmt(tx->a, "%lld-%d-%d", (long long)building, no, room),
        .place = (building * 10000 + no) * 10000000 + room,
        .floor = { true, floor },
        .area = { true, { sizes[(door - 1) % 4] + building * 35 - (p->kind == OLD ? 1800 : 0) } },
        .area_source = title ? BY_TITLE : BY_REGISTER,
        .use = DWELLING,
        .cert = S(""),
        .handed_day = { true, { day_from(p->kind == OLD ? 1988 : 2009, 6, 30).n + building * 30 } }
    };
    return entity_insert(tx, &home_entity, ret);
}

static err make_building(struct maker *m, const struct plan *p, i64 estate, int no, i64 *last_owner) {
    struct tx *tx = m->s->tx;
    struct building b = { .estate_id = estate, .id = ids_run_next(&m->ids), .no = str_fmt(tx->a, "%d号楼", no),
                          .no_key = str_fmt(tx->a, "%d", no), .name = S(""), .floors = p->floors,
                          .lifts = p->floors > 6 ? p->entrances * (p->floors > 12 ? 2 : 1) : 0 };
    TRY(entity_insert(tx, &building_entity, &b));
    for (int e = 1; e <= p->entrances; e++) {
        struct entrance en = { .estate_id = estate, .id = ids_run_next(&m->ids), .building_id = b.id,
                               .no = str_fmt(tx->a, "%d单元", e), .no_key = str_fmt(tx->a, "%d", e) };
        TRY(entity_insert(tx, &entrance_entity, &en));
        for (int f = 1; f <= p->floors; f++)
            for (int d = 1; d <= p->doors; d++) {
                struct home h;
                bool taken = false;
                TRY(make_home(m, p, &b, en.id, e, f, d, &h));
                if (m->main) TRY(seed_main_home(m, &h, &taken));
                if (!taken) TRY(people_of_home(m, &h, last_owner));
            }
    }
    return OK;
}

static err make_rows(struct maker *m, const struct plan *p, const struct area *community, str name, i64 code,
                     struct estate *ret) {
    struct tx *tx = m->s->tx;
    struct area up;
    TRY(entity_get(tx, &area_entity, &up, vi(community->id)));
    struct area a = { .id = ids_run_next(&m->ids),
                      .code = code,
                      .level = ESTATE,
                      .name = name,
                      .short_name = name,
                      .kind = S("estate"),
                      .stat_code = up.stat_code,
                      .legal_parent = up.legal_parent,
                      .from_day = day_from(2026, 1, 1) };
    const struct area *street = area_parent(community);
    name_reading(tx->a, name, &a.pinyin, &a.initials);
    TRY(entity_insert(tx, &area_entity, &a));
    *ret = (struct estate){
        .id = a.id,
        .code = code,
        .kind = p->kind,
        .name = name,
        .address = str_fmt(tx->a, "%.*s%.*s演示路 %d 号", STR(street ? street->short_name : S("")),
                           STR(community->short_name), 1 + m->count),
        .built_year = { true, p->kind == OLD || p->kind == NON_OPERATING ? 1986 + m->count % 9
                                                                         : 2006 + m->count % 12 },
        .households = (i64)p->buildings * p->entrances * p->floors * p->doors,
        .residents_tenths = 25,
        .duty_phone = str_fmt(tx->a, "010-0000%04d", 2000 + m->count),
        .made_at = m->s->now
    };
    TRY(sign_claim(tx, ret));
    return OK;
}

static err make_estate(struct maker *m, const struct plan *p, int round, const struct area *community) {
    struct tx *tx = m->s->tx;
    struct estate e;
    i64 last_owner = 0, code = community->code + 1;
    str name = round == 0 ? str_of(p->name) : str_fmt(tx->a, "%s%d期", p->name, round + 1);
    for (int i = 0; i < m->count; i++)
        if (m->made[i].code >= code && m->made[i].code < community->code + area_span(COMMUNITY))
            code = m->made[i].code + 1;
    m->main = m->count == m->main_at;
    m->estate_name = name;
    TRY(make_rows(m, p, community, name, code, &e));
    const struct org *org = &m->orgs.p[m->count % (int)m->orgs.n];
    e.org_id = (opt_i64){ true, org->id };
    TRY(seed_staff(m, &e, org, community));
    TRY(entity_insert(tx, &estate_entity, &e));
    struct project project = { .estate_id = e.id,
                               .id = ids_run_next(&m->ids),
                               .org_id = org->id,
                               .manager_id = e.manager_id,
                               .from_day = day_from(2024, 1, 1),
                               .basis = S("物业服务合同（演示）") };
    TRY(entity_insert(tx, &project_entity, &project));
    for (int b = 1; b <= p->buildings; b++) TRY(make_building(m, p, e.id, b, &last_owner));
    m->made[m->count++] = (struct made){ e.id, code, e.name };
    return OK;
}

/* ---- where ---- */

/* The communities of a district are spread over its streets; 劲松 has two, so that a street sees more than one. */
static const struct area *community_for(const struct area *district, int i, int n) {
    const struct area *const *streets, *const *list;
    i64 code = district->code / 10000000000LL;
    if (code == 110105 && i < 2) return area_by_code(i == 0 ? 1101050170380000LL : 1101050170360000LL);
    size_t ns = area_children(district, &streets);
    for (size_t tries = 0; tries < ns; tries++) {
        size_t at = ((size_t)i * ns / (size_t)n + tries) % ns;
        size_t nc = area_children(streets[at], &list);
        for (size_t k = 0; k < nc; k++) {   /* estates stand in communities rather than in villages */
            const struct area *c = list[((size_t)i * 7 + k) % nc];
            if (str_is(c->kind, "community") && !str_has(c->name, S("虚拟"))) return c;
        }
    }
    return NULL;
}

static err catch_alls(struct maker *m) {
    const struct area *const *all;
    size_t n = area_all(&all);
    for (size_t i = 0; i < n; i++)
        if (all[i]->level == CITY || all[i]->level == STREET) TRY(catch_all_put(m->s->tx, all[i]));
    return OK;
}

static err everywhere(struct maker *m) {
    const struct area *root = area_by_code(AREA_CITY_CODE), *const *districts;
    if (!root) return E_STATE;
    size_t nd = area_children(root, &districts);
    int plan = 0;
    for (size_t d = 0; d < nd; d++) {
        int base = has_four(districts[d]->code) ? 4 : 3, n = base * (m->s->scale > 0 ? m->s->scale : 1);
        for (int i = 0; i < n && m->count < m->room; i++) {
            const struct area *c = community_for(districts[d], i, n);
            const struct plan *p = &plans[(plan + i % base) % (int)COUNT(plans)];
            if (!c) continue;
            if (p == &plans[MAIN_PLAN] && m->main_at < 0) m->main_at = m->count;
            TRY(make_estate(m, p, i / base, c));
        }
        plan += base;
    }
    return OK;
}

err estate_seed(struct seed *s) {
    int scale = s->scale > 0 ? s->scale : 1;
    struct maker m = { .s = s,
                       .dice = s->dice * 31 + 7,
                       .pool = demo_names(s->tx->a),
                       .next_person = BASE_PERSON,
                       .main_at = -1,
                       .room = (int)COUNT(plans) * scale };
    m.made = NEW_N(s->tx->a, struct made, (size_t)m.room);
    m.ids = id_reserve(160000 * (u64)scale);
    TRY(org_enterprises(s->tx, &m.orgs));
    if (m.orgs.n == 0) return E_STATE;
    TRY(catch_alls(&m));
    TRY(everywhere(&m));
    TRY(area_load(s->tx));   /* the rooms after this one find the estates in the tree */
    return seed_offer(&m);
}
