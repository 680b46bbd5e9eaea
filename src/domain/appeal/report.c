/* report.c - from "something is wrong" to a case: the draft, step by step, what neighbours reported, sending. */
#include "domain/appeal/inner.h"
#include "domain/estate/estate.h"
#include "kit/rule/rule.h"
#include "sys/crypt/crypt.h"
#include "sys/crypt/idcheck.h"

/* ---- input checks ---- */

str appeal_phone_tidy(struct arena *a, str s) { return mobile_tidy(a, s); }

const char *appeal_phone_fault(str s) {
    bool digits = s.n >= 7 && s.n <= 12;
    for (size_t i = 0; i < s.n; i++) digits &= s.p[i] >= '0' && s.p[i] <= '9';
    if (!digits || (s.p[0] == '1' && mobile_fault(s))) return "请写 11 位手机号，或带区号的座机号。";
    return NULL;
}

static bool hex64(str s) {
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'f')) return false;
    return s.n == 2 * SM3_LEN;
}

bool appeal_photo_at(str photos, size_t i, str *full, str *thumb) {
    str piece;
    while (str_cut(&photos, ' ', &piece)) {
        if (i-- > 0) continue;
        *thumb = piece;
        return str_cut(thumb, '/', full) && hex64(*full) && hex64(*thumb);
    }
    return false;
}

size_t appeal_photos_count(str photos) {
    size_t n = 0;
    str full, thumb;
    while (appeal_photo_at(photos, n, &full, &thumb)) n++;
    return n;
}

const char *appeal_photos_fault(str s) {
    size_t blanks = 0;
    for (size_t i = 0; i < s.n; i++) blanks += s.p[i] == ' ';
    size_t n = appeal_photos_count(s);
    if (n > CASE_PHOTOS) return "最多传 6 张照片。";
    return n == blanks + 1 ? NULL : "照片没有传完整，请重新选一次。";
}

/* ---- who reports ---- */

enum case_side appeal_side(const struct actor *who, const char *right, const struct object *o) {
    if (who->system) return SIDE_SYSTEM;
    const struct role *r = access_role(who, right, o);
    if (!r) return SIDE_OWNER;
    if (str_is(r->kind, "enterprise")) return SIDE_ENTERPRISE;
    if (str_is(r->id, "department_officer")) return SIDE_DEPARTMENT;
    if (str_is(r->kind, "owner")) return SIDE_OWNER;
    switch (r->level) {
    case 1: return SIDE_CITY;
    case 2: return SIDE_DISTRICT;
    case 3: return SIDE_STREET;
    default: return SIDE_COMMUNITY;
    }
}

size_t appeal_own_homes(const struct actor *who, i64 *homes, size_t max) {
    size_t n = 0;
    for (size_t i = 0; i < who->nties && n < max; i++) {
        bool known = who->ties[i].to.us != INT64_MAX;
        for (size_t k = 0; k < n; k++) known |= homes[k] == who->ties[i].home;
        if (!known) homes[n++] = who->ties[i].home;
    }
    return n;
}

/* ---- the draft ---- */

err appeal_draft_get(struct tx *tx, i64 estate, i64 person, struct appeal_draft *ret, bool *ret_stored) {
    struct appeal_draft d;
    err e = entity_get(tx, &appeal_draft_entity, &d, vi(estate), vi(person));
    *ret_stored = e == OK;
    if (e != OK && e != E_MISSING) return e;
    bool fresh = e == OK && d.changed_at.us > tx->now.us - DRAFT_DAYS * DAY_US;
    *ret = fresh ? d : (struct appeal_draft){ .estate_id = estate, .person_id = person };
    return OK;
}

enum draft_step appeal_draft_step(const struct appeal_draft *d) {
    if (!d->place.has) return STEP_PLACE;
    if (!d->category.has) return STEP_KIND;
    if (!d->told) return STEP_WORDS;
    return d->contact.has ? STEP_CHECK : STEP_CONTACT;
}

str appeal_step_url(struct arena *a, i64 estate, enum draft_step step) {
    static const char *const tails[] = { "", "", "/kind", "/words", "/contact", "/check" };
    return str_fmt(a, "/e/%.*s/appeal/new%s", STR(id_text(a, estate)), tails[step]);
}

