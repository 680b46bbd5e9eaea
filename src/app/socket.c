/* socket.c - the command line speaks to the running server over <db>.sock. Only the owner of the database file can open
 * it (mode 0600); what it does is audited as cli. One request, one answer, each a JSON line. */
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "app/cli.h"
#include "kit/form/json.h"

enum { ASK_MAX = 1 << 20 };

struct door { struct app *app; pthread_t thread; int fd; char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; };

static bool address(struct settings *set, struct sockaddr_un *a) {
    char path[512];
    settings_path(set, path, sizeof path, ".sock");
    *a = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof a->sun_path) return false;
    memcpy(a->sun_path, path, strlen(path) + 1);
    return true;
}

static void put_faults(buf *out, const struct faults *ff) {
    buf_lit(out, ",\"fields\":[");
    for (size_t i = 0; i < ff->n; i++) {
        if (i) buf_c(out, ',');
        buf_lit(out, "{\"name\":");
        buf_json(out, ff->p[i].name);
        buf_lit(out, ",\"code\":");
        buf_json(out, str_of(ff->p[i].code));
        buf_lit(out, ",\"text\":");
        buf_json(out, ff->p[i].text);
        buf_c(out, '}');
    }
    buf_c(out, ']');
}

static void answer(struct app *app, struct arena *a, str request, buf *out) {
    struct outside o = { 0 };
    struct call call = { 0 };
    struct pairs in;
    const char *why = "";
    struct { struct pair *p; size_t n, cap; } fields = { 0 };
    err e = json_pairs(a, request, &in, &why);
    for (size_t i = 0; e == OK && i < in.n; i++) {
        str name = in.p[i].name, value = in.p[i].value;
        if (str_is(name, "@command")) o.command = value;
        else if (str_is(name, "@as")) o.person = value;
        else if (str_is(name, "@estate")) o.estate = value;
        else if (str_is(name, "@key")) o.key = value;
        else *VEC_ADD(a, &fields) = in.p[i];
    }
    o.fields = (struct pairs){ fields.p, fields.n };
    if (e == OK && !key_ok(o.key)) e = E_INPUT;
    if (e == OK) e = serve_outside(app, a, &o, &call);
    buf_fmt(out, "{\"status\":%d,\"code\":\"%s\",\"title\":", err_status(e), e == OK ? "OK" : err_name(e));
    buf_json(out, str_of(e == OK ? "办好了" : err_text(e)));
    put_faults(out, &call.faults);
    if (e == OK) buf_fmt(out, ",\"replay\":%s,\"result\":%.*s", call.replay ? "true" : "false", STR(call.result));
    buf_lit(out, "}\n");
}

void door_answer(struct app *app, str request, buf *out) {
    struct arena *a = arena_new(8 << 20);
    if (!a) return;
    if (ARENA_CATCH(a)) buf_lit(out, "{\"status\":503,\"code\":\"E_FULL\"}\n");
    else answer(app, a, request, out);
    arena_free(a);
}

static bool read_line(int fd, buf *in) {
    char piece[4096];
    while (!in->n || in->p[in->n - 1] != '\n') {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        buf_put(in, piece, (size_t)n);
        if (in->over) return false;
    }
    return true;
}

static void write_all(int fd, str s) {
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return;
        s = str_from(s, (size_t)n);
    }
}

static void *door_main(void *arg) {
    struct door *d = arg;
    for (;;) {
        int fd = accept4(d->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0 && errno == EINTR) continue;
        if (fd < 0) return NULL;   /* shut down */
        struct timeval limit = { .tv_sec = 10 };
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        buf in = buf_new(ASK_MAX), out = buf_new(ASK_MAX);
        if (read_line(fd, &in)) {
            door_answer(d->app, buf_str(&in), &out);
            write_all(fd, buf_str(&out));
        }
        buf_free(&in);
        buf_free(&out);
        close(fd);
    }
}

struct door *door_open(struct app *app) {
    struct sockaddr_un a;
    struct door *d = calloc(1, sizeof *d);   /* heap: lives as long as the server */
    if (!d || !address(&app->set, &a)) return NULL;
    d->app = app;
    memcpy(d->path, a.sun_path, sizeof d->path);
    (void)unlink(d->path);
    d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t old = umask(0177);
    bool ok = d->fd >= 0 && bind(d->fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(d->fd, 16) == 0;
    umask(old);
    if (!ok || pthread_create(&d->thread, NULL, door_main, d) != 0) {
        fprintf(stderr, "wuye: 命令行的入口 %s 打不开：%m\n", d->path);
        if (d->fd >= 0) close(d->fd);
        free(d);   /* heap: see above */
        return NULL;
    }
    return d;
}

void door_close(struct door *d) {
    if (!d) return;
    shutdown(d->fd, SHUT_RDWR);
    pthread_join(d->thread, NULL);
    close(d->fd);
    (void)unlink(d->path);
    free(d);   /* heap: see door_open */
}

bool door_ask(struct settings *set, str request, buf *out) {
    struct sockaddr_un a;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && address(set, &a) && connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
    if (ok) {
        write_all(fd, request);
        ok = read_line(fd, out);
    }
    if (fd >= 0) close(fd);
    return ok;
}
