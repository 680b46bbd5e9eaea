/* wuye-image: reads one picture from descriptor 0, writes a frame and two clean pictures to descriptor 1.
 *
 *     wuye-image < photo > frame
 *     wuye-image --try open|socket|fork|exec|memory|run|signal [--free]
 *
 * The second form is for tests: it enters the cage and attempts what must not succeed; exit status 0 means
 * it did. --free leaves the cage out, to show that the attempt itself works. It never reads a picture. */
#include <errno.h>
#include <fcntl.h>
#include <libheif/heif.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sys/image/decode.h"

static bool put(const void *p, size_t n) {
    for (const char *at = p; n > 0;) {
        ssize_t done = write(1, at, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

/* Reads all of descriptor 0; one byte more than allowed is enough to know. */
static u8 *take(size_t *ret_n) {
    u8 *p = malloc(IMAGE_BYTES_MAX + 1);
    size_t n = 0;
    while (p != NULL && n < IMAGE_BYTES_MAX + 1) {
        ssize_t got = read(0, p + n, IMAGE_BYTES_MAX + 1 - n);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        n += (size_t)got;
    }
    *ret_n = n;
    return p;
}

static int clean(void) {
    size_t n;
    u8 *p = take(&n);
    struct decoded d = { 0 };
    enum pic e = p != NULL ? image_decode(p, n, &d) : PIC_MEMORY;
    struct frame f = { .magic = FRAME_MAGIC, .pic = (u32)e, .kind = (u32)d.kind, .had_gps = d.had_gps };
    if (e == PIC_OK) {
        f.w = (u32)d.w;
        f.h = (u32)d.h;
        f.thumb_w = (u32)d.thumb_w;
        f.thumb_h = (u32)d.thumb_h;
        f.full_n = (u32)d.full_n;
        f.thumb_n = (u32)d.thumb_n;
    }
    bool good = put(&f, sizeof f) && put(d.full, f.full_n) && put(d.thumb, f.thumb_n);
    /* No destructors: they may want what the cage does not give. */
    _exit(good ? 0 : 1);
}

static bool try_fork(void) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    return child > 0 && waitpid(child, NULL, 0) == child;
}

static bool try_exec(void) {
    char *args[] = { (char *)(uintptr_t)"true", NULL }, *none[] = { NULL };
    execve("/bin/true", args, none);         /* its own exit status is 0 */
    return false;
}

static bool try_memory(void) {
    size_t n = (size_t)600 << 20;
    return mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool try_run(void) {
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static int attempt(str what, bool caged) {
    bool through = false;
    pid_t parent = getppid();
    if (caged && !cage_enter()) return 2;
    if (str_is(what, "nothing")) through = true;
    else if (str_is(what, "open")) through = open("/etc/passwd", O_RDONLY) >= 0;
    else if (str_is(what, "socket")) through = socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
    else if (str_is(what, "fork")) through = try_fork();
    else if (str_is(what, "exec")) through = try_exec();
    else if (str_is(what, "memory")) through = try_memory();
    else if (str_is(what, "run")) through = try_run();
    else if (str_is(what, "signal")) through = kill(parent, 0) == 0;
    else return 3;
    _exit(through ? 0 : 1);
}

int main(int argc, char **argv) {
    /* What is loaded or looked up on first use comes now, while files can still be opened. */
    if (heif_init(NULL).code != heif_error_Ok) return 2;
    if (argc >= 3 && str_is(str_of(argv[1]), "--try")) {
        return attempt(str_of(argv[2]), argc < 4 || !str_is(str_of(argv[3]), "--free"));
    }
    if (argc > 1 || !cage_enter()) return 2;
    return clean();
}
