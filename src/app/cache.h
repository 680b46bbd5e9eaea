/* cache.h - public pages as whole replies in memory.
 *
 * A page of the set PAGE_PUBLIC, asked for without a session, is the same for everybody who looks at it in the same way
 * (address, theme, elder mode). Each HTTP thread renders it at most ten times a second while commands are committed,
 * once a second otherwise, and sends it as it is in between: figures are never older than a second. Never anything of
 * a session. */
#ifndef WUYE_CACHE_H
#define WUYE_CACHE_H

#include "kit/page/page.h"

struct cache;
struct cache *cache_new(void);      /* NULL when memory is short; all calls take that */
void cache_free(struct cache *c);
/* Answers from memory; false when the page must be rendered. The asker has no
 * session. `version` changes with every commit. Any thread. */
bool cache_send(struct cache *c, struct http_rq *h, u64 version) MUST;
/* Keeps the reply that stands in rq->h, unless it is a file. Only for a page that is_public. */
void cache_keep(struct cache *c, const struct rq *rq, u64 version);

#endif
