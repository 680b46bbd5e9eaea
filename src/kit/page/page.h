/* page.h - a read: one address, one load, one template. A page shows forms of the commands it names; a post goes to the
 * page's own address with the hidden fields do (command), csrf and key, so that a fault shows the same page again with
 * what was typed. */
#ifndef WUYE_PAGE_H
#define WUYE_PAGE_H

#include "kit/command/command.h"
#include "kit/html/html.h"
#include "sys/http/http.h"

struct menu_item { int order; str url, label; const char *icon; bool here; };
struct crumb { str url, label; };
struct menu { struct menu_item *p; size_t n, cap; };
struct crumbs { struct crumb *p; size_t n, cap; };

/* What the layout src/kit/page/main.htm shows around every page. */
struct page_head {
    str title, lang, html_class, theme;
    bool demo, elder, readonly, wrong, stale;   /* wrong: a post came back with faults */
    str demo_clock, place, place_sub, person, csrf, path;
    i64 unread;
    struct menu menu, tabs;
    struct crumbs crumbs;
};

struct rq {
    struct http_rq *h;
    struct arena *a;
    struct tx *tx;
    buf *out;
    instant now;
    const struct page *page;
    struct pair params[4];       /* of the address pattern */
    size_t nparams;
    i64 estate;                  /* {estate} of the address, 0 if there is none; its ties are loaded */
    i64 code;                    /* its area code */
    struct actor actor;
    hash session_secret;         /* of the cookie; the csrf value derives from it */
    struct page_head head;
    /* After a refused post: what was typed and what is wrong. Empty at a plain GET. */
    const struct command *cmd;
    struct pairs typed;
    struct faults faults;
    bool stale;                  /* a post of a page that was open longer than its session: nothing was done */
    str said;                    /* sentence of the command that just succeeded */
    const char *type;            /* media type of the answer; HTML unless the page says otherwise */
    int status;                  /* 200; a page may set 404, 409 ... */
    str file, file_name;         /* see rq_send_file */
    const char *file_type;
    str redirect;                /* a page may send elsewhere (ended area code) */
    bool no_store, is_public;
};

enum page_flag {
    PAGE_OPEN = 1,     /* no login needed */
    PAGE_QUICK = 2,    /* <= 5 ms at city scale: may run on the HTTP thread (SQLite) */
    PAGE_DEMO = 4,     /* demonstration only: 404 elsewhere */
    PAGE_PUBLIC = 8,   /* the same for everyone: ETag, max-age=30 */
};

struct page {
    const char *path;            /* "/e/{estate}/appeal/{case}"; also "/api/..." named queries */
    const char *title, *right;   /* right NULL with PAGE_OPEN, or any logged-in person */
    unsigned flags;
    err (*show)(struct rq *rq);
    err (*object)(struct rq *rq, struct object *ret);   /* NULL: the estate of the address, else the {area} */
    const char *const *commands; /* names of the commands whose forms stand here; NULL-ended or NULL */
};
#define PAGE_END { .path = NULL }

/* Address parameters: text, id, area. E_MISSING when they are not what they should be. */
str rq_param(const struct rq *rq, const char *name);
err rq_id(const struct rq *rq, const char *name, i64 *ret) MUST;
/* Where a form may lead back to: an address of ours as it is, the first page otherwise. */
enum { BACK_MAX = 200 };
str page_back(str to);
str rq_arg(const struct rq *rq, const char *name);   /* of the query */
/* What a form field shows: typed text after a refused post, else `stored`. */
str rq_typed(const struct rq *rq, const char *name, str stored);
str rq_fault(const struct rq *rq, const char *name);
bool rq_may(const struct rq *rq, const char *right, const struct object *o);
bool rq_may_somewhere(const struct rq *rq, const char *right);   /* by a post, in any area */
/* Answers with a stored file (a photo) instead of a page: the hash as 64 hex digits. Served as an image or, when
 * `name` is
 * given, as a download; never as anything a browser would run. */
void rq_send_file(struct rq *rq, str hex, const char *type, str name);
/* Answers with a workbook made by the helper; waits, so never on an HTTP thread. */
struct sheet_table;
err rq_send_sheet(struct rq *rq, const struct sheet_table *t) MUST;
/* A fresh idempotency key for a form. */
str rq_key(struct rq *rq);

/* What a form needs. A template writes: <form method="post" action="{{ f.action }}">{% csrf f.csrf %}{% part
 * page_form &f %} */
struct form { str action, command, csrf, key; };
struct form rq_form(struct rq *rq, const char *command);

/* A labelled control with hint and fault; {% part page_field &c %} draws it. A list of up to 6 is radio buttons. */
struct choice { str name, label; bool chosen; };
struct choices { struct choice *p; size_t n, cap; };
struct control {
    const struct field *f;
    str id, value, fault, about;    /* about: ids of hint and fault for aria-describedby */
    str type, autocomplete, inputmode, blank;
    struct choices items;
    size_t nitems;
    bool on;
};
struct controls { struct control *p; size_t n, cap; };
struct control rq_control(struct rq *rq, const struct field *list, const char *name, str stored);
/* All FORM (or REQ) fields of a list, with the values of `row` (may be NULL). */
struct controls rq_controls(struct rq *rq, const struct field *list, const void *row);

/* The summary of faults at the top, each linked to its control: {% part page_faults &b %}. */
struct fault_link { str id, text; };
struct fault_box { struct { struct fault_link *p; size_t n, cap; } links; };
struct fault_box rq_faults(struct rq *rq);

#endif
