#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/test.h"
#include "sys/sheet/sheet.h"

/* The real helper, over real descriptors. */

#if defined(__SANITIZE_ADDRESS__)
#define CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHECKED 1
#endif
#endif

static int file_with(str s) {
    int fd = memfd_create("test", MFD_CLOEXEC);
    CHECK(fd >= 0 && write(fd, s.p, s.n) == (ssize_t)s.n);
    return fd;
}

static size_t open_files(void) {
    size_t n = 0;
    for (int fd = 0; fd < 1000; fd++) n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

TEST(helper_reads_csv) {
    struct sheet_book b;
    int fd = file_with(S("\xC2\xA5\xBA\xC5,501\n"));
    CHECK(sheet_read(a, fd, &b) == OK);
    CHECK_STR(b.encoding, S("GB18030"));
    CHECK_STR(b.sheet->row[0].cell[0].text, S("楼号"));
    size_t before = open_files();
    for (int i = 0; i < 20; i++) CHECK(sheet_read(a, fd, &b) == OK);
    CHECK_I64((i64)open_files(), (i64)before);
    close(fd);
    fd = file_with(S("%PDF-1.4"));
    CHECK(sheet_read(a, fd, &b) == E_INPUT);
    CHECK(str_has(b.why, S("PDF")));
    close(fd);
}

/* An arena that is exhausted jumps over sheet_read; no descriptor stays behind, and the next call is whole. */
static bool read_in_little_room(int fd, size_t room) {
    struct arena *t = arena_new(room);
    struct sheet_book b;
    bool jumped = ARENA_CATCH(t);
    if (!jumped) CHECK(sheet_read(t, fd, &b) == OK);
    arena_free(t);
    return jumped;
}

TEST(memory_runs_out) {
    struct sheet_book b;
    size_t jumps = 0;
    int fd = file_with(S("楼号,房号\n3,501\n3,502\n3,503\n3,504\n3,505\n"));
    CHECK(sheet_read(a, fd, &b) == OK);
    size_t before = open_files();
    for (size_t room = 64; room < 4096; room += 192) jumps += read_in_little_room(fd, room);
    CHECK(jumps > 0);
    CHECK_I64((i64)open_files(), (i64)before);
    CHECK(sheet_read(a, fd, &b) == OK);
    CHECK_I64((i64)b.sheet->n, 6);
    close(fd);
}

TEST(helper_that_fails) {
    struct sheet_book b;
    int fd = file_with(S("a,b\n"));
    sheet_helper("/nonexistent/wuye-sheet");
    CHECK(sheet_read(a, fd, &b) == E_IO);
    sheet_helper("/bin/false");
    CHECK(sheet_read(a, fd, &b) == E_IO);
    /* Says nothing: a torn stream. */
    sheet_helper("/bin/true");
    CHECK(sheet_read(a, fd, &b) == E_IO);
    sheet_helper(NULL);
    CHECK(sheet_read(a, fd, &b) == OK);
    close(fd);
}

TEST(file_too_big) {
    struct sheet_book b;
    int fd = memfd_create("big", MFD_CLOEXEC);
    CHECK(ftruncate(fd, (off_t)SHEET_FILE_MAX + 1) == 0);
    CHECK(sheet_read(a, fd, &b) == E_TOOBIG);
    CHECK(str_has(b.why, S("太大")));
    close(fd);
}

static str random_text(struct arena *a) {
    static const str bits[] = {S_INIT("="),           S_INIT("+1"),
                               S_INIT("@"),           S_INIT("'"),
                               S_INIT("\""),          S_INIT("<&>"),
                               S_INIT(";"),           S_INIT("\n"),
                               S_INIT("张三"),        S_INIT("𠮷"),
                               S_INIT("0101"),        S_INIT("_x0041_"),
                               S_INIT("a b"),         S_INIT("110105199001011237"),
                               S_INIT("阿·不"),       S_INIT("⼈"),
                               S_INIT("隆"),          S_INIT("{=1}"),
                               S_INIT("http://x.cn"), S_INIT("1.5E+17")};
    buf b = buf_in(a, 512);
    for (u64 n = test_random() % 5; n > 0; n--) buf_s(&b, bits[test_random() % COUNT(bits)]);
    return buf_str(&b);
}

TEST(workbook_comes_back_as_it_went) {
    struct arena *big = arena_new((size_t)128 << 20);
    static const struct sheet_col col[] = {
        { .label = S_INIT("楼号"), .name = S_INIT("building"), .kind = SHEET_TEXT },
        { .label = S_INIT("金额"), .name = S_INIT("amount"), .kind = SHEET_NUMBER, .decimals = 2, .grouped = true },
        { .label = S_INIT("日期"), .name = S_INIT("date"), .kind = SHEET_DATE },
        { .label = S_INIT("=标签"), .name = S_INIT("note"), .kind = SHEET_TEXT, .width = 40 },
    };
    const size_t rows = 500;
    str *cell = NEW_N(big, str, rows * 4);
    for (size_t k = 0; k < rows; k++) {
        u64 n = test_random();
        cell[4 * k] = str_fmt(big, "%zu号楼", k);
        cell[4 * k + 1] =
            str_fmt(big, "%s%d.%02d", n % 3 == 0 ? "-" : "", (int)(n % 100000000) + 1, (int)(n / 7 % 99) + 1);
        buf d = buf_in(big, 32);
        day_put(&d, (day){ (i64)(n % 40000) - 20000 });
        cell[4 * k + 2] = buf_str(&d);
        cell[4 * k + 3] = random_text(big);
    }
    struct sheet_table t[] = {
        {S("数/据[1]"), col, 4, cell, rows}, {S("数/据[1]"), col, 4, cell, 1}, {S(""), col, 4, cell, 0}};
    int fd = file_with(S("what stood there before goes"));
    CHECK(sheet_write(t, 3, fd) == OK);
    struct sheet_book b;
    CHECK(sheet_read(big, fd, &b) == OK);
    CHECK_I64((i64)b.n, 3);
    CHECK_STR(b.sheet[0].name, S("数 据 1"));
    CHECK(!str_eq(b.sheet[0].name, b.sheet[1].name));
    CHECK_I64((i64)b.sheet[0].n, (i64)rows + 2);
    CHECK_STR(b.sheet[0].row[1].cell[1].text, S("amount"));
    CHECK_STR(b.sheet[0].row[0].cell[3].text, S("=标签"));
    for (size_t k = 0; k < rows; k++)
        for (size_t c = 0; c < 4; c++) {
            const struct sheet_row *r = &b.sheet[0].row[k + 2];
            str got = c < r->n ? r->cell[c].text : S(""), want = cell[4 * k + c];
            /* Zeros at the end are the format's. */
            while (c == 1 && want.p[want.n - 1] == '0') want.n--;
            CHECK_STR(got, want);
            if (c < r->n && got.n > 0)
                CHECK_I64(r->cell[c].kind, c == 1 ? SHEET_NUMBER : c == 2 ? SHEET_DATE : SHEET_TEXT);
            CHECK(c >= r->n || !(r->cell[c].flags & SHEET_FORMULA));
        }
    close(fd);
    arena_free(big);
}

TEST(workbook_takes_no_number_it_cannot_keep) {
    static const struct sheet_col col[] = {{.label = S_INIT("数"), .kind = SHEET_NUMBER, .decimals = 2},
                                           {.label = S_INIT("日"), .kind = SHEET_DATE}};
    static const str cell[] = {S_INIT("1234567890123456.78"),
                               S_INIT("1899-01-01"),
                               S_INIT("约 5"),
                               S_INIT("去年"),
                               S_INIT("1."),
                               S_INIT("-"),
                               S_INIT("1.005"),
                               S_INIT("2026-02-30"),
                               S_INIT("007"),
                               S_INIT("2026-1-2-3"),
                               S_INIT("9999999999999.99"),
                               S_INIT("明天")};
    struct sheet_table t = { S("x"), col, 2, cell, COUNT(cell) / 2 };
    struct sheet_book b;
    int fd = file_with(S(""));
    CHECK(sheet_write(&t, 1, fd) == OK);
    CHECK(sheet_read(a, fd, &b) == OK);
    CHECK_I64((i64)b.sheet->n, (i64)t.rows + 1);
    for (size_t k = 0; k < t.rows; k++)
        for (size_t c = 0; c < 2; c++) {
            CHECK_STR(b.sheet->row[k + 1].cell[c].text, cell[2 * k + c]);
            CHECK_I64(b.sheet->row[k + 1].cell[c].kind, SHEET_TEXT);
        }
    close(fd);
    struct sheet_table wide = { .cols = SHEET_COLS_MAX + 1, .rows = 1 };
    CHECK(sheet_write(&wide, 1, 1) == E_TOOBIG);
}

#ifndef CHECKED
TEST(cage_is_shut) {
    char self[1024];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 64);
    CHECK(n > 0);
    while (n > 0 && self[n - 1] != '/') n--;
    pid_t pid = fork();
    if (pid == 0) {
        static const char *const places[] = { "wuye-sheet", "sheet/wuye-sheet" };
        for (size_t i = 0; i < COUNT(places); i++) {
            snprintf(self + n, 64, "%s", places[i]);
            execl(self, "wuye-sheet", "cage", (char *)NULL);
        }
        _exit(127);
    }
    int status = 0;
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}
#endif
