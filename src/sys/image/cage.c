#include <errno.h>
#include <malloc.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include "sys/image/decode.h"

#define MEMORY_MAX ((rlim_t)512 << 20)
#define CPU_SECONDS 5

/* The hard limit lies one above: reaching the soft one of CPU time then has a signal of its own. */
static bool limit(int what, rlim_t n) {
    struct rlimit r = { n, what == RLIMIT_CPU ? n + 1 : n };
    return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

static bool limits(void) {
    /* A second heap for a decoder's thread would alone reserve 128 MiB of the limit. */
    mallopt(M_ARENA_MAX, 1);
    return (IMAGE_WATCHED || limit(RLIMIT_AS, MEMORY_MAX)) && limit(RLIMIT_CPU, CPU_SECONDS) &&
           limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 3);
}

/* Plain calls: memory, locks, the two pipes, the end. */
static const int allowed[] = {
    SCMP_SYS(read),           SCMP_SYS(write),         SCMP_SYS(close),         SCMP_SYS(brk),
    SCMP_SYS(munmap),         SCMP_SYS(mremap),        SCMP_SYS(madvise),       SCMP_SYS(futex),
    SCMP_SYS(exit),           SCMP_SYS(exit_group),    SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),   SCMP_SYS(sched_yield),   SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),      SCMP_SYS(set_robust_list), SCMP_SYS(rseq),        SCMP_SYS(gettid),
    SCMP_SYS(getpid),         SCMP_SYS(restart_syscall), SCMP_SYS(sched_getaffinity),
};

static bool rules(scmp_filter_ctx f) {
    const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const unsigned flags = CLONE_THREAD | CLONE_VM;
    const struct scmp_arg_cmp thread = SCMP_A0(SCMP_CMP_MASKED_EQ, flags, flags);
    int bad = 0;
    for (size_t i = 0; i < COUNT(allowed); i++) bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
    /* Memory, but never memory that can run. */
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code);
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code);
    /* The HEVC decoder insists on one thread. A thread, not a process: clone3 hides its flags from us, so it
     * is said not to exist, and the C library falls back to clone. */
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, thread);
    bad |= seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    /* A library may look for a file and can live without it. */
    bad |= seccomp_rule_add(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(open), 0);
    bad |= seccomp_rule_add(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 0);
    if (IMAGE_WATCHED) bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(sigaltstack), 0);
    return bad == 0;
}

bool cage_enter(void) {
    if (close_range(3, ~0U, 0) != 0 || !limits()) return false;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return false;
    scmp_filter_ctx f = seccomp_init(IMAGE_WATCHED ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
    if (f == NULL) return false;
    bool good = rules(f) && seccomp_load(f) == 0;
    seccomp_release(f);
    return good;
}
