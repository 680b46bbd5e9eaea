/* The CSV reader: any bytes are a book within the limits or a refusal with a sentence; what is written comes back. */
#include <stdlib.h>
#include "sys/sheet/parse.h"
#include "sys/sheet/stream.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

static void check(struct arena *a, const struct sheet_book *b) {
    struct sheet_book again;
    buf out = buf_new(STREAM_MAX);
    for (size_t i = 0; i < b->n; i++)
        for (size_t k = 0; k < b->sheet[i].n; k++) {
            const struct sheet_row *r = &b->sheet[i].row[k];
            if (r->n == 0 || r->n > SHEET_COLS_MAX || (k > 0 && r->no <= r[-1].no)) abort();
            for (size_t c = 0; c < r->n; c++)
                if (!utf8_valid(r->cell[c].text) || utf8_len(r->cell[c].text) > SHEET_TEXT_MAX) abort();
        }
    stream_put_book(&out, b, OK);
    if (stream_get_book(a, buf_str(&out), &again) != OK || again.n != b->n) abort();
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    struct sheet_book b;
    if (a == NULL) a = arena_new((size_t)256 << 20);
    arena_reset(a);
    err e = csv_parse(a, (str){ (const char *)data, n }, &b);
    if (e == OK) check(a, &b);
    else if ((e != E_INPUT && e != E_TOOBIG) || b.why.n == 0) abort();
    /* The same bytes as a stream of a helper that lies. */
    if (stream_get_book(a, (str){ (const char *)data, n }, &b) == OK && b.n > 1000) abort();
    return 0;
}
