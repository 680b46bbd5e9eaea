/* parse.h - the readers inside wuye-sheet, over memory: no files, no globals but the opened converter. A book is
 * built in the arena; on E_INPUT and E_TOOBIG ret->why tells the person what is wrong. */
#ifndef WUYE_SHEET_PARSE_H
#define WUYE_SHEET_PARSE_H

#include "sys/sheet/sheet.h"

/* Any file: looks at the first bytes, then reads it as XLSX or CSV, or says what it is instead. */
err table_parse(struct arena *a, str file, struct sheet_book *ret) MUST;
err csv_parse(struct arena *a, str file, struct sheet_book *ret) MUST;
err xlsx_parse(struct arena *a, str file, struct sheet_book *ret) MUST;

/* Loads the GB18030 converter. Must run before the cage shuts, because it opens files. */
err csv_open(void) MUST;

/* Sets the sentence and returns e. */
err refuse(struct sheet_book *b, err e, const char *why) MUST;
/* Cuts a text at SHEET_TEXT_MAX and says so in the flags. */
void cell_text(struct sheet_cell *c, str text);

/* ---- numbers of a workbook, decimal text all the way ---- */

/* How a number format shows its number. */
enum number_show { SHOW_PLAIN, SHOW_DATE, SHOW_PERCENT };
struct number_format {
    enum number_show show;
    int zeros;                     /* "0000": shown with at least so many digits */
};

/* A built-in format (ids below 164). */
struct number_format format_builtin(i64 id);
/* A format code of the file, such as yyyy"年"m"月"d"日";@ */
struct number_format format_code(str code);
/* Fills the cell from the stored number by its format; a value that is no number becomes text. */
void number_cell(struct arena *a, str raw, struct number_format f, bool from_1904, struct sheet_cell *ret);

#endif
