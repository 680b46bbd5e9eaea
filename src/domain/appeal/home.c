/* home.c - what this room says on the home pages. */
#include "domain/appeal/pages.h"
#include "domain/appeal/tpl.h"
#include "kit/area/area.h"

static void draw_mine(buf *out, const void *view) { tpl_appeal_card_mine(out, view); }
static void draw_late(buf *out, const void *view) { tpl_appeal_card_late(out, view); }

/* ---- an owner: how far my newest report has come ---- */

SQL(mine_count, "ii", "i",
    "SELECT count(*) FROM case_head WHERE estate_id = $1 AND reporter_id = $2 AND kind = 'appeal'")

/* The newest open one, else the newest. */
static err newest(struct rq *rq, struct case_line *ret, bool *found) {
    struct case_lines lines;
    struct case_query q = { .estate = rq->estate, .reporter = rq->actor.person, .open_only = true, .limit = 1 };
    TRY(case_list(rq->tx, &appeal_casework, &q, &lines));
    if (lines.n == 0) {
        q.open_only = false;
        TRY(case_list(rq->tx, &appeal_casework, &q, &lines));
    }
    *found = lines.n > 0;
    if (*found) *ret = lines.p[0];
    return OK;
}

static err card_mine(struct rq *rq, struct cards *ret) {
    struct case_line line;
    struct row r;
    bool found;
    TRY(newest(rq, &line, &found));
    if (!found) return OK;
    struct mine_card *c = NEW(rq->a, struct mine_card);
    struct case_row row;
    TRY(db_one(rq->tx, &r, &mine_count, vi(rq->estate), vi(rq->actor.person)));
    TRY(appeal_row(rq, &line.head, line.title, true, &row));
    *c = (struct mine_card){ .title = line.title, .no = line.head.no, .url = row.url, .count = r.v[0].i,
                             .all = str_fmt(rq->a, "/e/%.*s/appeal", STR(id_text(rq->a, rq->estate))),
                             .progress = appeal_progress(rq, &line.head), .state = row.state };
    if (line.head.state == CASE_DONE) c->note = S("师傅说修好了，请您看看。5 个工作日内没有答复，就按期未反馈结案。");
    else if (line.head.paused_at.has) c->note = S("先停一停，时限停住了，原因在办理过程里。");
    else if (row.has_left) c->note = row.left.text;
    *VEC_ADD(rq->a, ret) = (struct card){ 20, "wide", draw_mine, c };
    return OK;
}

/* ---- an enterprise, an office: what is late ---- */

static err card_desk(struct rq *rq, i64 desk_id, enum desk_kind desk, const char *title, str url, struct cards *ret) {
    struct desk_count n;
    struct desk_list items;
    TRY(desk_count(rq->tx, desk_id, desk, &n));
    struct late_card *c = NEW(rq->a, struct late_card);
    *c = (struct late_card){ .url = url, .title = str_of(title), .total = n.all, .overdue = n.overdue, .soon = n.soon };
    TRY(desk_read(rq->tx, desk_id, desk, 5, &items));
    for (size_t i = 0; i < items.n; i++) {
        const struct desk_item *it = &items.p[i];
        struct case_head h;
        if (!str_is(it->kind, appeal_casework.kind) ||
            case_get(rq->tx, &appeal_casework, it->estate_id, it->ref, -1, &h) != OK)
            continue;
        struct case_row *r = VEC_ADD(rq->a, &c->rows);
        TRY(appeal_row(rq, &h, it->title, false, r));
        const struct area *estate = area_by_id(h.estate_id);
        if (desk == DESK_OFFICE && estate)
            r->where = str_fmt(rq->a, "%.*s，%.*s", STR(estate->short_name), STR(r->where));
    }
    *VEC_ADD(rq->a, ret) = (struct card){ 10, "wide", draw_late, c };
    return OK;
}

static str estate_url(struct rq *rq, i64 estate, const char *tail) {
    return str_fmt(rq->a, "/e/%.*s/%s", STR(id_text(rq->a, estate)), tail);
}

static str office_url(struct rq *rq, const struct area *x) {
    return str_fmt(rq->a, "/a/%.*s/desk", STR(area_code_text(rq->a, x->code)));
}

