/* The session cookie: person, session, secret. What is read names ids that write back to the same text. */
#include <stdlib.h>
#include "kit/session/session.h"
#include "sys/crypt/crypt.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t n);

int LLVMFuzzerTestOneInput(const u8 *data, size_t n) {
    static struct arena *a;
    if (a == NULL) {
        a = arena_new(1 << 20);
        crypt_load_seeded(1);
    }
    arena_reset(a);
    str text = { (const char *)data, n }, rest = text, person, session;
    struct cookie c, again;
    if (!cookie_read(text, &c)) return 0;
    if (c.person < 0 || c.session < 0) abort();
    if (!str_cut(&rest, '.', &person) || !str_cut(&rest, '.', &session)) abort();
    buf made = buf_in(a, 1 << 10);
    id_put(&made, c.person);
    buf_c(&made, '.');
    id_put(&made, c.session);
    buf_c(&made, '.');
    buf_s(&made, rest);
    if (!cookie_read(buf_str(&made), &again) || again.person != c.person || again.session != c.session) abort();
    if (memcmp(again.secret.b, c.secret.b, SM3_LEN) != 0) abort();
    return 0;
}
