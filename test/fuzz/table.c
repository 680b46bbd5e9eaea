/* Any table file, as somebody uploads it: a workbook, a CSV in whatever encoding, or something else with a
 * table's name. */
#include <stdlib.h>
#include "sys/sheet/parse.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    struct sheet_book b;
    if (a == NULL) a = arena_new((size_t)512 << 20);
    arena_reset(a);
    err e = table_parse(a, (str){ (const char *)data, n }, &b);
    if (e == OK && b.n == 0) abort();
    if (e != OK && ((e != E_INPUT && e != E_TOOBIG) || b.why.n == 0 || !utf8_valid(b.why))) abort();
    return 0;
}
