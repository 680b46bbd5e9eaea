/* chart.c - see chart.h. */
#include "kit/page/chart.h"
#include "kit/html/html.h"

/* ---- numbers ---- */

static void put_grouped(buf *out, i64 v) {
    if (v >= 1000) {
        put_grouped(out, v / 1000);
        buf_fmt(out, ",%03d", (int)(v % 1000));
    } else {
        buf_i64(out, v);
    }
}

void chart_number(buf *out, i64 v, int decimals, bool trim) {
    i64 unit = 1;
    for (int i = 0; i < decimals; i++) unit *= 10;
    if (v < 0) buf_c(out, '-');
    u64 size = v < 0 ? 0 - (u64)v : (u64)v;
    i64 rest = (i64)(size % (u64)unit);
    put_grouped(out, (i64)(size / (u64)unit));
    while (trim && decimals > 0 && rest % 10 == 0) {
        rest /= 10;
        decimals--;
    }
    if (decimals > 0) buf_fmt(out, ".%0*lld", decimals, (long long)rest);
}

static i64 floor_to(i64 v, i64 step) {
    i64 r = v % step;
    return v - r - (r < 0 ? step : 0);
}

struct chart_scale chart_scale(i64 min, i64 max, int most) {
    static const int head[] = { 1, 2, 5 };
    struct chart_scale s = { min, 1, 1 };
    i64 ten = 1;
    if (max < min) max = min;
    for (int k = 0;; k++) {
        s.step = head[k % 3] * ten;
        s.lo = floor_to(min, s.step);
        if ((max - s.lo + s.step - 1) / s.step <= most || ten > INT64_MAX / 100) break;
        if (k % 3 == 2) ten *= 10;
    }
    i64 n = (max - s.lo + s.step - 1) / s.step;
    s.n = n < 1 ? 1 : n > most ? most : (int)n;
    return s;
}

/* Lengths are tenths of a per cent. */
static void put_tenths(buf *out, i64 v) {
    buf_fmt(out, "%lld.%lld", (long long)(v / 10), (long long)(v % 10));
}

static void put_says(buf *out, str says) {
    if (says.n == 0) {
        buf_lit(out, " aria-hidden=\"true\"");
        return;
    }
    buf_lit(out, " role=\"img\" aria-label=\"");
    html_str(out, HTML_ATTR, says);
    buf_c(out, '"');
}

static bool range(const struct chart_points *p, i64 *min, i64 *max) {
    bool any = false;
    for (size_t i = 0; i < p->n; i++) {
        if (!p->p[i].has) continue;
        if (!any || p->p[i].v < *min) *min = p->p[i].v;
        if (!any || p->p[i].v > *max) *max = p->p[i].v;
        any = true;
    }
    return any;
}

/* ---- the line ---- */

enum { LEFT = 120, RIGHT = 840, TOP = 60, FLOOR = 860 }; /* of the plot, in tenths of a per cent */

struct plot {
    struct chart_scale s;
    size_t n;
};

static i64 at_x(const struct plot *p, size_t i) {
    return p->n < 2 ? RIGHT : LEFT + (i64)i * (RIGHT - LEFT) / (i64)(p->n - 1);
}

static i64 at_y(const struct plot *p, i64 v) {
    i64 height = 0;
    if (!i64_muldiv(v - p->s.lo, FLOOR - TOP, p->s.step * p->s.n, &height)) height = 0;
    return FLOOR - height;
}

/* Long numbers do not fit beside the plot of a phone: 25,000 becomes 2.5万. */
static void put_tick(buf *out, i64 v, int decimals) {
    i64 unit = 1;
    for (int i = 0; i < decimals; i++) unit *= 10;
    if (v / unit >= 10000 && v % (unit * 1000) == 0) {
        chart_number(out, v / (unit * 1000), 1, true);
        buf_lit(out, "万");
    } else {
        chart_number(out, v, decimals, true);
    }
}

static void put_grid(buf *out, const struct plot *p, int decimals) {
    for (int k = 0; k <= p->s.n; k++) {
        i64 v = p->s.lo + k * p->s.step, y = at_y(p, v);
        buf_fmt(out, "<line class=\"chart-grid\" x1=\"%d%%\" x2=\"%d%%\" y1=\"", LEFT / 10, RIGHT / 10);
        put_tenths(out, y);
        buf_lit(out, "%\" y2=\"");
        put_tenths(out, y);
        buf_fmt(out, "%%\"/><text x=\"%d%%\" y=\"", LEFT / 10 - 1);
        put_tenths(out, y);
        buf_lit(out, "%\" dy=\".35em\" text-anchor=\"end\">");
        put_tick(out, v, decimals);
        buf_lit(out, "</text>");
    }
}

static void put_point(buf *out, i64 x, i64 y) {
    put_tenths(out, x);
    buf_c(out, ',');
    put_tenths(out, y);
    buf_c(out, ' ');
}

