/* keys.h - what a text is found by. Search is one table of short keys on both engines: every two neighbouring
 * characters of a text, and every two neighbouring initials of their readings, the last one also alone.
 * 阳光苑 has 阳光 光苑 苑 and yg gy y; people find it by 阳光, by 苑, by yg and by ygy. Text keys are upper case, keys
 * of initials lower case, so that the two never meet. */
#ifndef WUYE_SEARCH_KEYS_H
#define WUYE_SEARCH_KEYS_H

#include "base/base.h"

/* Readings of characters; built once at start, read by all threads. */
struct pinyin;
/* From the texts of data/pinyin.tsv (reading, characters usually, characters at times) and data/names.tsv (surnames
 * with their readings: 单 is shan as a surname). E_INPUT when a line is not of that form. */
err pinyin_load(struct arena *a, str pinyin_tsv, str names_tsv, struct pinyin **ret) MUST;

/* Readings joined by blanks, for sorting and for showing: 欧阳锋 "ou yang feng"; what has no reading stands as it is,
 * in lower case. A surname at the head is read as one where `person`. */
str pinyin_of(struct arena *a, const struct pinyin *py, str text, bool person);
/* The initials of the same: "oyf". */
str pinyin_initials(struct arena *a, const struct pinyin *py, str text, bool person);

struct search_keys { str *p; size_t n, cap; };

/* The keys under which a text is stored: sorted, each once. Of a long text the first SEARCH_TEXT_MAX characters. */
#define SEARCH_TEXT_MAX 500
void search_keys(struct arena *a, const struct pinyin *py, str text, struct search_keys *ret);

/* What a query asks for. All keys must be there; a single `prefix` key asks for those that begin with it. Every text
 * that holds the query, or whose initials do, has them; a longer query may also meet texts that hold its pieces
 * apart. None at all for a query without letters and digits. */
struct search_query {
    struct search_keys keys;
    bool prefix;
};
void search_query(struct arena *a, str query, struct search_query *ret);

#endif
