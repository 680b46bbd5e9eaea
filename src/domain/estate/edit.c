/* edit.c - estates come to be, change, and change hands. */
#include "domain/estate/inner.h"
#include "domain/org/org.h"
#include "kit/module/data.h"
#include "sys/clock/clock.h"

struct object above(i64 code) { return (struct object){ .code = area_parent_code(code) }; }

/* ---- what the permission is about ---- */

err estate_add_object(struct tx *tx, const void *p, struct object *ret) {
    const struct area *a = area_by_id(((const struct estate_add_in *)p)->area_id);
    (void)tx;
    if (!a || a->level != COMMUNITY) return E_MISSING;
    ret->code = a->code;
    return OK;
}

err edit_object(struct tx *tx, const void *p, struct object *ret) {
    (void)tx;
    (void)p;
    *ret = above(ret->code);
    return OK;
}

err staff_object(struct tx *tx, const void *p, struct object *ret) {
    (void)tx;
    (void)p;
    ret->person = STAFF_ONLY;
    return OK;
}

/* ---- the public sign ---- */

err sign_claim(struct tx *tx, struct estate *e) {
    for (int round = 0; round < 64; round++) {
        struct sm3 s;
        sm3_init(&s);
        sm3_i64(&s, e->code);
        sm3_i64(&s, round);
        hash h = sm3_end(&s);
        buf b = buf_in(tx->a, 8);
        base32_put(&b, (u64)h.b[0] << 17 | (u64)h.b[1] << 9 | (u64)h.b[2] << 1 | h.b[3] >> 7, 5);
        e->sign = buf_str(&b);
        hash key = sm3_of(e->sign.p, e->sign.n);
        err taken = directory_claim(tx, DIR_ESTATE_SIGN, &key, e->id);
        if (taken != E_CONFLICT) return taken;
    }
    return E_FULL;
}

/* ---- reading of a name, for search by initials ---- */

static str reading_of(str table, str ch) {
    str cell[3];
    for (bool head = true; data_row(&table, cell, 3); head = false)
        if (!head && str_has(cell[1], ch)) return cell[0];
    return (str){ 0 };
}

void name_reading(struct arena *a, str name, str *ret_pinyin, str *ret_initials) {
    str table = data_text("pinyin.tsv");
    buf pinyin = buf_in(a, 400), initials = buf_in(a, 80);
    for (size_t at = 0; at < name.n;) {
        size_t from = at;
        (void)utf8_next(name, &at);
        str reading = reading_of(table, str_sub(name, from, at - from));
        if (!reading.n) continue;
        if (pinyin.n) buf_c(&pinyin, ' ');
        buf_s(&pinyin, reading);
        buf_c(&initials, reading.p[0]);
    }
    *ret_pinyin = buf_str(&pinyin);
    *ret_initials = buf_str(&initials);
}

/* ---- a new estate: its area, its sign, its row ---- */

SQL(last_code, "ii", "i",
    "SELECT CAST(coalesce(max(code), $1) AS BIGINT) FROM area WHERE code >= $1 AND code < $2")
SQL(same_name, "iit", "i", "SELECT count(*) FROM estate WHERE code >= $1 AND code < $2 AND name = $3")

static err facts_checked(struct tx *tx, i64 kind) {
    return kind == CATCH_ALL ? op_fail(tx, E_INPUT, "kind", "这一类由系统自己建，请选小区的类型。") : OK;
}

static err area_of_new(struct tx *tx, const struct area *community, str name, struct area *ret) {
    struct row r;
    struct area up;   /* the tree in memory holds only what decisions need */
    TRY(entity_get(tx, &area_entity, &up, vi(community->id)));
    TRY(db_one(tx, &r, &last_code, vi(community->code), vi(community->code + area_span(COMMUNITY))));
    if (r.v[0].i + 1 >= community->code + area_span(COMMUNITY)) return E_FULL;
    *ret = (struct area){ .id = id_new(),
                          .code = r.v[0].i + 1,
                          .level = ESTATE,
                          .name = name,
                          .short_name = name,
                          .kind = S("estate"),
                          .stat_code = up.stat_code,
                          .legal_parent = up.legal_parent,
                          .from_day = day_of(tx->now) };
    name_reading(tx->a, name, &ret->pinyin, &ret->initials);
    return entity_insert(tx, &area_entity, ret);
}

