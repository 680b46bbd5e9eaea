/* proxy.c - stands between a program and PostgreSQL on Unix sockets and loses answers: a COMMIT goes
 * through, the server's answer to it is read and thrown away, and both ends are hung up. The program
 * cannot know whether its transaction was committed. It was.
 *
 * usage: proxy LISTEN SERVER FIRST EVERY TIMES    loses the answers to COMMIT number FIRST, FIRST + EVERY, ...
 * Says "ready", then "lost N" for each, on standard output. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/base.h"

enum { PIECE = 65536, WORD = 7 };   /* "COMMIT" and its NUL */

static const char *server_path;
static i64 next_lost, every, times_left, commits, lost;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The bytes of one direction as messages: a type, a length, a body. The first of a client has no type. */
struct frames {
    u8 head[5];
    size_t have, body_left;
    char type;
    bool started;
    u8 word[WORD];
    size_t nword, body;
};

static int unix_socket(const char *path, struct sockaddr_un *a) {
    *a = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof a->sun_path) return -1;
    memcpy(a->sun_path, path, strlen(path) + 1);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* Takes one byte; true when it ends a message. */
static bool take(struct frames *f, u8 c) {
    size_t need = f->started ? 5 : 4;
    if (f->have < need) {
        f->head[f->have++] = c;
        if (f->have < need) return false;
        const u8 *n = f->head + need - 4;
        f->type = f->started ? (char)f->head[0] : 0;
        f->body_left = ((size_t)n[0] << 24 | (size_t)n[1] << 16 | (size_t)n[2] << 8 | n[3]) - 4;
        f->nword = f->body = 0;
        if (f->body_left) return false;
    } else {
        if (f->nword < WORD) f->word[f->nword++] = c;
        f->body++;
        if (--f->body_left) return false;
    }
    f->have = 0;
    f->started = true;
    return true;
}

static bool is_commit(const struct frames *f) {
    return f->type == 'Q' && f->body == WORD && memcmp(f->word, "COMMIT", WORD) == 0;
}

/* Is it this one's turn to be lost? */
static bool chosen(void) {
    pthread_mutex_lock(&lock);
    bool yes = ++commits == next_lost && times_left > 0;
    if (yes) {
        next_lost += every;
        times_left--;
    }
    pthread_mutex_unlock(&lock);
    return yes;
}

static bool write_all(int fd, const u8 *p, size_t n) {
    while (n > 0) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

/* Reads the server's answer to its end (ReadyForQuery): now the transaction is committed, and nobody is
 * told. */
static void lose_answer(int server, struct frames *f) {
    u8 c;
    while (read(server, &c, 1) == 1)
        if (take(f, c) && f->type == 'Z') break;
    pthread_mutex_lock(&lock);
    printf("lost %lld\n", (long long)++lost);
    fflush(stdout);
    pthread_mutex_unlock(&lock);
}

/* One piece from the client. False when this pair is to be hung up. */
static bool from_client(int client, int server, struct frames *in, struct frames *out) {
    static __thread u8 p[PIECE];
    ssize_t n = read(client, p, sizeof p);
    if (n <= 0) return false;
    bool lose = false;
    for (ssize_t i = 0; i < n; i++)
        if (take(in, p[i]) && is_commit(in) && chosen()) lose = true;
    if (!write_all(server, p, (size_t)n)) return false;
    if (lose) lose_answer(server, out);
    return !lose;
}

static bool from_server(int client, int server, struct frames *out) {
    static __thread u8 p[PIECE];
    ssize_t n = read(server, p, sizeof p);
    if (n <= 0) return false;
    for (ssize_t i = 0; i < n; i++) (void)take(out, p[i]);
    return write_all(client, p, (size_t)n);
}

static void *pair_main(void *arg) {
    int client = (int)(intptr_t)arg;
    struct sockaddr_un a;
    int server = unix_socket(server_path, &a);
    struct frames in = { 0 }, out = { .started = true };
    bool open = server >= 0 && connect(server, (struct sockaddr *)&a, sizeof a) == 0;
    while (open) {
        struct pollfd p[2] = { { .fd = client, .events = POLLIN }, { .fd = server, .events = POLLIN } };
        if (poll(p, 2, -1) < 0 && errno != EINTR) break;
        if (p[1].revents) open = from_server(client, server, &out);
        if (open && p[0].revents) open = from_client(client, server, &in, &out);
    }
    close(client);
    if (server >= 0) close(server);
    return NULL;
}

int main(int argc, char **argv) {
    struct sockaddr_un a;
    if (argc != 6 || !str_i64(str_of(argv[3]), &next_lost) || !str_i64(str_of(argv[4]), &every) ||
        !str_i64(str_of(argv[5]), &times_left))
        return 2;
    (void)signal(SIGPIPE, SIG_IGN);
    server_path = argv[2];
    int fd = unix_socket(argv[1], &a);
    (void)unlink(argv[1]);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 64) != 0) {
        perror(argv[1]);
        return 1;
    }
    puts("ready");
    fflush(stdout);
    for (;;) {
        int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
        pthread_t t;
        if (client < 0 && errno == EINTR) continue;
        if (client < 0 || pthread_create(&t, NULL, pair_main, (void *)(intptr_t)client) != 0) return 1;
        pthread_detach(t);
    }
}
