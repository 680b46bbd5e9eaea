/* A JSON body: any bytes are pairs of clean text within the limits, or a refusal with a sentence. */
#include <stdlib.h>
#include "kit/form/json.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    if (a == NULL) a = arena_new(16 << 20);
    arena_reset(a);
    struct pairs p;
    const char *why = NULL;
    err e = json_pairs(a, (str){ (const char *)data, n }, &p, &why);
    if (e != OK) {
        if (e != E_INPUT || why == NULL || p.n != 0) abort();
        return 0;
    }
    for (size_t i = 0; i < p.n; i++) {
        if (!utf8_valid(p.p[i].name) || !utf8_valid(p.p[i].value)) abort();
        if (p.p[i].name.n + p.p[i].value.n > 2 * n + 16) abort();
        for (size_t k = 0; k < i; k++)
            if (str_eq(p.p[k].name, p.p[i].name)) abort();   /* a name once */
    }
    return 0;
}
