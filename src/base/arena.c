#include <setjmp.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/base.h"

/* Under AddressSanitizer every byte that was not handed out is poisoned and blocks stand apart, so that running
 * over the end of an arena block is found like running over the end of a malloc block. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define HIDE(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define OPEN(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define GAP 16
#else
#define HIDE(p, n) ((void)(p), (void)(n))
#define OPEN(p, n) ((void)(p), (void)(n))
#define GAP 0
#endif

#define ALIGN alignof(max_align_t)
#define CHUNK_FIRST ((size_t)32 << 10)   /* most requests need no second one */
#define CHUNK_MOST ((size_t)1 << 20)

struct chunk {
    struct chunk *next;               /* older */
    size_t cap, at;
    alignas(ALIGN) char data[];       /* zero from `at` on */
};

struct arena {
    size_t ceiling;                   /* bytes of chunks, so the bound is on memory and not on wishes */
    size_t reserved, used;
    struct chunk *top;                /* newest; the first chunk is the end of the list */
    char *last;                       /* newest block: may grow in place */
    size_t last_n;
    size_t fail_at;
    bool caught;
    jmp_buf target;
};

static _Noreturn void exhausted(struct arena *a) {
    if (!a->caught) {
        fputs("arena: exhausted outside of an entry point\n", stderr);
        abort();
    }
    a->caught = false;                /* a second failure while the first is answered must not loop */
    longjmp(a->target, 1);
}

static void injected(struct arena *a) {
    if (a->fail_at > 0 && --a->fail_at == 0) exhausted(a);
}

/* Blocks are whole multiples of the alignment; 0 means the size does not fit. */
static size_t rounded(size_t n) {
    if (n > SIZE_MAX - 4 * ALIGN) return 0;
    size_t r = (n + ALIGN - 1) / ALIGN * ALIGN;
    return (r == 0 ? ALIGN : r) + GAP;
}

static struct chunk *chunk_new(size_t cap) {
    struct chunk *c = calloc(1, sizeof *c + cap);
    if (c == NULL) return NULL;
    c->cap = cap;
    HIDE(c->data, cap);
    return c;
}

struct arena *arena_new(size_t ceiling) {
    struct arena *a = calloc(1, sizeof *a);
    if (a == NULL) return NULL;
    size_t first = ceiling < CHUNK_FIRST ? ceiling : CHUNK_FIRST;
    a->top = chunk_new(first);
    if (a->top == NULL) {
        free(a);
        return NULL;
    }
    a->ceiling = ceiling;
    a->reserved = first;
    return a;
}

void arena_reset(struct arena *a) {
    while (a->top->next != NULL) {
        struct chunk *older = a->top->next;
        free(a->top);
        a->top = older;
    }
    struct chunk *c = a->top;
    OPEN(c->data, c->cap);
    memset(c->data, 0, c->at);
    HIDE(c->data, c->cap);
    c->at = 0;
    a->reserved = c->cap;
    a->used = 0;
    a->last = NULL;
    a->last_n = 0;
}

void arena_free(struct arena *a) {
    if (a == NULL) return;
    for (struct chunk *c = a->top; c != NULL;) {
        struct chunk *older = c->next;
        free(c);
        c = older;
    }
    free(a);
}

static void chunk_add(struct arena *a, size_t need) {
    size_t left = a->ceiling - a->reserved;
    if (need > left) exhausted(a);
    size_t cap = a->top->cap < CHUNK_MOST / 2 ? a->top->cap * 2 : CHUNK_MOST;
    if (cap > left) cap = left;
    if (cap < need) cap = need;
    struct chunk *c = chunk_new(cap);
    if (c == NULL) exhausted(a);
    a->reserved += cap;
    c->next = a->top;
    a->top = c;
}

static void *block(struct arena *a, size_t n) {
    size_t need = rounded(n);
    if (need == 0) exhausted(a);
    if (need > a->top->cap - a->top->at) chunk_add(a, need);
    struct chunk *c = a->top;
    char *p = c->data + c->at;
    OPEN(p, n);
    c->at += need;
    a->used += need;
    a->last = p;
    a->last_n = need;
    return p;
}

void *arena_alloc(struct arena *a, size_t n) {
    injected(a);
    return block(a, n);
}

void *arena_alloc_n(struct arena *a, size_t n, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(n, size, &total)) exhausted(a);
    return arena_alloc(a, total);
}

/* Grows the newest block, which is alone in the newest chunk, by growing the chunk: a big buffer that doubles does
 * not leave its former selves behind. The first chunk stays as it is, because arena_reset keeps it. */
static void *chunk_stretch(struct arena *a, size_t need) {
    struct chunk *c = a->top;
    size_t more = need - c->cap;
    if (more > a->ceiling - a->reserved) exhausted(a);
    struct chunk *grown = realloc(c, sizeof *c + need);
    if (grown == NULL) exhausted(a);
    OPEN(grown->data + grown->cap, more);
    memset(grown->data + grown->cap, 0, more);
    a->top = grown;
    a->reserved += more;
    grown->cap = need;
    return a->last = grown->data;
}

void *arena_grow(struct arena *a, void *old, size_t old_n, size_t new_n) {
    injected(a);
    if (old == NULL) return block(a, new_n);
    if (new_n <= old_n) return old;
    struct chunk *c = a->top;
    size_t need = rounded(new_n);
    if (need == 0) exhausted(a);
    if (old == a->last && need > a->last_n) {
        size_t from = (size_t)(a->last - c->data);
        bool fits = need <= c->cap - from;
        if (!fits && from == 0 && c->next != NULL) {
            old = chunk_stretch(a, need);
            c = a->top;
            fits = true;
        }
        if (fits) {
            c->at = from + need;
            a->used += need - a->last_n;
            a->last_n = need;
            OPEN(c->data + from, new_n);
            HIDE(c->data + from + new_n, c->cap - from - new_n);
            return old;
        }
    } else if (old == a->last) {
        OPEN((char *)old, new_n);     /* the rounding of the block holds it */
        return old;
    }
    void *p = block(a, new_n);
    memcpy(p, old, old_n);
    return p;
}

size_t arena_used(const struct arena *a) { return a->used; }

jmp_buf *arena_catch(struct arena *a) {
    a->caught = true;
    return &a->target;
}

void arena_uncatch(struct arena *a) { a->caught = false; }

void arena_target_keep(const struct arena *a, struct arena_target *ret) {
    ret->caught = a->caught;
    memcpy(&ret->at, &a->target, sizeof ret->at);
}

void arena_target_put_back(struct arena *a, const struct arena_target *kept) {
    a->caught = kept->caught;
    memcpy(&a->target, &kept->at, sizeof a->target);
}

void arena_fail_at(struct arena *a, size_t n) { a->fail_at = n; }
