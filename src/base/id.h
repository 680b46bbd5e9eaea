/* id.h - the text form of ids: 63 bits as 13 characters of lower-case Crockford base32.
 * Ids themselves are made by sys/clock. */
#ifndef WUYE_ID_H
#define WUYE_ID_H

#include "base/base.h"

#define ID_TEXT 13
#define ID_SHIFT_MS 21   /* 42 bits of ms since 2024 | 7 of node | 14 of sequence */
#define ID_EPOCH_MS 1704067200000LL

void id_put(buf *b, i64 id);
str id_text(struct arena *a, i64 id);
/* Accepts upper case and the look-alikes I L -> 1, O -> 0; false if it is not an id >= 0. */
bool id_parse(str s, i64 *ret) MUST;
/* n characters of Crockford base32 for the short public signs. */
void base32_put(buf *b, u64 v, int n);

#endif