/* Loads the draft of the actor, keeps what was read in *was. */
static err draft_open(struct tx *tx, struct appeal_draft *was, struct appeal_draft *d, bool *stored) {
    TRY(appeal_draft_get(tx, op_estate(tx), op_actor(tx)->person, d, stored));
    if (*stored) TRY(entity_get(tx, &appeal_draft_entity, was, vi(d->estate_id), vi(d->person_id)));
    return OK;
}

static err draft_keep(struct tx *tx, const struct appeal_draft *was, struct appeal_draft *d, bool stored) {
    d->changed_at = tx->now;
    if (stored) TRY(entity_update(tx, &appeal_draft_entity, was, d));
    else TRY(entity_insert(tx, &appeal_draft_entity, d));
    op_next(tx, appeal_step_url(tx->a, d->estate_id, appeal_draft_step(d)));
    return OK;
}

/* The home a report is about: the one chosen, the only one, or none. A foreign one is refused. */
static err own_home(struct tx *tx, opt_i64 chosen, opt_i64 *ret) {
    i64 homes[16];
    size_t n = appeal_own_homes(op_actor(tx), homes, COUNT(homes));
    *ret = (opt_i64){ 0 };
    for (size_t i = 0; i < n; i++)
        if (n == 1 || (chosen.has && homes[i] == chosen.v)) *ret = (opt_i64){ true, homes[i] };
    if (chosen.has && (!ret->has || ret->v != chosen.v)) return op_fail(tx, E_INPUT, "home_id", "请选您自己名下的房屋。");
    if (!ret->has && n > 1) return op_fail(tx, E_INPUT, "home_id", "请选是哪一户。");
    return OK;
}

err appeal_place_run(struct tx *tx, const void *p) {
    const struct place_in *in = p;
    struct appeal_draft was, d;
    bool stored;
    TRY(draft_open(tx, &was, &d, &stored));
    d.place = (opt_i64){ true, in->place };
    TRY(own_home(tx, in->home_id, &d.home_id));
    return draft_keep(tx, &was, &d, stored);
}

/* A category that may be reported today. */
static err kind_offered(struct tx *tx, i64 code, const struct appeal_kind **ret) {
    i64 today = day_of(tx->now).n;
    const struct appeal_kind *k = appeal_kind(code);
    if (!k || !k->parent || k->from.n > today || (k->to.has && k->to.v.n < today))
        return op_fail(tx, E_INPUT, "category", "请在列出的问题里选一项。");
    *ret = k;
    return OK;
}

err appeal_kind_run(struct tx *tx, const void *p) {
    const struct kind_in *in = p;
    const struct appeal_kind *k = NULL;
    struct appeal_draft was, d;
    bool stored;
    TRY(kind_offered(tx, in->category, &k));
    if (k->emergency) {
        /* Nothing is kept: first the telephone. */
        op_next(tx, str_fmt(tx->a, "/e/%.*s/appeal/urgent?kind=%lld", STR(id_text(tx->a, op_estate(tx))),
                            (long long)k->code));
        return OK;
    }
    TRY(draft_open(tx, &was, &d, &stored));
    d.category = (opt_i64){ true, k->code };
    return draft_keep(tx, &was, &d, stored);
}

err appeal_words_run(struct tx *tx, const void *p) {
    const struct words_in *in = p;
    struct appeal_draft was, d;
    bool stored;
    TRY(draft_open(tx, &was, &d, &stored));
    d.told = 1;
    d.spot = in->spot;
    d.words = in->words;
    if (in->drop) d.photos = S("");
    if (in->photos.n) d.photos = d.photos.n ? str_fmt(tx->a, "%.*s %.*s", STR(d.photos), STR(in->photos)) : in->photos;
    if (appeal_photos_count(d.photos) > CASE_PHOTOS) return op_fail(tx, E_INPUT, "photos", "连同之前的，最多 6 张照片。");
    if (d.category.has && d.words.n == 0 && d.category.v == KIND_NONE_OF_THESE)
        return op_fail(tx, E_INPUT, "words", "请写一两句是什么问题。");
    return draft_keep(tx, &was, &d, stored);
}

err appeal_contact_run(struct tx *tx, const void *p) {
    const struct contact_in *in = p;
    struct appeal_draft was, d;
    bool stored;
    TRY(draft_open(tx, &was, &d, &stored));
    d.contact = (opt_i64){ true, in->contact };
    if (in->phone.n)
        d.phone = (opt_str){ true, seal(tx->a, "appeal_draft", "phone", d.person_id, in->phone) };
    return draft_keep(tx, &was, &d, stored);
}

