/* read.h - readers of single cells, shared by the files of this part. Each takes the text of a cell, fills its place
 * and reports what is wrong through the context. */
#ifndef WUYE_REGISTER_READ_H
#define WUYE_REGISTER_READ_H

#include "kit/sheet/register.h"

/* Where a reader stands. */
struct at {
    struct arena *a;
    struct register_faults *faults;
    day today;
    size_t sheet;
    i64 row, col;
    enum register_field field;
};

/* The context with another field and column. */
struct at at_field(struct at at, enum register_field f, i64 col);
void wrong(const struct at *at, const char *code, const char *fmt, ...) PRINTF(3, 4);   /* a fault */
void doubt(const struct at *at, const char *code, const char *fmt, ...) PRINTF(3, 4);   /* a warning */

/* Half width, blanks gone, dashes of all kinds to '-': for numbers and addresses, never for names. */
str tight(struct arena *a, str s);
/* Blank, or a sign that stands for nothing: - / 无 暂无 */
bool nothing(str s);
/* 同上 and its signs. */
bool ditto(str s);
/* 1.10105E+17: what a table program makes of long numbers. */
bool scientific(str s);
/* 1月2日, 2-Jan, 2001/3/2: what a table program makes of 1-2. */
bool date_like(str s);
/* Hides the middle of an identity or telephone number. */
str masked(struct arena *a, str s);

/* The comparison form of one part of an address. */
str part_key(struct arena *a, enum register_field f, str shown);
/* "3号楼2单元501", "3-2-501": false when it cannot be taken apart. `prefix` is what stands before the building. */
bool address_read(struct arena *a, str text, str *prefix, struct register_row *row);

bool area_read(const struct at *at, const struct sheet_cell *c, sqm *ret);
bool date_read(const struct at *at, const struct sheet_cell *c, day *ret);
enum register_use use_of(str text);
void phones_read(const struct at *at, const struct sheet_cell *c, struct register_row *row);
/* Names with shares and tenure; appends to row->owners. */
void owners_read(const struct at *at, str text, struct register_row *row);
/* "60%", "1/2", "0.5": false otherwise. */
bool share_read(struct arena *a, str text, i64 *share, i64 *of);

/* Splits a cell of several values: 、,，;；/ newline, outside of brackets. */
enum split {
    SPLIT_NAMES,     /* '/' between digits stays: 1/2 is a share */
    SPLIT_NUMBERS,   /* '/' parts always */
    SPLIT_BLANKS     /* blanks part, too */
};
struct pieces { str *p; size_t n, cap; };
struct pieces split_cell(struct arena *a, str text, enum split how);
/* For numbers people write with blanks inside: blanks part only where every part is at least `least` long. */
struct pieces split_numbers(struct arena *a, str text, size_t least);

/* Identity numbers of a cell; checks each. */
struct id_number { enum register_id kind; str number; };
struct id_numbers { struct id_number *p; size_t n, cap; };
void ids_read(const struct at *at, const struct sheet_cell *c, struct id_numbers *ret);
bool org_name(str name);

#endif
