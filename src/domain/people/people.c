/* people.c - looking at personal data, posts given and ended. */
#include "domain/people/people.h"
#include "kit/notice/notice.h"
#include "kit/session/rate.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"

const struct item look_whats[] = { LOOK_WHAT(ITEM_ROW) { 0, NULL, NULL } };
#define ENT struct reveal_in
const struct field reveal_in_fields[] = { FIELD_LIST(REVEAL_IN) FIELD_END };
#undef ENT
#define ENT struct find_in
const struct field find_in_fields[] = { FIELD_LIST(FIND_IN) FIELD_END };
#undef ENT
#define ENT struct give_in
const struct field give_in_fields[] = { FIELD_LIST(GIVE_IN) FIELD_END };
#undef ENT
#define ENT struct end_in
const struct field end_in_fields[] = { FIELD_LIST(END_IN) FIELD_END };
#undef ENT
#define ENT struct person_home_in
const struct field person_home_in_fields[] = { FIELD_LIST(PERSON_HOME_IN) FIELD_END };
#undef ENT

/* ---- where a person is to be found: his homes and his posts ---- */

SQL(person_areas, "i", "i",
    "SELECT estate_id FROM person_home WHERE person_id = $1 UNION SELECT area_id FROM post WHERE person_id "
    "= $1 LIMIT 200")
SQL(person_at, "ii", "i",
    "SELECT estate_id FROM person_home WHERE person_id = $1 AND estate_id = $2 UNION "
    "SELECT area_id FROM post WHERE person_id = $1 AND area_id = $2 LIMIT 1")

err person_place(struct tx *tx, const struct actor *who, i64 person, const char *right, const struct area **ret) {
    struct rows rows;
    TRY(db_all(tx, &rows, &person_areas, vi(person)));
    for (size_t i = 0; i < rows.n; i++) {
        const struct area *a = area_by_id(rows.p[i].v[0].i);
        if (a && (who->system || access_role(who, right, &(struct object){ .code = a->code }))) {
            *ret = a;
            return OK;
        }
    }
    return E_MISSING;
}

static str person_url(struct arena *a, i64 person) { return str_fmt(a, "/people/%.*s", STR(id_text(a, person))); }

static err area_object_of(i64 area_id, struct object *ret) {
    const struct area *a = area_by_id(area_id);
    if (!a) return E_MISSING;
    ret->code = a->code;
    return OK;
}

/* ---- looking: the row that says so comes first; the page shows the number, nothing stores it ---- */

static err reveal_object(struct tx *tx, const void *p, struct object *ret) {
    const struct reveal_in *in = p;
    struct row r;
    TRY(db_maybe(tx, &r, &person_at, vi(in->person_id), vi(in->area_id)));
    return r.v ? area_object_of(in->area_id, ret) : E_MISSING;
}

static err reveal_run(struct tx *tx, const void *p) {
    const struct reveal_in *in = p;
    const struct actor *who = op_actor(tx);
    const struct area *at = area_by_id(in->area_id);
    const struct role *role = access_role(who, "people.reveal", &(struct object){ .code = at ? at->code : 0 });
    struct person person;
    if (!rate_take(RATE_REVEAL, sm3_of(&who->person, sizeof who->person), tx->now)) return E_RATE;
    TRY(entity_get(tx, &person_entity, &person, vi(in->person_id)));
    if (!(in->what == LOOK_PHONE ? person.phone.has : person.id_no.has))
        return op_fail(tx, E_INPUT, "what", "没有登记这一项。");
    struct look l = { .person_id = in->person_id,
                      .id = id_new(),
                      .at = tx->now,
                      .viewer_id = who->person,
                      .viewer = who->name,
                      .role = role ? role->title : S("系统"),
                      .what = str_of(item_label(look_whats, in->what)),
                      .reason = in->reason };
    TRY(entity_insert(tx, &look_entity, &l));
    op_result(tx, "look", id_text(tx->a, l.id));
    op_next(tx, str_fmt(tx->a, "%.*s?shown=%.*s", STR(person_url(tx->a, in->person_id)),
                        STR(id_text(tx->a, l.id))));
    return OK;
}

/* ---- finding by telephone: a command, so that the number stands in no address and no log ---- */

static err find_object(struct tx *tx, const void *p, struct object *ret) {
    (void)tx;
    return area_object_of(((const struct find_in *)p)->area_id, ret);
}

