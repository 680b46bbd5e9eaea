/* act.c - what is done to a case; see casework.h. */
#include "kit/area/area.h"
#include "kit/casework/internal.h"
#include "sys/clock/clock.h"

bool case_open_state(i64 state) { return state == CASE_WAITING || state == CASE_WORKING || state == CASE_ARRIVED; }

err case_count(struct tx *tx, i64 metric, i64 delta) {
    return metric ? op_count(tx, metric, day_month(day_of(tx->now)), delta) : OK;
}

err case_write(struct tx *tx, const struct case_head *h, const struct case_act *act) {
    const struct actor *who = op_actor(tx);
    struct case_entry e = { .estate_id = h->estate_id, .case_id = h->id, .id = id_new(), .at = tx->now,
                            .actor_id = { who->person != 0, who->person }, .actor_name = who->name, .side = act->side,
                            .action = str_of(act->action), .words = act->words, .photos = act->photos,
                            .open = !act->hidden };
    return entity_insert(tx, &case_entry_entity, &e);
}

err case_save(struct tx *tx, const struct casework *k, const struct case_head *was, struct case_head *h) {
    h->version = was->version + 1;
    TRY(case_due(tx, h));
    TRY(entity_update(tx, &case_head_entity, was, h));
    return case_desks(tx, k, was, h);
}

err case_close(struct tx *tx, const struct casework *k, struct case_head *h, i64 outcome) {
    h->closed_at = (opt_instant){ true, tx->now };
    h->outcome = (opt_i64){ true, outcome };
    h->paused_at = (opt_instant){ 0 };
    TRY(case_count(tx, k->metrics.closed, 1));
    if (outcome == OUTCOME_SOLVED) TRY(case_count(tx, k->metrics.solved, 1));
    return outcome == OUTCOME_UNANSWERED ? case_count(tx, k->metrics.unanswered, 1) : OK;
}

static err refuse(struct tx *tx, const char *sentence) { return op_fail(tx, E_STATE, NULL, sentence); }

/* ---- opening ---- */

SQL(case_serial_next, "ii", "i",
    "INSERT INTO case_serial (estate_id, day, n) VALUES ($1, $2, 1) "
    "ON CONFLICT (estate_id, day) DO UPDATE SET n = case_serial.n + 1 RETURNING n")

static err number(struct tx *tx, const struct casework *k, struct case_head *h) {
    struct row r;
    str sign;
    struct ymd at = day_ymd(h->day);
    TRY(k->sign(tx, h->estate_id, &sign));
    TRY(db_one(tx, &r, &case_serial_next, vi(h->estate_id), vi(h->day.n)));
    h->serial = r.v[0].i;
    h->no = str_fmt(tx->a, "%.*s-%02d%02d%02d-%04lld", STR(sign), at.y % 100, at.m, at.d, (long long)h->serial);
    return OK;
}

err case_open(struct tx *tx, const struct casework *k, const struct case_new *n, struct case_head *ret) {
    const struct step *first = NULL;
    for (size_t i = 0; i < k->flow->n && !first; i++)
        if (k->flow->steps[i].from == 0) first = &k->flow->steps[i];
    if (!first) return refuse(tx, "现在不能报这类事。");
    struct case_head h = { .estate_id = op_estate(tx), .id = id_new(), .kind = str_of(k->kind), .day = day_of(tx->now),
                           .state = first->to, .category = n->category, .place = n->place, .reporter_id = n->reporter,
                           .home_id = n->home, .opened_at = tx->now };
    h.urgency = n->urgency ? n->urgency : (i64)k->urgency(n->category);
    h.side = h.level = k->side ? k->side(n->category) : SIDE_ENTERPRISE;
    struct case_text text = { .estate_id = h.estate_id, .id = h.id, .title = n->title, .words = n->words,
                              .spot = n->spot, .contact = n->contact ? n->contact : CONTACT_HERE, .phone = n->phone };
    TRY(number(tx, k, &h));
    TRY(case_clocks_sync(tx, k, &h, 0));
    TRY(case_due(tx, &h));
    TRY(entity_insert(tx, &case_head_entity, &h));
    TRY(entity_insert(tx, &case_text_entity, &text));
    TRY(case_write(tx, &h, &(struct case_act){ .action = first->action, .photos = n->photos, .side = n->by }));
    TRY(case_desks(tx, k, NULL, &h));
    TRY(case_count(tx, k->metrics.reported, 1));
    if (k->metrics.category_base) TRY(case_count(tx, k->metrics.category_base + h.category, 1));
    op_result(tx, "case", id_text(tx->a, h.id));
    op_result(tx, "no", h.no);
    *ret = h;
    return OK;
}

