/* act.c - what the two sides, and those above, do with a case. */
#include "domain/appeal/inner.h"
#include "domain/estate/estate.h"
#include "kit/area/area.h"
#include "kit/notice/notice.h"
#include "kit/session/rate.h"
#include "sys/clock/clock.h"

/* ---- finding the case ---- */

err appeal_case_object(struct tx *tx, const void *p, struct object *ret) {
    const struct case_in *in = p;
    struct case_head h;
    TRY(case_get(tx, &appeal_casework, ret->estate, in->case_id, -1, &h));
    *ret = case_object(&h, ret->code);
    return OK;
}

/* The case as the actor saw it, and what he does. */
static err open_act(struct tx *tx, const struct case_in *in, const char *action, const char *right, struct case_head *h,
                    struct case_act *act) {
    TRY(case_get(tx, &appeal_casework, op_estate(tx), in->case_id, in->version.has ? in->version.v : -1, h));
    struct object o = case_object(h, op_code(tx));
    *act = (struct case_act){ .action = action, .words = in->words, .photos = in->photos,
                              .side = appeal_side(op_actor(tx), right, &o) };
    return OK;
}

/* ---- telling people ---- */

SQL(followers_of, "ii", "i",
    "SELECT person_id FROM appeal_follow WHERE estate_id = $1 AND case_id = $2 ORDER BY person_id LIMIT 200")

static err title_of(struct tx *tx, const struct case_head *h, str *ret) {
    struct case_text t;
    TRY(case_words(tx, h->estate_id, h->id, &t));
    *ret = t.title;
    return OK;
}

/* The reporter hears of every step that is not his own. */
static err tell_reporter(struct tx *tx, const struct case_head *h, const char *said, str words) {
    str title;
    if (!h->reporter_id.has || h->reporter_id.v == op_actor(tx)->person) return OK;
    TRY(title_of(tx, h, &title));
    notice_tell(tx, &(struct notice_in){ h->reporter_id.v, str_fmt(tx->a, "%s：%.*s", said, STR(title)), words,
                                         appeal_url(tx->a, h->estate_id, h->id) });
    return OK;
}

/* Neighbours who met the same hear how it ended: everyone who raised it gets the answer back. */
static err tell_followers(struct tx *tx, const struct case_head *h, const char *said) {
    struct rows rows;
    str title;
    TRY(db_all(tx, &rows, &followers_of, vi(h->estate_id), vi(h->id)));
    if (rows.n == 0) return OK;
    TRY(title_of(tx, h, &title));
    for (size_t i = 0; i < rows.n; i++)
        notice_tell(tx, &(struct notice_in){ rows.p[i].v[0].i, str_fmt(tx->a, "%s：%.*s", said, STR(title)),
                                             S("您点过“我也遇到了”的那件事。"),
                                             str_fmt(tx->a, "/e/%.*s/appeal", STR(id_text(tx->a, h->estate_id))) });
    return OK;
}

/* "11月27日 18:00 前" of the clock that runs out next. */
static str by_when(struct arena *a, const struct case_head *h, const char *what) {
    buf b = buf_in(a, 120);
    if (!h->due_at.has) return S("");
    buf_fmt(&b, "%s", what);
    instant_show(&b, h->due_at.v);
    buf_lit(&b, " 前。");
    return buf_str(&b);
}

/* ---- the side that has it ---- */

/* The steps belong to the side that is responsible: nobody stops another's clock. */
static err on_turn(struct tx *tx, const struct case_head *h, const struct case_act *act) {
    if ((i64)act->side == h->side || act->side == SIDE_SYSTEM) return OK;
    return op_fail(tx, E_STATE, NULL,
                   str_c(tx->a, str_fmt(tx->a, "这件事现在由%s办，要自己办请先转过来。",
                                        item_label(case_sides, h->side))));
}

err appeal_accept_run(struct tx *tx, const void *p) {
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "accept", "appeal.handle", &h, &act));
    TRY(on_turn(tx, &h, &act));
    TRY(case_move(tx, &appeal_casework, &h, &act));
    return tell_reporter(tx, &h, "已受理", by_when(tx->a, &h, "下一步不晚于 "));
}

