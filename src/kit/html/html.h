/* html.h - what compiled templates call. `{{ x }}` becomes OUT(out, context, x), and the type of x picks the function:
 * text is always escaped for its context; only a `struct html` goes out as it is. */
#ifndef WUYE_HTML_H
#define WUYE_HTML_H

#include "base/base.h"

enum html_ctx {
    HTML_TEXT,      /* between tags */
    HTML_ATTR,      /* inside a double-quoted attribute */
    HTML_URL,       /* first thing in href, src, action, formaction: the scheme is checked, bytes are percent-encoded */
    HTML_URL_PART,  /* later in such an attribute: a path segment or query value, everything but unreserved encoded */
};

/* Markup made by code of ours (charts, icons). Making one from user data is what review looks for. */
struct html { str s; };
/* An id in its text form. */
struct idt { i64 id; };
#define ID(x) ((struct idt){ (x) })
/* Money with thousands separators for people; plain `money` prints "12.30". */
struct yuan { money m; };
#define YUAN(x) ((struct yuan){ (x) })

void html_str(buf *b, enum html_ctx c, str v);
void html_cstr(buf *b, enum html_ctx c, const char *v);
void html_i64(buf *b, enum html_ctx c, i64 v);
void html_int(buf *b, enum html_ctx c, int v);
void html_size(buf *b, enum html_ctx c, size_t v);
void html_money(buf *b, enum html_ctx c, money v);
void html_yuan(buf *b, enum html_ctx c, struct yuan v);
void html_sqm(buf *b, enum html_ctx c, sqm v);
void html_day(buf *b, enum html_ctx c, day v);          /* 2026-11-24 in attributes and URLs, 2026年11月24日 in text */
void html_instant(buf *b, enum html_ctx c, instant v);  /* RFC 3339 in attributes, 11月24日 21:36 in text */
void html_idt(buf *b, enum html_ctx c, struct idt v);
void html_raw(buf *b, enum html_ctx c, struct html v);  /* HTML_TEXT only */

#define OUT(b, c, x)                                                                                             \
    _Generic((x), str: html_str, const char *: html_cstr, char *: html_cstr, i64: html_i64, int: html_int,       \
        size_t: html_size, money: html_money, struct yuan: html_yuan, sqm: html_sqm, day: html_day,              \
        instant: html_instant, struct idt: html_idt, struct html: html_raw)((b), (c), (x))

/* <svg class="icon" aria-hidden="true"><use href="/assets/icons.HASH.svg#name"/></svg> */
void html_icon(buf *b, const char *name);
/* The hashed address of an asset such as "app.css"; the asset table registers itself through html_assets(). */
const char *asset(const char *name);
void html_assets(const char *(*find)(const char *name));

#endif