/* ---- steps ---- */

const struct step *case_step(const struct casework *k, const struct case_head *h, const char *action) {
    for (size_t i = 0; i < k->flow->n; i++) {
        const struct step *s = &k->flow->steps[i];
        if (s->from == h->state && !strcmp(s->action, action)) return s;
    }
    return NULL;
}

bool case_may_reopen(const struct casework *k, const struct case_head *h, instant now, instant *ret_until) {
    char name[64];
    struct rule_value rule;
    i64 outcome = h->outcome.v;
    snprintf(name, sizeof name, "%s.reopen", k->kind);
    if (h->state != CASE_CLOSED || !h->closed_at.has) return false;
    if (outcome != OUTCOME_SOLVED && outcome != OUTCOME_UNANSWERED && outcome != OUTCOME_REFUSED) return false;
    if (rule_at(str_of(name), day_of(h->closed_at.v), &rule) != OK) return false;
    *ret_until = rule_deadline(&rule, h->closed_at.v, NULL);
    return now.us < ret_until->us;
}

static err find_step(struct tx *tx, const struct casework *k, const struct case_head *h, const char *action,
                     const struct step **ret) {
    instant until;
    const struct step *s = case_step(k, h, action);
    *ret = s;
    if (!s)
        return refuse(tx, str_c(tx->a, str_fmt(tx->a, "这件事现在是“%s”，不能这样办。请看过最新情况再试。",
                                              item_label(case_states, h->state))));
    /* Whoever takes his case back need not wait for the pause to end. */
    if (h->paused_at.has && s->to != CASE_CLOSED) return refuse(tx, "这件事暂停着，请先恢复办理。");
    if (h->state == CASE_CLOSED && !case_may_reopen(k, h, tx->now, &until))
        return refuse(tx, "已经过了可以重新打开的时间，请重新报一件。");
    return OK;
}

static err leave(struct tx *tx, const struct casework *k, struct case_head *h, const struct step *s, i64 outcome) {
    opt_instant now = { true, tx->now };
    bool reopens = (h->state == CASE_DONE || h->state == CASE_CLOSED) && case_open_state(s->to);
    h->state = s->to;
    if (reopens) {
        h->reopened++;
        h->closed_at = (opt_instant){ 0 };
        h->outcome = (opt_i64){ 0 };
        TRY(case_count(tx, k->metrics.reopened, 1));
    }
    bool taken = s->to == CASE_WORKING || s->to == CASE_ARRIVED || s->to == CASE_DONE;
    if (!h->accepted_at.has && taken) h->accepted_at = now;
    if (!h->arrived_at.has && s->to == CASE_ARRIVED) h->arrived_at = now;
    if (s->to == CASE_DONE) {
        if (!h->done_at.has) h->done_at = now;   /* the first answer stays */
        TRY(case_count(tx, k->metrics.done, 1));
    }
    return s->to == CASE_CLOSED ? case_close(tx, k, h, outcome) : OK;
}

err case_move(struct tx *tx, const struct casework *k, struct case_head *h, const struct case_act *act) {
    const struct step *s;
    struct case_head was = *h, next = *h;
    struct object o = case_object(h, op_code(tx));
    TRY(find_step(tx, k, h, act->action, &s));
    if (s->right) TRY(op_may(tx, s->right, &o));
    if (s->evidence && str_trim(act->words).n == 0) return op_fail(tx, E_INPUT, "words", "请写明情况。");
    if (s->to == CASE_CLOSED && !item_by_value(case_outcomes, act->outcome))
        return op_fail(tx, E_INPUT, "outcome", "请选择结果。");
    TRY(leave(tx, k, &next, s, act->outcome));
    TRY(case_clocks_sync(tx, k, &next, was.state));
    TRY(case_write(tx, &next, act));
    TRY(case_save(tx, k, &was, &next));
    *h = next;
    return OK;
}

/* ---- beside the flow ---- */

/* Only while somebody works on it. */
static err only_open(struct tx *tx, const struct case_head *h) {
    if (case_open_state(h->state)) return OK;
    return refuse(tx, str_c(tx->a, str_fmt(tx->a, "这件事现在是“%s”，不能这样办。请看过最新情况再试。",
                                          item_label(case_states, h->state))));
}

static err need_words(struct tx *tx, const struct case_act *act, const char *sentence) {
    return str_trim(act->words).n ? OK : op_fail(tx, E_INPUT, "words", sentence);
}

static err finish(struct tx *tx, const struct casework *k, struct case_head *h, struct case_head *next,
                  const struct case_act *act) {
    struct case_head was = *h;
    TRY(case_write(tx, next, act));
    TRY(case_save(tx, k, &was, next));
    *h = *next;
    return OK;
}

