/* tie.c - owners, joint owners, tenants, family, representatives. The estate's row is the truth; the person's own
 * list of homes follows by an event. */
#include "domain/estate/inner.h"
#include "kit/event/event.h"
#include "sys/clock/clock.h"

/* ---- the person's list ---- */

SQL(tie_state, "iiii", "i",
    "SELECT kind FROM tie WHERE estate_id = $1 AND home_id = $2 AND person_id = $3 AND (to_at IS NULL OR "
    "to_at > $4) ORDER BY kind LIMIT 1")
SQL(tie_last, "iii", "i",
    "SELECT kind FROM tie WHERE estate_id = $1 AND home_id = $2 AND person_id = $3 ORDER BY id DESC LIMIT 1")
err tie_tell(struct tx *tx, i64 estate, const struct home *h, i64 person) {
    struct row now, last;
    struct person_home_in p = { .person_id = person,
                                .estate_id = estate,
                                .home_id = h->id,
                                .kind = OWNER,
                                .estate = S(""),
                                .home = h->no };
    const struct area *a = area_by_id(estate);
    TRY(db_maybe(tx, &now, &tie_state, vi(estate), vi(h->id), vi(person), vi(tx->now.us)));
    p.ended = !now.v;
    if (now.v) p.kind = now.v[0].i;
    if (!now.v) {
        TRY(db_maybe(tx, &last, &tie_last, vi(estate), vi(h->id), vi(person)));
        p.gone = !last.v;
        if (last.v) p.kind = last.v[0].i;
    }
    if (a) p.estate = a->short_name;
    op_event(tx, "estate.person-home.changed", person_home_in_fields, &p);
    return OK;
}

/* ---- shares, as exact fractions ---- */

static i64 gcd(i64 a, i64 b) {
    while (b) {
        i64 r = a % b;
        a = b;
        b = r;
    }
    return a;
}

bool share_add(struct share *sum, i64 num, i64 den) {
    i64 x, y, d;
    if (den <= 0 || sum->den <= 0) return false;
    i64 g = gcd(sum->den, den);
    if (!i64_mul(sum->num, den / g, &x) || !i64_mul(num, sum->den / g, &y) ||
        !i64_mul(sum->den, den / g, &d) || !i64_add(x, y, &x))
        return false;
    g = gcd(x, d);
    *sum = (struct share){ x / g, d / g };
    return true;
}

SQL(owner_shares, "iii", "ii",
    "SELECT share_num, share_den FROM tie WHERE estate_id = $1 AND home_id = $2 AND kind IN (1, 2) AND "
    "(to_at IS NULL OR to_at > $3)")

err shares_of(struct tx *tx, i64 estate, i64 home, struct share *ret, i64 *ret_owners, i64 *ret_open) {
    struct rows rows;
    *ret = (struct share){ 0, 1 };
    *ret_owners = *ret_open = 0;
    TRY(db_all(tx, &rows, &owner_shares, vi(estate), vi(home), vi(tx->now.us)));
    for (size_t i = 0; i < rows.n; i++) {
        ++*ret_owners;
        if (rows.p[i].v[1].i == 0) ++*ret_open;
        else if (!share_add(ret, rows.p[i].v[0].i, rows.p[i].v[1].i)) return E_STATE;
    }
    return OK;
}

/* ---- adding ---- */

err tie_add_object(struct tx *tx, const void *p, struct object *ret) {
    const struct tie_add_in *in = p;
    struct home h;
    TRY(home_get(tx, ret->estate, in->home_id, &h));
    ret->home = h.id;
    return OK;
}

/* By a post; else the owner himself acts, for his own people only. */
static bool by_post(struct tx *tx) {
    const struct actor *who = op_actor(tx);
    return who->system ||
           access_role(
               who, "home.relations",
               &(struct object){ .code = op_code(tx), .estate = op_estate(tx), .person = STAFF_ONLY });
}

static bool is_owner(i64 kind) { return kind == OWNER || kind == CO_OWNER; }

static err share_checked(struct tx *tx, const struct tie_add_in *in, struct tie *t) {
    struct share sum;
    i64 owners, open;
    if (!is_owner(in->kind)) {
        if (in->share_num.has || in->share_den.has) return op_fail(tx, E_INPUT, "share_num", "只有业主和共有人才写份额。");
        return OK;
    }
    if (in->until.has) return op_fail(tx, E_INPUT, "until", "业主和共有人没有到期那天，请空着。");
    if (in->share_num.has != in->share_den.has) return op_fail(tx, E_INPUT, "share_den", "份额要写全：几份，共几份。");
    TRY(shares_of(tx, t->estate_id, t->home_id, &sum, &owners, &open));
    t->share_num = in->share_num.has ? in->share_num.v : 0;
    t->share_den = in->share_den.has ? in->share_den.v : 0;
    if (!in->share_den.has && owners == 0) t->share_num = t->share_den = 1;   /* the only owner has it all */
    if (t->share_den && !share_add(&sum, t->share_num, t->share_den))
        return op_fail(tx, E_INPUT, "share_den", "份额太零碎，算不准，请换成小一点的分母。");
    if (sum.num > sum.den || (!t->share_den && owners > 0 && open == 0 && sum.num == sum.den))
        return op_fail(tx, E_INPUT, "share_num", "加上这一份就超过一整套了。请先结束原来的关系，再按新的份额登记。");
    return OK;
}

