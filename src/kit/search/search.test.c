#include <stdio.h>
#include <unistd.h>
#include "base/test.h"
#include "kit/search/keys.h"
#include "kit/search/namekey.h"

static str file_of(struct arena *a, const char *path) {
    static const char *const tops[] = { "", "../", "../../", "../../../" };
    buf b = buf_in(a, (size_t)4 << 20);
    for (size_t i = 0; i < COUNT(tops) && b.n == 0; i++) {
        FILE *f = fopen(str_fmt(a, "%s%s", tops[i], path).p, "rb");
        char chunk[4096];
        for (size_t n; f != NULL && (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_put(&b, chunk, n);
        if (f != NULL) fclose(f);
    }
    CHECK(b.n > 0);
    return buf_str(&b);
}

static struct pinyin *readings(struct arena *a) {
    struct pinyin *py = NULL;
    CHECK(pinyin_load(a, file_of(a, "data/pinyin.tsv"), file_of(a, "data/names.tsv"), &py) == OK);
    return py;
}

TEST(names_that_look_the_same_have_one_key) {
    static const struct { str x, y;
    } same[] = {
        {S_INIT("阿依古丽·买买提"), S_INIT("阿依古丽•买买提")},
        {S_INIT("阿依古丽·买买提"), S_INIT("阿依古丽・买买提")},
        {S_INIT("阿依古丽·买买提"), S_INIT("阿依古丽‧买买提")},
        {S_INIT("阿依古丽·买买提"), S_INIT("阿依古丽．买买提")},
        {S_INIT("阿依古丽·买买提"), S_INIT("阿依古丽 . 买买提")},
        {S_INIT("阿依古丽·买买提"), S_INIT("阿依古丽･买买提")},
        {S_INIT("张三"), S_INIT("张　三")},
        {S_INIT("人民"), S_INIT("⼈民")},
        {S_INIT("隆某"), S_INIT("\uF9DC某")},
        {S_INIT("john smith"), S_INIT("ＪＯＨＮ　Ｓｍｉｔｈ")},
        {S_INIT("3号楼"), S_INIT("３号楼")},
        {S_INIT("张三"), S_INIT("张\u200B三")},
        {S_INIT("é"), S_INIT("e\u0301")},
        {S_INIT("丽"), S_INIT("\U0002F800")},
    };
    for (size_t i = 0; i < COUNT(same); i++) CHECK_STR(name_key(a, same[i].x), name_key(a, same[i].y));
    static const str apart[] = { S_INIT("𠮷田"), S_INIT("吉田"), S_INIT("㐀"), S_INIT("丘"), S_INIT("张三"), S_INIT("张叁") };
    for (size_t i = 0; i < COUNT(apart); i++)
        for (size_t k = 0; k < i; k++) CHECK(!str_eq(name_key(a, apart[i]), name_key(a, apart[k])));
    CHECK_STR(name_key(a, S("")), S(""));
    CHECK_STR(name_key(a, S(" \u200B ")), S(""));
    CHECK_STR(name_key(a, S("𰀀")), S("𰀀"));
    /* A key of a key is the key. */
    for (size_t i = 0; i < COUNT(same); i++) CHECK_STR(name_key(a, name_key(a, same[i].y)), name_key(a, same[i].y));
}

TEST(readings_of_names_and_places) {
    const struct pinyin *py = readings(a);
    CHECK_STR(pinyin_of(a, py, S("阳光雅苑"), false), S("yang guang ya yuan"));
    CHECK_STR(pinyin_initials(a, py, S("阳光雅苑"), false), S("ygyy"));
    CHECK_STR(pinyin_initials(a, py, S("单雄信"), true), S("sxx"));
    CHECK_STR(pinyin_of(a, py, S("欧阳锋"), true), S("ou yang feng"));
    CHECK_STR(pinyin_of(a, py, S("曾国藩"), true), S("zeng guo fan"));
    CHECK_STR(pinyin_of(a, py, S("A座12层"), false), S("a zuo 12 ceng"));
    CHECK_STR(pinyin_initials(a, py, S("３号楼"), false), S("3hl"));
    CHECK_STR(pinyin_of(a, py, S("𰀀某"), true), S("𰀀 mou"));
    CHECK_STR(pinyin_of(a, py, S(""), true), S(""));
    struct pinyin *bad;
    CHECK(pinyin_load(a, S("reading\tfirst\talso\nB1\t八\t\n"), S(""), &bad) == E_INPUT);
    CHECK(pinyin_load(a, S(""), S("surname\t王\n"), &bad) == E_INPUT);
}

static bool has(const struct search_keys *k, str key) {
    for (size_t i = 0; i < k->n; i++)
        if (str_eq(k->p[i], key)) return true;
    return false;
}

/* What the table would answer: all keys there, or one that begins so. */
static bool found(struct arena *a, const struct pinyin *py, str text, str query) {
    struct search_keys k;
    struct search_query q;
    search_keys(a, py, text, &k);
    search_query(a, query, &q);
    if (q.keys.n == 0) return false;
    for (size_t i = 0; i < q.keys.n; i++) {
        bool hit = has(&k, q.keys.p[i]);
        for (size_t x = 0; x < k.n && q.prefix && !hit; x++) hit = str_starts(k.p[x], q.keys.p[i]);
        if (!hit) return false;
    }
    return true;
}

TEST(texts_are_found) {
    const struct pinyin *py = readings(a);
    static const struct { str text, query; bool hit; } all[] = {
        { S_INIT("阳光雅苑"), S_INIT("阳光"), true },   { S_INIT("阳光雅苑"), S_INIT("光雅苑"), true },
        { S_INIT("阳光雅苑"), S_INIT("苑"), true },     { S_INIT("阳光雅苑"), S_INIT("ygyy"), true },
        { S_INIT("阳光雅苑"), S_INIT("GY"), true },     { S_INIT("阳光雅苑"), S_INIT("y"), true },
        { S_INIT("阳光雅苑"), S_INIT("雅光"), false },  { S_INIT("阳光雅苑"), S_INIT("z"), false },
        { S_INIT("3号楼2单元501"), S_INIT("501"), true }, { S_INIT("3号楼2单元501"), S_INIT("3号楼"), true },
        { S_INIT("3号楼2单元501"), S_INIT("3hl"), true }, { S_INIT("3号楼2单元501"), S_INIT("3号楼 2单元"), true },
        { S_INIT("3号楼2单元501"), S_INIT("601"), false }, { S_INIT("单雄信"), S_INIT("sxx"), true },
        { S_INIT("欧阳锋"), S_INIT("oyf"), true },      { S_INIT("阿依古丽·买买提"), S_INIT("阿依古丽买买提"), true },
        { S_INIT("阿依古丽•买买提"), S_INIT("丽·买"), true }, { S_INIT("𠮷田某"), S_INIT("𠮷田"), true },
        { S_INIT("𠮷田某"), S_INIT("吉田"), false },    { S_INIT("ＡＢＣ大厦"), S_INIT("abc"), true },
        { S_INIT("ABC大厦"), S_INIT("abcd"), true },    { S_INIT("重兴园"), S_INIT("cxy"), true },
        { S_INIT("重兴园"), S_INIT("zxy"), true },      { S_INIT("张三"), S_INIT("·"), false },
        { S_INIT("张三"), S_INIT(""), false },          { S_INIT("⼈民"), S_INIT("人民"), true },
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        bool hit = found(a, py, all[i].text, all[i].query);
        CHECK(hit == all[i].hit);
        if (hit != all[i].hit) fprintf(stderr, "%.*s by %.*s\n", STR(all[i].text), STR(all[i].query));
    }
}

/* Whatever is cut out of a text finds the text. */
TEST(every_piece_finds_its_text) {
    const struct pinyin *py = readings(a);
    static const str bits[] = {S_INIT("张"), S_INIT("三"), S_INIT("单"),   S_INIT("·"), S_INIT("A"),
                               S_INIT("7"),  S_INIT("𠮷"), S_INIT("𰀀"), S_INIT(" "), S_INIT("乐"),
                               S_INIT("ｂ"), S_INIT("楼"), S_INIT("（")};
    for (int round = 0; round < 2000; round++) {
        struct arena *t = arena_new(1 << 20);
        buf b = buf_in(t, 256);
        size_t at[12] = { 0 }, n = 1 + test_random() % 10;
        for (size_t i = 0; i < n; i++) {
            buf_s(&b, bits[test_random() % COUNT(bits)]);
            at[i + 1] = b.n;
        }
        size_t from = test_random() % n, to = from + 1 + test_random() % (n - from);
        str query = str_sub(buf_str(&b), at[from], at[to] - at[from]);
        struct search_query q;
        search_query(t, query, &q);
        if (q.keys.n > 0) CHECK(found(t, py, buf_str(&b), query));
        arena_free(t);
    }
    struct search_keys k;
    buf longer = buf_in(a, 100000);
    for (int i = 0; i < 5000; i++) buf_lit(&longer, "字");
    search_keys(a, py, buf_str(&longer), &k);
    CHECK(k.n <= 6);
}
