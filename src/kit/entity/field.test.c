/* One text form of every value, in and out; all faults of a form at once, each at its field. */
#include "base/test.h"
#include "kit/entity/field.h"

#define COLOURS(E) E(RED, 1, "红") E(GREEN, 2, "绿")
enum colour { COLOURS(ITEM_ENUM) };
ITEMS(colours, COLOURS)

#define SAMPLE(F)                                                                                                \
    F(name, TEXT, "名称", .flags = REQ, .min = 2, .max = 5)                                                      \
    F(words, LINES, "说明", .max = 10)                                                                           \
    F(colour, ENUM, "颜色", .flags = REQ, .items = colours)                                                      \
    F(price, MONEY, "价格")                                                                                      \
    F(size, SQM, "面积")                                                                                         \
    F(on, DAY, "日期")                                                                                           \
    F(floor, OPT_INT, "楼层", .min = -3, .max = 99)                                                              \
    F(home, OPT_REF, "房屋")                                                                                     \
    F(quiet, FLAG, "安静")                                                                                       \
    F(phone, PLAIN, "手机")
struct sample { FIELD_STRUCT(SAMPLE) };
#define ENT struct sample
static const struct field fields[] = { FIELD_LIST(SAMPLE) FIELD_END };
#undef ENT

static err read(struct arena *a, struct sample *s, struct faults *ff, const struct pair *p, size_t n) {
    *s = (struct sample){ 0 };
    *ff = (struct faults){ 0 };
    return fields_read(a, fields, s, &(struct pairs){ p, n }, ff);
}
#define READ(s, ff, ...)                                                                                         \
    read(a, s, ff, (const struct pair[]){ __VA_ARGS__ }, COUNT(((const struct pair[]){ __VA_ARGS__ })))
#define P(n, v) { S(n), S(v) }
#define GOOD P("name", "银杏里"), P("colour", "green")

TEST(values_are_read_as_people_write_them) {
    struct sample s;
    struct faults ff;
    CHECK(READ(&s, &ff, P("name", "　银杏里 "), P("colour", "GREEN"), P("price", "１，２３４.5"), P("size", "89.05"),
               P("on", "2026-11-24"), P("floor", "-2"), P("quiet", "on"), P("words", "一\r\n二")) == OK);
    CHECK_STR(s.name, S("银杏里"));
    CHECK_I64(s.colour, GREEN);
    CHECK_I64(s.size.dm2, 8905);
    CHECK_I64(s.on.n, day_from(2026, 11, 24).n);
    CHECK(s.floor.has && s.floor.v == -2);
    CHECK(!s.home.has);
    CHECK_I64(s.quiet, 1);
    CHECK_STR(s.words, S("一\n二"));
}

TEST(all_faults_come_at_once_each_at_its_field) {
    struct sample s;
    struct faults ff;
    CHECK(READ(&s, &ff, P("name", "杏"), P("colour", "blue"), P("price", "12.345"), P("size", "大"),
               P("on", "2026-02-30"),
               P("floor", "100"), P("home", "xyz"), P("words", "一二三四五六七八九十多")) == E_INPUT);
    static const char *const at[] = { "name", "colour", "price", "size", "on", "floor", "home", "words" };
    CHECK_I64((i64)ff.n, (i64)COUNT(at));
    for (size_t i = 0; i < COUNT(at); i++) CHECK(fault_at(&ff, at[i]).n > 0);
    CHECK_STR(fault_at(&ff, "words"), S("最多写 10 个字，现在是 11 个。"));
}

TEST(what_is_missing_unknown_or_unprintable_is_said) {
    struct sample s;
    struct faults ff;
    CHECK(READ(&s, &ff, P("colour", "red")) == E_INPUT);
    CHECK_STR(fault_at(&ff, "name"), S("请填写名称。"));
    CHECK(READ(&s, &ff, GOOD, P("admin", "1")) == E_INPUT);
    CHECK_STR(fault_at(&ff, "admin"), S("没有这一项。"));
    CHECK(READ(&s, &ff, GOOD, P("csrf", "x"), P("do", "y"), P("key", "z")) == OK);
    CHECK(READ(&s, &ff, P("name", "银\x01杏"), P("colour", "red")) == E_INPUT);
    CHECK(fault_at(&ff, "name").n > 0);
}

TEST(the_text_form_reads_back_to_the_same_value) {
    for (int i = 0; i < 2000; i++) {
        struct sample s = { .name = S("银杏"), .colour = i % 2 ? RED : GREEN,
                            .price = { (i64)(test_random() % 1000000000) }, .size = { (i64)(test_random() % 1000000) },
                            .on = { (i64)(test_random() % 40000) }, .floor = { i % 3 > 0, (i64)(test_random() % 100) },
                            .home = { i % 5 > 0, (i64)(test_random() >> 1) }, .quiet = i % 2 };
        struct pair p[COUNT(fields)];
        size_t n = 0;
        for (const struct field *f = fields; f->name; f++) {
            str text;
            if (field_text(a, f, &s, &text)) p[n++] = (struct pair){ str_of(f->name), text };
        }
        struct sample back;
        struct faults ff;
        CHECK(read(a, &back, &ff, p, n) == OK);
        CHECK(back.price.fen == s.price.fen && back.size.dm2 == s.size.dm2 && back.on.n == s.on.n);
        CHECK(back.colour == s.colour && back.quiet == s.quiet && back.floor.has == s.floor.has);
        CHECK(back.home.has == s.home.has && (!s.home.has || back.home.v == s.home.v));
    }
}

TEST(personal_data_is_never_printed) {
    struct sample s = { .name = S("银杏里"), .phone = S("13800001234") };
    buf b = buf_in(a, 4096);
    str text;
    fields_json(&b, a, fields, &s);
    CHECK(!str_has(buf_str(&b), S("1380000")));
    CHECK(field_text(a, field_find(fields, S("phone")), &s, &text) && text.n == 0);
    CHECK(!str_has(field_show(a, field_find(fields, S("phone")), &s), S("1380000")));
}
