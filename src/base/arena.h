/* arena.h - memory with the lifetime of one request, job or batch.
 *
 * Room code allocates and never frees. An arena has a ceiling. When it is reached, or malloc fails,
 * arena_alloc does not return: it jumps to the entry point that owns the arena, which fails this one
 * request with 503 and keeps the process. So no caller tests for NULL. Code that holds a lock must not
 * allocate from an arena.
 *
 *     if (ARENA_CATCH(a)) return E_FULL;    // at the entry point only
 */
#ifndef WUYE_ARENA_H
#define WUYE_ARENA_H

#include <setjmp.h>
#include "base/base.h"

struct arena;

/* Makes an arena that refuses to grow past `ceiling` bytes. NULL if malloc fails. */
struct arena *arena_new(size_t ceiling);
/* Gives everything back but keeps the first chunk, for the next request. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);
/* Zeroed memory, aligned for any type. Does not return on exhaustion (see above); aborts if nobody catches. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((malloc, alloc_size(2), returns_nonnull));
/* Grows the newest block in place when possible, else copies. Like realloc, `old` is gone afterwards. */
void *arena_grow(struct arena *a, void *old, size_t old_n, size_t new_n) __attribute__((returns_nonnull));
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);
/* The jump target of the arena; see ARENA_CATCH. */
jmp_buf *arena_catch(struct arena *a);
/* Takes the target away when the entry point is left. */
void arena_uncatch(struct arena *a);
/* Whoever waits while another thread works with the arena, and has its target there meanwhile, keeps his own and puts
 * it back: without it the next exhausted allocation would end the process. */
struct arena_target { bool caught; jmp_buf at; };
void arena_target_keep(const struct arena *a, struct arena_target *ret);
void arena_target_put_back(struct arena *a, const struct arena_target *kept);
/* Fault injection: the n-th next allocation fails as if exhausted (0 switches off). Tests only. */
void arena_fail_at(struct arena *a, size_t n);

#define ARENA_CATCH(a) (setjmp(*arena_catch(a)) != 0)
#define NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define NEW_N(a, type, n) ((type *)arena_alloc_n((a), (n), sizeof(type)))

void *arena_alloc_n(struct arena *a, size_t n, size_t size) __attribute__((returns_nonnull));

#endif
