/* case.c - one case: the same timeline for both sides, and what each may do next. */
#include "domain/appeal/pages.h"
#include "domain/appeal/tpl.h"
#include "domain/estate/estate.h"
#include "kit/area/area.h"
#include "sys/crypt/crypt.h"

enum { REVEALED_MINUTES = 10 };

/* The case of the address with everything a page of it needs. */
struct open_case {
    struct case_head h;
    struct case_text t;
    struct object o;
    enum case_side side;             /* on which the viewer stands */
    bool owner, staff, turn;         /* turn: it is with the viewer's side */
};

static err open_case(struct rq *rq, struct open_case *c) {
    i64 id;
    TRY(rq_id(rq, "case", &id));
    TRY(case_get(rq->tx, &appeal_casework, rq->estate, id, -1, &c->h));
    TRY(case_words(rq->tx, rq->estate, id, &c->t));
    c->o = case_object(&c->h, rq->code);
    c->side = appeal_side(&rq->actor, "appeal.view", &c->o);
    c->owner = c->side == SIDE_OWNER;
    c->staff = rq_may(rq, "appeal.handle", &c->o);
    c->turn = c->staff && (i64)c->side == c->h.side;
    return OK;
}

/* ---- the timeline ---- */

static str who_of(struct rq *rq, const struct open_case *c, const struct case_entry *e) {
    if (e->side == SIDE_SYSTEM) return S("时限");
    if (str_is(e->action, "follow")) return c->owner ? S("邻居") : str_fmt(rq->a, "邻居 %.*s", STR(e->actor_name));
    if (c->owner && e->actor_id.has && e->actor_id.v == rq->actor.person) return S("您");
    if (c->owner && e->side == SIDE_OWNER) return S("家人");
    return e->actor_name.n ? str_fmt(rq->a, "%s %.*s", item_label(case_sides, e->side), STR(e->actor_name))
                           : str_of(item_label(case_sides, e->side));
}

static err put_lines(struct rq *rq, const struct open_case *c, struct line_views *ret) {
    struct case_entries list;
    TRY(case_entries(rq->tx, rq->estate, c->h.id, !c->owner, &list));
    for (size_t i = 0; i < list.n; i++) {
        const struct case_entry *e = &list.p[i];
        struct action_words w = appeal_action(e->action, c->owner);
        struct line_view *l = VEC_ADD(rq->a, ret);
        str words = str_is(e->action, "report") ? c->t.words : e->words, line;
        if (e->side == SIDE_SYSTEM) words = appeal_rule_words(rq->a, words, c->owner);
        if (str_is(e->action, "follow")) words = S("");
        *l = (struct line_view){ .title = str_of(w.title),
                                 .tone = w.tone,
                                 .hidden = !e->open,
                                 .who = str_fmt(rq->a, "%.*s，%.*s", STR(who_of(rq, c, e)),
                                                STR(appeal_when(rq->a, e->at, rq->now, rq->head.elder))) };
        while (words.n && str_cut(&words, '\n', &line))
            if (line.n) *VEC_ADD(rq->a, &l->words) = line;
        appeal_photo_views(rq, e->photos,
                           str_fmt(rq->a, "%.*s/photo/%.*s", STR(appeal_url(rq->a, rq->estate, c->h.id)),
                                   STR(id_text(rq->a, e->id))),
                           &l->photos);
    }
    return OK;
}

static err put_clocks(struct rq *rq, const struct open_case *c, struct clock_views *ret) {
    struct case_clocks list;
    TRY(case_clocks(rq->tx, rq->estate, c->h.id, &list));
    if (c->h.late && c->h.late_at.has)
        *VEC_ADD(rq->a, ret) = (struct clock_view){ "超期", appeal_remaining(rq->a, c->h.late_at.v, rq->now,
                                                                             rq->head.elder, false) };
    for (size_t i = 0; i < list.n; i++) {
        const struct case_clock *k = &list.p[i];
        if (str_is(k->name, "escalate") && !k->running) continue;
        struct clock_view *v = VEC_ADD(rq->a, ret);
        v->label = appeal_clock_label(k->name, c->owner);
        v->left = k->running ? appeal_remaining(rq->a, k->due_at, rq->now, rq->head.elder, k->provisional)
                             : (struct remaining){ S("时限停住了"), "tone-gray", "clock", false };
    }
    return OK;
}

/* ---- facts ---- */

static void fact(struct rq *rq, struct case_view *v, const char *label, str text) {
    if (text.n) *VEC_ADD(rq->a, &v->facts) = (struct fact_view){ label, text };
}

