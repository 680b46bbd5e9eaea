#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sys/sheet/stream.h"

#define PATIENCE_MS 30000 /* by the clock; the helper limits its own computing time */

static const char *helper_path;

void sheet_helper(const char *path) { helper_path = path; }

/* Beside the running program, where it is installed, or in the build tree. */
static bool find_helper(char *path, size_t size) {
    static const char *const places[] = { "wuye-sheet", "../libexec/wuye/wuye-sheet", "../lib/wuye/wuye-sheet",
                                          "sheet/wuye-sheet", "../sys/sheet/wuye-sheet" };
    char self[1024];
    if (helper_path != NULL) return snprintf(path, size, "%s", helper_path) < (int)size;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return false;
    while (n > 0 && self[n - 1] != '/') n--;
    for (size_t i = 0; i < COUNT(places); i++) {
        snprintf(path, size, "%.*s%s", (int)n, self, places[i]);
        if (access(path, X_OK) == 0) return true;
    }
    return false;
}

static bool spawn(const char *verb, int in, int out, pid_t *pid) {
    char path[1200];
    if (!find_helper(path, sizeof path)) return false;
    posix_spawn_file_actions_t act;
    posix_spawnattr_t how;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (posix_spawn_file_actions_init(&act) != 0) return false;
    if (posix_spawnattr_init(&how) != 0) {
        posix_spawn_file_actions_destroy(&act);
        return false;
    }
    char *argv[] = { path, (char *)(uintptr_t)verb, NULL };
    char where[] = "PATH=/usr/bin:/bin", lang[] = "LANG=C", *env[] = { where, lang, NULL };
    bool ok = posix_spawn_file_actions_adddup2(&act, in, 0) == 0 &&
              posix_spawn_file_actions_adddup2(&act, out, 1) == 0 &&
              posix_spawn_file_actions_addclosefrom_np(&act, 3) == 0 &&
              posix_spawnattr_setsigmask(&how, &none) == 0 &&
              posix_spawnattr_setsigdefault(&how, &all) == 0 &&
              posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0 &&
              posix_spawn(pid, path, &act, &how, argv, env) == 0;
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&act);
    return ok;
}

/* Waits for the helper and ends it when it takes too long. OK, E_TOOBIG (too long, too much memory) or E_INPUT (it
 * died over the file). */
static err await(pid_t pid) {
    int status;
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd p = { .fd = fd, .events = POLLIN };
    if (fd >= 0) {
        int n;
        do n = poll(&p, 1, PATIENCE_MS);
        while (n < 0 && errno == EINTR);
        if (n <= 0) kill(pid, SIGKILL);
        close(fd);
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return E_IO;
    if (WIFEXITED(status)) return WEXITSTATUS(status) == 0 ? OK : WEXITSTATUS(status) == 3 ? E_TOOBIG : E_IO;
    int sig = WTERMSIG(status);
    return sig == SIGXCPU || sig == SIGKILL || sig == SIGXFSZ ? E_TOOBIG : E_INPUT;
}

static err run(const char *verb, int in, int out) {
    pid_t pid;
    if (!spawn(verb, in, out, &pid)) return E_IO;
    return await(pid);
}

/* What the helper writes lands in memory without a name. It is kept per thread and used again, because an arena that
 * is exhausted does not return and would leave a descriptor behind. */
static int spill_fd(void) {
    static _Thread_local int fd = -1;
    if (fd < 0) fd = memfd_create("sheet", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0) return -1;
    return fd;
}

static bool read_back(int fd, char *p, size_t n) {
    for (size_t done = 0; done < n;) {
        ssize_t k = pread(fd, p + done, n - done, (off_t)done);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return false;
        done += (size_t)k;
    }
    return true;
}

err sheet_read(struct arena *a, int fd, struct sheet_book *ret) {
    struct stat st;
    int out = spill_fd();
    *ret = (struct sheet_book){ 0 };
    if (out < 0 || (lseek(fd, 0, SEEK_SET) < 0 && errno != ESPIPE)) return E_IO;
    err e = run("read", fd, out);
    if (e == E_TOOBIG) ret->why = S("这个文件太大或太复杂，没能读完。请只留下需要的内容，另存为新的 xlsx 再上传。");
    if (e == E_INPUT) ret->why = S("这个文件没能读懂，可能损坏了。请用表格软件打开它，另存为新的 xlsx 再上传。");
    if (e != OK) return e;
    if (fstat(out, &st) != 0 || st.st_size <= 0 || (u64)st.st_size > STREAM_MAX) return E_IO;
    size_t n = (size_t)st.st_size;
    char *p = arena_alloc(a, n);
    bool ok = read_back(out, p, n);
    if (ftruncate(out, 0) != 0 || !ok) return E_IO;
    return stream_get_book(a, (str){ p, n }, ret);
}

static bool within(const struct sheet_table *t) {
    return t->cols <= SHEET_COLS_MAX && t->rows <= SHEET_ROWS_MAX && t->cols * t->rows <= SHEET_CELLS_MAX;
}

static bool write_out(int fd, str s) {
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) s = str_from(s, (size_t)n);
    }
    return lseek(fd, 0, SEEK_SET) == 0;
}

err sheet_write(const struct sheet_table *t, size_t n, int fd) {
    for (size_t i = 0; i < n; i++)
        if (!within(&t[i])) return E_TOOBIG;
    int in = spill_fd();
    buf b = buf_new(STREAM_MAX);
    if (in < 0) return E_IO;
    stream_put_tables(&b, t, n);
    err e = b.over ? E_TOOBIG : write_out(in, buf_str(&b)) ? OK : E_IO;
    buf_free(&b);
    if (e == OK) e = run("write", in, fd);
    if (ftruncate(in, 0) != 0) return E_IO;
    return e == E_INPUT ? E_IO : e;
}
