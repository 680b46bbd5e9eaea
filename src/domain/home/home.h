/* home.h - the first page of every role, put together from what the rooms have to say. */
#ifndef WUYE_HOME_H
#define WUYE_HOME_H

#include "kit/module/module.h"

struct other { str url, label; bool here; };
struct others { struct other *p; size_t n, cap; };
struct waiting_line { str url, title, note, action; const char *icon, *tone; };
struct waiting_lines { struct waiting_line *p; size_t n, cap; };
struct below_line { str url, name, note; bool late; };
struct below_lines { struct below_line *p; size_t n, cap; };

static inline void card_draw(buf *out, const struct card *c) { c->draw(out, c->view); }

struct home_view {
    struct page_head head;
    str title, sub, said;
    struct others others;        /* my other homes and posts */
    struct waiting_lines waiting;
    struct entries entries, more, calls;   /* more: what elder mode folds away */
    struct cards wide, side;     /* left column, right column */
    struct below_lines below;
    const char *below_label;
    bool demo;
};

extern const struct module home_module;

#endif