SQL(reporter_name, "i", "t", "SELECT name FROM person WHERE id = $1")

/* Whether this very viewer said just now why he needs the number. */
static err asked_for(struct rq *rq, const struct open_case *c, bool *ret) {
    i64 id, whose = c->h.reporter_id.has ? c->h.reporter_id.v : rq->actor.person;
    struct look l;
    *ret = false;
    if (!id_parse(rq_arg(rq, "shown"), &id)) return OK;
    err e = entity_get(rq->tx, &look_entity, &l, vi(whose), vi(id));
    if (e != OK) return e == E_MISSING ? OK : e;
    *ret = l.viewer_id == rq->actor.person && str_eq(l.what, appeal_look_what(rq->a, c->h.no)) &&
           rq->now.us - l.at.us < REVEALED_MINUTES * MINUTE_US;
    return OK;
}

static void put_reveal(struct rq *rq, const struct open_case *c, struct case_view *v) {
    v->reveal = appeal_act(rq, &c->h, "appeal.phone.reveal", "看电话");
    appeal_act_field(rq, &v->reveal, appeal_reveal_fields, "reason");
    v->reveal.version = S("");
    *VEC_ADD(rq->a, &v->reveal.hidden) =
        (struct option){ .label = S("estate_id"), .value = id_text(rq->a, rq->estate) };
    if (c->h.reporter_id.has)
        *VEC_ADD(rq->a, &v->reveal.hidden) =
            (struct option){ .label = S("person_id"), .value = id_text(rq->a, c->h.reporter_id.v) };
}

/* Masked, unless the viewer has just said why he needs it. */
static err put_phone(struct rq *rq, const struct open_case *c, struct case_view *v) {
    str phone;
    bool shown;
    if (!c->t.phone.has) return OK;
    TRY(reveal(rq->a, "case_text", "phone", rq->estate, c->t.phone.v, &phone));
    TRY(asked_for(rq, c, &shown));
    v->phone = shown ? phone : appeal_phone_mask(rq->a, phone);
    if (shown) {
        rq->no_store = true;
        v->phone_note = S("十分钟后自动遮住。这次查看已经记下，报事人看得到。");
    } else if (!c->owner && rq_may(rq, "people.reveal", &c->o)) {
        put_reveal(rq, c, v);
    }
    return OK;
}

static err put_facts(struct rq *rq, struct open_case *c, struct case_view *v) {
    struct row r;
    i64 followers;
    fact(rq, v, "类别", appeal_kind_label(rq->a, c->h.category));
    fact(rq, v, "地点", str_of(item_label(case_places, c->h.place)));
    fact(rq, v, "具体位置", c->t.spot);
    fact(rq, v, "房屋", appeal_home_label(rq, rq->estate, c->h.home_id));
    fact(rq, v, "缓急", str_of(item_label(case_urgencies, c->h.urgency)));
    if (!c->owner && c->h.reporter_id.has) {
        TRY(db_one(rq->tx, &r, &reporter_name, vi(c->h.reporter_id.v)));
        fact(rq, v, "报事人", r.v[0].s);
    }
    fact(rq, v, "怎么联系", str_of(item_label(case_contacts, c->t.contact)));
    fact(rq, v, "现在谁办", str_of(item_label(case_sides, c->h.side)));
    if (c->h.level != c->h.side) fact(rq, v, "升到了", str_of(item_label(case_sides, c->h.level)));
    if (c->h.reopened) fact(rq, v, "没修好重办", str_fmt(rq->a, "%lld 次", (long long)c->h.reopened));
    if (c->h.rating.has) fact(rq, v, "评分", str_fmt(rq->a, "%lld 分（满分 5 分）", (long long)c->h.rating.v));
    TRY(appeal_followers(rq->tx, rq->estate, c->h.id, &followers));
    if (followers) v->followers = str_fmt(rq->a, "%lld 位邻居也遇到了", (long long)followers);
    return put_phone(rq, c, v);
}

/* ---- what may be done ---- */

static bool may_step(struct rq *rq, const struct open_case *c, const char *action) {
    const struct step *s = case_step(&appeal_casework, &c->h, action);
    return s && s->right && rq_may(rq, s->right, &c->o);
}

static struct act_form act_with(struct rq *rq, const struct open_case *c, const char *command, const char *title,
                                const struct field *list, bool photos) {
    struct act_form f = appeal_act(rq, &c->h, command, title);
    appeal_act_field(rq, &f, list, "words");
    if (photos) appeal_act_field(rq, &f, list, "photos");
    return f;
}

