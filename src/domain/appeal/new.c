/* new.c - the pages of reporting, one question a page. */
#include "domain/appeal/pages.h"
#include "domain/appeal/tpl.h"
#include "domain/estate/estate.h"
#include "kit/area/area.h"
#include "kit/rule/rule.h"
#include "sys/crypt/crypt.h"

static const char *place_icon(i64 place) {
    switch (place) {
    case PLACE_HOME: return "house";
    case PLACE_STAIRS: return "arrow-up-down";
    case PLACE_YARD: return "trees";
    case PLACE_GARAGE: return "circle-parking";
    case PLACE_GATE: return "door-open";
    default: return "map-pin";
    }
}

/* The draft as it stands; pages beyond the first send back to the first question that is open. */
static err begin(struct rq *rq, enum draft_step here, struct appeal_draft *d, struct page_head *head) {
    bool stored;
    TRY(appeal_draft_get(rq->tx, rq->estate, rq->actor.person, d, &stored));
    enum draft_step next = appeal_draft_step(d);
    if (next < here && rq->faults.n == 0) rq->redirect = appeal_step_url(rq->a, rq->estate, next);
    *head = rq->head;
    appeal_head(rq, head, NULL);
    return OK;
}

static struct steps_view steps_at(enum draft_step s) {
    static const char *const titles[] = { "", "哪里的问题", "什么问题", "说说情况", "怎么联系您", "看一遍再提交" };
    return (struct steps_view){ s, titles[s] };
}

static str urgent_url(struct rq *rq, i64 code) {
    str base = str_fmt(rq->a, "/e/%.*s/appeal/urgent", STR(id_text(rq->a, rq->estate)));
    return code ? str_fmt(rq->a, "%.*s?kind=%lld", STR(base), (long long)code) : base;
}

/* ---- 0: in which estate ---- */

SQL(my_estates, "i", "it", "SELECT DISTINCT estate_id, estate FROM person_home WHERE person_id = $1 AND ended = 0")

err appeal_report_page(struct rq *rq) {
    struct which_view v = { .head = rq->head };
    struct rows rows;
    TRY(db_all(rq->tx, &rows, &my_estates, vi(rq->actor.person)));
    for (size_t i = 0; i < rows.n; i++)
        *VEC_ADD(rq->a, &v.estates) =
            (struct option){ appeal_step_url(rq->a, rows.p[i].v[0].i, STEP_PLACE), rows.p[i].v[1].s, false };
    if (v.estates.n == 0) rq->redirect = S("/");
    else if (v.estates.n == 1) rq->redirect = v.estates.p[0].value;
    else tpl_appeal_which(rq->out, &v);
    return OK;
}

/* Who has a post reports for others, from the desk of the estate. */
void appeal_menu(struct rq *rq, struct menu *ret) {
    if (rq->actor.person == 0 || rq->actor.ngrants > 0) return;
    *VEC_ADD(rq->a, ret) =
        (struct menu_item){ 10, S("/report"), S("报修"), "wrench", str_has(rq->h->path, S("/appeal/new")) };
}

/* ---- 1: where ---- */

err appeal_new_page(struct rq *rq) {
    struct appeal_draft d;
    struct where_view v = { .steps = steps_at(STEP_PLACE) };
    struct homes homes;
    TRY(begin(rq, STEP_PLACE, &d, &v.head));
    v.form = rq_form(rq, "appeal.draft.place");
    v.faults = rq_faults(rq);
    v.place_fault = rq_fault(rq, "place");
    v.home_fault = rq_fault(rq, "home_id");
    v.urgent = urgent_url(rq, 0);
    v.list = str_fmt(rq->a, "/e/%.*s/appeal", STR(id_text(rq->a, rq->estate)));
    const struct item *typed = item_by_name(case_places, rq_typed(rq, "place", S("")));
    i64 chosen = typed ? typed->value : d.place.v;
    for (const struct item *it = case_places; it->name; it++)
        *VEC_ADD(rq->a, &v.places) = (struct place_view){ str_of(it->name), str_of(it->label),
                                                          place_icon(it->value), it->value == chosen };
    TRY(homes_of(rq->tx, rq->estate, rq->actor.person, &homes));
    i64 home = 0;
    if (!id_parse(rq_typed(rq, "home_id", S("")), &home)) home = d.home_id.v;
    for (size_t i = 0; homes.n > 1 && i < homes.n; i++)
        *VEC_ADD(rq->a, &v.homes) =
            (struct option){ id_text(rq->a, homes.p[i].id), homes.p[i].no, homes.p[i].id == home };
    if (d.place.has)
        v.kept =
            appeal_when(rq->a, (instant){ d.changed_at.us + DRAFT_DAYS * DAY_US }, rq->now, v.head.elder);
    tpl_appeal_where(rq->out, &v);
    return OK;
}

