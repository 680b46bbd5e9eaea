/* sheet.h - tables that people keep: XLSX and CSV in and out.
 *
 * Files of other people are read by the helper program wuye-sheet in a cage of its own: the server never links a zip,
 * XML or workbook library. What comes back is checked again here. Every call blocks: job threads and the command
 * line only. */
#ifndef WUYE_SHEET_H
#define WUYE_SHEET_H

#include "base/base.h"

#define SHEET_ROWS_MAX 100000
#define SHEET_COLS_MAX 200
#define SHEET_CELLS_MAX 3000000
#define SHEET_TEXT_MAX 4000               /* code points of one cell */
#define SHEET_FILE_MAX ((size_t)32 << 20) /* bytes of a file read */

enum sheet_kind { SHEET_BLANK, SHEET_TEXT, SHEET_NUMBER, SHEET_DATE, SHEET_BOOL, SHEET_ERROR, SHEET_KINDS };

/* Flags of a cell. */
enum {
    SHEET_LEFT = 1,     /* part of a merged range that begins further left in the same row */
    SHEET_UP = 2,       /* part of a merged range that begins in a row above */
    SHEET_LONG = 4,     /* a number of more than 15 digits: table programs have lost the rest */
    SHEET_CUT = 8,      /* the text was longer than SHEET_TEXT_MAX and was cut */
    SHEET_FORMULA = 16, /* the stored result of a formula */
    SHEET_FLAGS = 31
};

/* One cell. `text` by kind: TEXT as written; NUMBER a plain decimal ("89.05", "-12", "60%"), never by way of floating
 * point; DATE "2026-11-24", "2026-11-24 08:30:00" or "08:30:00"; BOOL "1" or "0"; ERROR "#REF!". `raw` is what the
 * file holds where that is something else (serial of a date, 1.1E+17), else empty. */
struct sheet_cell {
    str text, raw;
    u8 kind, flags;
};

struct sheet_row {
    i64 no; /* as the table program counts: the first row is 1 */
    struct sheet_cell *cell;
    size_t n;
};

struct sheet {
    str name; /* of a CSV: empty */
    bool hidden;
    struct sheet_row *row; /* ascending; rows without any value are left out */
    size_t n;
};

struct sheet_book {
    struct sheet *sheet;
    size_t n;
    str encoding; /* "xlsx", "UTF-8", "GB18030", "UTF-16" */
    str why;      /* when it could not be read: a sentence for the person, else empty */
};

/* Reads a table file from `fd` (from its beginning; stays open). All memory is the arena's.
 * E_INPUT, E_TOOBIG: ret->why says in plain words what is wrong with the file. E_IO: the helper could not be run. */
err sheet_read(struct arena *a, int fd, struct sheet_book *ret) MUST;

/* A column of a table to write. */
struct sheet_col {
    str label, name;      /* the first row and the hidden second row; no name at all: no second row */
    enum sheet_kind kind; /* TEXT, NUMBER or DATE */
    int decimals;         /* of a NUMBER */
    bool grouped;         /* 1,234.50 */
    int width;            /* in characters, 0 = by kind */
};

/* A table to write: cell[row * cols + col], text as in struct sheet_cell; a value that does not fit its column's kind,
 * or that a table program would not show as it is, is written as text. */
struct sheet_table {
    str name;
    const struct sheet_col *col;
    size_t cols;
    const str *cell;
    size_t rows;
};

/* Writes an XLSX of `n` sheets to `fd`, which is truncated first. Text never becomes a formula. E_TOOBIG over the
 * limits above, E_IO when the helper failed. */
err sheet_write(const struct sheet_table *t, size_t n, int fd) MUST;

/* CSV as Excel opens it: UTF-8 with BOM, CRLF, quoted where needed. A text beginning with = + - @ tab or CR (in
 * ASCII or full width) gets an apostrophe in front, so that no table program takes it for a formula. */
void sheet_csv_head(buf *out, const struct sheet_col *col, size_t cols);
void sheet_csv_row(buf *out, const struct sheet_col *col, const str *cell, size_t cols);
void sheet_csv(buf *out, const struct sheet_table *t);

/* Where wuye-sheet is; by default it is looked for beside the running program. `path` must live on. */
void sheet_helper(const char *path);

#endif