static void put_owner_acts(struct rq *rq, struct open_case *c, struct case_view *v) {
    instant until;
    if (may_step(rq, c, "confirm")) {
        v->confirm = appeal_act(rq, &c->h, "appeal.case.confirm", "确认解决了");
        v->confirm.look = "button button-good button-wide";
        v->confirm.icon = "check";
    }
    if (may_step(rq, c, "reopen") &&
        (c->h.state == CASE_DONE || case_may_reopen(&appeal_casework, &c->h, rq->now, &until))) {
        v->reopen = act_with(rq, c, "appeal.case.reopen", "没修好", appeal_case_fields, true);
        v->reopen.look = "button button-danger button-wide";
        v->reopen.icon = "undo-2";
        v->reopen.folded = true;
        v->reopen.fold = "补一句话或一张照片（可不填）";
        if (c->h.state == CASE_CLOSED)
            v->reopen.hint = str_c(rq->a, str_fmt(rq->a, "%.*s 前都可以点。点了就重新办，时限重新起算。",
                                                  STR(appeal_due(rq->a, until, rq->now, rq->head.elder))));
    }
    if (may_step(rq, c, "withdraw")) {
        v->withdraw = appeal_act(rq, &c->h, "appeal.case.withdraw", "不用办了，撤回");
        v->withdraw.look = "button button-quiet";
    }
    if (c->h.state == CASE_CLOSED && !c->h.rating.has && c->h.outcome.v != OUTCOME_WITHDRAWN && c->owner &&
        rq_may(rq, "appeal.confirm", &c->o)) {
        v->rate = act_with(rq, c, "appeal.case.rate", "评个分", appeal_rate_fields, false);
        v->rate.stars = true;
        v->rate.look = "button button-main";
        v->rate.button = "提交评分";
    }
}

static void put_kind_options(struct rq *rq, const struct case_head *h, struct act_form *f) {
    const struct appeal_kind *first[32], *second[APPEAL_KINDS_MAX];
    size_t n = appeal_kinds(0, day_of(rq->now), first, COUNT(first));
    for (size_t i = 0; i < n; i++) {
        size_t m = appeal_kinds(first[i]->code, day_of(rq->now), second, COUNT(second));
        for (size_t j = 0; j < m; j++)
            *VEC_ADD(rq->a, &f->options) =
                (struct option){ str_fmt(rq->a, "%lld", (long long)second[j]->code),
                                 appeal_kind_label(rq->a, second[j]->code), second[j]->code == h->category };
    }
    f->options_name = "category";
    f->options_label = "改成哪一类";
}

static void put_staff_acts(struct rq *rq, struct open_case *c, struct case_view *v) {
    bool open = c->h.state < CASE_DONE, paused = c->h.paused_at.has, acts = c->turn && !paused;
    if (acts && may_step(rq, c, "accept")) {
        v->accept = appeal_act(rq, &c->h, "appeal.case.accept", "受理");
        v->accept.look = "button button-main button-wide";
    }
    if (acts && may_step(rq, c, "arrive")) {
        v->arrive = appeal_act(rq, &c->h, "appeal.case.arrive", "我到了");
        v->arrive.look = "button button-main button-wide";
    }
    if (acts && may_step(rq, c, "done")) {
        v->done = act_with(rq, c, "appeal.case.done", "办完了", appeal_told_fields, true);
        v->done.hint = "写清怎么办的，最好修前修后各拍一张。";
        v->done.look = "button button-main button-wide";
        v->done.button = "办完了，请报事人看看";
    }
    if (c->staff && open) {
        if (paused && c->turn) {
            v->resume = act_with(rq, c, "appeal.case.resume", "接着办", appeal_told_fields, false);
            v->resume.look = "button button-main button-wide";
        }
        if (acts) {
            v->pause = act_with(rq, c, "appeal.case.pause", "先停一停", appeal_told_fields, false);
            v->pause.hint = "等配件、等业主在家、等表决时用。时限停住，原因双方都看得到。";
        }
        if (!paused) {
            v->hand = act_with(rq, c, "appeal.case.hand", "转给另一方", appeal_hand_fields, false);
            appeal_act_field(rq, &v->hand, appeal_hand_fields, "side");
            v->hand.hint = "时限接着走，不会因为转手重新起算。";
            v->sort = act_with(rq, c, "appeal.case.sort", "改类别", appeal_sort_fields, false);
            put_kind_options(rq, &c->h, &v->sort);
        }
        v->note = act_with(rq, c, "appeal.case.note", "写进展", appeal_told_fields, true);
    }
    if (c->h.state != CASE_CLOSED && rq_may(rq, "appeal.supervise", &c->o)) {
        v->supervise = act_with(rq, c, "appeal.case.supervise", "督办", appeal_told_fields, false);
        v->supervise.hint = "写清要求和期限，双方都看得到。";
        v->supervise.look = "button button-main";
        v->watch = !c->turn;
    }
    v->more = v->pause.on || v->hand.on || v->note.on || v->sort.on;
}

