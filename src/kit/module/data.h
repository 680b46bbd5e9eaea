/* data.h - the facts of data/, carried inside the program. */
#ifndef WUYE_DATA_H
#define WUYE_DATA_H

#include "base/base.h"

/* The text of a file of data/, such as "roles.tsv"; it lives as long as the program. Aborts when there is none: the
 * list of files is fixed at build time. */
str data_text(const char *name);
/* Says where they come from; the composition root, or a test, calls it once. */
void data_source(str (*find)(const char *name));

/* Walks a table; comments are skipped, the header row is the first row given. False at the end; `cell` gets up to n
 * cells, the rest empty. */
bool data_row(str *rest, str *cell, size_t n);

#endif
