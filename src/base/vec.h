/* vec.h - typed vectors in an arena.
 *     VEC(struct row) rows = {0};
 *     *VEC_ADD(a, &rows) = (struct row){ ... };
 *     for (size_t i = 0; i < rows.n; i++) use(&rows.p[i]); */
#ifndef WUYE_VEC_H
#define WUYE_VEC_H

#include "base/base.h"

#define VEC(type) struct { type *p; size_t n, cap; }
#define VEC_ADD(a, v)                                                                                            \
    ((v)->p = vec_room((a), (v)->p, (v)->n, &(v)->cap, sizeof *(v)->p), &(v)->p[(v)->n++])

/* Returns storage for at least n + 1 items of `size` bytes (the new one zeroed) and updates *cap. */
void *vec_room(struct arena *a, void *p, size_t n, size_t *cap, size_t size);

#endif