static err find_run(struct tx *tx, const void *p) {
    const struct find_in *in = p;
    const struct area *at;
    i64 person = 0, viewer = op_actor(tx)->person;
    if (!rate_take(RATE_FIND, sm3_of(&viewer, sizeof viewer), tx->now)) return E_RATE;
    hash h = blind(BLIND_PHONE, in->phone);
    err e = directory_find(tx, DIR_PHONE, &h, &person);
    if (e == OK) e = person_place(tx, op_actor(tx), person, "people.view", &at);
    if (e == E_MISSING) return op_fail(tx, E_INPUT, "phone", "您的辖区里没有用这个手机号登记的人。");
    TRY(e);
    op_result(tx, "person", id_text(tx->a, person));
    op_next(tx, person_url(tx->a, person));
    return OK;
}

/* ---- posts ---- */

bool role_fits(const struct role *r, const struct area *a) {
    if (r->level == 0) return false;
    /* A department's officer or an auditor is of a district or of the city; everybody else stands at one level. */
    return a->level == r->level || (str_is(r->kind, "government") && r->level == DISTRICT && a->level == CITY);
}

SQL(posts_of_area, "ii", "iittti",
    "SELECT post.person_id, post.id, person.name, post.role, post.title, post.org_id FROM post JOIN person "
    "ON person.id = post.person_id WHERE post.area_id = $1 AND post.from_day <= $2 AND (post.to_day IS NULL "
    "OR post.to_day >= $2) ORDER BY person.name_key, post.id LIMIT 200")

