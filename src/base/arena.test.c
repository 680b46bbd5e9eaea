#include "base/test.h"

TEST(arena_is_zeroed_and_aligned_also_after_reset) {
    struct arena *own = arena_new(1 << 20);
    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n < 700; n++) {
            u8 *p = arena_alloc(own, n);
            CHECK((uintptr_t)p % _Alignof(max_align_t) == 0);
            for (size_t i = 0; i < n; i++) CHECK(p[i] == 0);
            memset(p, 0xA5, n);
        }
        arena_reset(own);
        CHECK_I64((i64)arena_used(own), 0);
    }
    arena_free(own);
}

static bool grow_is_faithful(struct arena *a, size_t first, size_t step, size_t most, bool alone) {
    u8 *p = arena_alloc(a, first);
    memset(p, 7, first);
    size_t n = first;
    while (n < most) {
        if (!alone) memset(arena_alloc(a, 9), 0xEE, 9);
        p = arena_grow(a, p, n, n + step);
        for (size_t i = 0; i < n; i++) {
            if (p[i] != 7) return false;
        }
        for (size_t i = n; i < n + step; i++) {
            if (p[i] != 0) return false;
        }
        n += step;
        memset(p, 7, n);
    }
    return true;
}

TEST(arena_grow_keeps_the_old_and_zeroes_the_new) {
    CHECK(grow_is_faithful(a, 1, 1, 300, true));
    CHECK(grow_is_faithful(a, 5, 3, 300, false));
    CHECK(grow_is_faithful(a, 0, 4001, 100000, true));
    CHECK(grow_is_faithful(a, 30000, 1000003, 5000000, true));
    CHECK(grow_is_faithful(a, 1, 100000, 1000000, false));
}

static bool holds_buffer(struct arena *own, size_t most) {
    if (ARENA_CATCH(own)) return false;
    (void)arena_alloc(own, 8000);
    buf b = buf_in(own, most);
    while (!b.over) buf_put(&b, "0123456789abcdef", 16);
    return b.n == most;
}

/* Doubling a big buffer must fit in little more than its final size, or a page of 4 MiB could not be built. */
TEST(arena_growth_leaves_no_former_selves) {
    struct arena *own = arena_new((4 << 20) + 65536);
    CHECK(holds_buffer(own, 4 << 20));
    arena_free(own);
}

static bool runs_out(struct arena *own, size_t piece) {
    if (ARENA_CATCH(own)) return true;
    for (int i = 0; i < 1 << 20; i++) (void)arena_alloc(own, piece);
    return false;
}

TEST(arena_stops_at_its_ceiling) {
    static const size_t ceilings[] = { 0, 1, 100, 16384, 16385, 100000, 5 << 20 };
    for (size_t i = 0; i < COUNT(ceilings); i++) {
        struct arena *own = arena_new(ceilings[i]);
        for (int round = 0; round < 2; round++) {
            CHECK(runs_out(own, 100));
            CHECK(arena_used(own) <= ceilings[i]);
            CHECK(arena_used(own) + 256 > ceilings[i] * 3 / 4);
            arena_reset(own);
        }
        arena_free(own);
    }
}

static bool refuses_alloc(struct arena *own, size_t n, size_t item) {
    if (ARENA_CATCH(own)) return true;
    (void)arena_alloc_n(own, n, item);
    return false;
}

static bool refuses_growth(struct arena *own, size_t n) {
    if (ARENA_CATCH(own)) return true;
    (void)arena_grow(own, arena_alloc(own, 8), 8, n);
    return false;
}

TEST(arena_refuses_sizes_that_wrap) {
    static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 2 + 1, (size_t)1 << 60 };
    struct arena *own = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        CHECK(refuses_alloc(own, sizes[i], 1) && refuses_alloc(own, sizes[i], 16) && refuses_growth(own, sizes[i]));
    }
    arena_free(own);
}

/* Sixty allocations and more of every kind. Returns a checksum, the same whenever it comes to an end. */
static i64 workload(struct arena *a) {
    VEC(i64) v = { 0 };
    str s = S("");
    buf b = buf_in(a, 1 << 16);
    for (i64 i = 0; i < 100; i++) {
        *VEC_ADD(a, &v) = i;
        s = str_cat(a, s, str_fmt(a, "%d,", (int)i));
        buf_s(&b, s);
    }
    i64 sum = (i64)(str_hash(buf_str(&b)) >> 1);
    for (size_t i = 0; i < v.n; i++) sum ^= v.p[i];
    return sum;
}

static bool fails_at(struct arena *own, size_t n) {
    if (ARENA_CATCH(own)) return true;
    arena_fail_at(own, n);
    (void)workload(own);
    return false;
}

TEST(arena_fails_at_the_nth_allocation_and_lives_on) {
    struct arena *own = arena_new(1 << 20);
    i64 want = workload(own);
    for (size_t n = 1; n <= 50; n++) {
        arena_reset(own);
        CHECK(fails_at(own, n));
        CHECK_I64(workload(own), want);   /* in what is left, without reset: nothing was damaged */
    }
    arena_fail_at(own, 1);
    arena_fail_at(own, 0);
    arena_reset(own);
    CHECK_I64(workload(own), want);
    CHECK(!fails_at(own, 10000));
    arena_free(own);
}

TEST(vec_grows_keeps_and_zeroes) {
    VEC(i64) v = { 0 };
    for (i64 i = 0; i < 1000; i++) *VEC_ADD(a, &v) = i + 1;
    CHECK_I64((i64)v.n, 1000);
    for (i64 i = 0; i < 1000; i++) CHECK_I64(v.p[i], i + 1);
    v.n--;
    CHECK_I64(*VEC_ADD(a, &v), 0);
}

TEST(err_has_status_name_and_text) {
    CHECK_I64(err_status(OK), 200);
    CHECK_I64(err_status(E_TOOBIG), 413);
    CHECK_STR(str_of(err_name(E_RETRY)), S("E_RETRY"));
    CHECK_STR(str_of(err_text(E_LOGIN)), S("请先登录。"));
    CHECK_I64(err_status((err)999), 500);
    CHECK_I64(err_status((err)-1), 500);
}
