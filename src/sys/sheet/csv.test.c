#include "base/test.h"
#include "sys/sheet/parse.h"
#include "sys/sheet/stream.h"

static struct sheet_book parsed(struct arena *a, str file) {
    struct sheet_book b;
    CHECK(table_parse(a, file, &b) == OK);
    return b;
}

static str at(const struct sheet_book *b, size_t row, size_t col) {
    const struct sheet *s = b->sheet;
    return row < s->n && col < s->row[row].n ? s->row[row].cell[col].text : S("");
}

TEST(csv_quotes_and_lines) {
    struct sheet_book b = parsed(a, S("a,\"b,\"\"c\"\"\",d\r\n\r\n\"x\ny\",,z\r1,\"open\n2,3\n"));
    CHECK_I64((i64)b.sheet->n, 4);
    CHECK_STR(at(&b, 0, 1), S("b,\"c\""));
    CHECK_STR(at(&b, 1, 0), S("x\ny"));
    CHECK_STR(at(&b, 1, 2), S("z"));
    CHECK_I64(b.sheet->row[1].no, 3);
    /* A quote that never closes is a character like others. */
    CHECK_STR(at(&b, 2, 1), S("\"open"));
    CHECK_STR(at(&b, 3, 1), S("3"));
    CHECK_I64(b.sheet->row[3].no, 5);
    b = parsed(a, S("\"a\"b,c\n"));
    CHECK_STR(at(&b, 0, 0), S("ab"));
    b = parsed(a, S("=\"0101\",\"=\"\"0102\"\"\",'=1+1,'abc\n"));
    CHECK_STR(at(&b, 0, 0), S("0101"));
    CHECK_STR(at(&b, 0, 1), S("0102"));
    CHECK_STR(at(&b, 0, 2), S("=1+1"));
    CHECK_STR(at(&b, 0, 3), S("'abc"));
}

TEST(csv_separators) {
    struct sheet_book b = parsed(a, S("楼号;房号;业主\n3;501;张三,李四\n"));
    CHECK_STR(at(&b, 1, 2), S("张三,李四"));
    b = parsed(a, S("楼号\t房号\n3\t501,502\n"));
    CHECK_STR(at(&b, 1, 1), S("501,502"));
    b = parsed(a, S("sep=;\r\n3;501\r\n"));
    CHECK_STR(at(&b, 0, 1), S("501"));
    b = parsed(a, S("\nonly one column\n"));
    CHECK_STR(at(&b, 0, 0), S("only one column"));
    CHECK_I64(b.sheet->row[0].no, 2);
}

TEST(csv_encodings) {
    struct sheet_book b = parsed(a, S("\xEF\xBB\xBF楼号,𠮷\n"));
    CHECK_STR(at(&b, 0, 0), S("楼号"));
    /* 楼 C2A5, 号 BAC5, four bytes 㐀 8139EE39, 𠮷 9534B235; A6D9 changed in 2022; 0x80-0xFF alone is none. */
    b = parsed(a, S("\xC2\xA5\xBA\xC5,\x81\x39\xEE\x39,\x95\x34\xB2\x35,\xA6\xD9\n"));
    CHECK_STR(b.encoding, S("GB18030"));
    CHECK_STR(at(&b, 0, 0), S("楼号"));
    CHECK_STR(at(&b, 0, 1), S("㐀"));
    CHECK_STR(at(&b, 0, 2), S("𠮷"));
    CHECK_STR(at(&b, 0, 3), S("︐"));
    b = parsed(a, S("\xFF\xFE\x7C\x69,\0\x42\xD8\xB7\xDF\n\0"));
    CHECK_STR(at(&b, 0, 0), S("楼"));
    CHECK_STR(at(&b, 0, 1), S("𠮷"));
    b = parsed(a, S("\xFE\xFF\x69\x7C\0,\0a"));
    CHECK_STR(at(&b, 0, 0), S("楼"));
    static const str bad[] = { S_INIT("\xFF\xFE\xB7\xDF"), S_INIT("\xFF\xFE\x42\xD8"), S_INIT("\xFF\xFE""a"),
                               S_INIT("a,\xC2\xFF\n"), S_INIT("a,\xC2"), S_INIT("a\0b,c\n"), S_INIT(""),
                               S_INIT("\n\n\n"), S_INIT("\xEF\xBB\xBF") };
    for (size_t i = 0; i < COUNT(bad); i++) {
        CHECK(table_parse(a, bad[i], &b) == E_INPUT);
        CHECK(b.why.n > 0);
    }
}

