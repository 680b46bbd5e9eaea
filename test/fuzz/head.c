/* The gate of the head and the path. Lines: method, target, then `name:value` each; the gate sees any bytes. */
#include <stdlib.h>
#include "sys/http/form.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    if (a == NULL) a = arena_new(16 << 20);
    arena_reset(a);
    struct http_pair list[HTTP_HEADERS_MAX + 8];
    struct head h = { .http11 = n % 8 != 0, .headers = list };
    str rest = { (const char *)data, n }, line, path;
    if (!str_cut(&rest, '\n', &h.method) || !str_cut(&rest, '\n', &h.target)) return 0;
    while (h.n < COUNT(list) && str_cut(&rest, '\n', &line)) {
        i64 colon = str_find(line, ':');
        size_t cut = colon < 0 ? line.n : (size_t)colon;
        list[h.n++] = (struct http_pair){ str_sub(line, 0, cut), str_from(line, cut + 1) };
    }
    int status = head_gate(&h);
    if (status != 0 && (status < 400 || status > 599)) abort();
    if (status != 0) return 0;
    if (h.n > HTTP_HEADERS_MAX || h.length < 0 || (h.http11 && h.host.p == NULL)) abort();
    for (size_t i = 0; i < h.n; i++) {
        if (!utf8_valid(h.headers[i].value) || memchr(h.headers[i].value.p, '\r', h.headers[i].value.n)) abort();
    }
    if (path_parse(a, h.target, &path) != 0) return 0;
    if (!utf8_clean(path, false) || path.p[0] != '/' || str_has(path, S("//")) || str_has(path, S("/../"))) abort();
    return 0;
}
