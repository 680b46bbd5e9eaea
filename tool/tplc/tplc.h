/* tplc.h - the template compiler: one .htm in, one C function out. No global state, no I/O; all memory comes
 * from the caller's arena, whose catch must be set (base/arena.h), so a parse may be run on any bytes. The
 * grammar is in README.md beside this file. */
#ifndef WUYE_TPLC_H
#define WUYE_TPLC_H

#include "base/base.h"

struct tplc_options {
    str file;  /* as shown in messages and #line, such as "../src/domain/fee/list.htm" */
    str name;  /* "fee_list" makes tpl_fee_list */
    str icons; /* names that {% icon %} may use, one a line; .p == NULL: any name */
};

/* line and column count from 1; a column is a code point. */
struct tplc_error {
    int line, col;
    str text;
};

struct tpl;

/* Reads a template. Never NULL; it is usable only if tplc_errors() returns 0. The source is borrowed. */
struct tpl *tplc_parse(struct arena *a, str source, const struct tplc_options *o);
/* Returns the number of errors and, at *ret, the errors in order of discovery. */
size_t tplc_errors(const struct tpl *t, const struct tplc_error **ret);
/* Writes the C file. */
void tplc_emit(const struct tpl *t, buf *out);
/* Writes the forward declaration of the view and the prototypes. */
void tplc_prototypes(const struct tpl *t, buf *out);
/* "src/domain/appeal/by-street.htm" -> "appeal_by_street". */
str tplc_name(struct arena *a, str path);

#endif