err case_pause(struct tx *tx, const struct casework *k, struct case_head *h, const struct case_act *act) {
    struct case_head next = *h;
    TRY(only_open(tx, h));
    if (h->paused_at.has) return refuse(tx, "这件事已经暂停着。");
    TRY(need_words(tx, act, "请写明为什么暂停，报事人会看到。"));
    next.paused_at = (opt_instant){ true, tx->now };
    TRY(case_clocks_pause(tx, h, false));
    return finish(tx, k, h, &next, act);
}

err case_resume(struct tx *tx, const struct casework *k, struct case_head *h, const struct case_act *act) {
    struct case_head next = *h;
    TRY(only_open(tx, h));
    if (!h->paused_at.has) return refuse(tx, "这件事没有暂停，不用恢复。");
    TRY(need_words(tx, act, "请写明现在可以接着办的原因。"));
    next.paused_at = (opt_instant){ 0 };
    TRY(case_clocks_pause(tx, h, true));
    return finish(tx, k, h, &next, act);
}

err case_note(struct tx *tx, const struct casework *k, struct case_head *h, const struct case_act *act) {
    struct case_head next = *h;
    if (act->photos.n == 0) TRY(need_words(tx, act, "请写几句，或附上照片。"));
    return finish(tx, k, h, &next, act);
}

err case_hand(struct tx *tx, const struct casework *k, struct case_head *h, enum case_side to,
              const struct case_act *act) {
    struct case_head next = *h;
    struct case_desk desk;
    TRY(only_open(tx, h));
    if (h->paused_at.has) return refuse(tx, "这件事暂停着，请先恢复办理。");
    TRY(need_words(tx, act, "请写明为什么转给别人办。"));
    TRY(case_desk_of(tx, k, h, to, &desk));
    if (to == SIDE_OWNER || to == SIDE_SYSTEM || !desk.id) return op_fail(tx, E_INPUT, "side", "这件事不能转给这一方。");
    next.side = next.level = to;
    TRY(case_write(tx, &next, act));
    /* What is late stays late with the new side, and rises from there. */
    if (next.late) {
        TRY(clock_stop(tx, h->estate_id, S("case.escalate"), h->id));
        TRY(case_escalate(tx, k, &next));
    }
    struct case_head was = *h;
    TRY(case_save(tx, k, &was, &next));
    *h = next;
    return OK;
}

err case_sort(struct tx *tx, const struct casework *k, struct case_head *h, i64 category, i64 urgency,
              const struct case_act *act) {
    struct case_head next = *h;
    TRY(only_open(tx, h));
    if (h->paused_at.has) return refuse(tx, "这件事暂停着，请先恢复办理。");
    TRY(need_words(tx, act, "请写明为什么改类别。"));
    next.category = category;
    next.urgency = urgency ? urgency : (i64)k->urgency(category);
    if (next.urgency != h->urgency) TRY(case_clocks_resort(tx, k, &next));
    if (k->metrics.category_base && category != h->category) {
        i64 month = day_month(day_of(h->opened_at));   /* corrected where it was counted */
        TRY(op_count(tx, k->metrics.category_base + h->category, month, -1));
        TRY(op_count(tx, k->metrics.category_base + category, month, 1));
    }
    return finish(tx, k, h, &next, act);
}

err case_rate(struct tx *tx, const struct casework *k, struct case_head *h, i64 stars, const struct case_act *act) {
    struct case_head next = *h;
    if (h->state != CASE_CLOSED) return refuse(tx, "结案以后才能打分。");
    if (h->rating.has) return refuse(tx, "您已经打过分了。");
    if (stars < 1 || stars > 5) return op_fail(tx, E_INPUT, "stars", "请打 1 到 5 分。");
    next.rating = (opt_i64){ true, stars };
    TRY(case_count(tx, k->metrics.rated, 1));
    TRY(case_count(tx, k->metrics.stars, stars));
    return finish(tx, k, h, &next, act);
}

err case_part_put(struct tx *tx, struct case_head *h, enum case_side side, i64 area, enum case_part_state state,
                  opt_instant due) {
    struct case_part old, part = { h->estate_id, h->id, side, area, state, tx->now, due };
    err e = entity_get(tx, &case_part_entity, &old, vi(h->estate_id), vi(h->id), vi(side), vi(area));
    if (e == E_MISSING) return entity_insert(tx, &case_part_entity, &part);
    TRY(e);
    part.since = old.since;
    return entity_update(tx, &case_part_entity, &old, &part);
}
