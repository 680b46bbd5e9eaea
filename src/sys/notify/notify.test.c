#include <sys/stat.h>
#include <unistd.h>
#include "sys/file/file.h"
#include "sys/notify/notify.h"
#include "base/test.h"

static err refuse(void *ctx, const struct notify_message *m) {
    (void)m;
    ++*(int *)ctx;
    return E_IO;
}

static struct notify_message sms(str to, str text) {
    return (struct notify_message){ .id = 42, .channel = NOTIFY_SMS, .to = to, .text = text };
}

static struct notify_message mail(str to, str subject) {
    return (struct notify_message){ 43, NOTIFY_MAIL, .to = to, .subject = subject, .text = S("正文") };
}

TEST(notify_writes_one_private_file_per_message) {
    char dir[] = "/tmp/wuye-notify-XXXXXX";
    struct notify_driver d;
    struct stat st;
    str got;
    CHECK(mkdtemp(dir) != NULL);
    str folder = str_fmt(a, "%s/mail", dir);
    CHECK_I64(notify_folder(folder.p, &d), OK);
    notify_start(d, 0);
    struct notify_message m = sms(S("13800001234"), S("【北京物业】您的诉求已办结。"));
    CHECK_I64(notify_send(&m), OK);
    CHECK_I64(notify_send(&m), OK); /* again after a crash: still one */
    str path = str_fmt(a, "%s/%.*s-sms.txt", folder.p, STR(id_text(a, 42)));
    CHECK_I64(file_read(a, path.p, 1000, &got), OK);
    CHECK(str_starts(got, S("To: 13800001234\nDate: 20")));
    CHECK(str_ends(got, S("\n\n【北京物业】您的诉求已办结。\n")));
    CHECK(stat(path.p, &st) == 0 && (st.st_mode & 07777) == 0600);
    unlink(path.p);
    m = mail(S("wang@example.org"), S("表决结果"));
    CHECK_I64(notify_send(&m), OK);
    path = str_fmt(a, "%s/%.*s-mail.txt", folder.p, STR(id_text(a, 43)));
    CHECK_I64(file_read(a, path.p, 1000, &got), OK);
    CHECK(str_has(got, S("\nSubject: 表决结果\n\n正文\n")));
    unlink(path.p);
    CHECK_I64(rmdir(folder.p), 0); /* nothing else was there */
    CHECK_I64(notify_send(&m), E_IO);
    CHECK_I64(rmdir(dir), 0);
}

TEST(notify_refuses_what_cannot_go) {
    int calls = 0;
    notify_start((struct notify_driver){ refuse, &calls }, 0);
    char *longer = arena_alloc(a, NOTIFY_SMS_MAX + 1);
    memset(longer, 'x', NOTIFY_SMS_MAX + 1);
    struct notify_message bad[] = {
        sms(S(""), S("x")), sms(S("138\n0000"), S("x")), sms(S("+8613800001234"), S("x")),
        sms(S("13800001234"), S("")),
        sms(S("13800001234"), (str){ longer, NOTIFY_SMS_MAX + 1 }), sms(S("13800001234"), S("a\0b")),
        mail(S("wang"), S("s")), mail(S("a@b@c"), S("s")), mail(S("a@b\nBcc: all@example.org"), S("s")),
        mail(S("a@b, c@d"), S("s")), mail(S("a@b"), S("s\nBcc: all@example.org")), mail(S("a@b"), S("")),
    };
    for (size_t i = 0; i < COUNT(bad); i++) CHECK_I64(notify_send(&bad[i]), E_INPUT);
    CHECK_I64(calls, 0);
    struct notify_message good = sms(S("13800001234"), (str){ longer, NOTIFY_SMS_MAX });
    CHECK_I64(notify_send(&good), E_IO); /* the driver's answer */
    CHECK_I64(calls, 1);
}

TEST(notify_counts_by_the_minute) {
    struct notify_meter m = { 0 };
    i64 minute = 60000000000, taken = 0;
    for (int i = 0; i < 10; i++) taken += notify_count(&m, 3, minute * 5 + i);
    CHECK_I64(taken, 3);
    CHECK(!notify_count(&m, 3, minute * 6 - 1));
    CHECK(notify_count(&m, 3, minute * 6));
    for (int i = 0; i < 1000; i++) taken += notify_count(&m, 0, minute * 7);
    CHECK_I64(taken, 1003);
    int calls = 0;
    notify_start((struct notify_driver){ refuse, &calls }, 2);
    struct notify_message s = sms(S("13800001234"), S("x")), e = mail(S("a@b"), S("s"));
    int limited = 0;
    for (int i = 0; i < 20; i++) limited += notify_send(&s) == E_RATE;
    CHECK(limited >= 16 && calls <= 4); /* a minute may end in between */
    CHECK_I64(notify_send(&e), E_IO);   /* mail has its own count */
}
