/* The urlencoded parser: whatever comes out is text within the limits. */
#include <stdlib.h>
#include "sys/http/form.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    if (a == NULL) a = arena_new(16 << 20);
    arena_reset(a);
    const struct http_pair *p;
    size_t np;
    int status = form_parse(a, (str){ (const char *)data, n }, HTTP_PAIRS_MAX, &p, &np);
    if (status != 0 && status != 400 && status != 413) abort();
    if (np > HTTP_PAIRS_MAX || (status != 0 && np != 0)) abort();
    for (size_t i = 0; i < np; i++) {
        if (!utf8_valid(p[i].name) || !utf8_valid(p[i].value)) abort();
        if (p[i].name.n + p[i].value.n > n) abort();
    }
    return 0;
}