err estate_add_run(struct tx *tx, const void *p) {
    const struct estate_add_in *in = p;
    const struct area *community = area_by_id(in->area_id);
    struct area area;
    struct row r;
    if (!community) return E_MISSING;
    TRY(facts_checked(tx, in->kind));
    TRY(db_one(tx, &r, &same_name, vi(community->code), vi(community->code + area_span(COMMUNITY)), vt(in->name)));
    if (r.v[0].i > 0) return op_fail(tx, E_INPUT, "name", "这个社区里已经有同名的小区了。");
    TRY(area_of_new(tx, community, in->name, &area));
    struct estate e = { .id = area.id,
                        .code = area.code,
                        .kind = in->kind,
                        .name = in->name,
                        .address = in->address,
                        .built_year = in->built_year,
                        .households = in->households,
                        .residents_tenths = 25,
                        .duty_phone = in->duty_phone,
                        .made_at = tx->now };
    TRY(sign_claim(tx, &e));
    TRY(entity_insert(tx, &estate_entity, &e));
    op_event(tx, "area.changed", area_changed_fields, &(struct area_changed){ e.id });
    op_event(tx, "estate.added", estate_added_fields, &(struct estate_added){ e.id });
    op_result(tx, "estate", id_text(tx->a, e.id));
    op_next(tx, str_fmt(tx->a, "/a/%.*s/estates", STR(area_code_text(tx->a, community->code))));
    return OK;
}

/* The estate's own first command: it counts itself in its own shard. */
err estate_count_run(struct tx *tx, const void *p) {
    (void)p;
    return op_count(tx, METRIC_ESTATES, 0, 1);
}

/* The area bears the same name. */
static err area_renamed(struct tx *tx, i64 estate, str name) {
    struct area was, now;
    TRY(entity_get(tx, &area_entity, &was, vi(estate)));
    now = was;
    now.name = now.short_name = name;
    name_reading(tx->a, name, &now.pinyin, &now.initials);
    TRY(entity_update(tx, &area_entity, &was, &now));
    op_event(tx, "area.changed", area_changed_fields, &(struct area_changed){ estate });
    return OK;
}

/* The field of the row that a field of the form changes; NULL for what only the form has. */
static const struct field *of_row(const struct field *f) { return field_find(estate_entity.fields, str_of(f->name)); }

str estate_version(struct arena *a, const struct estate *e) {
    struct sm3 s;
    sm3_init(&s);
    for (const struct field *f = estate_edit_fields; f->name; f++) {
        str text = { 0 };
        if (of_row(f) && field_text(a, of_row(f), e, &text)) sm3_field(&s, text);
        else sm3_i64(&s, 0);
    }
    hash h = sm3_end(&s);
    u64 v = 0;
    for (size_t i = 0; i < sizeof v; i++) v = v << 8 | h.b[i];
    return id_text(a, (i64)(v >> 1));
}

/* Somebody else has saved meanwhile: at each field stands what he made of it, for whoever now decides. */
static err edited_meanwhile(struct tx *tx, const struct estate_edit_in *in, const struct estate *was) {
    err e = OK;
    for (const struct field *f = estate_edit_fields; f->name; f++) {
        str typed = { 0 }, stored = { 0 };
        if (!of_row(f)) continue;
        bool given = field_text(tx->a, f, in, &typed), there = field_text(tx->a, of_row(f), was, &stored);
        if (given == there && str_eq(typed, stored)) continue;
        if (e == OK) e = op_fail(tx, E_CONFLICT, NULL, "您填的时候别人改过这些资料，您填的还没有保存。请对照现在登记的，改好再保存一次。");
        str now = there && stored.n ? field_show(tx->a, of_row(f), was) : S("没有填");
        e = op_fail(tx, E_CONFLICT, f->name, str_c(tx->a, str_fmt(tx->a, "现在登记的是：%.*s。", STR(now))));
    }
    return e;   /* OK: both wrote the same */
}

