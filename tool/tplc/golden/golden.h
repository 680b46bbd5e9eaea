/* golden.h - the view of all golden templates. */
#ifndef WUYE_TPLC_GOLDEN_H
#define WUYE_TPLC_GOLDEN_H

#include "kit/html/html.h"

struct row {
    i64 id;
    str name;
    money due;
    bool late, chosen;
};

struct frame {
    str title;
    const char *theme;
    bool elder;
};

struct golden {
    struct frame frame;
    VEC(str) hostile;
    VEC(struct row) rows, none;
    str evil, address, script, path, query, csrf, lines;
    i64 number;
    int small;
    size_t size;
    money money;
    sqm area;
    day day;
    instant at;
    struct html chart;
    bool yes, no;
};

void chart_put(struct buf *out, const struct golden *v, int height);

#endif
