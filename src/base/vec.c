#include "base/base.h"

void *vec_room(struct arena *a, void *p, size_t n, size_t *cap, size_t size) {
    if (n < *cap) {
        memset((char *)p + n * size, 0, size);   /* may hold an item that was taken off */
        return p;
    }
    size_t more = *cap == 0 ? 8 : *cap * 2, bytes;
    /* What cannot be multiplied is refused by the arena like any other size too big. */
    if (__builtin_mul_overflow(more, size, &bytes)) bytes = SIZE_MAX;
    void *grown = arena_grow(a, p, *cap * size, bytes);
    *cap = more;
    return grown;
}
