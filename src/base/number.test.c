#include "base/test.h"

__extension__ typedef unsigned __int128 u128;

/* Numbers of every size are equally likely. */
static i64 any(void) {
    i64 v = (i64)(test_random() >> (test_random() % 64));
    return test_random() & 1 ? v : -1 - v;
}

static u64 size(i64 v) { return v < 0 ? 0 - (u64)v : (u64)v; }

TEST(muldiv_is_rounded_half_away_from_zero) {
    i64 r;
    CHECK(i64_muldiv(5, 1, 2, &r) && r == 3);
    CHECK(i64_muldiv(-5, 1, 2, &r) && r == -3);
    CHECK(i64_muldiv(INT64_MAX, INT64_MAX, INT64_MAX, &r) && r == INT64_MAX);
    CHECK(i64_muldiv(INT64_MIN, INT64_MAX, INT64_MAX, &r) && r == INT64_MIN);
    CHECK(!i64_muldiv(1, 1, 0, &r) && !i64_muldiv(1, 1, -1, &r) && !i64_muldiv(INT64_MIN, -1, 1, &r));
    CHECK(!i64_muldiv(INT64_MAX, 3, 2, &r));
    i64 fits = 0;
    for (int i = 0; i < 1000000; i++) {
        i64 x = any(), y = any(), z = any();
        bool minus = (x < 0) != (y < 0);
        u128 q = 0;
        bool want = z > 0;
        if (want) {
            q = ((u128)size(x) * size(y) + size(z) / 2) / (u64)z;   /* half of an odd z is rounded down: exact */
            want = q <= (u128)INT64_MAX + minus;
        }
        r = 77;
        bool got = i64_muldiv(x, y, z, &r);
        i64 value = minus ? (i64)(0 - (u64)q) : (i64)q;
        if (got != want || r != (got ? value : 77)) CHECK_I64(x, y);
        fits += got;
    }
    CHECK(fits > 100000);
}

TEST(ratio_compares_by_cross_multiplication) {
    CHECK_I64(ratio_cmp(1, 2, 1, 2), 0);
    CHECK_I64(ratio_cmp(2, 3, 4, 6), 0);
    CHECK_I64(ratio_cmp(INT64_MAX, INT64_MAX - 1, INT64_MAX - 1, INT64_MAX), 1);
    CHECK_I64(ratio_cmp(-1, 2, 1, 3), -1);
    for (int i = 0; i < 100000; i++) {
        i64 x = any(), y = any(), b = (any() & INT64_MAX) | 1, d = (any() & INT64_MAX) | 1;
        int want = (x < 0) != (y < 0) ? (x < 0 ? -1 : 1) : 0;
        if (want == 0) {
            u128 left = (u128)size(x) * (u64)d, right = (u128)size(y) * (u64)b;
            want = left == right ? 0 : (left > right) == (x >= 0) ? 1 : -1;
        }
        if (ratio_cmp(x, b, y, d) != want) CHECK_I64(x, y);
    }
}

/* Largest remainder as the books have it: rank them all, stable, and hand out one by one. */
static void split_slowly(i64 total, const i64 *weight, size_t n, i64 *share) {
    u128 sum = 0;
    u64 rest[64], left = size(total);
    size_t rank[64];
    for (size_t i = 0; i < n; i++) sum += (u128)weight[i];
    for (size_t i = 0; i < n; i++) {
        u128 part = (u128)size(total) * (u64)weight[i];
        share[i] = (i64)(u64)(part / sum);
        rest[i] = (u64)(part % sum);
        left -= (u64)share[i];
        size_t k = i;
        for (; k > 0 && rest[rank[k - 1]] < rest[i]; k--) rank[k] = rank[k - 1];
        rank[k] = i;
    }
    for (size_t k = 0; k < left; k++) share[rank[k]]++;
    for (size_t i = 0; total < 0 && i < n; i++) share[i] = (i64)(0 - (u64)share[i]);
}

TEST(split_largest_is_exact) {
    i64 weight[64], share[64], want[64];
    for (int round = 0; round < 100000; round++) {
        size_t n = 1 + test_random() % 64;
        unsigned small = (unsigned)(test_random() % 58);
        i64 total = any(), sum = 0;
        if (round % 2) total %= 1000;
        for (size_t i = 0; i < n; i++) {
            weight[i] = test_random() % 5 == 0 ? 0 : (i64)(test_random() >> (6 + small)) / (i64)n;
            sum += weight[i];
        }
        if (sum == 0) weight[test_random() % n] = 1;
        if (!split_largest(total, weight, n, share)) {
            CHECK(false);
            continue;
        }
        split_slowly(total, weight, n, want);
        i64 all = 0;
        for (size_t i = 0; i < n; i++) {
            if (share[i] != want[i]) CHECK_I64(share[i], want[i]);
            all = (i64)((u64)all + (u64)share[i]);
            if (weight[i] == 0 && share[i] != 0) CHECK(false);
        }
        CHECK_I64(all, total);
    }
}

