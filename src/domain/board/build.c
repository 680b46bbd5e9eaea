/* build.c - from figures to words: the sentence of a level, its tiles, trend, categories, and what stands out. */
#include "domain/appeal/appeal.h"
#include "domain/board/pages.h"

str board_below(const struct area *x) {
    static const char *const names[] = { "", "区", "街道乡镇", "社区村", "小区", "" };
    return str_of(names[x->level]);
}

static str whole(struct arena *a, i64 v) {
    buf b = buf_in(a, 40);
    chart_number(&b, v, 0, false);
    return buf_str(&b);
}

static str percent(struct arena *a, i64 part, i64 of) {
    struct figure f = board_share(part, of);
    buf b = buf_in(a, 40);
    if (!f.has) return S("");
    chart_number(&b, (f.v + 5) / 10, 1, false);
    buf_c(&b, '%');
    return buf_str(&b);
}

/* 221,875 人: half a person is not shown. */
str board_people(struct arena *a, const struct board_terms *t, struct folk f) {
    if (f.tenths <= 0) return S("");
    return str_fmt(a, "%.*s %s", STR(whole(a, (f.tenths + 5) / 10)),
                   t->base == BASE_HOUSEHOLDS ? "户" : "人");
}

static str place_of(const struct area *x) {
    return x->level == CITY ? S("全市") : x->short_name;
}

/* A running month is compared by its daily average: it has only come to its 24th. */
static struct change against(struct arena *a, const struct board_ask *q, const struct board_area *b,
                             enum board_measure m, i64 month) {
    const struct board_when *w = &q->when;
    struct figure now = board_figure(b, w, &q->terms, m, w->month),
                  then = board_figure(b, w, &q->terms, m, month);
    i64 then_days = month_last(month).n - month_first(month).n + 1;
    return board_change_of(a, m, &now, w->running ? w->days : 30, &then, w->running ? then_days : 30);
}

static str cases(struct rq *rq, const struct board_ask *q, i64 metric, i64 category) {
    return q->cases ? appeal_cases_url(rq->a, q->area->code, q->when.month, metric, category) : (str){ 0 };
}

/* ---- the tiles ---- */

static i64 last_whole(const struct board_ask *q) {
    return q->when.running ? q->when.before : q->when.month;
}

struct chart_points board_points(struct arena *a, const struct board_ask *q, const struct board_area *b,
                                 i64 months) {
    struct chart_points p = { 0 };
    for (i64 k = 1 - months; k <= 0; k++) {
        i64 month = month_next(last_whole(q), (int)k);
        struct figure f = board_figure(b, &q->when, &q->terms, q->measure, month);
        *VEC_ADD(a, &p) = (struct chart_point){ .v = f.v, .has = f.has };
    }
    return p;
}

static struct board_tile *tile(struct rq *rq, const struct board_ask *q, const struct board_area *b,
                               struct board_tiles *ret, enum board_measure m, i64 metric) {
    struct board_tile *t = VEC_ADD(rq->a, ret);
    struct figure f = board_figure(b, &q->when, &q->terms, m, q->when.month);
    struct board_ask of = *q;
    of.measure = m;
    *t = (struct board_tile){ .label = item_label(board_measures, m),
                              .unit = f.has ? board_unit(&q->terms, m) : "",
                              .value = board_text(rq->a, &f),
                              .missing = !f.has };
    t->before = against(rq->a, q, b, m, q->when.before);
    t->year_ago = against(rq->a, q, b, m, q->when.year_ago);
    t->spark.points = board_points(rq->a, &of, b, 12);
    if (f.has) t->url = cases(rq, q, metric, 0);
    return t;
}

static struct figure solved_share(const struct board_ask *q, const struct board_area *b, i64 month) {
    const struct tally *n = board_tally(b, month);
    struct figure f = board_share(n->solved, n->closed);
    f.has = f.has && board_known(b, &q->when, month);
    return f;
}

