/* buf.h - a growing byte buffer with a hard ceiling. Passing the ceiling sets `over` and drops the rest;
 * the reader of the buffer checks `over` once, at the end. Storage comes from malloc (buf_free) or an arena. */
#ifndef WUYE_BUF_H
#define WUYE_BUF_H

#include "base/base.h"

typedef struct buf {
    char *p;
    size_t n, cap, max;
    struct arena *a;   /* NULL: malloc */
    bool over;         /* something was dropped: ceiling or memory */
} buf;

buf buf_new(size_t max);                     /* malloc'd; free with buf_free */
buf buf_in(struct arena *a, size_t max);     /* in an arena */
void buf_free(buf *b);
void buf_clear(buf *b);
/* Room for n more bytes; returns where they go, NULL (and over) if not possible. The caller adds what it
 * wrote to b->n. */
char *buf_room(buf *b, size_t n);
void buf_put(buf *b, const void *p, size_t n);
void buf_c(buf *b, char c);
void buf_s(buf *b, str s);
void buf_i64(buf *b, i64 v);
void buf_fmt(buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_hex(buf *b, const u8 *p, size_t n);
void buf_be64(buf *b, u64 v);                /* 8 bytes, big endian: canonical encodings */
/* JSON string with quotes; U+2028/9 and control bytes escaped. */
/* A value in the query of an address; '/' stays. */
void buf_url(buf *b, str s);
void buf_json(buf *b, str s);
str buf_str(const buf *b);                   /* borrowed view */
#define buf_lit(b, literal) buf_put((b), "" literal, sizeof(literal) - 1)

#endif
