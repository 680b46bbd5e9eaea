#include <stdlib.h>
#include <zip.h>
#include "base/test.h"
#include "sys/sheet/parse.h"

/* ---- workbooks made by hand ---- */

struct part { const char *name; str text; };

static str pack(struct arena *a, const struct part *parts, size_t n, const char *password) {
    zip_error_t ze;
    zip_stat_t st;
    zip_error_init(&ze);
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &ze);
    zip_t *z = zip_open_from_source(to, ZIP_CREATE | ZIP_TRUNCATE, &ze);
    zip_source_keep(to);
    for (size_t i = 0; i < n; i++) {
        zip_source_t *s = zip_source_buffer(z, parts[i].text.p, parts[i].text.n, 0);
        zip_int64_t at = zip_file_add(z, parts[i].name, s, ZIP_FL_ENC_UTF_8);
        if (password != NULL && at >= 0)
            CHECK(zip_file_set_encryption(z, (zip_uint64_t)at, ZIP_EM_AES_256, password) == 0);
    }
    CHECK(zip_close(z) == 0);
    CHECK(zip_source_open(to) == 0 && zip_source_stat(to, &st) == 0);
    char *p = arena_alloc(a, st.size + 1);
    CHECK(zip_source_read(to, p, st.size) == (zip_int64_t)st.size);
    zip_source_close(to);
    zip_source_free(to);
    return (str){ p, st.size };
}

#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
static const char top_rels[] = "<Relationships><Relationship Id='r1' Type='" REL
                               "/officeDocument' Target='xl/workbook.xml'/></Relationships>";
static const char book_rels[] =
    "<Relationships><Relationship Id='a' Type='" REL "/worksheet' Target='worksheets/sheet1.xml'/>"
    "<Relationship Id='b' Type='" REL "/styles' Target='/xl/styles.xml'/>"
    "<Relationship Id='c' Type='" REL "/sharedStrings' Target='sharedStrings.xml'/></Relationships>";
static const char styles[] =
    "<styleSheet><numFmts><numFmt numFmtId='164' "
    "formatCode='yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;'/>"
    "<numFmt numFmtId='165' formatCode='0000'/></numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
    "<cellXfs><xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='165'/><xf "
    "numFmtId='31'/></cellXfs></styleSheet>";
static const char strings[] = "<sst><si><t>楼号</t></si><si><r><t>张</t></r><r><t xml:space='preserve'> 三</t></r></si>"
                              "<si><t>东京</t><rPh><t>とうきょう</t></rPh></si><si><t>a_x000D_\nb_x005F_x0041_</t></si></sst>";

static err read_sheet(struct arena *a, const char *sheet, const char *book, struct sheet_book *ret) {
    struct part parts[] = {
        {"_rels/.rels", str_of(top_rels)},         {"xl/_rels/workbook.xml.rels", str_of(book_rels)},
        {"xl/workbook.xml", str_of(book)},         {"xl/styles.xml", str_of(styles)},
        {"xl/sharedStrings.xml", str_of(strings)}, {"xl/worksheets/sheet1.xml", str_of(sheet)}};
    return table_parse(a, pack(a, parts, COUNT(parts), NULL), ret);
}

static const char one_sheet[] =
    "<workbook xmlns:r='" REL "'><sheets><sheet name='台账' sheetId='1' r:id='a'/></sheets></workbook>";

static const struct sheet_cell *cell(const struct sheet_book *b, i64 row, size_t col) {
    static const struct sheet_cell none = { 0 };
    for (size_t k = 0; b->n > 0 && k < b->sheet->n; k++)
        if (b->sheet->row[k].no == row && col < b->sheet->row[k].n) return &b->sheet->row[k].cell[col];
    return &none;
}

