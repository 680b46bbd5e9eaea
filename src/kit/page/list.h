/* list.h - a table of an entity on a page: filters, rows, keyset paging, the same rows as CSV. All from the
 * descriptor. */
#ifndef WUYE_LIST_H
#define WUYE_LIST_H

#include "kit/entity/entity.h"
#include "kit/page/page.h"
#include "sys/sheet/sheet.h"

struct list_cell { const char *label; str text, url; bool number; };
struct list_row { struct { struct list_cell *p; size_t n, cap; } cells; };
struct list_column { const char *label; bool number; };
struct list_view {
    str action, caption, next, csv, xlsx, first;
    struct controls filters;
    struct { struct list_column *p; size_t n, cap; } columns;
    struct { struct list_row *p; size_t n, cap; } rows;
    struct fault_box faults;
    bool filtered;
};

/* What a list shows. `link` (may be NULL) gives the address of a row; it is put on the column named `link_on`. */
struct list_want {
    struct entity *entity;
    i64 shard, lo, hi;
    const char *link_on;
    str (*link)(struct arena *a, const void *row);
};
/* Reads one page by the query of the address (filters by field name, after=, limit=); {% part page_list &v %}
 * draws it. */
err list_load(struct rq *rq, const struct list_want *w, struct list_view *ret) MUST;
/* True when the address says format=csv or xlsx: the list (at most 20,000 rows) is the answer, nothing is drawn. Such a
 * request never runs on an HTTP thread. */
err list_export(struct rq *rq, const struct list_want *w, bool *ret_done) MUST;
/* A JSON answer {"rows":[...],"next":"..."} for named queries. */
err list_json(struct tx *tx, const struct entity_query *q, struct entity *e, buf *out) MUST;

/* Label and value of every field worth showing of one row: {% part page_facts &f %}. */
struct fact { const char *label; str text; };
struct facts { struct fact *p; size_t n, cap; };
struct facts row_facts(struct rq *rq, const struct entity *e, const void *row);

#endif
