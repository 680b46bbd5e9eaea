#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "sys/log/log.h"

#define LINE_MAX_BYTES 2048

/* The descriptor never changes its number once a file is open: a new file is dup2'ed over it, so that a writer in
 * another thread always has a valid one. */
static _Atomic int log_fd = STDERR_FILENO;
static _Atomic int log_least = LOG_LEVEL_INFO;
static char log_path[PATH_MAX];

struct line {
    size_t n;
    bool cut;
    char p[LINE_MAX_BYTES];
};

static void put(struct line *l, const char *p, size_t n) {
    size_t room = sizeof l->p - 8 - l->n;   /* 8: the mark of a cut line and the newline always fit */
    if (n > room) {
        l->cut = true;
        n = room;
    }
    memcpy(l->p + l->n, p, n);
    l->n += n;
}

static void put_c(struct line *l, char c) { put(l, &c, 1); }

static void put_s(struct line *l, str s) { put(l, s.p, s.n); }

static bool plain(str s) {
    if (s.n == 0) return false;
    for (size_t i = 0; i < s.n; i++) {
        u8 c = (u8)s.p[i];
        if (c <= ' ' || c == 0x7f || c == '"' || c == '\\' || c == '=') return false;
    }
    return utf8_clean(s, false);
}

static void put_value(struct line *l, str s) {
    static const char hex[] = "0123456789abcdef";
    if (plain(s)) {
        put_s(l, s);
        return;
    }
    bool text = utf8_clean(s, true);
    put_c(l, '"');
    for (size_t i = 0; i < s.n; i++) {
        u8 c = (u8)s.p[i];
        if (c == '"' || c == '\\') {
            put_c(l, '\\');
            put_c(l, (char)c);
        } else if (c == '\n') {
            put_s(l, S("\\n"));
        } else if (c < ' ' || c == 0x7f || (c >= 0x80 && !text)) {
            const char x[4] = { '\\', 'x', hex[c >> 4], hex[c & 15] };
            put(l, x, 4);
        } else {
            put_c(l, (char)c);
        }
    }
    put_c(l, '"');
}

/* Is the line written so far waiting for the value of a secret? */
static bool secret_due(const struct line *l) {
    static const char *const names[] = { "password", "secret", "token", "cookie", "session", "authorization" };
    str done = { l->p, l->n };
    if (!str_ends(done, S("="))) return false;
    done.n--;
    if (done.n == 0 || strchr("dtne", done.p[done.n - 1]) == NULL) return false;   /* their last letters */
    for (size_t i = 0; i < COUNT(names); i++) {
        if (str_ends(done, str_of(names[i]))) return true;
    }
    return false;
}

enum width { W_INT, W_LONG, W_LLONG, W_SIZE };

static void put_unsigned(struct line *l, unsigned long long v, unsigned base) {
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v > 0);
    put(l, digits + at, sizeof digits - at);
}

static void put_signed(struct line *l, long long v) {
    if (v < 0) put_c(l, '-');
    put_unsigned(l, v < 0 ? 0 - (unsigned long long)v : (unsigned long long)v, 10);
}

struct args { va_list ap; };

static void put_number(struct line *l, char kind, enum width w, struct args *args) {
    if (kind == 'd' || kind == 'i') {
        put_signed(l, w == W_LLONG ? va_arg(args->ap, long long)
                      : w == W_LONG ? va_arg(args->ap, long)
                      : w == W_SIZE ? va_arg(args->ap, ssize_t) : va_arg(args->ap, int));
    } else {
        unsigned long long v = w == W_LLONG ? va_arg(args->ap, unsigned long long)
                               : w == W_LONG ? va_arg(args->ap, unsigned long)
                               : w == W_SIZE ? va_arg(args->ap, size_t) : va_arg(args->ap, unsigned);
        put_unsigned(l, v, kind == 'x' ? 16 : 10);
    }
}

/* Writes one conversion; `f` stands behind the '%'. Returns what follows it. */
static const char *put_arg(struct line *l, const char *f, struct args *args) {
    if (*f == '%') {
        put_c(l, '%');
        return f + 1;
    }
    size_t before = l->n;
    bool hide = secret_due(l);
    int limit = -1;
    if (f[0] == '.' && f[1] == '*') {
        limit = va_arg(args->ap, int);
        f += 2;
    }
    enum width w = W_INT;
    for (; *f == 'l' || *f == 'z'; f++) w = *f == 'z' ? W_SIZE : w == W_LONG ? W_LLONG : W_LONG;
    if (*f == 's') {
        const char *s = va_arg(args->ap, const char *);
        str v = s == NULL ? S("-") : limit >= 0 ? (str){ s, strnlen(s, (size_t)limit) } : str_of(s);
        put_value(l, v);
    } else if (*f == 'c') {
        char c = (char)va_arg(args->ap, int);
        put_value(l, (str){ &c, 1 });
    } else {
        put_number(l, *f, w, args);
    }
    if (hide) {
        l->n = before;
        put_s(l, S("***"));
    }
    return *f == '\0' ? f : f + 1;
}