/* ---- 2: what ---- */

static void put_kinds(struct rq *rq, i64 parent, bool urgent, struct kind_links *ret) {
    const struct appeal_kind *list[APPEAL_KINDS_MAX];
    size_t n = appeal_kinds(parent, day_of(rq->now), list, COUNT(list));
    for (size_t i = 0; i < n; i++)
        if (list[i]->emergency == urgent)
            *VEC_ADD(rq->a, ret) =
                (struct kind_link){ .url = urgent ? urgent_url(rq, list[i]->code)
                                                  : str_fmt(rq->a, "%.*s?of=%lld", STR(rq->h->path),
                                                            (long long)list[i]->code),
                                    .label = list[i]->name,
                                    .icon = list[i]->icon,
                                    .code = list[i]->code };
}

err appeal_new_kind_page(struct rq *rq) {
    struct appeal_draft d;
    struct kind_view v = { .steps = steps_at(STEP_KIND) };
    const struct appeal_kind *of = NULL, *firsts[32];
    i64 code = 0;
    TRY(begin(rq, STEP_KIND, &d, &v.head));
    if (rq->redirect.n) return OK;
    if (str_i64(rq_arg(rq, "of"), &code)) of = appeal_kind(code);
    if (of && of->parent) of = NULL;
    v.form = rq_form(rq, "appeal.draft.kind");
    v.faults = rq_faults(rq);
    v.second = of != NULL;
    v.title = of ? of->name : S("什么问题");
    v.back = of ? rq->h->path : appeal_step_url(rq->a, rq->estate, STEP_PLACE);
    v.urgent = urgent_url(rq, 0);
    put_kinds(rq, of ? of->code : 0, false, &v.kinds);
    if (of) put_kinds(rq, of->code, true, &v.urgents);
    else {
        size_t n = appeal_kinds(0, day_of(rq->now), firsts, COUNT(firsts));
        for (size_t i = 0; i < n; i++) put_kinds(rq, firsts[i]->code, true, &v.urgents);
    }
    tpl_appeal_kind(rq->out, &v);
    return OK;
}

/* ---- telephone first ---- */

err appeal_urgent_page(struct rq *rq) {
    struct urgent_view v = { .title = S("先打电话，不用填表"), .back = appeal_step_url(rq->a, rq->estate, STEP_PLACE) };
    const struct appeal_kind *k = NULL;
    i64 code = 0;
    if (str_i64(rq_arg(rq, "kind"), &code)) k = appeal_kind(code);
    if (k && !k->emergency) k = NULL;
    v.head = rq->head;
    appeal_head(rq, &v.head, k ? str_c(rq->a, k->name) : NULL);
    if (k) {
        v.title = k->name;
        v.advice = k->advice;
    }
    TRY(appeal_calls(rq, rq->estate, k, &v.calls));
    if (!k) {
        static const struct call_view always[] = { { S_INIT("119"), S_INIT("消防救援") },
                                                   { S_INIT("96777"), S_INIT("燃气抢修") },
                                                   { S_INIT("95598"), S_INIT("供电抢修") },
                                                   { S_INIT("120"), S_INIT("急救") } };
        for (size_t i = 0; i < COUNT(always); i++) *VEC_ADD(rq->a, &v.calls) = always[i];
    }
    tpl_appeal_urgent(rq->out, &v);
    return OK;
}

/* ---- 3: words, photos, what others reported ---- */

static err put_near(struct rq *rq, const struct appeal_draft *d, bool elder, struct near_views *ret, bool *others) {
    struct nearbys near;
    TRY(appeal_nearby(rq->tx, rq->estate, rq->actor.person, d->category.v, d->place.v, d->home_id, &near));
    for (size_t i = 0; i < near.n; i++) {
        const struct nearby *n = &near.p[i];
        buf b = buf_in(rq->a, 200);
        struct near_view *x = VEC_ADD(rq->a, ret);
        buf_fmt(&b, "%.*s %s", STR(appeal_when(rq->a, n->opened_at, rq->now, elder)), n->mine ? "您报的" : "邻居报的");
        buf_fmt(&b, "，%s", item_label(case_states, n->state));
        if (n->followers) buf_fmt(&b, "，%lld 位邻居也遇到了", (long long)n->followers);
        *x = (struct near_view){ .title = n->title,
                                 .note = buf_str(&b),
                                 .case_id = id_text(rq->a, n->id),
                                 .mine = n->mine,
                                 .followed = n->followed,
                                 .form = rq_form(rq, "appeal.case.follow") };
        *others |= !n->mine && !n->followed;
        if (n->mine) x->url = appeal_url(rq->a, rq->estate, n->id);
        if (n->due_at.has && n->state < CASE_DONE)
            x->left = appeal_remaining(rq->a, n->due_at.v, rq->now, elder, false);
    }
    return OK;
}