err appeal_cards(struct rq *rq, const struct card_place *at, struct cards *ret) {
    const struct area *x = area_by_id(at->area);
    if (at->home == HOME_OWNER) return card_mine(rq, ret);
    if (!x) return OK;
    struct object o = { .code = x->code, .estate = at->estate };
    if (at->home == HOME_ENTERPRISE)
        return rq_may(rq, "appeal.handle", &o)
                   ? card_desk(rq, at->estate, DESK_ENTERPRISE, "最急的工单", estate_url(rq, at->estate, "desk"), ret) : OK;
    if (at->home == HOME_COMMUNITY || at->home == HOME_STREET || at->home == HOME_DISTRICT)
        return rq_may(rq, "appeal.supervise", &o)
                   ? card_desk(rq, x->id, DESK_OFFICE, "要我出面的事", office_url(rq, x), ret)
                   : OK;
    return OK;
}

static void entry(struct rq *rq, struct entries *ret, int order, str url, const char *label, const char *icon,
                  const char *tone) {
    *VEC_ADD(rq->a, ret) = (struct entry){ order, url, str_of(label), icon, tone };
}

err appeal_entries(struct rq *rq, const struct card_place *at, struct entries *ret) {
    const struct area *x = area_by_id(at->area);
    struct object o = { .code = x ? x->code : 0, .estate = at->estate };
    switch (at->home) {
    case HOME_OWNER:
        entry(rq, ret, 10, estate_url(rq, at->estate, "appeal/new"), "报修", "wrench", "tone-green");
        entry(rq, ret, 20, estate_url(rq, at->estate, "appeal"), "我报的事", "clipboard-list", "tone-blue");
        entry(rq, ret, 90, estate_url(rq, at->estate, "appeal/urgent"), "紧急电话", "siren", "tone-red");
        return OK;
    case HOME_ENTERPRISE:
        if (rq_may(rq, "appeal.handle", &o))
            entry(rq, ret, 10, estate_url(rq, at->estate, "desk"), "工单", "clipboard-list", "tone-blue");
        if (rq_may(rq, "appeal.view", &o))
            entry(rq, ret, 20, estate_url(rq, at->estate, "appeal"), "全部诉求", "list", "tone-blue");
        if (rq_may(rq, "appeal.report", &o))
            entry(rq, ret, 30, estate_url(rq, at->estate, "appeal/new"), "替业主登记", "pen-line",
                  "tone-green");
        return OK;
    case HOME_COMMUNITY: case HOME_STREET: case HOME_DISTRICT:
        if (x && rq_may(rq, "appeal.supervise", &o))
            entry(rq, ret, 10, office_url(rq, x), "要我出面的事", "megaphone", "tone-red");
        if (x && rq_may(rq, "board.cases", &o))
            entry(rq, ret, 20,
                  appeal_cases_url(rq->a, x->code, day_month(day_of(rq->now)), APPEAL_REPORTED, 0),
                  "本月诉求", "list", "tone-blue");
        return OK;
    default: return OK;
    }
}

/* ---- what waits for the owner: "they say it is done, please have a look" ---- */

err appeal_waiting(struct rq *rq, const struct card_place *at, struct waitings *ret) {
    struct desk_list items;
    if (at->home != HOME_OWNER) return OK;
    TRY(desk_read(rq->tx, rq->actor.person, DESK_PERSON, 20, &items));
    for (size_t i = 0; i < items.n; i++) {
        const struct desk_item *it = &items.p[i];
        if (!str_is(it->kind, appeal_casework.kind)) continue;
        struct remaining left = appeal_remaining(rq->a, it->due_at, rq->now, rq->head.elder, false);
        *VEC_ADD(rq->a, ret) =
            (struct waiting){ .url = appeal_url(rq->a, it->estate_id, it->ref),
                              .title = it->title,
                              .action = S("去看看"),
                              .note = str_fmt(rq->a, "师傅说修好了，请您看看。%.*s", STR(left.text)),
                              .icon = "wrench",
                              .tone = "tone-green",
                              .due = it->due_at };
    }
    return OK;
}
