/* str.h - borrowed strings: pointer and length, valid UTF-8 by construction at the border.
 * A str never owns and need not end in NUL. */
#ifndef WUYE_STR_H
#define WUYE_STR_H

#include "base/base.h"

typedef struct str {
    const char *p;
    size_t n;
} str;

/* A str of a literal. */
#define S(literal) ((str){ "" literal, sizeof(literal) - 1 })
/* For constant initialisers. */
#define S_INIT(literal) { "" literal, sizeof(literal) - 1 }
/* For printf("%.*s", STR(s)). */
#define STR(s) (int)(s).n, (s).p

str str_of(const char *c);                        /* of a C string; NULL gives the empty str */
bool str_eq(str a, str b);
bool str_is(str a, const char *c);
int str_cmp(str a, str b);                        /* byte order, as SQLite and the C collation sort */
bool str_starts(str s, str head);
bool str_ends(str s, str tail);
bool str_has(str s, str needle);
i64 str_find(str s, char c);                      /* index or -1 */
str str_sub(str s, size_t from, size_t n);        /* clamped */
str str_from(str s, size_t from);                 /* the rest from byte `from`, clamped */
str str_trim(str s);                              /* ASCII blanks, U+3000, U+00A0, U+FEFF */
/* Cuts the piece before the first `sep` off *rest; false when *rest is used up (p == NULL). */
bool str_cut(str *rest, char sep, str *ret_piece);
str str_dup(struct arena *a, str s);              /* NUL-terminated copy */
char *str_c(struct arena *a, str s);              /* the same as char * */
str str_cat(struct arena *a, str x, str y);
str str_fmt(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
/* Decimal integer of the whole string (sign allowed, no blanks); false if it is none or overflows. */
bool str_i64(str s, i64 *ret) MUST;
bool str_digits(str s);   /* one or more of 0 to 9 and nothing else */
u64 str_hash(str s);                              /* FNV-1a; not for hostile tables */
str str_hex(struct arena *a, const u8 *p, size_t n);

#endif
