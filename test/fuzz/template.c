/* The template compiler: any bytes are a function or a list of errors with a place, and nothing is written
 * out of what has errors. */
#include <stdlib.h>
#include "../../tool/tplc/tplc.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    if (a == NULL) a = arena_new(64 << 20);
    arena_reset(a);
    if (n > 20000) return 0;
    if (ARENA_CATCH(a)) {
        arena_uncatch(a);
        return 0;
    }
    const struct tplc_error *e = NULL;
    struct tplc_options o = { .file = S("a/b.htm"), .name = S("a_b"), .icons = S("wrench\nphone\n") };
    struct tpl *t = tplc_parse(a, (str){ (const char *)data, n }, &o);
    size_t bad = tplc_errors(t, &e);
    for (size_t i = 0; i < bad; i++)
        if (e[i].line < 1 || e[i].col < 1 || e[i].text.n == 0) abort();
    buf out = buf_in(a, 4 << 20);
    if (bad == 0) {
        tplc_emit(t, &out);
        tplc_prototypes(t, &out);
        if (out.n == 0) abort();
    }
    arena_uncatch(a);
    return 0;
}
