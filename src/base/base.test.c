#include "base/test.h"

TEST(sm3_of_abc) {
    hash h = sm3_of("abc", 3);
    CHECK_STR(str_hex(a, h.b, SM3_LEN), S("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"));
}

TEST(err_has_status_and_text) {
    CHECK_I64(err_status(OK), 200);
    CHECK_I64(err_status(E_TOOBIG), 413);
    CHECK_STR(str_of(err_name(E_RETRY)), S("E_RETRY"));
    CHECK_STR(str_of(err_text(E_LOGIN)), S("请先登录。"));
    CHECK_I64(err_status((err)999), 500);
}

TEST(vec_grows_and_keeps) {
    VEC(i64) v = { 0 };
    for (i64 i = 0; i < 1000; i++) *VEC_ADD(a, &v) = i;
    CHECK_I64((i64)v.n, 1000);
    for (i64 i = 0; i < 1000; i++) CHECK_I64(v.p[i], i);
    v.n--;
    CHECK_I64(*VEC_ADD(a, &v), 0);
}