/* Points first..last-1, all there: the ground under the line, then the line. */
static void put_run(buf *out, const struct plot *p, const struct chart_line *c, size_t first, size_t last) {
    if (last - first < 2) return;
    buf_lit(out, "<polygon class=\"chart-area\" points=\"");
    put_point(out, at_x(p, first), FLOOR);
    for (size_t i = first; i < last; i++) put_point(out, at_x(p, i), at_y(p, c->points.p[i].v));
    put_point(out, at_x(p, last - 1), FLOOR);
    buf_lit(out, "\"/><polyline class=\"chart-line\" points=\"");
    for (size_t i = first; i < last; i++) put_point(out, at_x(p, i), at_y(p, c->points.p[i].v));
    buf_lit(out, "\"/>");
}

static void put_runs(buf *out, const struct plot *p, const struct chart_line *c) {
    size_t end = c->apart ? c->points.n - 1 : c->points.n, first = 0;
    buf_lit(out, "<svg viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\">");
    for (size_t i = 0; i <= end; i++) {
        if (i < end && c->points.p[i].has) continue;
        put_run(out, p, c, first, i);
        first = i + 1;
    }
    buf_lit(out, "</svg>");
}

static void put_dots(buf *out, const struct plot *p, const struct chart_line *c) {
    for (size_t i = 0; i < c->points.n; i++) {
        if (!c->points.p[i].has) continue;
        buf_fmt(out, "<circle class=\"chart-dot%s\" cx=\"", i + 1 == c->points.n ? " chart-dot-last" : "");
        put_tenths(out, at_x(p, i));
        buf_lit(out, "%\" cy=\"");
        put_tenths(out, at_y(p, c->points.p[i].v));
        buf_lit(out, "%\" r=\"4\"/>");
    }
}

/* Every label if they are few; else the last and each sixth before it, of which a phone has room for every other. */
static void put_labels(buf *out, const struct plot *p, const struct chart_line *c) {
    size_t step = c->points.n > 12 ? 6 : c->points.n > 6 ? 3 : 1;
    for (size_t i = 0; i < c->points.n; i++) {
        size_t back = c->points.n - 1 - i;
        if (back % step) continue;
        buf_fmt(out, "<text%s x=\"", back % (step * 2) && step > 1 ? " class=\"minor\"" : "");
        put_tenths(out, at_x(p, i));
        buf_lit(out, "%\" y=\"97%\" text-anchor=\"middle\">");
        html_str(out, HTML_TEXT, c->points.p[i].label);
        buf_lit(out, "</text>");
    }
}

static void put_goal(buf *out, const struct plot *p, const struct chart_line *c) {
    i64 y = at_y(p, c->goal);
    buf_fmt(out, "<line class=\"chart-goal\" x1=\"%d%%\" x2=\"%d%%\" y1=\"", LEFT / 10, RIGHT / 10);
    put_tenths(out, y);
    buf_lit(out, "%\" y2=\"");
    put_tenths(out, y);
    buf_lit(out, "%\"/><text class=\"chart-good\" x=\"86%\" dy=\"1.2em\" y=\"");
    put_tenths(out, y);
    buf_lit(out, "%\">");
    html_str(out, HTML_TEXT, c->goal_says);
    buf_lit(out, "</text>");
}

void svg_line(buf *out, const struct chart_line *c) {
    struct plot p = { .n = c->points.n };
    i64 min = 0, max = 0;
    if (!range(&c->points, &min, &max)) return;
    if (c->has_goal && c->goal < min) min = c->goal;
    if (c->has_goal && c->goal > max) max = c->goal;
    p.s = chart_scale(min >= 0 && min <= max / 2 ? 0 : min, max, 5);
    buf_lit(out, "<svg class=\"chart\"");
    put_says(out, c->says);
    buf_c(out, '>');
    put_grid(out, &p, c->decimals);
    if (c->has_goal) put_goal(out, &p, c);
    put_runs(out, &p, c);
    put_dots(out, &p, c);
    put_labels(out, &p, c);
    const struct chart_point *last = &c->points.p[c->points.n - 1];
    if (last->has) {
        buf_lit(out, "<text class=\"chart-value\" x=\"86%\" dy=\".3em\" y=\"");
        put_tenths(out, at_y(&p, last->v));
        buf_lit(out, "%\">");
        chart_number(out, last->v, c->decimals, false);
        buf_lit(out, "</text>");
    }
    buf_lit(out, "</svg>");
}

/* ---- the small ones ---- */

void svg_spark(buf *out, const struct chart_spark *c) {
    struct plot p = { .n = c->points.n };
    i64 min = 0, max = 0, known = 0;
    for (size_t i = 0; i < c->points.n; i++) known += c->points.p[i].has;
    if (known < 2 || !range(&c->points, &min, &max)) return;
    buf_lit(out, "<svg class=\"spark\" viewBox=\"0 0 100 20\" preserveAspectRatio=\"none\"");
    put_says(out, c->says);
    buf_c(out, '>');
    bool open = false;
    for (size_t i = 0; i < p.n; i++) {
        if (!c->points.p[i].has) {
            if (open) buf_lit(out, "\"/>");
            open = false;
            continue;
        }
        if (!open) buf_lit(out, "<polyline points=\"");
        open = true;
        i64 down = 75;
        if (max > min && !i64_muldiv(max - c->points.p[i].v, 150, max - min, &down)) down = 75;
        put_point(out, (i64)i * 1000 / (i64)(p.n - 1), 20 + down);
    }
    if (open) buf_lit(out, "\"/>");
    buf_lit(out, "</svg>");
}