err appeal_new_words_page(struct rq *rq) {
    struct appeal_draft d;
    struct words_view v = { .steps = steps_at(STEP_WORDS) };
    TRY(begin(rq, STEP_WORDS, &d, &v.head));
    if (rq->redirect.n) return OK;
    const struct appeal_kind *k = appeal_kind(d.category.v);
    v.form = rq_form(rq, "appeal.draft.words");
    v.faults = rq_faults(rq);
    v.spot = rq_control(rq, appeal_words_fields, "spot", d.spot);
    v.words = rq_control(rq, appeal_words_fields, "words", d.words);
    v.photos = rq_control(rq, appeal_words_fields, "photos", S(""));
    v.back = appeal_step_url(rq->a, rq->estate, STEP_KIND);
    v.kind = appeal_kind_label(rq->a, d.category.v);
    v.advice = k ? k->advice : S("");
    if (k && k->nphones) TRY(appeal_calls(rq, rq->estate, k, &v.calls));
    appeal_photo_views(rq, d.photos,
                       str_fmt(rq->a, "/e/%.*s/appeal/new/photo", STR(id_text(rq->a, rq->estate))), &v.kept);
    TRY(put_near(rq, &d, v.head.elder, &v.near, &v.others));
    tpl_appeal_words(rq->out, &v);
    return OK;
}

/* ---- 4: how to be reached ---- */

err appeal_new_contact_page(struct rq *rq) {
    struct appeal_draft d;
    struct person me;
    struct contact_view v = { .steps = steps_at(STEP_CONTACT) };
    TRY(begin(rq, STEP_CONTACT, &d, &v.head));
    if (rq->redirect.n) return OK;
    TRY(entity_get(rq->tx, &person_entity, &me, vi(rq->actor.person)));
    v.form = rq_form(rq, "appeal.draft.contact");
    v.faults = rq_faults(rq);
    v.contact = rq_control(rq, appeal_contact_fields, "contact",
                           d.contact.has ? str_of(item_by_value(case_contacts, d.contact.v)->name) : S("CONTACT_HERE"));
    v.phone = rq_control(rq, appeal_contact_fields, "phone", S(""));
    v.back = appeal_step_url(rq->a, rq->estate, STEP_WORDS);
    v.known = person_phone_masked(rq->tx, &me);
    tpl_appeal_contact(rq->out, &v);
    return OK;
}

/* ---- 5: check and send ---- */

static void told(struct rq *rq, struct check_view *v, const char *label, str text, enum draft_step step) {
    if (text.n)
        *VEC_ADD(rq->a, &v->rows) = (struct told_row){ label, text, appeal_step_url(rq->a, rq->estate, step) };
}

static void hidden(struct rq *rq, struct check_view *v, const char *name, str value) {
    if (value.n) *VEC_ADD(rq->a, &v->hidden) = (struct option){ .label = str_of(name), .value = value };
}

/* 138****1234 of what will be called: the draft's own number, or the registered one. */
static err phone_masked(struct rq *rq, const struct appeal_draft *d, str *ret) {
    struct person me;
    if (d->phone.has) {
        TRY(reveal(rq->a, "appeal_draft", "phone", d->person_id, d->phone.v, ret));
        *ret = appeal_phone_mask(rq->a, *ret);
        return OK;
    }
    TRY(entity_get(rq->tx, &person_entity, &me, vi(rq->actor.person)));
    *ret = person_phone_masked(rq->tx, &me);
    return OK;
}

