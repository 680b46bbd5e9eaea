#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "sys/clock/clock.h"
#include "sys/file/disk.h"

#define NAME_LEN (2 * SM3_LEN + 1)   /* ab/cdef... */
#define STALE_US HOUR_US             /* a file in tmp/ older than this was left by a crash */

struct files { int root, tmp; };
struct name { char c[NAME_LEN + 1]; };

/* A file being written in tmp/, not yet in its place. */
struct draft {
    int fd;
    char name[33];
    struct sm3 sum;
    i64 size;
};

static const char hex[] = "0123456789abcdef";

static struct name name_of(hash h) {
    struct name n;
    char *to = n.c;
    for (int i = 0; i < SM3_LEN; i++) {
        *to++ = hex[h.b[i] >> 4];
        *to++ = hex[h.b[i] & 15];
        if (i == 0) *to++ = '/';
    }
    *to = 0;
    return n;
}

/* Our names are hex only; the kernel is told all the same that they must not lead out of the store. */
static int open_beneath(int root, const char *name) {
    struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
                            .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
    return (int)syscall(SYS_openat2, root, name, &how, sizeof how);
}

static int open_folder(int at, const char *name) {
    if (mkdirat(at, name, 0700) != 0 && errno != EEXIST) return -1;
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* A stream over a folder with its own descriptor. */
static DIR *list_folder(int at, const char *name) {
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (d == NULL && fd >= 0) close(fd);
    return d;
}

static void sweep(struct files *f) {
    DIR *d = list_folder(f->tmp, ".");
    if (d == NULL) return;
    i64 now = clock_now().us;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        struct stat st;
        if (e->d_name[0] == '.' || fstatat(f->tmp, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
        if (now - (i64)st.st_mtime * SECOND_US > STALE_US) unlinkat(f->tmp, e->d_name, 0);
    }
    closedir(d);
}

err files_open(const char *root, struct files **ret) {
    TRY(folder_make(root));
    struct files *f = calloc(1, sizeof *f);
    if (f == NULL) return E_FULL;
    f->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    f->tmp = f->root < 0 ? -1 : open_folder(f->root, "tmp");
    if (f->tmp < 0) {
        files_close(f);
        return E_IO;
    }
    sweep(f);
    *ret = f;
    return OK;
}

void files_close(struct files *f) {
    if (f == NULL) return;
    if (f->root >= 0) close(f->root);
    if (f->tmp >= 0) close(f->tmp);
    free(f);
}

/* ---- putting ------------------------------------------------------------------------------------------- */

static bool draft_open(struct files *f, struct draft *d) {
    u8 b[16];
    if (getrandom(b, sizeof b, 0) != sizeof b) return false;
    for (int i = 0; i < 16; i++) {
        d->name[2 * i] = hex[b[i] >> 4];
        d->name[2 * i + 1] = hex[b[i] & 15];
    }
    d->name[32] = 0;
    d->size = 0;
    sm3_init(&d->sum);
    d->fd = openat(f->tmp, d->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
    return d->fd >= 0;
}

static bool draft_put(struct draft *d, const void *p, size_t n) {
    sm3_put(&d->sum, p, n);
    d->size += (i64)n;
    return write_all(d->fd, p, n);
}

/* Syncs the bytes, moves the file to its name, syncs the name. */
static err draft_place(struct files *f, struct draft *d, hash h) {
    struct name name = name_of(h);
    char folder[3] = { name.c[0], name.c[1], 0 };
    if (fsync(d->fd) != 0) return E_IO;
    int dir = open_folder(f->root, folder);
    if (dir < 0) return E_IO;
    /* An equal file already there is replaced by these same bytes, which also heals a damaged one. */
    err e = renameat(f->tmp, d->name, dir, name.c + 3) == 0 ? sync_dir(dir) : E_IO;
    close(dir);
    return e != OK ? e : sync_dir(f->root);
}

static err draft_end(struct files *f, struct draft *d, err e, hash *ret) {
    hash h = sm3_end(&d->sum);
    if (e == OK) e = draft_place(f, d, h);
    close(d->fd);
    if (e != OK) unlinkat(f->tmp, d->name, 0);
    else *ret = h;
    return e;
}

err files_put(struct files *f, str data, hash *ret) {
    struct draft d;
    if (data.n > (u64)FILES_MAX) return E_TOOBIG;
    if (!draft_open(f, &d)) return E_IO;
    return draft_end(f, &d, draft_put(&d, data.p, data.n) ? OK : E_IO, ret);
}

static err copy(int fd, struct draft *d, i64 max) {
    char block[65536];
    for (size_t n = sizeof block; n == sizeof block;) {
        if (!read_up_to(fd, block, sizeof block, &n)) return E_IO;
        if (d->size + (i64)n > max) return E_TOOBIG;
        if (!draft_put(d, block, n)) return E_IO;
    }
    return OK;
}

err files_put_fd(struct files *f, int fd, i64 max, hash *ret, i64 *ret_size) {
    struct draft d;
    if (!draft_open(f, &d)) return E_IO;
    err e = draft_end(f, &d, copy(fd, &d, max < FILES_MAX ? max : FILES_MAX), ret);
    if (e == OK) *ret_size = d.size;
    return e;
}

/* ---- getting ------------------------------------------------------------------------------------------- */

static err stat_stored(struct files *f, const char *name, i64 *ret_size) {
    struct stat st;
    if (fstatat(f->root, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT ? E_MISSING : E_IO;
    if (!S_ISREG(st.st_mode)) return E_BROKEN;
    *ret_size = st.st_size;
    return OK;
}

bool files_has(struct files *f, hash h) {
    i64 size;
    return stat_stored(f, name_of(h).c, &size) == OK;
}

err files_get_fd(struct files *f, hash h, int *ret_fd, i64 *ret_size) {
    struct name name = name_of(h);
    TRY(stat_stored(f, name.c, ret_size));
    int fd = open_beneath(f->root, name.c);
    if (fd < 0) return E_IO;
    *ret_fd = fd;
    return OK;
}

err files_get(struct files *f, struct arena *a, hash h, size_t max, str *ret) {
    i64 size, again;
    size_t n = 0;
    int fd;
    TRY(stat_stored(f, name_of(h).c, &size));
    if ((u64)size > max) return E_TOOBIG;
    char *p = arena_alloc(a, (size_t)size + 1);   /* may jump out: before the file is open */
    TRY(files_get_fd(f, h, &fd, &again));
    bool good = read_up_to(fd, p, (size_t)size, &n);
    close(fd);
    if (!good) return E_IO;
    if (!hash_eq(sm3_of(p, n), h)) return E_BROKEN;
    *ret = (str){ p, n };
    return OK;
}

/* ---- checking all -------------------------------------------------------------------------------------- */

static bool sum_of(int fd, hash *ret, i64 *ret_size) {
    char block[65536];
    struct sm3 sum;
    sm3_init(&sum);
    *ret_size = 0;
    for (size_t n = sizeof block; n == sizeof block; *ret_size += (i64)n) {
        if (!read_up_to(fd, block, sizeof block, &n)) return false;
        sm3_put(&sum, block, n);
    }
    *ret = sm3_end(&sum);
    return true;
}

static void check_one(struct files *f, const char *folder, const char *file, struct files_count *c) {
    char name[NAME_LEN + 1];
    hash h;
    i64 size;
    int n = snprintf(name, sizeof name, "%s/%s", folder, file);
    if (n != NAME_LEN) {
        c->strange++;
        return;
    }
    int fd = open_beneath(f->root, name);
    bool good = fd >= 0 && sum_of(fd, &h, &size);
    if (fd >= 0) close(fd);
    c->files++;
    if (good) c->bytes += size;
    if (!good || memcmp(name_of(h).c, name, NAME_LEN) != 0) c->broken++;
}

static void check_folder(struct files *f, const char *folder, struct files_count *c) {
    DIR *d = list_folder(f->root, folder);
    if (d == NULL) {
        c->strange++;
        return;
    }
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[0] != '.') check_one(f, folder, e->d_name, c);
    }
    closedir(d);
}

err files_check(struct files *f, struct files_count *ret) {
    struct files_count c = { 0 };
    DIR *d = list_folder(f->root, ".");
    if (d == NULL) return E_IO;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        const char *s = e->d_name;
        if (s[0] == '.' || strcmp(s, "tmp") == 0) continue;
        if (strlen(s) == 2 && strspn(s, hex) == 2) check_folder(f, s, &c);
        else c.strange++;
    }
    closedir(d);
    *ret = c;
    return OK;
}