TEST(csv_limits) {
    struct sheet_book b;
    struct arena *big = arena_new((size_t)256 << 20);
    buf wide = buf_new(10000), tall = buf_new(1 << 20), cell = buf_new(1 << 20);
    for (int i = 0; i < 200; i++) buf_lit(&wide, "a,");
    b = parsed(big, buf_str(&wide));
    CHECK_I64((i64)b.sheet->row[0].n, 200);
    buf_lit(&wide, "b");
    CHECK(table_parse(big, buf_str(&wide), &b) == E_TOOBIG);
    for (int i = 0; i < SHEET_ROWS_MAX; i++) buf_lit(&tall, "a\n");
    CHECK(table_parse(big, buf_str(&tall), &b) == OK);
    buf_lit(&tall, "a\n");
    CHECK(table_parse(big, buf_str(&tall), &b) == E_TOOBIG);
    for (int i = 0; i < 5000; i++) buf_lit(&cell, "字");
    b = parsed(big, buf_str(&cell));
    CHECK_I64((i64)utf8_len(at(&b, 0, 0)), SHEET_TEXT_MAX);
    CHECK(b.sheet->row[0].cell[0].flags & SHEET_CUT);
    buf_free(&wide), buf_free(&tall), buf_free(&cell);
    arena_free(big);
}