TEST(split_largest_knows_its_limits) {
    i64 share[4];
    CHECK(!split_largest(1, (i64[]){ 0, 0 }, 2, share));
    CHECK(!split_largest(1, (i64[]){ 2, -1 }, 2, share));
    CHECK(!split_largest(1, (i64[]){ INT64_MAX, 1 }, 2, share));
    CHECK(!split_largest(1, NULL, 0, share));
    CHECK(split_largest(100, (i64[]){ 1, 1, 1 }, 3, share) && share[0] == 34 && share[1] == 33 && share[2] == 33);
    CHECK(split_largest(-100, (i64[]){ 1, 1, 1 }, 3, share) && share[0] == -34 && share[2] == -33);
    CHECK(split_largest(2, (i64[]){ 0, 1, 1, 1 }, 4, share) && share[0] == 0 && share[1] == 1 && share[3] == 0);
    CHECK(split_largest(INT64_MIN, (i64[]){ INT64_MAX }, 1, share) && share[0] == INT64_MIN);
    CHECK(split_largest(INT64_MIN, (i64[]){ INT64_MAX / 2, INT64_MAX / 2 }, 2, share) && share[0] == share[1]);
    CHECK(split_largest(1, (i64[]){ 1, INT64_MAX - 1 }, 2, share) && share[0] == 0 && share[1] == 1);
}

TEST(money_goes_out_and_in) {
    money m, sum;
    for (int i = 0; i < 200000; i++) {
        money want = { any() };
        if (i < 2) want.fen = i ? INT64_MIN : INT64_MAX;
        buf plain = buf_in(a, 64), shown = buf_in(a, 64);
        money_put(&plain, want);
        money_show(&shown, want);
        if (!money_parse(buf_str(&plain), &m) || m.fen != want.fen) CHECK_I64(m.fen, want.fen);
        if (!money_parse(buf_str(&shown), &m) || m.fen != want.fen) CHECK_I64(m.fen, want.fen);
        if (i % 1000 == 0) arena_reset(a);
    }
    CHECK(!money_add((money){ INT64_MAX }, (money){ 1 }, &sum));
    CHECK(money_sub((money){ 5 }, (money){ 7 }, &sum) && sum.fen == -2);
}

TEST(money_is_read_as_people_write_it) {
    static const struct { const char *text; i64 fen; } good[] = {
        { "12.30", 1230 }, { "1,234.5", 123450 }, { "１２.３０", 1230 }, { "１，２３４．５", 123450 }, { "0", 0 },
        { " 7 ", 700 }, { "　8　", 800 }, { "-0.01", -1 }, { "－3", -300 }, { "1,000,000", 100000000 },
        { "0012", 1200 }, { "92233720368547758.07", INT64_MAX }, { "-92,233,720,368,547,758.08", INT64_MIN },
    };
    static const char *const bad[] = {
        "", "-", ".", ".5", "5.", "1.234", "12,34", "1,23,456", ",123", "123,", "1234,567", "1,,234", "1.2,3",
        "1 2", "1e3", "+1", "--1", "￥1", "1元", "92233720368547758.08", "-92233720368547758.09", "999999999999999999999",
        "１２.３.０", "1.-2", "0x1", "\xEF\xBC", "nan",
    };
    money m = { 5 };
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (money_parse(str_of(bad[i]), &m)) CHECK_STR(str_of(bad[i]), S("refused"));
    }
    CHECK(!money_parse(S("1\0"), &m));
    CHECK_I64(m.fen, 5);
    for (size_t i = 0; i < COUNT(good); i++) {
        if (!money_parse(str_of(good[i].text), &m) || m.fen != good[i].fen) CHECK_I64(m.fen, good[i].fen);
    }
    buf b = buf_in(a, 200);
    money_show(&b, (money){ 124560 });
    buf_c(&b, ' ');
    money_show(&b, (money){ -99999999 });
    buf_c(&b, ' ');
    money_show(&b, (money){ -100000000 });
    buf_c(&b, ' ');
    money_put(&b, (money){ 5 });
    buf_c(&b, ' ');
    sqm_put(&b, (sqm){ 8905 });
    CHECK_STR(buf_str(&b), S("1,245.60 -999,999.99 -1,000,000.00 0.05 89.05"));
    sqm area;
    CHECK(sqm_parse(S("89.05"), &area) && area.dm2 == 8905);
    CHECK(sqm_add(area, area, &area) && area.dm2 == 17810);
}

TEST(id_text_goes_out_and_in) {
    i64 back;
    for (int i = 0; i < 200000; i++) {
        i64 id = any() & INT64_MAX;
        str s = id_text(a, i == 0 ? INT64_MAX : id);
        if (s.n != ID_TEXT || !id_parse(s, &back) || back != (i == 0 ? INT64_MAX : id)) CHECK_I64(back, id);
        if (i % 1000 == 0) arena_reset(a);
    }
    CHECK_STR(id_text(a, 0), S("0000000000000"));
    CHECK_STR(id_text(a, INT64_MAX), S("7zzzzzzzzzzzz"));
    CHECK_STR(id_text(a, 32), S("0000000000010"));
    CHECK(str_cmp(id_text(a, 31), id_text(a, 32)) < 0);
    CHECK(id_parse(S("00000000OoIlL"), &back) && back == ((1 << 10) | (1 << 5) | 1));
    CHECK(id_parse(S("7ZZZZZZZZZZZZ"), &back) && back == INT64_MAX);
    static const char *const bad[] = { "", "0", "000000000000", "00000000000000", "8000000000000", "000000000000u",
                                       "-000000000001", "000000000000 ", "中000000000000", "u000000000000" };
    for (size_t i = 0; i < COUNT(bad); i++) CHECK(!id_parse(str_of(bad[i]), &back));
    CHECK(!id_parse((str){ "0000000000\0000", 13 }, &back));
    buf b = buf_in(a, 8);
    base32_put(&b, 0xFFFFFFFFFFu + 2, 8);   /* the lowest 40 bits */
    CHECK_STR(buf_str(&b), S("00000001"));
}
