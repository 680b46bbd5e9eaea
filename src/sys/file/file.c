#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sys/file/disk.h"

bool write_all(int fd, const void *p, size_t n) {
    for (const char *at = p; n > 0;) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

bool read_up_to(int fd, void *p, size_t n, size_t *ret_n) {
    size_t used = 0;
    while (used < n) {
        ssize_t got = read(fd, (char *)p + used, n - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) break;
        used += (size_t)got;
    }
    *ret_n = used;
    return true;
}

/* The arena may jump out, so the memory is asked for before there is a descriptor that would stay open. */
err file_read(struct arena *a, const char *path, size_t max, str *ret) {
    struct stat st;
    if (stat(path, &st) != 0) return errno == ENOENT || errno == ENOTDIR ? E_MISSING : E_IO;
    if (!S_ISREG(st.st_mode)) return E_INPUT;
    if ((u64)st.st_size > max) return E_TOOBIG;
    size_t n = 0;
    char *p = arena_alloc(a, (size_t)st.st_size + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return errno == ENOENT ? E_MISSING : E_IO;
    bool good = read_up_to(fd, p, (size_t)st.st_size, &n);
    close(fd);
    if (!good) return E_IO;
    *ret = (str){ p, n };
    return OK;
}

err sync_dir(int dir) {
    return fsync(dir) == 0 ? OK : E_IO;
}

err folder_sync_of(const char *path) {
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int n = slash == NULL ? snprintf(folder, sizeof folder, ".")
                          : snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + 1, path);
    if (n < 0 || (size_t)n >= sizeof folder) return E_INPUT;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return E_IO;
    err e = sync_dir(fd);
    close(fd);
    return e;
}

err folder_make(const char *path) {
    struct stat st;
    if (mkdir(path, 0700) == 0) return folder_sync_of(path);
    if (errno != EEXIST) return E_IO;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? OK : E_IO;
}

err file_write(const char *path, str data, unsigned mode) {
    char next[PATH_MAX];
    int len = snprintf(next, sizeof next, "%s.XXXXXX", path);
    if (len < 0 || (size_t)len >= sizeof next) return E_INPUT;
    int fd = mkostemp(next, O_CLOEXEC);
    if (fd < 0) return E_IO;
    bool good = fchmod(fd, mode) == 0 && write_all(fd, data.p, data.n) && fsync(fd) == 0;
    if (close(fd) != 0) good = false;
    if (!good || rename(next, path) != 0) {
        unlink(next);
        return E_IO;
    }
    return folder_sync_of(path);
}

err file_lock(const char *path, int *ret_fd) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    if (fd < 0) return E_IO;
    int got;
    do got = flock(fd, LOCK_EX | LOCK_NB);
    while (got != 0 && errno == EINTR);
    if (got == 0) {
        *ret_fd = fd;
        return OK;
    }
    err e = errno == EWOULDBLOCK ? E_CONFLICT : E_IO;
    close(fd);
    return e;
}

/* The file stays: removing it would let two processes lock two files of one name. */
void file_unlock(int fd) {
    close(fd);
}
