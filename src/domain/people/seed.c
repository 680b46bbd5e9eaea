/* seed.c - invented people: names from data/, telephone and document numbers that nobody has; the posts of the city. */
#include "domain/account/account.h"
#include "domain/people/people.h"
#include "kit/module/data.h"
#include "kit/search/namekey.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"

struct given { str text; char sex; };
struct name_pool {
    struct { str *p; size_t n, cap; } surname;
    struct { i64 *p; size_t n, cap; } weight;   /* running sum */
    struct { struct given *p; size_t n, cap; } given, chars;
};

u64 demo_dice(u64 *dice, u64 n) {
    u64 x = *dice ? *dice : 88172645463325252ULL;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *dice = x;
    return (x >> 11) % n;
}

struct name_pool *demo_names(struct arena *a) {
    struct name_pool *pool = NEW(a, struct name_pool);
    str text = data_text("names.tsv"), cell[5];
    i64 sum = 0, w = 0;
    while (data_row(&text, cell, 5)) {
        char sex = cell[2].n ? cell[2].p[0] : 0;
        if (str_is(cell[0], "surname") && str_i64(cell[3], &w) && w > 0) {
            *VEC_ADD(a, &pool->surname) = cell[1];
            *VEC_ADD(a, &pool->weight) = sum += w;
        } else if (str_is(cell[0], "given")) {
            *VEC_ADD(a, &pool->given) = (struct given){ cell[1], sex };
        } else if (str_is(cell[0], "char")) {
            *VEC_ADD(a, &pool->chars) = (struct given){ cell[1], sex };
        }
    }
    return pool;
}

static str pick(const struct given *p, size_t n, u64 *dice, char sex) {
    for (;;) {
        const struct given *g = &p[demo_dice(dice, n)];
        if (!g->sex || g->sex == sex) return g->text;
    }
}

str demo_name(struct arena *a, const struct name_pool *pool, u64 *dice, bool female) {
    char sex = female ? 'f' : 'm';
    i64 at = (i64)demo_dice(dice, (u64)pool->weight.p[pool->weight.n - 1]);
    size_t lo = 0, hi = pool->weight.n - 1;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (pool->weight.p[mid] <= at) lo = mid + 1;
        else hi = mid;
    }
    str given = pool->chars.n == 0 || demo_dice(dice, 3) ? pick(pool->given.p, pool->given.n, dice, sex)
                                                         : pick(pool->chars.p, pool->chars.n, dice, sex);
    return str_cat(a, pool->surname.p[lo], given);
}

str demo_phone(struct arena *a, int n) { return str_fmt(a, "139%08d", n); }

str demo_id_no(struct arena *a, int n, bool female) {
    static const u8 weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    struct ymd d = day_ymd((day){ day_from(1900, 1, 1).n + n / 400 });
    char c[32];
    int sum = 0;
    snprintf(c, sizeof c, "110101%04d%02d%02d%03d", d.y, d.m, d.d, n % 400 * 2 + (female ? 2 : 1));
    for (int i = 0; i < 17; i++) sum += weight[i] * (c[i] - '0');
    c[17] = "10X98765432"[sum % 11];
    return str_dup(a, (str){ c, 18 });
}

err demo_person_make(struct tx *tx, i64 id, str name, int n, bool female) {
    struct person_new p = { name, demo_phone(tx->a, n), demo_id_no(tx->a, n, female), ID_RESIDENT };
    hash phone = blind(BLIND_PHONE, p.phone), id_no = blind(BLIND_IDCARD, p.id_no);
    TRY(person_add(tx, id, &p));
    struct directory rows[2] = {
        { .kind = DIR_PHONE, .hash = { (const char *)phone.b, SM3_LEN }, .ref = id, .bound = 1, .at = tx->now },
        { .kind = DIR_IDNO, .hash = { (const char *)id_no.b, SM3_LEN }, .ref = id, .bound = 1, .at = tx->now },
    };
    TRY(entity_insert(tx, &directory_entity, &rows[0]));
    return entity_insert(tx, &directory_entity, &rows[1]);
}

err demo_post(struct tx *tx, i64 person, const char *role, i64 area, opt_i64 org, const char *title, day from) {
    struct post p = { .person_id = person,
                      .id = id_new(),
                      .role = str_of(role),
                      .area_id = area,
                      .function = S(""),
                      .org_id = org,
                      .title = str_of(title),
                      .from_day = from,
                      .basis = S("演示任命 2026-01 号") };
    return entity_insert(tx, &post_entity, &p);
}

struct officer { const char *role, *title, *login, *about; int no; };

err people_seed(struct seed *s) {
    static const struct officer city[] = {
        { "city", "市级主管", "shi", "全市看板、排行和任务，按区下钻", 90 },
        { "auditor", "审计员", "shenji", "看得到个案，改不了", 91 },
        { "sysadmin", "系统管理员", "xitong", "管任务队列，看不到业务和个人信息", 92 },
        { "secadmin", "安全管理员", "anquan", "管权限，不碰业务", 93 },
        { "auditadmin", "审计管理员", "auditor", "看操作记录和存证链", 94 },
    };
    u64 dice = s->dice;
    struct name_pool *pool = demo_names(s->tx->a);
    const struct area *root = area_by_code(AREA_CITY_CODE), *const *districts;
    day from = day_from(2026, 1, 4);
    int n = 1;
    if (!root) return E_STATE;
    for (size_t i = 0; i < COUNT(city); i++, n++) {
        i64 id = id_new();
        str name = demo_name(s->tx->a, pool, &dice, i % 2 == 0);
        TRY(demo_person_make(s->tx, id, name, n, i % 2 == 0));
        TRY(demo_post(s->tx, id, city[i].role, root->id, (opt_i64){ 0 }, city[i].title, from));
        TRY(account_demo_person(s->tx,
                                &(struct demo_person){ id, city[i].no, name, str_of(city[i].title),
                                                       str_of(city[i].about), str_of(city[i].login) }));
    }
    size_t nd = area_children(root, &districts);
    for (size_t i = 0; i < nd; i++, n++) {
        i64 id = id_new();
        str name = demo_name(s->tx->a, pool, &dice, i % 3 == 0);
        TRY(demo_person_make(s->tx, id, name, n, i % 3 == 0));
        TRY(demo_post(s->tx, id, "district", districts[i]->id, (opt_i64){ 0 }, "区物业主管", from));
        if (districts[i]->code / 10000000000LL == 110105)
            TRY(account_demo_person(s->tx,
                                    &(struct demo_person){ id, 80, name, S("朝阳区主管"),
                                                           S("全区看板、街道排行、督办"), S("chaoyang") }));
    }
    return OK;
}