static i64 share(i64 part, i64 whole) {
    i64 v = 0;
    if (part <= 0 || whole <= 0 || !i64_muldiv(part, 1000, whole, &v)) return 0;
    return v > 1000 ? 1000 : v;
}

void svg_bar(buf *out, const struct chart_bar *c) {
    buf_fmt(out, "<svg class=\"bar%s%s\"", c->tone ? " " : "", c->tone ? c->tone : "");
    put_says(out, c->says);
    buf_lit(out, "><rect class=\"bar-track\" width=\"100%\" height=\"100%\"/><rect class=\"bar-fill\" "
                 "width=\"");
    put_tenths(out, share(c->part, c->whole));
    buf_lit(out, "%\" height=\"100%\"/>");
    if (c->has_mark) {
        buf_lit(out, "<rect class=\"bar-mark\" x=\"");
        put_tenths(out, share(c->mark, c->whole));
        buf_lit(out, "%\"/>");
    }
    buf_lit(out, "</svg>");
}

/* ---- the map ---- */

static const char *level_class(int level) {
    static const char *const names[] = {
        "level-none", "level-1", "level-2", "level-3", "level-4", "level-5"
    };
    return names[level < 0 || level > 5 ? 0 : level];
}

static void put_shape(buf *out, const struct chart_map *c, const struct chart_shape *s) {
    if (s->url.n) {
        buf_lit(out, "<a href=\"");
        html_str(out, HTML_URL, s->url);
        buf_c(out, '"');
        if (c->aside) {
            buf_lit(out, " tabindex=\"-1\">");
        } else {
            buf_lit(out, " aria-label=\"");
            html_str(out, HTML_ATTR, s->spoken);
            buf_lit(out, "\">");
        }
    }
    if (s->path.n) {
        buf_fmt(out, "<path class=\"%s\" d=\"", level_class(s->level));
        html_str(out, HTML_ATTR, s->path);
        buf_lit(out, "\"/>");
    } else {
        buf_fmt(out, "<rect class=\"%s\" x=\"%lld\" y=\"%lld\" width=\"%lld\" height=\"%lld\" rx=\"12\"/>",
                level_class(s->level), (long long)(s->x - s->w / 2), (long long)(s->y - s->h / 2),
                (long long)s->w, (long long)s->h);
    }
    if (s->url.n) buf_lit(out, "</a>");
}

/* Both halves sit around (x, y): the name above it, the figure `lift` below the name. */
static void put_text(buf *out, const struct chart_map *c, const struct chart_shape *s) {
    i64 up = c->lift / 2 - c->lift / 3, times = c->tenfold ? c->tenfold : 10, x = s->x * times / 10,
        y = s->y * times / 10 - up;
    buf_fmt(out, "<g%s><text x=\"%lld\" y=\"%lld\">", s->level >= 4 ? " class=\"on-high\"" : "", (long long)x,
            (long long)y);
    html_str(out, HTML_TEXT, s->name);
    buf_fmt(out, "</text><text class=\"figure\" x=\"%lld\" y=\"%lld\">", (long long)x,
            (long long)(y + c->lift));
    html_str(out, HTML_TEXT, s->figure);
    buf_lit(out, "</text></g>");
}

void svg_choropleth(buf *out, const struct chart_map *c) {
    bool links = false;
    for (size_t i = 0; i < c->shapes.n; i++) links |= c->shapes.p[i].url.n > 0;
    buf_lit(out, "<svg class=\"map\" viewBox=\"");
    html_str(out, HTML_ATTR, c->box);
    buf_c(out, '"');
    if (c->aside || c->says.n == 0) {
        buf_lit(out, " aria-hidden=\"true\"");
    } else {
        /* An image has no children for a screen reader: a map with links is a group. */
        buf_fmt(out, " role=\"%s\" aria-label=\"", links ? "group" : "img");
        html_str(out, HTML_ATTR, c->says);
        buf_c(out, '"');
    }
    buf_c(out, '>');
    if (c->tenfold)
        buf_fmt(out, "<g transform=\"scale(%d.%d)\">", (int)(c->tenfold / 10), (int)(c->tenfold % 10));
    for (size_t i = 0; i < c->shapes.n; i++) put_shape(out, c, &c->shapes.p[i]);
    if (c->tenfold) buf_lit(out, "</g>");
    buf_lit(out, "<g aria-hidden=\"true\">");
    for (size_t i = 0; i < c->shapes.n; i++)
        if (!c->shapes.p[i].silent) put_text(out, c, &c->shapes.p[i]);
    buf_lit(out, "</g></svg>");
}