SQL(tie_same, "iiiii", "i",
    "SELECT count(*) FROM tie WHERE estate_id = $1 AND home_id = $2 AND person_id = $3 AND kind = $4 AND "
    "(to_at IS NULL OR to_at > $5)")

static err tie_person(struct tx *tx, const struct tie_add_in *in, i64 *ret) {
    struct person_new who = { .name = in->name, .phone = in->phone, .id_no = in->id_no, .id_kind = ID_RESIDENT };
    enum met met;
    if (!in->phone.n && !in->id_no.n) return op_fail(tx, E_INPUT, "phone", "手机号和身份证号至少写一个，不然分不清是谁。");
    err e = person_meet(tx, &who, false, ret, &met);
    if (e == E_CONFLICT) return op_fail(tx, E_INPUT, "id_no", "这个身份证号登记的是另一个姓名，请对照证件核对。");
    return e;
}

/* A relation with a last day is whole until then; a clock ends it, so that the row alone says what holds. */
static err expire_at(struct tx *tx, const struct tie *t, day until) {
    struct rule_value day_long = {
        .name = S("tie.expire"), .from = day_of(tx->now), .value = 24, .unit = RULE_HOUR
    };
    struct clock c;
    return clock_arm(tx, t->estate_id, S("tie.expire"), t->id, &day_long, day_start(until), &c);
}

err tie_add_run(struct tx *tx, const void *p) {
    const struct tie_add_in *in = p;
    struct home h;
    struct row r;
    struct tie t = { .estate_id = op_estate(tx),
                     .id = id_new(),
                     .home_id = in->home_id,
                     .kind = in->kind,
                     .from_at = tx->now,
                     .basis = in->basis };
    TRY(home_get(tx, t.estate_id, in->home_id, &h));
    if (!by_post(tx) && is_owner(in->kind))
        return op_fail(tx, E_INPUT, "kind", "业主和共有人由物业前台或社区登记，您可以登记租户、家人和代理人。");
    TRY(share_checked(tx, in, &t));
    if (in->kind == REPRESENTATIVE && !in->until.has)
        return op_fail(tx, E_INPUT, "until", "代理人要写明委托到哪天止。");
    if (in->until.has && in->until.v.n < day_of(tx->now).n) return op_fail(tx, E_INPUT, "until", "这一天已经过去了。");
    i64 person = 0;
    TRY(tie_person(tx, in, &person));
    t.person_id = (opt_i64){ true, person };
    TRY(db_one(tx, &r, &tie_same, vi(t.estate_id), vi(h.id), vi(person), vi(in->kind), vi(tx->now.us)));
    if (r.v[0].i > 0) return op_fail(tx, E_STATE, "name", "这个人和这套房已经是这种关系了。");
    TRY(entity_insert(tx, &tie_entity, &t));
    if (in->until.has) TRY(expire_at(tx, &t, in->until.v));
    TRY(tie_tell(tx, t.estate_id, &h, person));
    op_result(tx, "tie", id_text(tx->a, t.id));
    op_next(tx, str_fmt(tx->a, "/e/%.*s/home/%.*s", STR(id_text(tx->a, t.estate_id)), STR(id_text(tx->a, h.id))));
    return OK;
}

/* ---- ending ---- */

err tie_end_object(struct tx *tx, const void *p, struct object *ret) {
    const struct tie_end_in *in = p;
    struct tie t;
    TRY(entity_get(tx, &tie_entity, &t, vi(ret->estate), vi(in->tie_id)));
    ret->home = t.home_id;
    return OK;
}

static err end_now(struct tx *tx, const struct tie *was, const struct home *h, str why) {
    struct tie now = *was;
    now.to_at = (opt_instant){ true, tx->now };
    now.basis = str_fmt(tx->a, "%.*s；%.*s", STR(was->basis), STR(why));
    TRY(entity_update(tx, &tie_entity, was, &now));
    return was->person_id.has ? tie_tell(tx, was->estate_id, h, was->person_id.v) : OK;
}

err tie_expire_run(struct tx *tx, const void *p) {
    const struct clock_event *ev = p;
    struct tie was;
    struct home h;
    TRY(entity_get(tx, &tie_entity, &was, vi(ev->estate_id), vi(ev->ref)));
    if (was.to_at.has) return OK;
    TRY(home_get(tx, was.estate_id, was.home_id, &h));
    return end_now(tx, &was, &h, S("到期"));
}

err tie_end_run(struct tx *tx, const void *p) {
    const struct tie_end_in *in = p;
    struct tie was;
    struct home h;
    TRY(entity_get(tx, &tie_entity, &was, vi(op_estate(tx)), vi(in->tie_id)));
    TRY(home_get(tx, was.estate_id, was.home_id, &h));
    if (was.to_at.has && was.to_at.v.us <= tx->now.us) return op_fail(tx, E_STATE, NULL, "这个关系已经结束了。");
    if (!by_post(tx) && is_owner(was.kind))
        return op_fail(tx, E_STATE, NULL, "业主和共有人的关系由物业前台或社区办理。");
    TRY(clock_stop(tx, was.estate_id, S("tie.expire"), was.id));
    TRY(end_now(tx, &was, &h, str_fmt(tx->a, "结束：%.*s", STR(in->basis))));
    op_next(tx, str_fmt(tx->a, "/e/%.*s/home/%.*s", STR(id_text(tx->a, was.estate_id)),
                        STR(id_text(tx->a, h.id))));
    return OK;
}