TEST(xlsx_cells_of_every_kind) {
    struct sheet_book b;
    CHECK(
        read_sheet(
            a,
            "<worksheet><sheetData>"
            "<row r='2'><c r='A2' t='s'><v>0</v></c><c r='B2' t='s'><v>1</v></c><c r='C2' t='s'><v>2</v></c>"
            "<c r='D2' t='s'><v>3</v></c></row>"
            "<row r='4'><c r='B4'><v>89.049999999999997</v></c><c r='C4' s='1'><v>42156</v></c>"
            "<c r='D4' s='2'><v>101</v></c><c t='b'><v>1</v></c><c t='e'><v>#REF!</v></c>"
            "<c t='inlineStr'><is><r><t>行</t></r><r><t>内</t></r></is></c><c t='str'><f>A1</f><v>果</v></c>"
            "<c><f>1+1</f><v>2</v></c><c><f>1+1</f></c><c s='3'><v>42157</v></c><c "
            "t='d'><v>2015-06-01T00:00:00</v></c></row>"
            "<row><c><v>7</v></c></row>"
            "</sheetData></worksheet>",
            one_sheet, &b) == OK);
    CHECK_STR(b.sheet->name, S("台账"));
    CHECK_STR(cell(&b, 2, 0)->text, S("楼号"));
    CHECK_STR(cell(&b, 2, 1)->text, S("张 三"));
    CHECK_STR(cell(&b, 2, 2)->text, S("东京"));
    CHECK_STR(cell(&b, 2, 3)->text, S("a\nb_x0041_"));
    CHECK_I64(cell(&b, 4, 0)->kind, SHEET_BLANK);
    CHECK_STR(cell(&b, 4, 1)->text, S("89.05"));
    CHECK_STR(cell(&b, 4, 2)->text, S("2015-06-01"));
    CHECK_I64(cell(&b, 4, 2)->kind, SHEET_DATE);
    CHECK_STR(cell(&b, 4, 3)->text, S("0101"));
    CHECK_I64(cell(&b, 4, 4)->kind, SHEET_BOOL);
    CHECK_I64(cell(&b, 4, 5)->kind, SHEET_ERROR);
    CHECK_STR(cell(&b, 4, 6)->text, S("行内"));
    CHECK_STR(cell(&b, 4, 7)->text, S("果"));
    CHECK(cell(&b, 4, 8)->kind == SHEET_NUMBER && (cell(&b, 4, 8)->flags & SHEET_FORMULA));
    CHECK_I64(cell(&b, 4, 9)->kind, SHEET_ERROR);
    CHECK_STR(cell(&b, 4, 10)->text, S("2015-06-02"));
    CHECK_STR(cell(&b, 4, 11)->text, S("2015-06-01"));
    CHECK_STR(cell(&b, 5, 0)->text, S("7"));
}

TEST(xlsx_of_1904_with_prefixes) {
    struct sheet_book b;
    CHECK(read_sheet(a,
                     "<x:worksheet xmlns:x='m'><x:sheetData><x:row r='1'><x:c r='A1' "
                     "s='1'><x:v>40694</x:v></x:c></x:row></x:sheetData></x:worksheet>",
                     "<x:workbook xmlns:x='m' xmlns:rel='" REL
                     "'><x:workbookPr date1904='1'/><x:sheets><x:sheet name='a' rel:id='a' "
                     "state='hidden'/></x:sheets></x:workbook>",
                     &b) == OK);
    CHECK_STR(cell(&b, 1, 0)->text, S("2015-06-01"));
    CHECK(b.sheet->hidden);
}

TEST(xlsx_merged_ranges_are_filled) {
    struct sheet_book b;
    CHECK(read_sheet(a,
                     "<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row><row r='2'><c "
                     "r='B2'><v>2</v></c><c r='C2'><v>3</v></c></row>"
                     "<row r='3'><c r='D3'><v>4</v></c></row></sheetData>"
                     "<mergeCells><mergeCell ref='A1:C1'/><mergeCell ref='B2:B1048576'/><mergeCell "
                     "ref='C2:XFD2'/><mergeCell ref='A9:B10'/>"
                     "<mergeCell ref='nonsense'/><mergeCell ref='C3:A1'/></mergeCells></worksheet>",
                     one_sheet, &b) == OK);
    CHECK_STR(cell(&b, 1, 2)->text, S("1"));
    CHECK_I64(cell(&b, 1, 2)->flags, SHEET_LEFT);
    CHECK_STR(cell(&b, 3, 1)->text, S("2"));
    CHECK_I64(cell(&b, 3, 1)->flags, SHEET_UP);
    CHECK_I64((i64)b.sheet->row[1].n, SHEET_COLS_MAX);
    CHECK_I64(cell(&b, 3, 0)->kind, SHEET_BLANK);
    CHECK_I64((i64)b.sheet->n, 3);
}

TEST(xlsx_that_is_refused) {
    static const struct { const char *sheet; err e; const char *why;
    } all[] = {
        {"<!DOCTYPE x [<!ENTITY a "
         "'b'>]><worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>",
         E_INPUT, "XML 声明"},
        {"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><worksheet/>", E_INPUT, "XML 声明"},
        {"<worksheet><sheetData><row r='1'><c r='GS1'><v>1</v></c></row></sheetData></worksheet>", E_TOOBIG,
         "太宽"},
        {"<worksheet><sheetData><row r='100001'><c><v>1</v></c></row></sheetData></worksheet>", E_TOOBIG,
         "太长"},
        {"<worksheet><sheetData><row r='2'/><row r='2'/></sheetData></worksheet>", E_INPUT, "损坏"},
        {"<worksheet><sheetData><row r='1'><c t='s'><v>4</v></c></row></sheetData></worksheet>", E_INPUT,
         "损坏"},
        {"<worksheet><sheetData><row r='1'><c t='s'><v>-1</v></c></row></sheetData></worksheet>", E_INPUT,
         "损坏"},
        {"<worksheet><sheetData><row r='1'>", E_INPUT, "损坏"},
        {"<worksheet><sheetData/></worksheet>", E_INPUT, "空的"},
        {"", E_INPUT, "损坏"},
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        struct sheet_book b;
        CHECK_I64(read_sheet(a, all[i].sheet, one_sheet, &b), all[i].e);
        CHECK(str_has(b.why, str_of(all[i].why)));
    }
    /* Formats and blanks far out are no content. */
    struct sheet_book b;
    CHECK(read_sheet(a,
                     "<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c><c r='XFD1' s='1'/></row><row "
                     "r='1048576'><c s='1'/></row></sheetData></worksheet>",
                     one_sheet, &b) == OK);
    buf deep = buf_new(1 << 20);
    for (int i = 0; i < 1000; i++) buf_lit(&deep, "<a>");
    CHECK(read_sheet(a, str_c(a, buf_str(&deep)), one_sheet, &b) == E_INPUT);
    buf_free(&deep);
}

