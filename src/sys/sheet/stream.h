/* stream.h - what passes between the server and wuye-sheet: a magic, then records of tag, length and payload, then a
 * closing record with counts, so that a torn stream is never taken for a short table. All numbers big endian. */
#ifndef WUYE_SHEET_STREAM_H
#define WUYE_SHEET_STREAM_H

#include "sys/sheet/sheet.h"

#define STREAM_MAX ((size_t)512 << 20)

/* The answer of `wuye-sheet read`: a book, or a refusal (E_INPUT or E_TOOBIG with book->why). */
void stream_put_book(buf *out, const struct sheet_book *book, err e);
/* Checks everything: lengths, kinds, order of rows, limits, UTF-8. Strings point into `in`. Returns the refusal the
 * stream carries, or E_IO for a damaged stream. */
err stream_get_book(struct arena *a, str in, struct sheet_book *ret) MUST;

/* The question of `wuye-sheet write`. */
void stream_put_tables(buf *out, const struct sheet_table *t, size_t n);
err stream_get_tables(struct arena *a, str in, struct sheet_table **ret, size_t *ret_n) MUST;

/* What a table program could take for a formula when it opens a CSV. The writer puts an apostrophe before it, the
 * reader takes that one away again. */
bool sheet_risky(str s);

#endif
