/* The small list readers: Cookie, If-None-Match, Accept-Encoding, parameters. The first line is the name sought. */
#include <stdlib.h>
#include "sys/http/form.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

static bool inside(str part, str whole) {
    return part.p == NULL || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    if (a == NULL) a = arena_new(16 << 20);
    arena_reset(a);
    str text = { (const char *)data, n }, name, param;
    if (!str_cut(&text, '\n', &name) || text.p == NULL) return 0;
    const char *c = str_c(a, name);
    if (!inside(cookie_find(text, c), text)) abort();
    etag_matches(text, name);
    coding_accepted(text, c);
    if (header_param(a, text, c, &param) && param.n > text.n) abort();
    if (media_type(a, text).n > text.n) abort();
    return 0;
}
