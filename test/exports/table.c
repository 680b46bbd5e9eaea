/* table.c - one table with what table programs like to change, written as every export is written; and the reader, for
 * what a table program made of it.
 *     export-table write HELPER XLSX CSV
 *     export-table read HELPER < XLSX        its first sheet as CSV, hidden rows as well */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "sys/sheet/sheet.h"

#define TEN "长一点的文字不能被截短"

static const char *const texts[] = {
    "=1+1", "+8613800000001", "-1-2", "@SUM(A1)", "＝1+1", "－5", "'=1+1", "'0012", "=HYPERLINK(\"http://x\",\"y\")",
    "0012", "00", "110105199001011234", "91110105MA0000001X", "1101050010010001", "9007199254740993", "1.50", "1e5",
    "1E-3", "2026-11-24", "2026/1/2", "1-2", "3/4", "12:30", "TRUE", "false", "50%", "￥1,234.50", "1,234", "１２３",
    "_x0041_", "_x005F_x0041_", "_x000D_", "逗,号;\"引号\"", "两行\n文字", " 前后 ", "中  间", "#REF!", "#N/A", "<b>&amp;",
    "𠮷𡈽䶮㛃", "e\xCC\x81", "\xE2\x80\x8B零宽", "\xC2\xA0不断", "👨‍👩‍👧", "ﾃｽﾄ",
    "\xE2\x80\xAE反向\xE2\x80\xAC", "1 2", "٣٤", "NaN", "Infinity",
    "", TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN,
};
static const char *const numbers[] = { "0", "-0.5", "12", "1234567", "123456789012345", "1234567890123456", "007", "" };
static const char *const amounts[] = { "0.00", "0.10", "-1234.50", "1234567.89", "9999999999999.99", "0.30", "1.005",
                                       "" };
static const char *const dates[] = { "2026-11-24", "2000-02-29", "1901-01-01", "9999-12-31", "1899-12-31", "0000-00-00",
                                     "明天", "" };

static const struct sheet_col cols[] = {
    { .label = S_INIT("文字"), .name = S_INIT("text"), .kind = SHEET_TEXT },
    { .label = S_INIT("件数"), .name = S_INIT("number"), .kind = SHEET_NUMBER },
    { .label = S_INIT("金额"), .name = S_INIT("amount"), .kind = SHEET_NUMBER, .decimals = 2, .grouped = true },
    { .label = S_INIT("面积"), .name = S_INIT("area"), .kind = SHEET_NUMBER, .decimals = 2 },
    { .label = S_INIT("=日期"), .name = S_INIT("date"), .kind = SHEET_DATE },
    { .label = S_INIT("末列"), .name = S_INIT("last"), .kind = SHEET_TEXT },
};

static bool out(int fd, str s) { return write(fd, s.p, s.n) == (ssize_t)s.n; }

static int write_both(const char *xlsx, const char *csv) {
    str cell[COUNT(texts) * COUNT(cols)];
    for (size_t i = 0; i < COUNT(texts); i++) {
        str *row = cell + i * COUNT(cols);
        row[0] = str_of(texts[i]);
        row[1] = str_of(numbers[i % COUNT(numbers)]);
        row[2] = str_of(amounts[i % COUNT(amounts)]);
        row[3] = str_of(amounts[(i + 3) % COUNT(amounts)]);
        row[4] = str_of(dates[i % COUNT(dates)]);
        row[5] = S("末");
    }
    struct sheet_table t = { S("表"), cols, COUNT(cols), cell, COUNT(texts) };
    buf b = buf_new(1 << 20);
    int to = open(xlsx, O_RDWR | O_CREAT | O_TRUNC, 0600), plain = open(csv, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    sheet_csv(&b, &t);
    bool fine = to >= 0 && plain >= 0 && !b.over && out(plain, buf_str(&b)) && sheet_write(&t, 1, to) == OK;
    buf_free(&b);
    return fine ? 0 : 1;
}

static int read_back(void) {
    struct arena *a = arena_new((size_t)64 << 20);
    struct sheet_book book;
    err e = sheet_read(a, 0, &book);
    if (e != OK || book.n == 0) {
        fprintf(stderr, "%.*s\n", STR(book.why));
        return 1;
    }
    const struct sheet *s = &book.sheet[0];
    struct sheet_col plain[SHEET_COLS_MAX];
    buf b = buf_new((size_t)16 << 20);
    for (size_t i = 0; i < COUNT(plain); i++) plain[i] = (struct sheet_col){ .kind = SHEET_TEXT };
    for (size_t i = 0; i < s->n; i++) {
        str cell[SHEET_COLS_MAX];
        for (size_t c = 0; c < s->row[i].n; c++) cell[c] = s->row[i].cell[c].text;
        sheet_csv_row(&b, plain, cell, s->row[i].n);
    }
    bool fine = !b.over && out(1, buf_str(&b));
    buf_free(&b);
    arena_free(a);
    return fine ? 0 : 1;
}

int main(int argc, char **argv) {
    if (argc > 2) sheet_helper(argv[2]);
    if (argc == 5 && str_is(str_of(argv[1]), "write")) return write_both(argv[3], argv[4]);
    if (argc == 3 && str_is(str_of(argv[1]), "read")) return read_back();
    fprintf(stderr, "export-table write HELPER XLSX CSV | read HELPER < XLSX\n");
    return 2;
}
