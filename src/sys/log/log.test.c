#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/test.h"
#include "sys/log/log.h"

/* Everything that was logged to `path`, without the time in front of each line. */
static str logged(struct arena *a, const char *path) {
    char *p = arena_alloc(a, 65536);
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? 0 : read(fd, p, 65536);
    if (fd >= 0) close(fd);
    buf out = buf_in(a, 65536);
    str rest = { p, n < 0 ? 0 : (size_t)n }, line;
    while (str_cut(&rest, '\n', &line)) {
        if (line.n == 0) continue;
        CHECK(line.n > 30 && str_starts(str_from(line, 23), S("+08:00 ")));
        buf_s(&out, str_from(line, 30));
        buf_c(&out, '\n');
    }
    return buf_str(&out);
}

TEST(log_lines) {
    char dir[] = "/tmp/wuye-log-XXXXXX";
    CHECK(mkdtemp(dir) != NULL);
    char *path = str_c(a, str_fmt(a, "%s/log", dir));
    CHECK_I64(log_open("/nowhere/at/all"), E_IO);
    CHECK_I64(log_open(path), OK);

    log_line("http", "status=%d path=%.*s ms=%lld n=%zu", 200, STR(S("/desk")), -3LL, (size_t)7);
    const char *volatile none = NULL;
    log_warn("http", "agent=%s empty=%s null=%s", "a \"b\"\\\n\x01status=500", "", none);
    log_error("db", "text=%s bad=%s char=%c hex=%x share=5%%", "北京", "\xff\xfe", 'x', 255U);
    log_line("login", "user=%s password=%s token=%d set_cookie=%s end=%s", "li", "hunter2", 5, "abc", "1");
    log_debug("http", "invisible=%d", 1);
    CHECK_STR(logged(a, path), S(
        "info http status=200 path=/desk ms=-3 n=7\n"
        "warn http agent=\"a \\\"b\\\"\\\\\\n\\x01status=500\" empty=\"\" null=-\n"
        "error db text=北京 bad=\"\\xff\\xfe\" char=x hex=ff share=5%\n"
        "info login user=li password=*** token=*** set_cookie=*** end=1\n"));

    char *moved = str_c(a, str_fmt(a, "%s/log.1", dir));
    CHECK_I64(rename(path, moved), 0);
    CHECK_I64(log_reopen(), OK);
    log_set_level(LOG_LEVEL_ERROR);
    log_line("http", "dropped=%d", 1);
    log_set_level(LOG_LEVEL_INFO);
    char big[4000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    log_line("http", "big=%s", big);
    str cut = logged(a, path);
    CHECK(str_starts(cut, S("info http big=xxx")) && str_ends(cut, S("x ...\n")));

    CHECK_I64(unlink(path), 0);
    CHECK_I64(log_reopen(), OK);
    log_hold(true);
    for (int i = 0; i < 3; i++) log_line("http", "no=%d", i);
    CHECK_STR(logged(a, path), S(""));
    log_flush();
    CHECK_STR(logged(a, path), S("info http no=0\ninfo http no=1\ninfo http no=2\n"));
    log_line("http", "no=%d", 3);
    log_warn("http", "no=%d", 4);
    CHECK(str_ends(logged(a, path), S("no=2\ninfo http no=3\nwarn http no=4\n")));
    for (int i = 0; i < 1000; i++) log_line("http", "no=%d", i);
    CHECK(str_has(logged(a, path), S("info http no=100\n")));
    log_hold(false);

    CHECK_I64(log_open(NULL), OK);
    CHECK_I64(unlink(path) | unlink(moved) | rmdir(dir), 0);
}
