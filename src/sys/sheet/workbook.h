/* workbook.h - the writer inside wuye-sheet. */
#ifndef WUYE_SHEET_WORKBOOK_H
#define WUYE_SHEET_WORKBOOK_H

#include "sys/sheet/sheet.h"

/* Writes the tables as XLSX to `fd` (truncated, from its beginning; any kind of descriptor). E_IO on failure. */
err workbook_write(struct arena *a, const struct sheet_table *t, size_t n, int fd) MUST;

#endif
