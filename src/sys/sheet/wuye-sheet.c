#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <fcntl.h>
#include <unistd.h>
#include "sys/sheet/parse.h"
#include "sys/sheet/stream.h"
#include "sys/sheet/workbook.h"

/* wuye-sheet - reads and writes table files for the server.
 *     wuye-sheet read  < file   > stream     XLSX or CSV in, records out
 *     wuye-sheet write < stream > file       records in, XLSX out
 *     wuye-sheet cage                        must die of SIGSYS: proves that the cage is shut
 * It is given two descriptors and nothing else, and locks itself in before it looks at a byte of the file. */

#define MEMORY_MOST ((rlim_t)1536 << 20)
#define ARENA_MOST ((size_t)768 << 20)
#define CPU_MOST 10 /* seconds */

#if defined(__SANITIZE_ADDRESS__)
#define CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHECKED 1
#endif
#endif

/* ---- the cage ---- */

/* The hard limit of time lies one above: reaching the soft one has a signal of its own. */
static bool limit(int what, rlim_t most) {
    struct rlimit r = { most, what == RLIMIT_CPU ? most + 1 : most };
    return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

#ifdef CHECKED
/* The sanitizers map terabytes of shadow and call what they need. */
static bool filter(bool writing) {
    (void)writing;
    return true;
}
#else
static const int calls_always[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
    SCMP_SYS(ftruncate), SCMP_SYS(close), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
    SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
    SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(gettid),
    SCMP_SYS(getpid), SCMP_SYS(tgkill),
};

/* The library that writes workbooks keeps its parts in temporary files. */
static const int calls_write[] = {
    SCMP_SYS(openat), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(fcntl), SCMP_SYS(pread64), SCMP_SYS(pwrite64),
    SCMP_SYS(ioctl), SCMP_SYS(memfd_create), SCMP_SYS(dup), SCMP_SYS(umask), SCMP_SYS(access), SCMP_SYS(readlink),
};

static bool filter(bool writing) {
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
    const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    bool ok = f != NULL && limit(RLIMIT_AS, MEMORY_MOST);
    /* Memory, but never memory that can run. */
    ok = ok && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code) == 0 &&
         seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code) == 0;
    for (size_t i = 0; i < COUNT(calls_always) && ok; i++)
        ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls_always[i], 0) == 0;
    for (size_t i = 0; i < COUNT(calls_write) && ok && writing; i++)
        ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls_write[i], 0) == 0;
    ok = ok && seccomp_load(f) == 0;
    seccomp_release(f);
    return ok;
}
#endif

static bool cage(bool writing) {
    /* The zip library turns the dates of entries into times, and the C library reads the zone at the first of them. */
    tzset();
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           limit(RLIMIT_CORE, 0) && limit(RLIMIT_CPU, CPU_MOST) && limit(RLIMIT_FSIZE, STREAM_MAX) && filter(writing);
}

/* ---- in and out ---- */

static err read_all(buf *b) {
    for (;;) {
        char *to = buf_room(b, 65536);
        if (to == NULL) return E_TOOBIG;
        ssize_t n = read(0, to, 65536);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return E_IO;
        if (n == 0) return OK;
        b->n += (size_t)n;
    }
}

static err write_all(str s) {
    while (s.n > 0) {
        ssize_t n = write(1, s.p, s.n);
        if (n < 0 && errno != EINTR) return E_IO;
        if (n > 0) s = str_from(s, (size_t)n);
    }
    return OK;
}

static err do_read(struct arena *a) {
    struct sheet_book book = { 0 };
    buf in = buf_new(SHEET_FILE_MAX + 131072), out = buf_new(STREAM_MAX);
    TRY(csv_open());
    if (!cage(false)) return E_IO;
    err e = read_all(&in);
    if (e == E_IO) return e;
    e = e == OK ? table_parse(a, buf_str(&in), &book) : refuse(&book, e, "这个文件太大了，超过 32 MB。请分成几个文件上传。");
    if (e == E_IO) return e;
    stream_put_book(&out, &book, e);
    return out.over ? E_TOOBIG : write_all(buf_str(&out));
}

static err do_write(struct arena *a) {
    struct sheet_table *t;
    size_t n;
    buf in = buf_new(STREAM_MAX);
    if (!cage(true)) return E_IO;
    TRY(read_all(&in));
    TRY(stream_get_tables(a, buf_str(&in), &t, &n));
    return workbook_write(a, t, n, 1);
}

static err do_cage(void) {
    if (!cage(false)) return E_IO;
    return open("/etc/passwd", O_RDONLY) < 0 ? E_DENIED : OK;
}

/* 0 done, 1 failed, 2 not asked properly, 3 out of memory */
int main(int argc, char **argv) {
    struct arena *a = arena_new(ARENA_MOST);
    str verb = argc == 2 ? str_of(argv[1]) : S("");
    if (a == NULL || ARENA_CATCH(a)) _exit(3);
    err e = E_INPUT;
    if (str_is(verb, "read")) e = do_read(a);
    else if (str_is(verb, "write")) e = do_write(a);
    else if (str_is(verb, "cage")) e = do_cage();
    else {
        static const char usage[] = "usage: wuye-sheet read | write | cage\n";
        if (write(2, usage, sizeof usage - 1) < 0) return 1;
        return 2;
    }
    /* The process was made for one file; its memory goes with it. */
    _exit(e == OK ? 0 : e == E_TOOBIG ? 3 : 1);
}