TEST(files_that_are_no_tables) {
    static const struct { str file, why;
    } all[] = {
        {S_INIT("%PDF-1.7\n"), S_INIT("PDF")},
        {S_INIT("\x89PNG\r\n\x1a\n"), S_INIT("图片")},
        {S_INIT("Rar!\x1a\x07"), S_INIT("压缩包")},
        {S_INIT("  <html><table>"), S_INIT("网页")},
        {S_INIT("<?xml version=\"1.0\"?><Workbook>"), S_INIT("网页或 XML")},
        {S_INIT("\n<TABLE border=1>"), S_INIT("网页")},
        {S_INIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 W\0o\0r\0k\0b\0o\0o\0k\0"), S_INIT("另存为 xlsx")},
        {S_INIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"),
         S_INIT("设了密码")},
        {S_INIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"), S_INIT("文字文档")},
        {S_INIT("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), S_INIT("压缩包")},
        {S_INIT("PK\x03\x04 and nothing more"), S_INIT("损坏")},
        {S_INIT("\x01\x02\0\x03"), S_INIT("不是表格文件")},
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        struct sheet_book b;
        CHECK(table_parse(a, all[i].file, &b) == E_INPUT);
        CHECK(str_has(b.why, all[i].why));
        CHECK(b.n == 0 && b.sheet == NULL);
    }
}

static str random_text(struct arena *a) {
    static const str bits[] = {S_INIT("="),    S_INIT("+"),       S_INIT("-1"), S_INIT("@"),   S_INIT("'"),
                               S_INIT("\""),   S_INIT(","),       S_INIT(";"),  S_INIT("\n"),  S_INIT("\t"),
                               S_INIT("张三"), S_INIT("𠮷"),      S_INIT(" "),  S_INIT("1.5"), S_INIT("＝"),
                               S_INIT("\r"),   S_INIT("_x0041_"), S_INIT("a")};
    buf b = buf_in(a, 256);
    for (u64 n = test_random() % 6; n > 0; n--) buf_s(&b, bits[test_random() % COUNT(bits)]);
    return buf_str(&b);
}

TEST(csv_comes_back_as_it_went) {
    static const struct sheet_col col[] = {{.label = S_INIT("甲"), .kind = SHEET_TEXT},
                                           {.label = S_INIT("乙"), .kind = SHEET_TEXT},
                                           {.label = S_INIT("丙"), .kind = SHEET_NUMBER},
                                           {.label = S_INIT("丁"), .kind = SHEET_TEXT}};
    for (int round = 0; round < 2000; round++) {
        struct arena *t = arena_new(1 << 20);
        str cell[4] = { S("x"), random_text(t), str_fmt(t, "-%d.5", (int)(test_random() % 1000)), random_text(t) };
        struct sheet_table table = { .col = col, .cols = 4, .cell = cell, .rows = 1 };
        buf out = buf_in(t, 65536);
        sheet_csv(&out, &table);
        struct sheet_book b = parsed(t, buf_str(&out));
        for (size_t c = 0; c < 4; c++) CHECK_STR(at(&b, 1, c), cell[c]);
        arena_free(t);
    }
}

TEST(csv_is_never_a_formula) {
    static const str risky[] = {S_INIT("=1+1"),
                                S_INIT("+1"),
                                S_INIT("-1"),
                                S_INIT("@SUM(A1)"),
                                S_INIT("\t=1"),
                                S_INIT("\r=1"),
                                S_INIT("＝1+1"),
                                S_INIT("＋1"),
                                S_INIT("－1"),
                                S_INIT("＠A"),
                                S_INIT("-2+3+cmd|' /C calc'!A0"),
                                S_INIT("=HYPERLINK(\"http://x\",\"y\")"),
                                S_INIT("\n=1"),
                                S_INIT("=\"0101\"")};
    static const struct sheet_col text = { .kind = SHEET_TEXT }, num = { .kind = SHEET_NUMBER };
    for (size_t i = 0; i < COUNT(risky); i++) {
        buf b = buf_in(a, 1024);
        sheet_csv_row(&b, &text, &risky[i], 1);
        CHECK(str_starts(buf_str(&b), S("\"'")));
    }
    buf b = buf_in(a, 1024);
    sheet_csv_row(&b, &num, &S("-12.50"), 1);
    CHECK_STR(buf_str(&b), S("-12.50\r\n"));
    buf_clear(&b);
    sheet_csv_row(&b, &num, &S("-2+3"), 1);
    CHECK(str_starts(buf_str(&b), S("\"'")));
}

/* ---- the stream ---- */

static struct sheet_book sample(struct arena *a) {
    return parsed(a, S("楼号,房号,\"业主\n姓名\"\n3,501,张三\n\n3,502,\n"));
}

TEST(stream_comes_back) {
    struct sheet_book in = sample(a), out;
    buf b = buf_new(1 << 20);
    stream_put_book(&b, &in, OK);
    CHECK(stream_get_book(a, buf_str(&b), &out) == OK);
    CHECK_I64((i64)out.sheet->n, 3);
    CHECK_I64(out.sheet->row[2].no, 4);
    CHECK_STR(at(&out, 0, 2), S("业主\n姓名"));
    CHECK_STR(out.encoding, S("UTF-8"));
    buf_clear(&b);
    CHECK(refuse(&in, E_TOOBIG, "太大") == E_TOOBIG);
    stream_put_book(&b, &in, E_TOOBIG);
    CHECK(stream_get_book(a, buf_str(&b), &out) == E_TOOBIG);
    CHECK_STR(out.why, S("太大"));
    buf_free(&b);
}

TEST(stream_that_is_torn_or_false) {
    struct sheet_book in = sample(a), out;
    buf b = buf_new(1 << 20);
    stream_put_book(&b, &in, OK);
    str whole = buf_str(&b);
    for (size_t n = 0; n < whole.n; n++) {
        char *cut = str_c(a, str_sub(whole, 0, n));
        CHECK(stream_get_book(a, (str){ cut, n }, &out) == E_IO);
    }
    for (int round = 0; round < 20000; round++) {
        struct arena *t = arena_new((size_t)64 << 20);
        char *p = str_c(t, whole);
        for (u64 k = 1 + test_random() % 3; k > 0; k--) p[test_random() % whole.n] = (char)test_random();
        err e = stream_get_book(t, (str){ p, whole.n }, &out);
        CHECK(e == OK || e == E_IO || e == E_INPUT || e == E_TOOBIG);
        arena_free(t);
    }
    buf_free(&b);
}