err appeal_arrive_run(struct tx *tx, const void *p) {
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "arrive", "appeal.handle", &h, &act));
    TRY(on_turn(tx, &h, &act));
    TRY(case_move(tx, &appeal_casework, &h, &act));
    return tell_reporter(tx, &h, "师傅到了", act.words);
}

err appeal_done_run(struct tx *tx, const void *p) {
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "done", "appeal.handle", &h, &act));
    TRY(on_turn(tx, &h, &act));
    TRY(case_move(tx, &appeal_casework, &h, &act));
    return tell_reporter(tx, &h, "师傅说修好了，请您看看", act.words);
}

err appeal_pause_run(struct tx *tx, const void *p) {
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "pause", "appeal.handle", &h, &act));
    TRY(on_turn(tx, &h, &act));
    TRY(case_pause(tx, &appeal_casework, &h, &act));
    return tell_reporter(tx, &h, "先停一停", act.words);
}

err appeal_resume_run(struct tx *tx, const void *p) {
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "resume", "appeal.handle", &h, &act));
    TRY(on_turn(tx, &h, &act));
    TRY(case_resume(tx, &appeal_casework, &h, &act));
    return tell_reporter(tx, &h, "接着办了", by_when(tx->a, &h, "下一步不晚于 "));
}

err appeal_hand_run(struct tx *tx, const void *p) {
    const struct hand_in *in = p;
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "hand", "appeal.handle", &h, &act));
    if (in->side == h.side) return op_fail(tx, E_INPUT, "side", "现在就是这一方在办，请选另一方。");
    TRY(case_hand(tx, &appeal_casework, &h, (enum case_side)in->side, &act));
    return tell_reporter(tx, &h, str_c(tx->a, str_fmt(tx->a, "转给%s办", item_label(case_sides, in->side))), act.words);
}

/* Counters by category follow the correction; the month is that of the report. */
err appeal_sort_run(struct tx *tx, const void *p) {
    const struct sort_in *in = p;
    const struct appeal_kind *k = appeal_kind(in->category);
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "sort", "appeal.handle", &h, &act));
    if (!k || !k->parent) return op_fail(tx, E_INPUT, "category", "请选一个具体的类别。");
    if (h.category == k->code && !in->urgency.has) return op_fail(tx, E_INPUT, "category", "现在就是这一类，请选另一类。");
    i64 was = appeal_first(h.category), now = appeal_first(k->code), month = day_month(day_of(h.opened_at));
    TRY(case_sort(tx, &appeal_casework, &h, k->code, in->urgency.has ? in->urgency.v : 0, &act));
    if (was == now) return OK;
    TRY(op_count(tx, APPEAL_KIND + was, month, -1));
    return op_count(tx, APPEAL_KIND + now, month, 1);
}

/* Progress, a question, an answer: no step. */
err appeal_note_run(struct tx *tx, const void *p) {
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "note", "appeal.handle", &h, &act));
    TRY(case_note(tx, &appeal_casework, &h, &act));
    return tell_reporter(tx, &h, "有新进展", act.words);
}

/* ---- those above ---- */

err appeal_supervise_run(struct tx *tx, const void *p) {
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "supervise", "appeal.supervise", &h, &act));
    if (h.state == CASE_CLOSED) return op_fail(tx, E_STATE, NULL, "这件事已经结案，不用再督办。");
    TRY(case_note(tx, &appeal_casework, &h, &act));
    return tell_reporter(tx, &h, str_c(tx->a, str_fmt(tx->a, "%s督办了", item_label(case_sides, act.side))), act.words);
}

/* ---- the reporter ---- */

err appeal_confirm_run(struct tx *tx, const void *p) {
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "confirm", "appeal.confirm", &h, &act));
    act.outcome = OUTCOME_SOLVED;
    TRY(case_move(tx, &appeal_casework, &h, &act));
    TRY(tell_reporter(tx, &h, "家人确认解决了", S("")));
    return tell_followers(tx, &h, "解决了");
}

