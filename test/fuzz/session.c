/* The session cookie: person, session, secret. What is read names ids that write back to the same text. */
#include <stdlib.h>
#include "kit/session/session.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    if (a == NULL) a = arena_new(1 << 20);
    arena_reset(a);
    str text = { (const char *)data, n }, rest = text, person, session;
    struct cookie c, again;
    if (!cookie_read(text, &c)) return 0;
    if (c.person < 0 || c.session < 0) abort();
    if (!str_cut(&rest, '.', &person) || !str_cut(&rest, '.', &session)) abort();
    str made = str_fmt(a, "%.*s.%.*s.%.*s", STR(id_text(a, c.person)), STR(id_text(a, c.session)), STR(rest));
    if (!cookie_read(made, &again) || again.person != c.person || again.session != c.session) abort();
    if (memcmp(again.secret.b, c.secret.b, SM3_LEN) != 0) abort();
    return 0;
}
