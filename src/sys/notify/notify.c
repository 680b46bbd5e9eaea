#include <limits.h>
#include <pthread.h>
#include "sys/clock/clock.h"
#include "sys/file/file.h"
#include "sys/notify/notify.h"

#define MINUTE_NS ((i64)60 * 1000000000)
#define FILE_BYTES_MAX 32768

static struct {
    pthread_mutex_t lock;
    struct notify_driver driver;
    u32 per_minute;
    struct notify_meter meter[NOTIFY_CHANNELS];
} post = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const char *const channel_name[NOTIFY_CHANNELS] = { "sms", "mail" };
static char folder[PATH_MAX];

bool notify_count(struct notify_meter *m, u32 limit, i64 now_ns) {
    i64 minute = now_ns / MINUTE_NS;
    if (minute != m->minute) *m = (struct notify_meter){ minute, 0 };
    if (limit != 0 && m->used >= limit) return false;
    m->used++;
    return true;
}

void notify_start(struct notify_driver driver, u32 per_minute) {
    post.driver = driver;
    post.per_minute = per_minute;
    memset(post.meter, 0, sizeof post.meter);
}

/* A line break in an address or a subject would let its writer add head lines of his own. */
static bool one_line(str s, size_t max) {
    return utf8_clean(s, false) && utf8_len(s) <= max;
}

static bool digits(str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    }
    return s.n >= 5 && s.n <= 20;
}

static bool address(str s) {
    i64 at = str_find(s, '@');
    if (at <= 0 || (size_t)at + 1 >= s.n || str_find(str_from(s, (size_t)at + 1), '@') >= 0) return false;
    return one_line(s, 200) && str_find(s, ' ') < 0 && str_find(s, '<') < 0 && str_find(s, ',') < 0;
}

static bool sendable(const struct notify_message *m) {
    size_t max = m->channel == NOTIFY_SMS ? NOTIFY_SMS_MAX : NOTIFY_TEXT_MAX;
    bool to = m->channel == NOTIFY_SMS ? digits(m->to) : address(m->to);
    bool head = m->channel == NOTIFY_SMS ? m->subject.n == 0 : m->subject.n > 0 && one_line(m->subject, 100);
    return m->id > 0 && to && head && m->text.n > 0 && utf8_clean(m->text, true) && utf8_len(m->text) <= max;
}

err notify_send(const struct notify_message *m) {
    if (m->channel >= NOTIFY_CHANNELS || !sendable(m)) return E_INPUT;
    pthread_mutex_lock(&post.lock);
    struct notify_meter *meter = &post.meter[m->channel];
    err e = E_RATE;
    if (post.driver.send == NULL) e = E_IO;
    else if (notify_count(meter, post.per_minute, clock_mono_ns())) e = post.driver.send(post.driver.ctx, m);
    pthread_mutex_unlock(&post.lock);
    return e;
}

/* ---- files --------------------------------------------------------------------------------------------- */

static void compose(buf *b, const struct notify_message *m) {
    buf_fmt(b, "To: %.*s\nDate: ", STR(m->to));
    instant_put(b, clock_now());
    if (m->subject.n > 0) buf_fmt(b, "\nSubject: %.*s", STR(m->subject));
    buf_fmt(b, "\n\n%.*s\n", STR(m->text));
}

/* The id is the name, so a message sent twice is one file. */
static err write_message(void *ctx, const struct notify_message *m) {
    char path[PATH_MAX];
    buf b = buf_new(FILE_BYTES_MAX), id = buf_new(ID_TEXT);
    const char *channel = channel_name[m->channel];
    (void)ctx;
    compose(&b, m);
    id_put(&id, m->id);
    int n = snprintf(path, sizeof path, "%s/%.*s-%s.txt", folder, STR(buf_str(&id)), channel);
    err e = E_IO;
    if (!b.over && !id.over && n > 0 && (size_t)n < sizeof path) e = file_write(path, buf_str(&b), 0600);
    buf_free(&b);
    buf_free(&id);
    return e;
}

err notify_folder(const char *path, struct notify_driver *ret) {
    int n = snprintf(folder, sizeof folder, "%s", path);
    if (n < 0 || (size_t)n >= sizeof folder) return E_INPUT;
    TRY(folder_make(folder));
    *ret = (struct notify_driver){ write_message, NULL };
    return OK;
}
