/* figure.c - see figure.h. */
#include "domain/board/figure.h"
#include "kit/page/chart.h"
#include "kit/rule/rule.h"

const struct item board_measures[] = {
    { BOARD_RATE, "rate", "万人诉求率" },       { BOARD_COUNT, "count", "诉求件数" },
    { BOARD_DONE, "done", "办结率" },           { BOARD_OVERDUE, "overdue", "超期件数" },
    { BOARD_REOPENED, "reopened", "重开件数" }, { 0, NULL, NULL },
};
const struct item board_bases[] = {
    { BASE_MANAGED, "managed", "在管小区居民" },
    { BASE_CENSUS, "census", "常住人口（2020年普查）" },
    { BASE_HOUSEHOLDS, "households", "在管户数" },
    { 0, NULL, NULL },
};

/* ---- months ---- */

bool board_period_parse(str s, i64 *ret) {
    i64 y = 0, m = 0;
    if (s.n != 7 || s.p[4] != '-' || s.p[0] == '-' || s.p[0] == '+' || s.p[5] == '-' || s.p[5] == '+')
        return false;
    if (!str_i64(str_sub(s, 0, 4), &y) || !str_i64(str_from(s, 5), &m)) return false;
    if (y < 2020 || y > 2099 || m < 1 || m > 12) return false;
    *ret = y * 100 + m;
    return true;
}

str board_period_text(struct arena *a, i64 month) {
    return str_fmt(a, "%04d-%02d", (int)(month / 100), (int)(month % 100));
}
str board_period_show(struct arena *a, i64 month) {
    return str_fmt(a, "%d年%d月", (int)(month / 100), (int)(month % 100));
}
i64 board_months_apart(i64 from, i64 to) {
    return (to / 100 - from / 100) * 12 + (to % 100 - from % 100);
}

static i64 days_in(i64 month) {
    return month_last(month).n - month_first(month).n + 1;
}

struct board_when board_when_of(i64 month, instant now) {
    day today = day_of(now);
    struct board_when w = { .month = month,
                            .now = day_month(today),
                            .before = month_next(month, -1),
                            .year_ago = month_next(month, -12) };
    i64 ahead = board_months_apart(w.now, month);
    w.running = ahead == 0;
    w.days = ahead > 0 ? 0 : ahead < 0 ? days_in(month) : today.n - month_first(month).n + 1;
    w.before_days = days_in(w.before);
    return w;
}

/* ---- rules ---- */

struct board_terms board_terms_at(day d, bool demo) {
    struct board_terms t = {
        .base = (enum board_base)rule_number("board.denominator", d, BASE_MANAGED),
        .per = rule_number("board.rate.base", d, 10000),
        .home_tenths = rule_number("board.residents.home", d, 25),
        .rank_min = rule_number(demo ? "board.rank.min.demo" : "board.rank.min", d, demo ? 300 : 5000),
        .cell_homes = rule_number("board.cell.homes", d, 5),
        .cell_persons = rule_number("board.cell.persons", d, 10),
        .demo = demo,
    };
    return t;
}

/* ---- figures ---- */

/* The census knows districts only; 经开区 has none. */
static i64 census(const struct area *x) {
    const struct area *const *child;
    i64 sum = 0;
    if (x->level != CITY) return x->residents.has ? x->residents.v : 0;
    size_t n = area_children(x, &child);
    for (size_t i = 0; i < n; i++) sum += child[i]->residents.has ? child[i]->residents.v : 0;
    return sum;
}

struct folk board_folk_of(const struct board_terms *t, const struct area *x, i64 homes) {
    struct folk f = { .homes = homes < 0 ? 0 : homes };
    switch (t->base) {
    case BASE_CENSUS: f.tenths = census(x) * 10; break;
    case BASE_HOUSEHOLDS: f.tenths = f.homes * 10; break;
    default: f.tenths = f.homes * t->home_tenths; break;
    }
    return f;
}

struct figure board_share(i64 part, i64 whole) {
    struct figure f = { .num = part, .den = whole, .decimals = 2 };
    f.has = whole > 0 && i64_muldiv(part, 10000, whole, &f.v);
    return f;
}

static struct figure counted(bool known, i64 n) {
    return (struct figure){ .has = known, .num = n, .den = 1, .v = n };
}

struct figure board_figure_of(enum board_measure m, const struct board_terms *t, bool known,
                              const struct tally *n, struct folk f) {
    struct figure r = { 0 };
    switch (m) {
    case BOARD_COUNT: return counted(known, n->reported);
    case BOARD_OVERDUE: return counted(known, n->overdue);
    case BOARD_REOPENED: return counted(known, n->reopened);
    case BOARD_DONE:
        /* Each "done" answers a report or a reopening. */
        r = board_share(n->done, n->reported + n->reopened);
        break;
    default:
        r = (struct figure){ .num = n->reported, .den = f.tenths, .decimals = 2 };
        r.has = f.tenths > 0 && i64_muldiv(n->reported, t->per * 1000, f.tenths, &r.v);
    }
    r.has = r.has && known;
    return r;
}

int board_cmp(const struct figure *x, const struct figure *y) {
    if (!x->has || !y->has) return (int)x->has - (int)y->has;
    return ratio_cmp(x->num, x->den, y->num, y->den);
}

str board_text(struct arena *a, const struct figure *f) {
    buf b = buf_in(a, 64);
    if (!f->has) return S("未报");
    chart_number(&b, f->v, f->decimals, false);
    return buf_str(&b);
}