err appeal_reopen_run(struct tx *tx, const void *p) {
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "reopen", "appeal.confirm", &h, &act));
    /* One tap is enough; the timeline still says what happened. */
    if (act.words.n == 0) act.words = S("没修好，请再来。");
    TRY(case_move(tx, &appeal_casework, &h, &act));
    return tell_reporter(tx, &h, "家人说没修好，重新办", act.words);
}

err appeal_withdraw_run(struct tx *tx, const void *p) {
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "withdraw", "appeal.confirm", &h, &act));
    act.outcome = OUTCOME_WITHDRAWN;
    if (act.words.n == 0) act.words = S("不用办了。");
    TRY(case_move(tx, &appeal_casework, &h, &act));
    TRY(tell_reporter(tx, &h, "家人撤回了", S("")));
    return tell_followers(tx, &h, "报事人撤回了，还有问题请您再报");
}

err appeal_rate_run(struct tx *tx, const void *p) {
    const struct rate_in *in = p;
    struct case_head h;
    struct case_act act;
    TRY(open_act(tx, p, "rate", "appeal.confirm", &h, &act));
    return case_rate(tx, &appeal_casework, &h, in->stars, &act);
}

/* ---- a clock ran out ---- */

err appeal_expired(struct tx *tx, const struct case_head *h, const char *action, str words) {
    if (!strcmp(action, "escalate")) return tell_reporter(tx, h, "超时没有办，已往上报", words);
    if (strcmp(action, "unanswered") != 0) return OK;
    TRY(tell_reporter(tx, h, "结案了，您没有答复", words));
    return tell_followers(tx, h, "结案了");
}

/* ---- the telephone ---- */

/* Belongs to the reporter's shard, where it is written down who looked; only reads the estate. */
err appeal_reveal_object(struct tx *tx, const void *p, struct object *ret) {
    const struct reveal_in *in = p;
    const struct area *estate = area_by_id(in->estate_id);
    struct case_head h;
    if (!estate) return E_MISSING;
    TRY(case_get(tx, &appeal_casework, estate->id, in->case_id, -1, &h));
    /* The row must lie with the person concerned, nowhere else. */
    if (h.reporter_id.has != in->person_id.has || (in->person_id.has && h.reporter_id.v != in->person_id.v))
        return E_MISSING;
    *ret = case_object(&h, estate->code);
    return OK;
}

str appeal_look_what(struct arena *a, str no) { return str_fmt(a, "诉求 %.*s 的联系电话", STR(no)); }

err appeal_reveal_run(struct tx *tx, const void *p) {
    const struct reveal_in *in = p;
    const struct actor *who = op_actor(tx);
    struct case_head h;
    struct case_text t;
    TRY(case_get(tx, &appeal_casework, in->estate_id, in->case_id, -1, &h));
    TRY(case_words(tx, h.estate_id, h.id, &t));
    if (!t.phone.has) return op_fail(tx, E_STATE, NULL, "报事人没有留电话。");
    if (!rate_take(RATE_REVEAL, sm3_of(&who->person, sizeof who->person), tx->now)) return E_RATE;
    struct object o = case_object(&h, area_by_id(in->estate_id)->code);
    const struct role *role = access_role(who, "people.reveal", &o);
    struct look l = { .person_id = in->person_id.has ? in->person_id.v : who->person, .id = id_new(), .at = tx->now,
                      .viewer_id = who->person, .viewer = who->name, .role = role ? role->title : S("系统"),
                      .what = appeal_look_what(tx->a, h.no), .reason = in->reason };
    TRY(entity_insert(tx, &look_entity, &l));
    /* The number is no result: results are kept. The page opens it for the viewer, for ten minutes, by this row. */
    op_result(tx, "look", id_text(tx->a, l.id));
    op_next(tx, str_fmt(tx->a, "%.*s?shown=%.*s", STR(appeal_url(tx->a, h.estate_id, h.id)),
                        STR(id_text(tx->a, l.id))));
    return OK;
}
