/* module.h - a room as the rest of the house sees it: lists, nothing else. src/app/modules.def names them all. */
#ifndef WUYE_MODULE_H
#define WUYE_MODULE_H

#include "kit/command/command.h"
#include "kit/metric/metric.h"
#include "kit/page/page.h"

/* A step of a flow: a state column changes in no other way. */
struct step { const char *action; i64 from, to; const char *right, *clock; bool evidence; };
struct flow { const char *entity, *column; const struct item *states; const struct step *steps; size_t n; };

/* A fact that must return no row, ever. Its columns are printed. */
struct check { const char *label; struct stmt *sql; };
/* Event -> command of this room, run once by the carrier with the payload as input. */
struct subscription { const char *event, *command; };
/* A named read: GET /api/[e/{estate}/]name, and wuye get name. */
struct query {
    const char *name, *title, *right;
    const struct field *in;
    size_t in_size;
    enum shard_kind shard;
    err (*run)(struct rq *rq, const void *in, buf *json);
    unsigned flags;
};

/* A card on a home page, drawn by the room that has something to say there. */
enum home_page {
    HOME_OWNER,
    HOME_ENTERPRISE,
    HOME_COMMUNITY,
    HOME_STREET,
    HOME_DISTRICT,
    HOME_CITY,
    HOME_PUBLIC,
    HOME_ACCOUNT
};
struct card_place { enum home_page home; i64 area; i64 estate; i64 home_id; };
struct card {
    int order;                   /* lower first */
    const char *span;            /* "" or "wide" on a desk screen */
    void (*draw)(buf *out, const void *view);
    const void *view;
};
struct cards { struct card *p; size_t n, cap; };
/* An entry button (icon, label, url) on a home page, and a line of the waiting list. */
struct entry { int order; str url, label; const char *icon, *tone; };
struct entries { struct entry *p; size_t n, cap; };
struct waiting { str url, title, note, action; const char *icon, *tone; instant due; };
struct waitings { struct waiting *p; size_t n, cap; };

struct seed { struct tx *tx; u64 dice; int scale; instant now; };

struct module {
    const char *name, *label;
    const char *const *needs;    /* rooms whose <name>.h it may include; NULL-ended */
    struct entity *const *entities;          /* NULL-ended */
    const struct command *commands;          /* COMMAND_END */
    const struct page *pages;                /* PAGE_END */
    const struct query *queries;             /* name NULL ends */
    const char *const *rights;               /* NULL-ended; all that its pages and commands ask for */
    const struct flow *const *flows;         /* NULL-ended */
    const struct metric *metrics;            /* name NULL ends */
    const struct check *checks;              /* label NULL ends */
    const struct subscription *on;           /* event NULL ends */
    const char *const *emits;                /* event names; NULL-ended */
    err (*cards)(struct rq *rq, const struct card_place *at, struct cards *ret);
    err (*entries)(struct rq *rq, const struct card_place *at, struct entries *ret);
    err (*waiting)(struct rq *rq, const struct card_place *at, struct waitings *ret);
    /* Lines of the main menu for whoever asks: order, address, label, icon. The frame marks the line the page is
     * under. */
    void (*menu)(struct rq *rq, struct menu *ret);
    /* Facts of data/ that every house has (divisions, rules, calendar): once, when the schema is made. */
    err (*facts)(struct tx *tx);
    /* Demonstration data, deterministic; called in order of modules.def. */
    err (*seed)(struct seed *s);
    /* Reads caches at start-up, after the schema is known to fit. */
    err (*load)(struct tx *tx);
};

/* The list of src/app/modules.def. */
extern const struct module *const all_modules[];
const struct command *module_command(str name);   /* NULL if there is none */

#endif