/* How much of what was closed the people who reported it call solved. */
static void put_solved(struct rq *rq, const struct board_ask *q, const struct board_area *b,
                       struct board_tiles *ret) {
    const struct tally *n = board_tally(b, q->when.month);
    struct figure f = solved_share(q, b, q->when.month), was = solved_share(q, b, q->when.before),
                  year = solved_share(q, b, q->when.year_ago);
    struct board_tile *t = VEC_ADD(rq->a, ret);
    *t = (struct board_tile){
        .label = "解决率", .unit = f.has ? "%" : "", .value = board_text(rq->a, &f), .missing = !f.has
    };
    t->before = board_change_of(rq->a, BOARD_DONE, &f, 30, &was, 30);
    t->year_ago = board_change_of(rq->a, BOARD_DONE, &f, 30, &year, 30);
    for (int k = -11; k <= 0; k++) {
        was = solved_share(q, b, month_next(last_whole(q), k));
        *VEC_ADD(rq->a, &t->spark.points) = (struct chart_point){ .v = was.v, .has = was.has };
    }
    t->note = f.has ? str_fmt(rq->a, "办结 %.*s 件，认可 %.*s 件", STR(whole(rq->a, n->closed)),
                              STR(whole(rq->a, n->solved)))
                    : S("本月还没有办结的，不算 0");
    if (f.has) t->url = cases(rq, q, APPEAL_SOLVED, 0);
}

void board_put_tiles(struct rq *rq, const struct board_ask *q, const struct board_area *b,
                     struct board_tiles *ret) {
    const struct tally *n = board_tally(b, q->when.month);
    struct board_tile *t = tile(rq, q, b, ret, BOARD_RATE, APPEAL_REPORTED);
    t->note = t->missing ? b->folk.tenths ? S("这个月还没有报数，不算 0") : S("还不知道有多少人，不算 0")
                         : str_fmt(rq->a, "%.*s 件，%.*s", STR(whole(rq->a, n->reported)),
                                   STR(board_people(rq->a, &q->terms, b->folk)));
    t = tile(rq, q, b, ret, BOARD_COUNT, APPEAL_REPORTED);
    if (t->missing)
        t->note = S("这个月还没有报数，不算 0");
    else if (q->when.running)
        t->note = str_fmt(rq->a, "1日至%lld日", (long long)q->when.days);
    else
        t->note = S("全月");
    t = tile(rq, q, b, ret, BOARD_DONE, APPEAL_DONE);
    t->note = t->missing ? S("没有要办的，不算 0")
                         : str_fmt(rq->a, "办完 %.*s 件，应办 %.*s 件", STR(whole(rq->a, n->done)),
                                   STR(whole(rq->a, n->reported + n->reopened)));
    put_solved(rq, q, b, ret);
    t = tile(rq, q, b, ret, BOARD_OVERDUE, APPEAL_OVERDUE);
    if (!t->missing) t->note = S("本月到期没办完的");
    t = tile(rq, q, b, ret, BOARD_REOPENED, APPEAL_REOPENED);
    if (!t->missing) t->note = S("业主说没修好的");
}

/* ---- one sentence for this level ---- */

/* What is reported most; "其他" tells nothing. */
static const struct kind_count *top_kind(struct arena *a, const struct board_area *b) {
    const struct kind_count *top = NULL;
    for (size_t i = 0; i < b->nkinds; i++) {
        const struct kind_count *k = &b->kind[i];
        if (k->now == 0 || str_is(appeal_kind_label(a, k->code), "其他")) continue;
        if (!top || k->now > top->now || (k->now == top->now && k->code < top->code)) top = k;
    }
    return top;
}

static str period_words(struct arena *a, const struct board_when *w) {
    if (!w->running) return board_period_show(a, w->month);
    return w->days == 1 ? str_fmt(a, "%lld月1日", (long long)(w->month % 100))
                        : str_fmt(a, "%lld月1日至%lld日", (long long)(w->month % 100), (long long)w->days);
}

str board_sentence(struct arena *a, const struct board_ask *q, const struct board_area *b) {
    const struct tally *n = board_tally(b, q->when.month);
    struct figure rate = board_figure(b, &q->when, &q->terms, BOARD_RATE, q->when.month);
    str place = place_of(q->area), when = period_words(a, &q->when);
    buf s = buf_in(a, 1000);
    if (!board_known(b, &q->when, q->when.month))
        return str_fmt(a, "%.*s%.*s还没有报数。没有报数不等于没有诉求。", STR(place),
                       STR(board_period_show(a, q->when.month)));
    if (n->reported == 0) return str_fmt(a, "%.*s%.*s没有人报事。", STR(place), STR(when));
    buf_fmt(&s, "%.*s%.*s共有诉求 %.*s 件", STR(place), STR(when), STR(whole(a, n->reported)));
    if (rate.has)
        buf_fmt(&s, "，每万%s %.*s 件", q->terms.base == BASE_HOUSEHOLDS ? "户" : "人",
                STR(board_text(a, &rate)));
    struct change c = against(a, q, b, BOARD_COUNT, q->when.before);
    if (c.has && c.dir == 0)
        buf_fmt(&s, "，和上月%s持平", q->when.running ? "日均" : "");
    else if (c.has)
        buf_fmt(&s, "，比上月%s%s %.*s", q->when.running ? "日均" : "", c.dir > 0 ? "多" : "少",
                STR(str_from(c.text, 3)));
    const struct kind_count *k = top_kind(a, b);
    if (k)
        buf_fmt(&s, "；%.*s最多，占 %.*s", STR(appeal_kind_label(a, k->code)),
                STR(percent(a, k->now, n->reported)));
    buf_lit(&s, "。");
    return buf_str(&s);
}

