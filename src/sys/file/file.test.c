#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sys/file/file.h"
#include "base/test.h"

static const char *fresh_folder(struct arena *a) {
    char path[] = "/tmp/wuye-file-XXXXXX";
    if (mkdtemp(path) == NULL) abort();
    return str_c(a, str_of(path));
}

static const char *in(struct arena *a, const char *folder, const char *name) {
    return str_fmt(a, "%s/%s", folder, name).p;
}

/* Removes a test's folder by the shell's own tool: the store itself has no way to delete. */
static void remove_all(struct arena *a, const char *folder) {
    str command = str_fmt(a, "rm -rf '%s'", folder);
    CHECK_I64(system(command.p), 0);
}

static i64 entries(struct arena *a, const char *folder) {
    str out, command = str_fmt(a, "find '%s' -type f | wc -l > '%s.n'", folder, folder);
    CHECK_I64(system(command.p), 0);
    const char *path = str_fmt(a, "%s.n", folder).p;
    i64 n = -1;
    CHECK(file_read(a, path, 100, &out) == OK && str_i64(str_trim(out), &n));
    unlink(path);
    return n;
}

TEST(file_read_has_a_ceiling) {
    const char *dir = fresh_folder(a), *path = in(a, dir, "x");
    str got = { 0 };
    CHECK_I64(file_read(a, path, 10, &got), E_MISSING);
    CHECK_I64(file_write(path, S("0123456789"), 0600), OK);
    CHECK_I64(file_read(a, path, 10, &got), OK);
    CHECK_STR(got, S("0123456789"));
    CHECK_I64(file_read(a, path, 9, &got), E_TOOBIG);
    CHECK_I64(file_read(a, dir, 10, &got), E_INPUT);
    CHECK_I64(file_write(path, S(""), 0600), OK);
    CHECK_I64(file_read(a, path, 10, &got), OK);
    CHECK_STR(got, S(""));
    remove_all(a, dir);
}

TEST(file_write_replaces_whole_and_sets_the_mode) {
    const char *dir = fresh_folder(a), *path = in(a, dir, "x");
    struct stat st;
    str got;
    CHECK_I64(file_write(path, S("old"), 0400), OK);
    CHECK_I64(file_write(path, S("new"), 0640), OK);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0640);
    CHECK_I64(file_read(a, path, 10, &got), OK);
    CHECK_STR(got, S("new"));
    CHECK_I64(file_write(in(a, dir, "none/x"), S("new"), 0600), E_IO);
    CHECK_I64(entries(a, dir), 1); /* no half-written file beside it */
    remove_all(a, dir);
}

