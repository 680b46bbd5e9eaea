#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sys/clock/clock.h"
#include "sys/image/decode.h"

#define TIME_NS (6 * (i64)1000000000)
#define FRAME_MAX (sizeof(struct frame) + IMAGE_FULL_MAX + IMAGE_THUMB_MAX)

static char helper[PATH_MAX];

void image_helper_at(const char *path) {
    if ((size_t)snprintf(helper, sizeof helper, "%s", path) >= sizeof helper) abort();
}

/* The configured helper, or the one beside the running program, or its place in the folder of a build. */
static bool helper_path(char out[PATH_MAX]) {
    static const char *const places[] = { "wuye-image", "../sys/image/wuye-image" };
    char self[PATH_MAX];
    if (helper[0] != 0) return snprintf(out, PATH_MAX, "%s", helper) > 0;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    if (n <= 0 || n == sizeof self) return false;
    while (n > 0 && self[n - 1] != '/') n--;
    for (size_t i = 0; i < COUNT(places); i++) {
        int len = snprintf(out, PATH_MAX, "%.*s%s", (int)n, self, places[i]);
        if (len > 0 && len < PATH_MAX && access(out, X_OK) == 0) return true;
    }
    return false;
}

/* Starts the helper with the picture as descriptor 0, a pipe as 1 and nothing else open. */
static bool start(const char *path, int picture, pid_t *ret_pid, int *ret_pipe) {
    int ends[2];
    posix_spawn_file_actions_t act;
    posix_spawnattr_t attr;
    char *args[] = { (char *)(uintptr_t)"wuye-image", NULL }, *env[] = { NULL };
    sigset_t none, all;
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawn_file_actions_init(&act);
    bool good = posix_spawn_file_actions_adddup2(&act, picture, 0) == 0 &&
                posix_spawn_file_actions_adddup2(&act, ends[1], 1) == 0 &&
                posix_spawn_file_actions_addopen(&act, 2, "/dev/null", O_WRONLY, 0) == 0 &&
                posix_spawn_file_actions_addclosefrom_np(&act, 3) == 0 &&
                posix_spawn(ret_pid, path, &act, &attr, args, env) == 0;
    posix_spawn_file_actions_destroy(&act);
    posix_spawnattr_destroy(&attr);
    close(ends[1]);
    if (good) *ret_pipe = ends[0];
    else close(ends[0]);
    return good;
}

/* Collects what the helper writes. False when the time is over or it writes more than it may. */
static bool collect(int pipe, u8 *out, size_t *ret_n) {
    i64 until = clock_mono_ns() + TIME_NS;
    size_t n = 0;
    for (;;) {
        i64 left = (until - clock_mono_ns()) / 1000000;
        struct pollfd p = { .fd = pipe, .events = POLLIN };
        if (left <= 0 || n == FRAME_MAX + 1) return false;
        int ready = poll(&p, 1, (int)left);
        if (ready < 0 && errno != EINTR) return false;
        if (ready <= 0) continue;
        ssize_t got = read(pipe, out + n, FRAME_MAX + 1 - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) break;
        n += (size_t)got;
    }
    *ret_n = n;
    return true;
}

static bool is_jpeg(str s) {
    return s.n > 4 && memcmp(s.p, "\xFF\xD8\xFF", 3) == 0 && memcmp(s.p + s.n - 2, "\xFF\xD9", 2) == 0;
}

/* The helper has read hostile bytes, so what it says is hostile until it fits. */
static err unpack(const u8 *p, size_t n, struct image *ret) {
    struct frame f;
    if (n < sizeof f) return E_INPUT;
    memcpy(&f, p, sizeof f);
    if (f.magic != FRAME_MAGIC) return E_INPUT;
    if (f.pic == PIC_LARGE || f.pic == PIC_MEMORY) return E_TOOBIG;
    if (f.pic != PIC_OK) return E_INPUT;
    if (f.full_n > IMAGE_FULL_MAX || f.thumb_n > IMAGE_THUMB_MAX) return E_INPUT;
    if (n != sizeof f + f.full_n + f.thumb_n) return E_INPUT;
    if (f.kind < IMAGE_JPEG || f.kind > IMAGE_HEIC || f.had_gps > 1) return E_INPUT;
    if (f.w - 1 >= IMAGE_SIDE || f.h - 1 >= IMAGE_SIDE) return E_INPUT;
    if (f.thumb_w - 1 >= IMAGE_THUMB_SIDE || f.thumb_h - 1 >= IMAGE_THUMB_SIDE) return E_INPUT;
    const char *bytes = (const char *)p + sizeof f;
    struct image i = { .full = { bytes, f.full_n }, .thumb = { bytes + f.full_n, f.thumb_n },
                       .width = (int)f.w, .height = (int)f.h, .thumb_width = (int)f.thumb_w,
                       .thumb_height = (int)f.thumb_h, .kind = (enum image_kind)f.kind,
                       .had_gps = f.had_gps == 1 };
    if (!is_jpeg(i.full) || !is_jpeg(i.thumb)) return E_INPUT;
    *ret = i;
    return OK;
}

/* `out` has FRAME_MAX + 1 places; no arena from here on, for nothing may jump over a running child. */
static err run(int picture, u8 *out, struct image *ret) {
    char path[PATH_MAX];
    pid_t pid;
    int pipe, status = 0;
    size_t n = 0;
    if (!helper_path(path) || !start(path, picture, &pid, &pipe)) return E_IO;
    bool in_time = collect(pipe, out, &n);
    if (!in_time) kill(pid, SIGKILL);
    close(pipe);
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) return E_IO;     /* somebody ignores SIGCHLD: its end cannot be known */
    }
    if (!in_time || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)) return E_TOOBIG;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2) return E_IO; /* no cage, so it did not begin */
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return E_INPUT;
    return unpack(out, n, ret);
}

err image_clean(struct arena *a, const char *path, struct image *ret) {
    struct stat st;
    u8 *out = arena_alloc(a, FRAME_MAX + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return errno == ENOENT ? E_MISSING : E_IO;
    err e = OK;
    if (fstat(fd, &st) != 0) e = E_IO;
    else if (!S_ISREG(st.st_mode)) e = E_INPUT;
    else if ((u64)st.st_size > IMAGE_BYTES_MAX) e = E_TOOBIG;
    if (e == OK) e = run(fd, out, ret);
    close(fd);
    return e;
}

err image_clean_bytes(struct arena *a, str data, struct image *ret) {
    if (data.n > IMAGE_BYTES_MAX) return E_TOOBIG;
    u8 *out = arena_alloc(a, FRAME_MAX + 1);
    int fd = memfd_create("picture", MFD_CLOEXEC);
    if (fd < 0) return E_IO;
    bool good = true;
    for (size_t at = 0; good && at < data.n;) {
        ssize_t done = write(fd, data.p + at, data.n - at);
        if (done < 0 && errno == EINTR) continue;
        good = done > 0;
        if (good) at += (size_t)done;
    }
    err e = good && lseek(fd, 0, SEEK_SET) == 0 ? run(fd, out, ret) : E_IO;
    close(fd);
    return e;
}
