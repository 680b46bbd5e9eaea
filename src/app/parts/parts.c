/* parts.c - the page that shows every part; see parts.h. */
#include "app/parts/parts.h"
#include "app/parts/tpl.h"

static err show(struct rq *rq) {
    struct parts_view v = { .page = rq->head };
    tpl_parts_parts(rq->out, &v);
    return OK;
}

static const struct page pages[] = {
    { .path = "/parts", .title = "部件", .flags = PAGE_OPEN | PAGE_QUICK | PAGE_DEMO, .show = show },
    PAGE_END,
};
const struct module parts_module = { .name = "parts", .label = "部件", .pages = pages };
