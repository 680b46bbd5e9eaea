/* The multipart parser: the result does not depend on how the bytes are cut into pieces. The first byte says how. */
#include <stdlib.h>
#include "sys/http/form.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

struct sum { u64 bytes, files; };

static int sink_open(void *arg) { return ((struct sum *)arg)->files++, 0; }

static int sink_write(void *arg, const void *p, size_t n) {
    for (size_t i = 0; i < n; i++) ((struct sum *)arg)->bytes = ((struct sum *)arg)->bytes * 31 + ((const u8 *)p)[i];
    return 0;
}

static const char *sink_close(void *arg) { return arg == NULL ? NULL : ""; }

static u64 run(struct arena *a, const char *p, size_t n, size_t step) {
    struct sum s = { 0 };
    const struct multipart_sink sink = { sink_open, sink_write, sink_close, &s };
    const struct http_pair *f;
    const struct http_file *x;
    size_t nf, nx;
    struct multipart *m = multipart_new(a, S("multipart/form-data; boundary=B"), &sink);
    for (size_t i = 0; i < n; i += step) multipart_feed(m, p + i, n - i < step ? n - i : step);
    u64 sum = (u64)multipart_end(m, &f, &nf, &x, &nx);
    if (sum != 0) return sum;            /* how much came before a refusal may differ */
    for (size_t i = 0; i < nf; i++) sum = sum * 31 + str_hash(f[i].name) * 17 + str_hash(f[i].value);
    for (size_t i = 0; i < nx; i++) sum = sum * 31 + str_hash(x[i].name) * 17 + (u64)x[i].size;
    return sum * 31 + s.bytes + s.files;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    struct arena *a = arena_new(16 << 20);
    const char *p = (const char *)data + 1;
    if (n > 1 && run(a, p, n - 1, n) != run(a, p, n - 1, data[0] % 9 + 1)) abort();
    arena_free(a);
    return 0;
}