/* ---- 24 months ---- */

static void put_months(struct arena *a, const struct board_ask *q, const struct board_area *b,
                       struct board_trend *ret) {
    for (i64 k = 0; k < BOARD_MONTHS; k++) {
        i64 month = month_next(b->from, (int)k);
        struct figure f = board_figure(b, &q->when, &q->terms, q->measure, month);
        struct figure n = board_figure(b, &q->when, &q->terms, BOARD_COUNT, month);
        bool here = q->when.running && month == q->when.month;
        ret->drawn |= f.has && here;
        *VEC_ADD(a, &ret->line.points) =
            (struct chart_point){ str_fmt(a, "%02d年%d月", (int)(month / 100 % 100), (int)(month % 100)), f.v,
                                  f.has };
        *VEC_ADD(a, &ret->rows) = (struct board_month){ str_fmt(a, "%.*s%s", STR(board_period_show(a, month)),
                                                                here ? "（到今天）" : ""),
                                                        board_text(a, &f), board_text(a, &n), !f.has };
    }
}

/* The conclusion: from the first known month to the last whole one. */
static str trend_says(struct arena *a, const struct board_ask *q, const struct board_area *b) {
    i64 last = last_whole(q);
    for (i64 month = b->from; board_months_apart(month, last) > 0; month = month_next(month, 1)) {
        struct figure x = board_figure(b, &q->when, &q->terms, q->measure, month);
        struct figure y = board_figure(b, &q->when, &q->terms, q->measure, last);
        if (!x.has || !y.has) continue;
        const char *way = y.v > x.v ? "升到" : y.v < x.v ? "降到" : "又是";
        return str_fmt(a, "%s由%.*s的 %.*s %s%.*s的 %.*s", item_label(board_measures, q->measure),
                       STR(board_period_show(a, month)), STR(board_text(a, &x)), way,
                       STR(board_period_show(a, last)), STR(board_text(a, &y)));
    }
    return str_fmt(a, "%s，还没有可以比较的两个月", item_label(board_measures, q->measure));
}

void board_put_trend(struct arena *a, const struct board_ask *q, const struct board_area *b,
                     struct board_trend *ret) {
    ret->title = str_fmt(a, "%s走势", item_label(board_measures, q->measure));
    ret->unit = board_unit(&q->terms, q->measure);
    ret->line = (struct chart_line){ .says = trend_says(a, q, b),
                                     .decimals = board_is_ratio(q->measure) ? 2 : 0,
                                     .apart = q->when.running };
    ret->with_count = q->measure != BOARD_COUNT;
    put_months(a, q, b, ret);
}

/* ---- categories ---- */

static int by_now(const void *p, const void *q) {
    const struct kind_count *x = p, *y = q;
    if (x->now != y->now) return x->now < y->now ? 1 : -1;
    return x->code < y->code ? -1 : x->code > y->code;
}

void board_put_kinds(struct rq *rq, const struct board_ask *q, const struct board_area *b,
                     struct board_kinds *ret) {
    struct kind_count *k = NEW_N(rq->a, struct kind_count, b->nkinds + 1);
    i64 sum = 0;
    bool known = board_known(b, &q->when, q->when.month), before = board_known(b, &q->when, q->when.before);
    for (size_t i = 0; i < b->nkinds; i++) sum += (k[i] = b->kind[i]).now;
    if (b->nkinds) qsort(k, b->nkinds, sizeof *k, by_now);
    for (size_t i = 0; known && i < b->nkinds; i++) {
        struct figure now = { true, k[i].now, 1, k[i].now, 0 },
                      then = { before, k[i].before, 1, k[i].before, 0 };
        if (k[i].now == 0 && k[i].before == 0) continue;
        struct board_kind *r = VEC_ADD(rq->a, ret);
        *r = (struct board_kind){ .name = appeal_kind_label(rq->a, k[i].code),
                                  .share = percent(rq->a, k[i].now, sum),
                                  .count = whole(rq->a, k[i].now),
                                  .bar = { .part = k[i].now, .whole = k[0].now } };
        r->before = board_change_of(rq->a, BOARD_COUNT, &now, q->when.running ? q->when.days : 30, &then,
                                    q->when.running ? q->when.before_days : 30);
        if (k[i].now > 0) r->url = cases(rq, q, APPEAL_REPORTED, k[i].code);
    }
}

