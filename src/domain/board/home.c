/* home.c - what the board says on the home pages of others. */
#include "domain/board/pages.h"
#include "domain/board/tpl.h"
#include "kit/house/house.h"

static void draw(buf *out, const void *view) {
    tpl_board_card(out, view);
}

static bool office(enum home_page h) {
    return h == HOME_COMMUNITY || h == HOME_STREET || h == HOME_DISTRICT || h == HOME_CITY;
}

err board_cards(struct rq *rq, const struct card_place *at, struct cards *ret) {
    const struct area *x = area_by_id(at->area);
    bool open = at->home == HOME_PUBLIC;
    struct board_area b;
    if (!x || (!open && !office(at->home))) return OK;
    if (!open && !rq_may(rq, "board.view", &(struct object){ .code = x->code })) return OK;
    struct board_ask q = { .area = x,
                           .measure = BOARD_RATE,
                           .open = open,
                           .when = board_when_of(day_month(day_of(rq->now)), rq->now),
                           .terms = board_terms_at(day_of(rq->now), house_demo()) };
    TRY(board_read(rq->tx, &q.terms, &q.when, x, &b));
    struct figure f = board_figure(&b, &q.when, &q.terms, BOARD_RATE, q.when.month);
    struct figure was = board_figure(&b, &q.when, &q.terms, BOARD_RATE, q.when.before);
    struct board_card_view *v = NEW(rq->a, struct board_card_view);
    *v = (struct board_card_view){
        .title = str_fmt(rq->a, "%.*s万人诉求率", STR(x->level == CITY ? S("全市") : x->short_name)),
        .value = board_text(rq->a, &f),
        .missing = !f.has,
        .note = board_sentence(rq->a, &q, &b),
        .unit = f.has ? board_unit(&q.terms, BOARD_RATE) : "",
        .spark.points = board_points(rq->a, &q, &b, 12),
        .before = board_change_of(rq->a, BOARD_RATE, &f, q.when.days, &was, q.when.before_days),
        .url = board_address(rq->a, &q, x, q.when.month, BOARD_RATE, (str){ 0 })
    };
    *VEC_ADD(rq->a, ret) = (struct card){ .order = 30, .span = open ? "" : "wide", .draw = draw, .view = v };
    return OK;
}

void board_menu(struct rq *rq, struct menu *ret) {
    if (rq->actor.person == 0)
        *VEC_ADD(rq->a, ret) = (struct menu_item){ 20, S("/public/board"), S("诉求公开"), "chart-line", false };
    else if (rq_may_somewhere(rq, "board.view"))
        *VEC_ADD(rq->a, ret) = (struct menu_item){ 20, S("/board"), S("看板"), "chart-line", false };
}

err board_entries(struct rq *rq, const struct card_place *at, struct entries *ret) {
    const struct area *x = area_by_id(at->area);
    i64 month = day_month(day_of(rq->now));
    str url = S("/public/board");
    if (office(at->home) && x && rq_may(rq, "board.view", &(struct object){ .code = x->code }))
        url = board_url(rq->a, x->code, month, BOARD_RATE);
    else if (at->home == HOME_ENTERPRISE && x &&
             rq_may(rq, "board.view", &(struct object){ .code = x->code, .estate = at->estate }))
        url = board_url(rq->a, x->code, month, BOARD_RATE);
    else if (at->home != HOME_PUBLIC && at->home != HOME_OWNER)
        return OK;
    *VEC_ADD(rq->a, ret) =
        (struct entry){ .order = 60,
                        .url = url,
                        .label = office(at->home) || at->home == HOME_ENTERPRISE ? S("看板") : S("诉求公开"),
                        .icon = "chart-line",
                        .tone = "tone-blue" };
    return OK;
}
