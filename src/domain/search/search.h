/* search.h - finding places by any part of the name or by pinyin initials. */
#ifndef WUYE_SEARCH_ROOM_H
#define WUYE_SEARCH_ROOM_H

#include "domain/search/tables.def"
#include "kit/entity/entity.h"
#include "kit/module/module.h"

struct search_doc { FIELD_STRUCT(SEARCH_DOC_FIELDS) };
struct search_key { FIELD_STRUCT(SEARCH_KEY_FIELDS) };
extern struct entity search_doc_entity, search_key_entity;

struct search_hits { struct search_doc *p; size_t n, cap; };
struct search_view { struct page_head head; str q; struct search_hits hits; bool asked; };

/* Puts a thing under the keys of its text; what was there under (kind, ref) goes. */
err search_put(struct tx *tx, const struct search_doc *d, str text) MUST;
/* The first `limit` things that have all keys of the query. */
err search_find(struct tx *tx, str query, int limit, struct search_hits *ret) MUST;

extern const struct module search_module;

#endif
