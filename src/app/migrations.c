/* migrations.c - the migration files of all rooms, packed into the program by tool/pack. */
#include "app/migrations.h"
#include "assets.h"

struct migration *migrations_all(size_t *ret_n) {
    static struct migration list[512];
    size_t n = 0;
    const struct asset *f;
    for (size_t i = 0; (f = data_at(i)) != NULL; i++) {
        str name = str_of(f->name);
        if (!str_ends(name, S(".sql"))) continue;
        if (n == COUNT(list)) abort();
        list[n++] = (struct migration){ f->name, { (const char *)f->raw, f->raw_n } };
    }
    *ret_n = n;
    return list;
}