err posts_at(struct tx *tx, i64 area, str role, day on, struct posts_held *ret) {
    struct rows rows;
    TRY(db_all(tx, &rows, &posts_of_area, vi(area), vi(on.n)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *v = rows.p[i].v;
        if (role.n && !str_eq(v[3].s, role)) continue;
        *VEC_ADD(tx->a, ret) =
            (struct post_held){ v[0].i, v[1].i, v[2].s, v[3].s, v[4].s, { v[5].t != 0, v[5].i } };
    }
    return OK;
}

static err give_object(struct tx *tx, const void *p, struct object *ret) {
    (void)tx;
    return area_object_of(((const struct give_in *)p)->area_id, ret);
}

SQL(post_same, "itii", "i",
    "SELECT count(*) FROM post WHERE person_id = $1 AND role = $2 AND area_id = $3 AND (to_day IS NULL OR "
    "to_day >= $4)")
SQL(org_is, "i", "i", "SELECT count(*) FROM org WHERE id = $1")

static err give_checked(struct tx *tx, const struct give_in *in, const struct area *at, const struct role *role) {
    struct row r;
    if (!role || !role_fits(role, at)) return op_fail(tx, E_INPUT, "role", "这一级没有这个岗位，请在给出的岗位里选一个。");
    if (in->to_day.has && in->to_day.v.n < in->from_day.n)
        return op_fail(tx, E_INPUT, "to_day", "截止那天早于开始那天，请您核对。");
    if (in->org_id.has) {
        TRY(db_one(tx, &r, &org_is, vi(in->org_id.v)));
        if (r.v[0].i == 0) return op_fail(tx, E_INPUT, "org_id", "没有这个单位，请重新选择。");
    }
    return OK;
}

static err give_run(struct tx *tx, const void *p) {
    const struct give_in *in = p;
    const struct area *at = area_by_id(in->area_id);
    const struct role *role = role_by_id(in->role);
    struct person_new who = { .name = in->name, .phone = in->phone };
    struct post post = { .id = id_new(),
                         .role = in->role,
                         .area_id = in->area_id,
                         .function = in->function,
                         .org_id = in->org_id,
                         .title = in->title,
                         .from_day = in->from_day,
                         .to_day = in->to_day,
                         .basis = in->basis };
    struct row r;
    enum met met;
    if (!at) return E_MISSING;
    TRY(give_checked(tx, in, at, role));
    TRY(person_meet(tx, &who, false, &post.person_id, &met));
    if (post.person_id == op_actor(tx)->person) return op_fail(tx, E_INPUT, "name", "自己的岗位要由别人来设。");
    TRY(db_one(tx, &r, &post_same, vi(post.person_id), vt(in->role), vi(in->area_id), vi(in->from_day.n)));
    if (r.v[0].i > 0) return op_fail(tx, E_STATE, "role", "这个人已经在这个岗位上了。");
    TRY(entity_insert(tx, &post_entity, &post));
    notice_tell(tx, &(struct notice_in){ post.person_id, S("给您设了岗位"),
                                         str_fmt(tx->a, "%.*s，%.*s。依据：%.*s", STR(at->name),
                                                 STR(role->title), STR(in->basis)),
                                         S("/me") });
    op_result(tx, "person", id_text(tx->a, post.person_id));
    op_result(tx, "post", id_text(tx->a, post.id));
    op_next(tx, str_fmt(tx->a, "/a/%.*s/posts", STR(area_code_text(tx->a, at->code))));
    return OK;
}

static err end_object(struct tx *tx, const void *p, struct object *ret) {
    const struct end_in *in = p;
    struct post post;
    TRY(entity_get(tx, &post_entity, &post, vi(in->person_id), vi(in->post_id)));
    return area_object_of(post.area_id, ret);
}

static err end_run(struct tx *tx, const void *p) {
    const struct end_in *in = p;
    struct post was, now;
    TRY(entity_get(tx, &post_entity, &was, vi(in->person_id), vi(in->post_id)));
    const struct area *at = area_by_id(was.area_id);
    if (in->to_day.n < was.from_day.n - 1) return op_fail(tx, E_INPUT, "to_day", "早于上岗那天，请您核对。");
    if (was.to_day.has && was.to_day.v.n < day_of(tx->now).n) return op_fail(tx, E_STATE, NULL, "这个岗位已经结束了。");
    now = was;
    now.to_day = (opt_day){ true, in->to_day };
    now.basis = str_fmt(tx->a, "%.*s；结束：%.*s", STR(was.basis), STR(in->basis));
    TRY(entity_update(tx, &post_entity, &was, &now));
    if (at) op_next(tx, str_fmt(tx->a, "/a/%.*s/posts", STR(area_code_text(tx->a, at->code))));
    return OK;
}

/* ---- the list of homes follows the estates ---- */

SQL(person_home_put, "iiiitti", "",
    "INSERT INTO person_home (person_id, estate_id, home_id, kind, estate, home, ended) VALUES ($1, $2, $3, "
    "$4, $5, $6, $7) ON CONFLICT (person_id, estate_id, home_id) DO UPDATE SET kind = excluded.kind, estate "
    "= excluded.estate, home = excluded.home, ended = excluded.ended")
SQL(person_home_drop, "iii", "",
    "DELETE FROM person_home WHERE person_id = $1 AND estate_id = $2 AND home_id = $3")

static err home_put_run(struct tx *tx, const void *p) {
    const struct person_home_in *in = p;
    if (in->gone) return db_run(tx, &person_home_drop, vi(in->person_id), vi(in->estate_id), vi(in->home_id));
    return db_run(tx, &person_home_put, vi(in->person_id), vi(in->estate_id), vi(in->home_id), vi(in->kind),
                  vt(in->estate), vt(in->home), vi(in->ended));
}

/* ---- pages ---- */

static err somewhere(struct rq *rq, struct object *ret) {
    i64 range[1][2];
    if (access_ranges(&rq->actor, rq->page->right, range, 1) > 0) ret->code = range[0][0];
    return OK;
}

static err person_object(struct rq *rq, struct object *ret) {
    const struct area *at;
    i64 person;
    TRY(rq_id(rq, "person", &person));
    TRY(person_place(rq->tx, &rq->actor, person, rq->page->right, &at));
    ret->code = at->code;
    return OK;
}

static err area_object(struct rq *rq, struct object *ret) {
    return area_code_parse(rq_param(rq, "area"), &ret->code) && area_by_code(ret->code) ? OK : E_MISSING;
}

static err post_object(struct rq *rq, struct object *ret) {
    struct post post;
    i64 person, id;
    TRY(rq_id(rq, "person", &person));
    TRY(rq_id(rq, "post", &id));
    TRY(entity_get(rq->tx, &post_entity, &post, vi(person), vi(id)));
    return area_object_of(post.area_id, ret);
}

static const struct command commands[] = {
    { .name = "people.person.reveal",
      .title = "查看个人信息",
      .right = "people.reveal",
      .shard = SHARD_PERSON,
      .in = reveal_in_fields,
      .in_size = sizeof(struct reveal_in),
      .object = reveal_object,
      .run = reveal_run },
    { .name = "people.person.find",
      .title = "按手机号找人",
      .right = "people.view",
      .shard = SHARD_HOUSE,
      .in = find_in_fields,
      .in_size = sizeof(struct find_in),
      .object = find_object,
      .run = find_run },
    { .name = "people.post.give",
      .title = "设岗位",
      .right = "grant.edit",
      .shard = SHARD_HOUSE,
      .in = give_in_fields,
      .in_size = sizeof(struct give_in),
      .object = give_object,
      .run = give_run,
      .said = "岗位设好了。" },
    { .name = "people.post.end",
      .title = "结束岗位",
      .right = "grant.edit",
      .shard = SHARD_PERSON,
      .in = end_in_fields,
      .in_size = sizeof(struct end_in),
      .object = end_object,
      .run = end_run,
      .said = "岗位结束了。" },
    { .name = "people.home.put",
      .title = "更新我的房屋",
      .shard = SHARD_PERSON,
      .in = person_home_in_fields,
      .in_size = sizeof(struct person_home_in),
      .run = home_put_run,
      .internal = true },
    COMMAND_END,
};
static const struct subscription on[] = { { "estate.person-home.changed", "people.home.put" }, { NULL, NULL } };
static const char *const one_forms[] = { "people.person.reveal", NULL };
static const char *const search_forms[] = { "people.person.find", NULL };
static const char *const give_forms[] = { "people.post.give", NULL };
static const char *const end_forms[] = { "people.post.end", NULL };
static const struct page pages[] = {
    { .path = "/people",
      .title = "找人",
      .right = "people.view",
      .show = people_search_page,
      .object = somewhere,
      .commands = search_forms },
    { .path = "/people/{person}",
      .title = "人员",
      .right = "people.view",
      .show = people_one_page,
      .object = person_object,
      .commands = one_forms },
    { .path = "/people/{person}/post/{post}/end",
      .title = "结束岗位",
      .right = "grant.edit",
      .flags = PAGE_QUICK,
      .show = people_end_page,
      .object = post_object,
      .commands = end_forms },
    { .path = "/a/{area}/posts",
      .title = "岗位",
      .right = "grant.view",
      .show = people_posts_page,
      .object = area_object },
    { .path = "/a/{area}/posts/new",
      .title = "设岗位",
      .right = "grant.edit",
      .show = people_give_page,
      .object = area_object,
      .commands = give_forms },
    PAGE_END,
};
static const char *const rights[] = { "people.view", "people.reveal", "people.edit",
                                      "grant.view",  "grant.edit",    NULL };
static const char *const needs[] = { "account", NULL };
static const char *const emits[] = { "notice.told", NULL };

SQL(check_directory, "", "ii",
    "SELECT directory.kind, directory.ref FROM directory WHERE directory.kind IN (2, 3) AND NOT EXISTS "
    "(SELECT 1 FROM person WHERE person.id = directory.ref) ORDER BY directory.ref LIMIT 20")
SQL(check_document, "", "i",
    "SELECT person.id FROM person WHERE person.id_blind IS NOT NULL AND NOT EXISTS (SELECT 1 FROM directory "
    "WHERE directory.kind = 3 AND directory.hash = person.id_blind AND directory.ref = person.id) ORDER BY "
    "person.id LIMIT 20")
SQL(check_post, "", "ii",
    "SELECT post.person_id, post.id FROM post WHERE post.basis = '' OR NOT EXISTS (SELECT 1 FROM area WHERE "
    "area.id = post.area_id) ORDER BY post.person_id, post.id LIMIT 20")
/* Every op row that wrote a look still has it: nobody takes out of the list that he was there. */
SQL(check_looks, "", "ii",
    "SELECT op.shard, count(*) FROM op WHERE op.change LIKE '%[\"look\",%' GROUP BY op.shard HAVING count(*) > (SELECT "
    "count(*) FROM look WHERE look.person_id = op.shard) ORDER BY op.shard LIMIT 20")
static const struct check checks[] = {
    { "每次查看个人信息都还有记录", &check_looks },
    { "目录里的手机和证件都指向一个人", &check_directory },
    { "有证件号码的人都在目录里", &check_document },
    { "每个岗位有依据、有区域", &check_post },
    { NULL, NULL },
};

const struct module people_module = {
    .name = "people", .label = "人员", .needs = needs, .commands = commands, .pages = pages, .rights = rights,
    .checks = checks, .on = on, .emits = emits, .seed = people_seed,
};