err estate_edit_run(struct tx *tx, const void *p) {
    const struct estate_edit_in *in = p;
    struct estate was, now;
    TRY(estate_get(tx, op_estate(tx), &was));
    if (was.kind == CATCH_ALL) return op_fail(tx, E_STATE, NULL, "这里不是一个小区，没有资料可改。");
    TRY(facts_checked(tx, in->kind));
    if (in->version.n && !str_eq(in->version, estate_version(tx->a, &was))) TRY(edited_meanwhile(tx, in, &was));
    now = was;
    now.kind = in->kind;
    now.name = in->name;
    now.address = in->address;
    now.built_year = in->built_year;
    now.households = in->households;
    now.duty_phone = in->duty_phone;
    TRY(entity_update(tx, &estate_entity, &was, &now));
    TRY(households_raise(tx, now.id));
    if (!str_eq(was.name, now.name)) TRY(area_renamed(tx, now.id, now.name));
    op_next(tx, str_fmt(tx->a, "/e/%.*s", STR(id_text(tx->a, now.id))));
    return OK;
}

/* ---- catch-all estates follow the streets ---- */

err catch_all_put(struct tx *tx, const struct area *a) {
    struct estate e = { .id = a->id,
                        .code = a->code,
                        .kind = CATCH_ALL,
                        .address = S(""),
                        .duty_phone = S("12345"),
                        .residents_tenths = 25,
                        .made_at = tx->now };
    e.name = str_cat(tx->a, a->short_name, S("（无小区、待认定）"));
    TRY(sign_claim(tx, &e));
    return entity_insert(tx, &estate_entity, &e);
}

err estate_follow_run(struct tx *tx, const void *p) {
    const struct area_changed *in = p;
    struct area a;
    struct estate e;
    TRY(entity_get(tx, &area_entity, &a, vi(in->area_id)));
    if (a.level != STREET && a.level != CITY) return OK;
    err got = estate_get(tx, a.id, &e);
    return got == E_MISSING ? catch_all_put(tx, &a) : got;
}

/* ---- who serves ---- */

SQL(project_open, "i", "i",
    "SELECT id FROM project WHERE estate_id = $1 AND to_day IS NULL ORDER BY id DESC LIMIT 1")

static err manager_checked(struct tx *tx, const struct manager_in *in, struct org *org) {
    struct posts_held held = { 0 };
    err e = org_get(tx, in->org_id, org);
    if (e == E_MISSING || (e == OK && org->kind != ENTERPRISE))
        return op_fail(tx, E_INPUT, "org_id", "请选一家登记过的物业企业。");
    TRY(e);
    if (!in->manager_id.has) return OK;
    TRY(posts_at(tx, op_estate(tx), S("project_manager"), day_of(tx->now), &held));
    for (size_t i = 0; i < held.n; i++)
        if (held.p[i].person == in->manager_id.v) return OK;
    return op_fail(tx, E_INPUT, "manager_id", "这个人还没有本小区“物业项目负责人”的岗位，请先设岗位。");
}

err manager_set_run(struct tx *tx, const void *p) {
    const struct manager_in *in = p;
    struct estate was, now;
    struct org org;
    struct row r;
    TRY(estate_get(tx, op_estate(tx), &was));
    if (was.kind == CATCH_ALL) return op_fail(tx, E_STATE, NULL, "这里不是一个小区。");
    TRY(manager_checked(tx, in, &org));
    TRY(db_maybe(tx, &r, &project_open, vi(was.id)));
    if (r.v) {
        struct project old, ended;
        TRY(entity_get(tx, &project_entity, &old, vi(was.id), vi(r.v[0].i)));
        if (in->from_day.n < old.from_day.n) return op_fail(tx, E_INPUT, "from_day", "早于现在这家开始的那天，请您核对。");
        ended = old;
        ended.to_day =
            (opt_day){ true, { in->from_day.n > old.from_day.n ? in->from_day.n - 1 : old.from_day.n } };
        TRY(entity_update(tx, &project_entity, &old, &ended));
    }
    struct project fresh = { .estate_id = was.id,
                             .id = id_new(),
                             .org_id = in->org_id,
                             .manager_id = in->manager_id,
                             .from_day = in->from_day,
                             .basis = in->basis };
    TRY(entity_insert(tx, &project_entity, &fresh));
    now = was;
    now.org_id = (opt_i64){ true, in->org_id };
    now.manager_id = in->manager_id;
    TRY(entity_update(tx, &estate_entity, &was, &now));
    op_next(tx, str_fmt(tx->a, "/e/%.*s", STR(id_text(tx->a, was.id))));
    return OK;
}
