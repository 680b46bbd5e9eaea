#include "base/test.h"
#include "kit/form/json.h"

static str many(struct arena *a, const char *open, const char *part, size_t n, const char *close) {
    buf b = buf_in(a, 1 << 20);
    buf_fmt(&b, "%s%s", open, part);
    for (size_t i = 1; i < n; i++) buf_fmt(&b, ",%s", part);
    buf_fmt(&b, "%s", close);
    return buf_str(&b);
}

TEST(json_bodies_are_bounded) {
    struct pairs p;
    const char *why = NULL;
    CHECK(json_pairs(a, S("{\"a\":1,\"b\":[\"x,y\",2],\"c\":true,\"d\":null}"), &p, &why) == OK);
    CHECK_I64((i64)p.n, 3);
    CHECK(str_is(pair_get(&p, "b"), "x,y 2"));
    CHECK(json_pairs(a, many(a, "{\"a\":[", "1", 1001, "]}"), &p, &why) == OK);
    CHECK(json_pairs(a, many(a, "{\"a\":[", "1", 1002, "]}"), &p, &why) == E_INPUT && why);
    CHECK(json_pairs(a, many(a, "{\"a\":\"", "1", 5000, "\"}"), &p, &why) == OK);   /* commas of a text are no parts */
    CHECK(json_pairs(a, S("{\"a\":[[[[[[[[[1]]]]]]]]]}"), &p, &why) == E_INPUT && why);
    CHECK(json_pairs(a, S("{\"a\":1,\"a\":2}"), &p, &why) == E_INPUT);
    CHECK(json_pairs(a, S("{\"a\":{\"b\":1}}"), &p, &why) == E_INPUT);
    CHECK(json_pairs(a, S("{\"a\":1.5}"), &p, &why) == E_INPUT);
    CHECK(json_pairs(a, S(""), &p, &why) == E_INPUT);
}