/* What stands at no control of the form that was refused goes to the top. */
static void put_faults(struct rq *rq, struct case_view *v) {
    const char *dot = rq->cmd ? strrchr(rq->cmd->name, '.') : NULL;
    for (size_t i = 0; i < rq->faults.n; i++) {
        const struct fault *f = &rq->faults.p[i];
        struct fault_link *l = VEC_ADD(rq->a, &v->faults.links);
        l->text = f->f ? str_fmt(rq->a, "%s：%.*s", f->f->label, STR(f->text)) : f->text;
        if (f->f && dot && !(f->f->flags & HIDE)) l->id = str_fmt(rq->a, "%s-%s", dot + 1, f->f->name);
    }
}

static err fill(struct rq *rq, struct open_case *c, struct case_view *v) {
    v->head = rq->head;
    appeal_head(rq, &v->head, NULL);
    v->head.title = c->t.title;
    v->title = c->t.title;
    v->no = c->h.no;
    v->words = c->t.words;
    v->owner = c->owner;
    v->staff = c->staff;
    v->said = rq->said;
    v->state = appeal_state(&c->h, c->owner);
    v->print = str_fmt(rq->a, "%.*s/print", STR(appeal_url(rq->a, rq->estate, c->h.id)));
    v->back = str_fmt(rq->a, c->side == SIDE_ENTERPRISE ? "/e/%.*s/desk" : "/e/%.*s/appeal",
                      STR(id_text(rq->a, rq->estate)));
    v->progress = appeal_progress(rq, &c->h);
    TRY(put_clocks(rq, c, &v->clocks));
    TRY(put_facts(rq, c, v));
    return put_lines(rq, c, &v->lines);
}

err appeal_case_page(struct rq *rq) {
    struct open_case c = { 0 };
    struct case_view v = { 0 };
    TRY(open_case(rq, &c));
    TRY(fill(rq, &c, &v));
    put_faults(rq, &v);
    put_owner_acts(rq, &c, &v);
    put_staff_acts(rq, &c, &v);
    if (c.owner) TRY(appeal_calls(rq, rq->estate, NULL, &v.calls));
    tpl_appeal_case(rq->out, &v);
    return OK;
}

err appeal_print_page(struct rq *rq) {
    struct open_case c = { 0 };
    struct case_view v = { 0 };
    buf b = buf_in(rq->a, 80);
    TRY(open_case(rq, &c));
    TRY(fill(rq, &c, &v));
    day_show(&b, day_of(rq->now));
    v.printed = buf_str(&b);
    v.head.title = str_cat(rq->a, S("打印："), v.head.title);
    tpl_appeal_print(rq->out, &v);
    return OK;
}

/* ---- photos: only of a case the viewer may see ---- */

static err send_photo(struct rq *rq, str photos) {
    i64 n;
    str full, thumb;
    if (!str_i64(rq_param(rq, "n"), &n) || n < 1 || !appeal_photo_at(photos, (size_t)n - 1, &full, &thumb))
        return E_MISSING;
    rq_send_file(rq, str_is(rq_arg(rq, "size"), "small") ? thumb : full, "image/jpeg", S(""));
    return OK;
}

err appeal_photo_page(struct rq *rq) {
    struct open_case c = { 0 };
    struct case_entry e;
    i64 entry;
    TRY(open_case(rq, &c));
    TRY(rq_id(rq, "entry", &entry));
    TRY(entity_get(rq->tx, &case_entry_entity, &e, vi(rq->estate), vi(c.h.id), vi(entry)));
    return e.open || !c.owner ? send_photo(rq, e.photos) : E_MISSING;
}

err appeal_draft_photo_page(struct rq *rq) {
    struct appeal_draft d;
    bool stored;
    TRY(appeal_draft_get(rq->tx, rq->estate, rq->actor.person, &d, &stored));
    return send_photo(rq, d.photos);
}