/* ---- what others reported ---- */

SQL(nearby_open, "iiiiii", "iitiiii",
    "SELECT id, state, no, opened_at, due_at, CAST(CASE WHEN reporter_id = $4 THEN 1 ELSE 0 END AS BIGINT), "
    "home_id FROM "
    "case_head "
    "WHERE estate_id = $1 AND kind = 'appeal' AND category = $2 AND state < 9 AND ((reporter_id = $4 AND "
    "opened_at > $6) "
    "OR (place > 1 AND place = $5 AND opened_at > $3)) ORDER BY id DESC LIMIT 20")
SQL(follow_count, "ii", "i", "SELECT count(*) FROM appeal_follow WHERE estate_id = $1 AND case_id = $2")
SQL(follow_mine, "iii", "i",
    "SELECT at FROM appeal_follow WHERE estate_id = $1 AND person_id = $2 AND case_id = $3")

err appeal_followers(struct tx *tx, i64 estate, i64 case_id, i64 *ret) {
    struct row r;
    TRY(db_one(tx, &r, &follow_count, vi(estate), vi(case_id)));
    *ret = r.v[0].i;
    return OK;
}

/* Stairs and lifts belong to a building; a yard, a garage, a gate belong to all. */
static err same_building(struct tx *tx, i64 estate, i64 building, val home, bool *ret) {
    struct home at;
    *ret = false;
    if (home.t == 0 || building == 0) return OK;
    TRY(home_get(tx, estate, home.i, &at));
    *ret = at.building_id == building;
    return OK;
}

static err nearby_add(struct tx *tx, i64 estate, i64 person, i64 category, const val *v, struct nearbys *ret) {
    struct row r;
    struct nearby *n = VEC_ADD(tx->a, ret);
    *n = (struct nearby){ .id = v[0].i,
                          .state = v[1].i,
                          .no = v[2].s,
                          .title = appeal_kind(category) ? appeal_kind(category)->name : S("其他"),
                          .opened_at = { v[3].i },
                          .due_at = { v[4].t != 0, { v[4].i } },
                          .mine = v[5].i != 0 };
    TRY(appeal_followers(tx, estate, n->id, &n->followers));
    TRY(db_maybe(tx, &r, &follow_mine, vi(estate), vi(person), vi(n->id)));
    n->followed = r.v != NULL;
    return OK;
}

err appeal_nearby(struct tx *tx, i64 estate, i64 person, i64 category, i64 place, opt_i64 home, struct nearbys *ret) {
    struct rows rows;
    struct home at = { 0 };
    i64 hours = rule_number("appeal.nearby", day_of(tx->now), NEARBY_HOURS);
    i64 days = rule_number("appeal.duplicate", day_of(tx->now), AGAIN_DAYS);
    *ret = (struct nearbys){ 0 };
    if (home.has) TRY(home_get(tx, estate, home.v, &at));
    TRY(db_all(tx, &rows, &nearby_open, vi(estate), vi(category), vi(tx->now.us - hours * HOUR_US),
               vi(person), vi(place), vi(tx->now.us - days * DAY_US)));
    for (size_t i = 0; i < rows.n && ret->n < 3; i++) {
        const val *v = rows.p[i].v;
        bool near = true;
        if (!v[5].i && place == PLACE_STAIRS) TRY(same_building(tx, estate, at.building_id, v[6], &near));
        if (near) TRY(nearby_add(tx, estate, person, category, v, ret));
    }
    return OK;
}

err appeal_follow_run(struct tx *tx, const void *p) {
    const struct case_in *in = p;
    struct case_head h;
    struct row r;
    i64 me = op_actor(tx)->person;
    TRY(case_get(tx, &appeal_casework, op_estate(tx), in->case_id, -1, &h));
    /* What stands at somebody's home, or is over, is nobody else's: as if it were not there. */
    if (h.place == PLACE_HOME || h.state == CASE_CLOSED) return E_MISSING;
    if (h.reporter_id.has && h.reporter_id.v == me) return op_fail(tx, E_STATE, NULL, "这件就是您报的，不用再点。");
    TRY(db_maybe(tx, &r, &follow_mine, vi(h.estate_id), vi(me), vi(h.id)));
    if (r.v) return op_fail(tx, E_STATE, NULL, "您已经点过了，修好了会告诉您。");
    struct appeal_follow f = { h.estate_id, me, h.id, tx->now };
    TRY(entity_insert(tx, &appeal_follow_entity, &f));
    TRY(case_note(
        tx, &appeal_casework, &h,
        &(struct case_act){ .action = "follow", .words = S("又有一位邻居遇到了。"), .side = SIDE_OWNER }));
    op_next(tx, str_fmt(tx->a, "/e/%.*s/appeal", STR(id_text(tx->a, h.estate_id))));
    return OK;
}