/* ---- what stands out below ---- */

enum { NOTES = 5, RISE = 200 };

static void add_note(struct arena *a, const struct board_ask *q, const struct board_row *r,
                     struct board_notes *ret) {
    struct board_note *n = VEC_ADD(a, ret);
    *n = (struct board_note){ .title = r->area->short_name,
                              .tone = "tone-red",
                              .icon = "arrow-up",
                              .url = board_address(a, q, r->area, q->when.month, q->measure, (str){ 0 }) };
    if (r->urge >= RISE && r->urge != INT32_MAX)
        n->text = str_fmt(a, "诉求 %.*s 件，比上月%s多 %lld%%%s", STR(whole(a, r->now.reported)),
                          q->when.running ? "日均" : "", (long long)((r->urge + 5) / 10),
                          r->now.overdue ? "，还有超期的" : "");
    else if (r->urge == INT32_MAX)
        n->text = str_fmt(a, "诉求 %.*s 件，上月没有", STR(whole(a, r->now.reported)));
    else {
        n->text = str_fmt(a, "本月超期 %.*s 件", STR(whole(a, r->now.overdue)));
        n->tone = "tone-gold";
        n->icon = "clock";
    }
}

/* The steepest rises first, then the most overdue; each area once. */
void board_put_notes(struct arena *a, const struct board_ask *q, const struct board_rows *rows,
                     struct board_notes *ret) {
    bool *taken = NEW_N(a, bool, rows->n + 1);
    while (ret->n < NOTES) {
        size_t best = rows->n;
        for (size_t i = 0; i < rows->n; i++) {
            const struct board_row *r = &rows->p[i], *top = best < rows->n ? &rows->p[best] : NULL;
            i64 rise = r->urge >= RISE ? r->urge : 0, top_rise = top && top->urge >= RISE ? top->urge : 0;
            if (taken[i] || !r->known || (!rise && !r->now.overdue)) continue;
            if (!top || rise > top_rise || (rise == top_rise && r->now.overdue > top->now.overdue)) best = i;
        }
        if (best == rows->n) return;
        taken[best] = true;
        add_note(a, q, &rows->p[best], ret);
    }
}

/* ---- how the numbers are made ---- */

static void term(struct arena *a, struct board_notes *ret, str title, str text) {
    *VEC_ADD(a, ret) = (struct board_note){ .title = title, .text = text };
}

void board_put_terms(struct arena *a, const struct board_ask *q, const struct board_area *b,
                     struct board_notes *ret) {
    const struct board_terms *t = &q->terms;
    str base = str_of(item_label(board_bases, t->base));
    if (t->base == BASE_MANAGED)
        base = str_fmt(a, "%.*s：住宅 %.*s 户，每户按 %lld.%lld 人算%s", STR(base),
                       STR(whole(a, b->folk.homes)), (long long)(t->home_tenths / 10),
                       (long long)(t->home_tenths % 10), t->demo ? "（演示口径）" : "");
    term(a, ret, S("分母"), base);
    term(a, ret, S("万人诉求率"),
         str_fmt(a, "当月件数 × %lld ÷ 分母，四舍五入到两位小数。户数用现在台账里的数。", (long long)t->per));
    term(a, ret, S("办结率"),
         S("当月办完的件次 ÷（当月收到的 + 当月重开的）。办了上月积压的，会超过 100%。"));
    term(a, ret, S("解决率"), S("当月办结的里面，报事人说解决了的占多少。"));
    term(a, ret, S("环比、同比"),
         q->when.running ? S("这个月还没过完，用日均数和上月、去年同月的日均数比；办结率、解决率直接比，单位"
                             "是百分点。")
                         : S("和上月、去年同月比；办结率、解决率的单位是百分点。"));
    term(a, ret, S("排名"),
         str_fmt(a, "不足 %lld 人的不排名%s；一样的并列。", (long long)t->rank_min,
                 t->demo ? "（演示规则）" : ""));
    term(a, ret, S("未报"), S("没有数不等于 0，用灰斜纹表示，不排名，也不进平均。"));
}