TEST(file_lock_excludes_another_process) {
    const char *path = in(a, fresh_folder(a), "lock");
    int fd, status;
    CHECK_I64(file_lock(path, &fd), OK);
    pid_t child = fork();
    if (child == 0) {
        int mine;
        err e = file_lock(path, &mine);
        _exit(e == E_CONFLICT ? 0 : 1);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    file_unlock(fd);
    CHECK_I64(file_lock(path, &fd), OK);
    file_unlock(fd);
    unlink(path);
    *strrchr((char *)(uintptr_t)path, '/') = 0;
    CHECK_I64(rmdir(path), 0);
}

static struct files *store(struct arena *a, const char **dir) {
    struct files *f = NULL;
    *dir = fresh_folder(a);
    if (files_open(in(a, *dir, "s"), &f) != OK) abort();
    return f;
}

TEST(store_gives_back_what_was_put) {
    const char *dir;
    struct files *f = store(a, &dir);
    hash h, h2, none = { 0 };
    str got;
    struct files_count c;
    for (size_t n = 0; n < 200000; n = n * 3 + 1) {
        char *p = arena_alloc(a, n);
        for (size_t i = 0; i < n; i++) p[i] = (char)test_random();
        CHECK_I64(files_put(f, (str){ p, n }, &h), OK);
        CHECK(hash_eq(h, sm3_of(p, n)));
        CHECK(files_has(f, h));
        CHECK_I64(files_get(f, a, h, n, &got), OK);
        CHECK_STR(got, ((str){ p, n }));
        CHECK(n == 0 || files_get(f, a, h, n - 1, &got) == E_TOOBIG);
    }
    CHECK(!files_has(f, none));
    CHECK_I64(files_get(f, a, none, 10, &got), E_MISSING);
    CHECK_I64(files_check(f, &c), OK);
    i64 before = c.files;
    CHECK(before > 5 && c.broken == 0 && c.strange == 0);
    CHECK_I64(files_put(f, S("同一个"), &h), OK);
    CHECK_I64(files_put(f, S("同一个"), &h2), OK);
    CHECK(hash_eq(h, h2));
    CHECK_I64(files_check(f, &c), OK);
    CHECK_I64(c.files, before + 1);
    files_close(f);
    remove_all(a, dir);
}

TEST(store_takes_a_stream_up_to_its_limit) {
    const char *dir;
    struct files *f = store(a, &dir);
    hash h;
    i64 size = 0;
    int fd = memfd_create("x", MFD_CLOEXEC), back;
    size_t n = 65536 * 2; /* exactly two blocks */
    char *p = arena_alloc(a, n);
    for (size_t i = 0; i < n; i++) p[i] = (char)test_random();
    CHECK(write(fd, p, n) == (ssize_t)n);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    CHECK_I64(files_put_fd(f, fd, (i64)n - 1, &h, &size), E_TOOBIG);
    CHECK_I64(entries(a, dir), 0);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    CHECK_I64(files_put_fd(f, fd, (i64)n, &h, &size), OK);
    CHECK_I64(size, n);
    CHECK(hash_eq(h, sm3_of(p, n)));
    CHECK_I64(files_get_fd(f, h, &back, &size), OK);
    CHECK_I64(size, n);
    close(back);
    close(fd);
    files_close(f);
    remove_all(a, dir);
}

/* Finds the one stored file, to be damaged. */
static const char *path_of(struct arena *a, const char *dir, hash h) {
    str x = str_hex(a, h.b, SM3_LEN);
    return str_fmt(a, "%s/s/%.2s/%s", dir, x.p, x.p + 2).p;
}

TEST(store_notices_damage_and_heals_it) {
    const char *dir;
    struct files *f = store(a, &dir);
    hash h;
    str got = S_INIT("untouched");
    struct files_count c;
    CHECK_I64(files_put(f, S("evidence"), &h), OK);
    const char *path = path_of(a, dir, h);
    CHECK_I64(file_write(path, S("Evidence"), 0400), OK);
    CHECK_I64(files_get(f, a, h, 100, &got), E_BROKEN);
    CHECK_STR(got, S("untouched"));
    CHECK(files_check(f, &c) == OK && c.broken == 1);
    CHECK_I64(files_put(f, S("evidence"), &h), OK);
    CHECK_I64(files_get(f, a, h, 100, &got), OK);
    /* A link in place of the file is not followed. */
    CHECK(unlink(path) == 0 && symlink("/etc/hostname", path) == 0);
    CHECK_I64(files_get(f, a, h, 100, &got), E_BROKEN);
    CHECK(files_check(f, &c) == OK && c.broken == 1);
    /* Nor is a folder that leads out. */
    CHECK_I64(unlink(path), 0);
    *strrchr((char *)(uintptr_t)path, '/') = 0;
    CHECK(rmdir(path) == 0 && symlink("/etc", path) == 0);
    CHECK_I64(files_put(f, S("evidence"), &h), E_IO);
    CHECK_I64(unlink(path), 0);
    CHECK_I64(files_put(f, S("evidence"), &h), OK);
    CHECK_I64(file_write(in(a, dir, "s/other"), S("x"), 0600), OK);
    CHECK(files_check(f, &c) == OK && c.broken == 0 && c.strange == 1 && c.files == 1);
    files_close(f);
    remove_all(a, dir);
}

TEST(store_sweeps_what_a_crash_left) {
    const char *dir;
    struct files *f = store(a, &dir);
    CHECK_I64(file_write(in(a, dir, "s/tmp/new"), S("x"), 0600), OK);
    CHECK_I64(file_write(in(a, dir, "s/tmp/old"), S("x"), 0600), OK);
    struct timespec past[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
    CHECK_I64(utimensat(AT_FDCWD, in(a, dir, "s/tmp/old"), past, 0), 0);
    files_close(f);
    CHECK_I64(files_open(in(a, dir, "s"), &f), OK);
    CHECK(access(in(a, dir, "s/tmp/new"), F_OK) == 0);
    CHECK(access(in(a, dir, "s/tmp/old"), F_OK) != 0);
    files_close(f);
    remove_all(a, dir);
}

/* A full disk, as a limit on file size, in a process of its own. */
TEST(store_leaves_nothing_when_the_disk_is_full) {
    const char *dir;
    struct files *f = store(a, &dir);
    char *p = arena_alloc(a, 100000);
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit small = { 50000, 50000 };
        hash h = { .b = { 77 } };
        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &small) != 0) _exit(9);
        if (files_put(f, (str){ p, 100000 }, &h) != E_IO || h.b[0] != 77) _exit(1);
        if (file_write(in(a, dir, "y"), (str){ p, 100000 }, 0600) != E_IO) _exit(2);
        _exit(files_put(f, (str){ p, 50000 }, &h) == OK ? 0 : 3);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK_I64(entries(a, dir), 1);
    files_close(f);
    remove_all(a, dir);
}

static struct files *shared;
static void *put_same(void *arg) {
    struct arena *a = arena_new(1 << 20);
    i64 *wrong = arg;
    for (int i = 0; i < 30; i++) {
        hash h;
        str got, text = str_fmt(a, "file %d", i);
        bool good = files_put(shared, text, &h) == OK && files_get(shared, a, h, 100, &got) == OK;
        if (!good || !str_eq(got, text)) ++*wrong;
    }
    arena_free(a);
    return NULL;
}

TEST(store_from_many_threads) {
    const char *dir;
    shared = store(a, &dir);
    pthread_t t[4];
    i64 wrong[4] = { 0 };
    struct files_count c;
    for (int i = 0; i < 4; i++) CHECK_I64(pthread_create(&t[i], NULL, put_same, &wrong[i]), 0);
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    CHECK_I64(wrong[0] + wrong[1] + wrong[2] + wrong[3], 0);
    CHECK(files_check(shared, &c) == OK && c.files == 30 && c.broken == 0);
    files_close(shared);
    remove_all(a, dir);
}