const char *board_unit(const struct board_terms *t, enum board_measure m) {
    if (m == BOARD_RATE) return t->base == BASE_HOUSEHOLDS ? "件/万户" : "件/万人";
    return m == BOARD_DONE ? "%" : "件";
}

bool board_is_ratio(enum board_measure m) {
    return m == BOARD_RATE || m == BOARD_DONE;
}
bool board_more_is_better(enum board_measure m) {
    return m == BOARD_DONE;
}

/* ---- against another month ---- */

enum { TOO_EARLY = 3 }; /* days of a month before its daily average says anything */

static struct change judged(enum board_measure m, int dir, str text) {
    bool good = (dir > 0) == board_more_is_better(m);
    return (struct change){ true, dir,
                            dir == 0 ? "even"
                            : good   ? "better"
                                     : "worse",
                            dir == 0 ? S("持平") : text };
}

static str arrow(struct arena *a, int dir, i64 size, int decimals, const char *unit) {
    buf b = buf_in(a, 64);
    buf_s(&b, dir > 0 ? S("▲") : S("▼"));
    chart_number(&b, size, decimals, false);
    buf_s(&b, str_of(unit));
    return buf_str(&b);
}

struct change board_change_of(struct arena *a, enum board_measure m, const struct figure *now, i64 now_days,
                              const struct figure *then, i64 then_days) {
    i64 x = 0, y = 0, permille = 0;
    if (!now->has || !then->has) return (struct change){ 0 };
    if (m == BOARD_DONE) {
        /* A share moves by percentage points. */
        i64 d = now->v - then->v;
        return judged(m, d > 0 ? 1 : d < 0 ? -1 : 0, arrow(a, d > 0 ? 1 : -1, d < 0 ? -d : d, 2, ""));
    }
    if (now_days < TOO_EARLY || then_days < 1) return (struct change){ 0 };
    if (!i64_mul(now->num, then_days, &x) || !i64_mul(then->num, now_days, &y)) return (struct change){ 0 };
    if (x == y) return judged(m, 0, S(""));
    if (y == 0) return judged(m, 1, S("▲新增"));
    int dir = x > y ? 1 : -1;
    if (!i64_muldiv(x > y ? x - y : y - x, 1000, y, &permille)) return (struct change){ 0 };
    if (permille == 0) return judged(m, 0, S(""));
    if (permille >= 10000) return judged(m, 1, S("▲10倍以上"));
    return judged(m, dir, arrow(a, dir, permille, 1, "%"));
}

/* ---- children ---- */

static int by_figure(const void *p, const void *q) {
    const struct board_row *x = p, *y = q;
    int c = board_cmp(&y->fig, &x->fig);
    if (c) return c;
    return x->area->code < y->area->code ? -1 : x->area->code > y->area->code;
}

size_t board_rank(struct board_rows *r, const struct board_terms *t) {
    const struct board_row *last = NULL;
    i64 place = 0;
    size_t small = 0;
    if (r->n) qsort(r->p, r->n, sizeof *r->p, by_figure);
    for (size_t i = 0; i < r->n; i++) {
        struct board_row *x = &r->p[i];
        x->rank = 0;
        if (!x->fig.has) continue;
        if (x->folk.tenths < t->rank_min * 10) {
            small++;
            continue;
        }
        place++;
        x->rank = last && board_cmp(&last->fig, &x->fig) == 0 ? last->rank : place;
        last = x;
    }
    return small;
}

size_t board_hide(struct board_rows *r, const struct board_terms *t) {
    size_t n = 0;
    struct board_row *next = NULL;
    for (size_t i = 0; i < r->n; i++) {
        struct board_row *x = &r->p[i];
        x->hidden = x->known && (x->folk.homes < t->cell_homes || x->folk.tenths < t->cell_persons * 10);
        n += x->hidden;
        if (x->known && !x->hidden && (!next || x->folk.tenths < next->folk.tenths)) next = x;
    }
    if (n == 1 && next) {
        next->hidden = true;
        n++;
    }
    return n;
}

static int by_size(const void *p, const void *q) {
    i64 x = *(const i64 *)p, y = *(const i64 *)q;
    return x < y ? -1 : x > y;
}

/* The values that are shown, in order of size. */
static size_t shown_values(const struct board_rows *r, i64 *v, size_t most) {
    size_t n = 0;
    for (size_t i = 0; i < r->n && n < most; i++)
        if (r->p[i].fig.has && !r->p[i].hidden) v[n++] = r->p[i].fig.v;
    if (n) qsort(v, n, sizeof *v, by_size);
    return n;
}

struct classes board_classes_of(struct board_rows *r) {
    enum { MOST = 1000 };
    struct classes c = { .limit = { INT64_MIN, 0, 0, 0, 0, INT64_MAX } };
    i64 v[MOST];
    size_t n = shown_values(r, v, MOST);
    c.any = n > 0;
    i64 grain = n ? chart_scale(v[0], v[n - 1], 20).step : 1;
    for (size_t k = 1; k < 5; k++) {
        i64 at = n ? v[k * n / 5] : 0;
        c.limit[k] = at - (at % grain + grain) % grain;
        if (n && c.limit[k] <= v[0]) c.limit[k] = INT64_MIN; /* nothing lies below it */
    }
    for (int k = 0; k < 5; k++) c.used[k] = c.any && c.limit[k] < c.limit[k + 1];
    for (size_t i = 0; i < r->n; i++) {
        struct board_row *x = &r->p[i];
        x->level = 0;
        if (!x->fig.has || x->hidden) continue;
        c.decimals = x->fig.decimals;
        for (int k = 0; k < 5; k++) x->level += x->fig.v >= c.limit[k];
    }
    return c;
}
