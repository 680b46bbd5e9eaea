/* show.c - pieces of pages that several files use. */
#include "domain/appeal/pages.h"
#include "domain/estate/estate.h"
#include "kit/area/area.h"

SQL(home_mine, "ii", "ti",
    "SELECT home, kind FROM person_home WHERE person_id = $1 AND estate_id = $2 AND ended = 0 ORDER BY home "
    "LIMIT 1")

/* The owner reads his estate and home; the staff reads the way down the tree. */
void appeal_head(struct rq *rq, struct page_head *head, const char *title) {
    const struct area *estate = area_by_id(rq->estate);
    struct row r;
    if (title) head->title = str_of(title);
    if (!estate) return;
    head->place = estate->name;
    if (rq->actor.nties && db_maybe(rq->tx, &r, &home_mine, vi(rq->actor.person), vi(rq->estate)) == OK && r.v)
        head->place_sub = str_fmt(rq->a, "%.*s · %s", STR(r.v[0].s), item_label(tie_kinds, r.v[1].i));
}

str appeal_home_label(struct rq *rq, i64 estate, opt_i64 home) {
    struct home h;
    if (!home.has || home_get(rq->tx, estate, home.v, &h) != OK) return S("");
    return h.no;
}

err appeal_calls(struct rq *rq, i64 estate, const struct appeal_kind *k, struct call_views *ret) {
    struct estate e;
    err found = estate_get(rq->tx, estate, &e);
    if (found != OK && found != E_MISSING) return found;
    if (found == OK && e.duty_phone.n) *VEC_ADD(rq->a, ret) = (struct call_view){ e.duty_phone, S("24小时值班电话") };
    for (size_t i = 0; k && i < k->nphones; i++)
        *VEC_ADD(rq->a, ret) = (struct call_view){ k->phones[i].number, k->phones[i].name };
    return OK;
}

void appeal_photo_views(struct rq *rq, str photos, str base, struct photo_views *ret) {
    size_t n = appeal_photos_count(photos);
    for (size_t i = 0; i < n; i++) {
        str full = str_fmt(rq->a, "%.*s/%zu", STR(base), i + 1);
        *VEC_ADD(rq->a, ret) = (struct photo_view){ full, str_fmt(rq->a, "%.*s?size=small", STR(full)),
                                                    str_fmt(rq->a, "照片 %zu，共 %zu 张", i + 1, n) };
    }
}

/* ---- 已报 → 受理 → 到场 → 修好 → 结案, as far as it has come ---- */

static void put_step(struct rq *rq, struct progress *p, const char *label, opt_instant at, bool here, bool late) {
    *VEC_ADD(rq->a, p) =
        (struct progress_step){ label, at.has ? appeal_short(rq->a, at.v, rq->now, rq->head.elder) : S(""),
                                at.has && !here, here, late };
}

struct progress appeal_progress(struct rq *rq, const struct case_head *h) {
    struct progress p = { 0 };
    bool mine = h->reporter_id.has && h->reporter_id.v == rq->actor.person;
    bool waiting = h->state == CASE_WAITING, late = h->late != 0, arrives = h->urgency == URGENT || h->arrived_at.has;
    opt_instant none = { 0 }, opened = { true, h->opened_at };
    put_step(rq, &p, h->reopened ? "重新办" : "已报", h->reopened ? none : opened, false, false);
    if (h->reopened) p.p[0].done = true;
    put_step(rq, &p, waiting ? "等受理" : "已受理", waiting ? none : h->accepted_at, waiting, waiting && late);
    if (arrives)
        put_step(rq, &p,
                 h->state == CASE_ARRIVED   ? "已上门"
                 : h->state == CASE_WORKING ? "等上门"
                                            : "上门",
                 h->state == CASE_WAITING ? none : h->arrived_at,
                 h->state == CASE_WORKING || h->state == CASE_ARRIVED, late && !waiting);
    else
        put_step(rq, &p, "办理", none, h->state == CASE_WORKING || h->state == CASE_ARRIVED, late && !waiting);
    if (h->state == CASE_DONE || h->state == CASE_CLOSED) p.p[2].done = true;
    put_step(rq, &p, h->state != CASE_DONE ? "修好" : mine ? "等您确认" : "等确认", h->state == CASE_CLOSED ? h->done_at : none,
             h->state == CASE_DONE, false);
    put_step(rq, &p, "结案", h->state == CASE_CLOSED ? h->closed_at : none, false, false);
    return p;
}

/* ---- one line of a list ---- */

static str where_of(struct rq *rq, const struct case_head *h, bool owner) {
    str home = owner ? S("") : appeal_home_label(rq, h->estate_id, h->home_id);
    const char *place = item_label(case_places, h->place);
    if (h->place == PLACE_HOME && home.n) return home;
    return home.n ? str_fmt(rq->a, "%s（%.*s 报）", place, STR(home)) : str_of(place);
}

err appeal_row(struct rq *rq, const struct case_head *h, str title, bool owner, struct case_row *ret) {
    *ret =
        (struct case_row){ .url = appeal_url(rq->a, h->estate_id, h->id),
                           .title = title,
                           .no = h->no,
                           .where = where_of(rq, h, owner),
                           .state = appeal_state(h, owner),
                           .note = str_fmt(rq->a, "%.*s 报",
                                           STR(appeal_when(rq->a, h->opened_at, rq->now, rq->head.elder))) };
    ret->has_left = h->state != CASE_CLOSED && !h->paused_at.has && (h->due_at.has || h->late_at.has);
    if (ret->has_left)
        ret->left = appeal_remaining(rq->a, h->late && h->late_at.has ? h->late_at.v : h->due_at.v, rq->now,
                                     rq->head.elder, h->provisional != 0);
    return appeal_followers(rq->tx, h->estate_id, h->id, &ret->followers);
}

/* ---- a form on a page of many forms ---- */

struct act_form appeal_act(struct rq *rq, const struct case_head *h, const char *command, const char *title) {
    struct act_form f = { .on = true, .form = rq_form(rq, command), .title = title, .button = title, .look = "button",
                          .case_id = id_text(rq->a, h->id), .version = str_fmt(rq->a, "%lld", (long long)h->version) };
    const char *dot = strrchr(command, '.');
    f.id = str_of(dot ? dot + 1 : command);
    f.open = rq->cmd && !strcmp(rq->cmd->name, command);
    return f;
}

/* Ids carry the name of the form; what was typed and what was wrong belong to the form that was sent. */
void appeal_act_field(struct rq *rq, struct act_form *f, const struct field *list, const char *name) {
    struct pairs typed = rq->typed;
    struct faults faults = rq->faults;
    if (!f->open) {
        rq->typed = (struct pairs){ 0 };
        rq->faults = (struct faults){ 0 };
    }
    struct control c = rq_control(rq, list, name, S(""));
    rq->typed = typed;
    rq->faults = faults;
    c.id = str_fmt(rq->a, "%.*s-%s", STR(f->id), name);
    buf about = buf_in(rq->a, 120);
    if (c.f->hint) buf_fmt(&about, "%.*s-hint", STR(c.id));
    if (c.fault.n) buf_fmt(&about, "%s%.*s-error", about.n ? " " : "", STR(c.id));
    c.about = buf_str(&about);
    f->files |= c.f->kind == FK_PHOTOS;
    *VEC_ADD(rq->a, &f->controls) = c;
}
