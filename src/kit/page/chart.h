/* chart.h - figures drawn by the server as SVG: lengths in per cent or user units, colours by class, no style and
 * no script. A chart says its conclusion in one sentence (`says`); the numbers stand beside it in a table. Values
 * are whole numbers of 10^-decimals: 1392 with two decimals is 13.92. A missing value is a gap, never a zero. */
#ifndef WUYE_CHART_H
#define WUYE_CHART_H

#include "base/base.h"

/* 1,234 or 13.92, all decimals written; `trim` drops zeros at the end (13.5, 14). */
void chart_number(buf *out, i64 v, int decimals, bool trim);

/* Round steps (1, 2, 5 times a power of ten): the smallest with lo <= min, lo + n * step >= max and n <= most,
 * which is at least 2. */
struct chart_scale { i64 lo, step; int n; };
struct chart_scale chart_scale(i64 min, i64 max, int most);

struct chart_point { str label; i64 v; bool has; };
struct chart_points { struct chart_point *p; size_t n, cap; };

/* A line over equal steps. With `apart` the last point stands alone: its month is not over. */
struct chart_line {
    str says;
    struct chart_points points;
    int decimals;
    bool apart;
    bool has_goal;
    i64 goal;
    str goal_says;
};
void svg_line(buf *out, const struct chart_line *c);

/* The same without axes, for a tile. Drawn from two values on; an empty `says` hides it from screen readers. */
struct chart_spark { str says; struct chart_points points; };
void svg_spark(buf *out, const struct chart_spark *c);

/* A filled track, `part` of `whole`, with a mark if there is one. `tone` is a class such as "tone-red", or NULL. */
struct chart_bar { str says; i64 part, whole, mark; bool has_mark; const char *tone; };
void svg_bar(buf *out, const struct chart_bar *c);

/* Shapes in five classes (0: 未报), each a link with its text above all shapes. With a path, that outline; without
 * one a square of w x h at (x - w/2, y - h/2). (x, y) is the middle of the text, `lift` what the figure is below the
 * name. `aside`: a second view of the same shapes, left out of the tab order and not read out. `tenfold` (0: none)
 * enlarges the shapes but not the letters: 14 is 1.4 times, and the box is given in enlarged units. */
struct chart_shape { str path, name, figure, url, spoken; int level; i64 x, y, w, h; bool silent; };
struct chart_shapes { struct chart_shape *p; size_t n, cap; };
struct chart_map { str says, box; struct chart_shapes shapes; i64 lift, tenfold; bool aside; };
void svg_choropleth(buf *out, const struct chart_map *c);

#endif