/* Date and time down to the second change once in many lines: each thread keeps their text. */
static void put_time(struct line *l) {
    static _Thread_local struct { time_t second; char text[24]; } last = { .second = -1 };
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    if (ts.tv_sec != last.second) {
        instant now = { (i64)ts.tv_sec * SECOND_US };
        struct ymd d = day_ymd(day_of(now));
        struct hms t = instant_clock(now);
        snprintf(last.text, sizeof last.text, "%04d-%02d-%02dT%02d:%02d:%02d", d.y, d.m, d.d, t.h, t.m, t.s);
        last.second = ts.tv_sec;
    }
    int ms = (int)(ts.tv_nsec / 1000000);
    const char tail[] = { '.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10) };
    put(l, last.text, strlen(last.text));
    put(l, tail, sizeof tail);
    put_s(l, S("+08:00 "));
}

/* ---- lines that wait together ---- */

static struct {
    pthread_mutex_t lock;
    _Atomic bool on;
    size_t n;
    char p[32 << 10];
} held = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void write_all(const char *p, size_t n) {
    while (n > 0) {
        ssize_t done = write(atomic_load_explicit(&log_fd, memory_order_relaxed), p, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return;               /* a full disk must not stop the house */
        p += done;
        n -= (size_t)done;
    }
}

static void held_out(void) {
    write_all(held.p, held.n);
    held.n = 0;
}

void log_flush(void) {
    pthread_mutex_lock(&held.lock);
    held_out();
    pthread_mutex_unlock(&held.lock);
}

void log_hold(bool on) {
    atomic_store(&held.on, on);
    log_flush();
}

/* Order is kept: what waits goes before a line that does not. */
static void leave(enum log_level level, const struct line *l) {
    if (!atomic_load_explicit(&held.on, memory_order_relaxed)) {
        write_all(l->p, l->n);
        return;
    }
    pthread_mutex_lock(&held.lock);
    if (held.n + l->n > sizeof held.p) held_out();
    memcpy(held.p + held.n, l->p, l->n);
    held.n += l->n;
    if (level > LOG_LEVEL_INFO) held_out();
    pthread_mutex_unlock(&held.lock);
}

static void emit(enum log_level level, const char *area, const char *fmt, struct args *args) {
    static const char *const names[] = { "debug ", "info ", "warn ", "error " };
    if ((int)level < atomic_load_explicit(&log_least, memory_order_relaxed)) return;
    int saved = errno;                       /* logging an error must not change it */
    struct line l;
    l.n = 0;
    l.cut = false;
    put_time(&l);
    put_s(&l, str_of(names[level]));
    put_s(&l, str_of(area));
    put_c(&l, ' ');
    while (*fmt != '\0') {
        if (*fmt == '%') {
            fmt = put_arg(&l, fmt + 1, args);
        } else if ((u8)*fmt < ' ') {
            put_c(&l, ' ');
            fmt++;
        } else {
            size_t n = 1;
            while (fmt[n] != '%' && (u8)fmt[n] >= ' ') n++;   /* ends at the NUL too */
            put(&l, fmt, n);
            fmt += n;
        }
    }
    if (l.cut) {
        memcpy(l.p + l.n, " ...", 4);
        l.n += 4;
    }
    l.p[l.n++] = '\n';
    leave(level, &l);
    errno = saved;
}

#define EMIT(level)                                                                                              \
    struct args args;                                                                                            \
    va_start(args.ap, fmt);                                                                                      \
    emit(level, area, fmt, &args);                                                                               \
    va_end(args.ap)

void log_debug(const char *area, const char *fmt, ...) {
    EMIT(LOG_LEVEL_DEBUG);
}

void log_line(const char *area, const char *fmt, ...) {
    EMIT(LOG_LEVEL_INFO);
}

void log_warn(const char *area, const char *fmt, ...) {
    EMIT(LOG_LEVEL_WARN);
}

void log_error(const char *area, const char *fmt, ...) {
    EMIT(LOG_LEVEL_ERROR);
}

void log_set_level(enum log_level least) { atomic_store(&log_least, (int)least); }

err log_open(const char *path) {
    log_flush();
    if (path == NULL) {
        log_path[0] = '\0';
        atomic_store(&log_fd, STDERR_FILENO);
        return OK;
    }
    size_t n = strlen(path);
    if (n >= sizeof log_path) return E_IO;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
    if (fd < 0) return E_IO;
    if (path != log_path) memcpy(log_path, path, n + 1);
    int now = atomic_load(&log_fd);
    if (now == STDERR_FILENO) {
        atomic_store(&log_fd, fd);
        return OK;
    }
    err e = dup3(fd, now, O_CLOEXEC) < 0 ? E_IO : OK;
    close(fd);
    return e;
}

err log_reopen(void) { return log_open(log_path[0] == '\0' ? NULL : log_path); }