TEST(xlsx_bombs) {
    struct arena *big = arena_new((size_t)512 << 20);
    struct sheet_book b;
    /* 64 MB of blanks in a part pack to 64 KB; 20 MB of real rows pack well and are let in. */
    size_t n = (size_t)64 << 20;
    char *blank = malloc(n + 64);
    memcpy(blank, "<worksheet>", 11);
    memset(blank + 11, ' ', n);
    memcpy(blank + 11 + n, "</worksheet>", 13);
    CHECK_I64(read_sheet(big, blank, one_sheet, &b), E_TOOBIG);
    CHECK(str_has(b.why, S("展开后太大")));
    free(blank);
    buf rows = buf_new((size_t)64 << 20);
    buf_lit(&rows, "<worksheet><sheetData>");
    for (int i = 1; i <= 60000; i++) {
        buf_fmt(&rows, "<row r='%d'>", i);
        for (int c = 0; c < 10; c++) buf_fmt(&rows, "<c r='%c%d' t='s' s='0'><v>%d</v></c>", 'A' + c, i, c % 4);
        buf_lit(&rows, "</row>");
    }
    buf_lit(&rows, "</sheetData></worksheet>");
    CHECK(rows.n > (size_t)16 << 20);
    CHECK_I64(read_sheet(big, str_c(big, buf_str(&rows)), one_sheet, &b), OK);
    CHECK_I64((i64)b.sheet->n, 60000);
    buf_free(&rows);
    arena_free(big);
}

TEST(zip_files_that_are_something_else) {
    static const struct { struct part part; const char *why; } all[] = {
        { { "word/document.xml", S_INIT("<a/>") }, "文字文档" },  { { "content.xml", S_INIT("<a/>") }, "另存为 xlsx" },
        { { "xl/workbook.bin", S_INIT("x") }, "另存为 xlsx" },    { { "readme.txt", S_INIT("x") }, "先解压" },
        { { "xl/workbook.xml", S_INIT("<workbook/>") }, "空的" }, { { "xl/workbook.xml", S_INIT("<a><b></a>") }, "损坏" },
    };
    struct sheet_book b;
    for (size_t i = 0; i < COUNT(all); i++) {
        CHECK(table_parse(a, pack(a, &all[i].part, 1, NULL), &b) == E_INPUT);
        CHECK(str_has(b.why, str_of(all[i].why)));
    }
    struct part locked = { "xl/workbook.xml", S("<workbook/>") };
    CHECK(table_parse(a, pack(a, &locked, 1, "secret"), &b) == E_INPUT);
    CHECK(str_has(b.why, S("设了密码")));
}

TEST(xlsx_damaged_anywhere) {
    struct part parts[] = {
        {"_rels/.rels", str_of(top_rels)},
        {"xl/_rels/workbook.xml.rels", str_of(book_rels)},
        {"xl/workbook.xml", str_of(one_sheet)},
        {"xl/styles.xml", str_of(styles)},
        {"xl/sharedStrings.xml", str_of(strings)},
        {"xl/worksheets/sheet1.xml",
         S("<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>1</v></c></row></sheetData>"
           "<mergeCells><mergeCell ref='A1:C3'/></mergeCells></worksheet>")}};
    str whole = pack(a, parts, COUNT(parts), NULL);
    for (size_t n = 0; n < whole.n; n += 3) {
        struct arena *t = arena_new((size_t)64 << 20);
        struct sheet_book b;
        CHECK(table_parse(t, (str){ str_c(t, str_sub(whole, 0, n)), n }, &b) == E_INPUT);
        CHECK(b.why.n > 0);
        arena_free(t);
    }
    for (int round = 0; round < 3000; round++) {
        struct arena *t = arena_new((size_t)64 << 20);
        struct sheet_book b;
        char *p = str_c(t, whole);
        for (u64 k = 1 + test_random() % 4; k > 0; k--) p[test_random() % whole.n] = (char)test_random();
        err e = table_parse(t, (str){ p, whole.n }, &b);
        CHECK((e == OK && b.n > 0) || ((e == E_INPUT || e == E_TOOBIG) && b.why.n > 0));
        arena_free(t);
    }
}