/* What will happen by when, from the rules of the category. */
static str promise(struct rq *rq, const struct appeal_kind *k, bool elder) {
    static const struct {
        const char *clock, *words;
    } order[] = { { "accept", "前受理" }, { "arrive", "前到场" }, { "done", "前办完" } };
    static const char *const urgency[] = { "", "urgent", "ordinary", "complicated" };
    buf b = buf_in(rq->a, 400);
    for (size_t i = 0; i < COUNT(order); i++) {
        struct rule_value r;
        bool provisional = false;
        if (rule_at(str_fmt(rq->a, "appeal.%s.%s", urgency[k->urgency], order[i].clock), day_of(rq->now),
                    &r) != OK)
            continue;
        instant due = rule_deadline(&r, rq->now, &provisional);
        buf_fmt(&b, "%s%.*s %s%s", b.n ? "，" : "物业应当 ", STR(appeal_due(rq->a, due, rq->now, elder)), order[i].words,
                provisional ? "（暂定）" : "");
    }
    return buf_str(&b);
}

err appeal_new_check_page(struct rq *rq) {
    struct appeal_draft d;
    struct check_view v = { .steps = steps_at(STEP_CHECK) };
    str phone = S("");
    TRY(begin(rq, STEP_CHECK, &d, &v.head));
    if (rq->redirect.n) return OK;
    const struct appeal_kind *k = appeal_kind(d.category.v);
    if (!k) return E_MISSING;
    if (d.contact.v != CONTACT_HERE) TRY(phone_masked(rq, &d, &phone));
    v.form = rq_form(rq, "appeal.case.report");
    v.faults = rq_faults(rq);
    v.back = appeal_step_url(rq->a, rq->estate, STEP_CONTACT);
    v.promise = k->side == SIDE_ENTERPRISE ? promise(rq, k, v.head.elder) : S("");
    told(rq, &v, "哪里", str_of(item_label(case_places, d.place.v)), STEP_PLACE);
    told(rq, &v, "哪一户", appeal_home_label(rq, rq->estate, d.home_id), STEP_PLACE);
    told(rq, &v, "什么问题", appeal_kind_label(rq->a, d.category.v), STEP_KIND);
    told(rq, &v, "具体在哪儿", d.spot, STEP_WORDS);
    told(rq, &v, "情况", d.words.n ? d.words : S("没有写"), STEP_WORDS);
    told(rq, &v, "怎么联系", phone.n ? str_fmt(rq->a, "%s %.*s", item_label(case_contacts, d.contact.v), STR(phone))
                                     : str_of(item_label(case_contacts, d.contact.v)), STEP_CONTACT);
    appeal_photo_views(
        rq, d.photos, str_fmt(rq->a, "/e/%.*s/appeal/new/photo", STR(id_text(rq->a, rq->estate))), &v.photos);
    hidden(rq, &v, "place", str_of(item_by_value(case_places, d.place.v)->name));
    if (d.home_id.has) hidden(rq, &v, "home_id", id_text(rq->a, d.home_id.v));
    hidden(rq, &v, "category", str_fmt(rq->a, "%lld", (long long)d.category.v));
    hidden(rq, &v, "spot", d.spot);
    hidden(rq, &v, "words", d.words);
    hidden(rq, &v, "photos", d.photos);
    hidden(rq, &v, "contact", str_of(item_by_value(case_contacts, d.contact.v)->name));
    tpl_appeal_check(rq->out, &v);
    return OK;
}

/* ---- 6: sent ---- */

err appeal_sent_page(struct rq *rq) {
    i64 id;
    struct case_head h;
    struct case_text t;
    struct case_clocks clocks;
    struct sent_view v = { 0 };
    TRY(rq_id(rq, "case", &id));
    TRY(case_get(rq->tx, &appeal_casework, rq->estate, id, -1, &h));
    TRY(case_words(rq->tx, rq->estate, id, &t));
    TRY(case_clocks(rq->tx, rq->estate, id, &clocks));
    v.head = rq->head;
    appeal_head(rq, &v.head, NULL);
    v.no = h.no;
    v.title = t.title;
    v.url = appeal_url(rq->a, rq->estate, id);
    for (size_t i = 0; i < clocks.n; i++) {
        const struct case_clock *c = &clocks.p[i];
        if (str_is(c->name, "escalate")) continue;
        *VEC_ADD(rq->a, &v.next) =
            str_fmt(rq->a, "%.*s 前%s%s", STR(appeal_due(rq->a, c->due_at, rq->now, v.head.elder)),
                    appeal_clock_label(c->name, false), c->provisional ? "（暂定）" : "");
    }
    *VEC_ADD(rq->a, &v.next) = S("过了时间没有办，社区马上看得到，一天后升到街道");
    *VEC_ADD(rq->a, &v.next) = S("说修好了，会请您看看；没修好，点一下就重新办");
    TRY(appeal_calls(rq, rq->estate, appeal_kind(h.category), &v.calls));
    tpl_appeal_sent(rq->out, &v);
    return OK;
}