/* ---- sending ---- */

/* The telephone to call, in clear: what was typed, what the draft keeps, or what the reporter registered. */
static err contact_phone(struct tx *tx, const struct report_in *in, const struct appeal_draft *d, bool owner,
                         str *ret) {
    struct person me;
    *ret = in->phone;
    if (ret->n || in->contact == CONTACT_HERE || !owner) return OK;
    if (d->phone.has) return reveal(tx->a, "appeal_draft", "phone", d->person_id, d->phone.v, ret);
    TRY(entity_get(tx, &person_entity, &me, vi(d->person_id)));
    return me.phone.has ? reveal(tx->a, "person", "phone", me.id, me.phone.v, ret) : OK;
}

/* A clerk who takes a call reports for somebody else; a clerk who lives here and names his own home is an owner. */
static bool reports_for_himself(struct tx *tx, const struct report_in *in, enum case_side side) {
    i64 homes[16];
    size_t n = appeal_own_homes(op_actor(tx), homes, COUNT(homes));
    if (side == SIDE_OWNER) return true;
    for (size_t i = 0; i < n; i++)
        if (in->home_id.has && homes[i] == in->home_id.v) return true;
    return false;
}

static str title_of(struct arena *a, const struct appeal_kind *k, str words) {
    str line = words, first;
    if (k->code != KIND_NONE_OF_THESE || !str_cut(&line, '\n', &first)) return k->name;
    return utf8_len(first) > 24 ? str_fmt(a, "%.*s…", STR(utf8_head(first, 24))) : first;
}

static err draft_empty(struct tx *tx, const struct appeal_draft *was) {
    struct appeal_draft d = { .estate_id = was->estate_id, .person_id = was->person_id, .changed_at = tx->now };
    return entity_update(tx, &appeal_draft_entity, was, &d);
}

err appeal_report_run(struct tx *tx, const void *p) {
    const struct report_in *in = p;
    const struct appeal_kind *k = NULL;
    struct appeal_draft was = { 0 }, d;
    bool stored;
    str phone;
    struct case_head h;
    struct object here = { .code = op_code(tx), .estate = op_estate(tx) };
    struct case_new n = { .category = in->category, .place = in->place, .contact = in->contact, .words = in->words,
                          .spot = in->spot, .photos = in->photos, .home = in->home_id,
                          .by = appeal_side(op_actor(tx), "appeal.report", &here) };
    TRY(kind_offered(tx, in->category, &k));
    if (in->words.n == 0 && k->code == KIND_NONE_OF_THESE) return op_fail(tx, E_INPUT, "words", "请写一两句是什么问题。");
    TRY(draft_open(tx, &was, &d, &stored));
    bool owner = reports_for_himself(tx, in, n.by);
    if (owner) {
        n.by = SIDE_OWNER;
        n.reporter = (opt_i64){ true, op_actor(tx)->person };
        TRY(own_home(tx, in->home_id, &n.home));
    } else if (in->home_id.has) {
        struct home at;
        if (home_get(tx, here.estate, in->home_id.v, &at) != OK) return op_fail(tx, E_INPUT, "home_id", "本小区没有这一户。");
    }
    TRY(contact_phone(tx, in, &d, owner, &phone));
    if (in->contact == CONTACT_PHONE && phone.n == 0) return op_fail(tx, E_INPUT, "phone", "请写一个能打通的电话。");
    if (phone.n) n.phone = (opt_str){ true, seal(tx->a, "case_text", "phone", here.estate, phone) };
    n.title = title_of(tx->a, k, in->words);
    TRY(case_open(tx, &appeal_casework, &n, &h));
    TRY(op_count(tx, APPEAL_KIND + appeal_first(h.category), day_month(day_of(tx->now)), 1));
    if (owner && stored) TRY(draft_empty(tx, &was));
    op_next(tx, str_fmt(tx->a, "%.*s/sent", STR(appeal_url(tx->a, h.estate_id, h.id))));
    return OK;
}
