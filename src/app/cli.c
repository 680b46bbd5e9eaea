/* cli.c - the verbs of the command line; see cli.h. */
#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include "app/cli.h"
#include "domain/account/account.h"
#include "kit/house/house.h"
#include "kit/page/page.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"
#include "sys/log/log.h"

/* ---- serve ---- */

static bool try_lock(struct app *app, int *fd) {
    char path[512];
    return file_lock(settings_path(&app->set, path, sizeof path, ".lock"), fd) == OK;
}

static bool stale_lock(struct app *app, int *fd) {
    if (try_lock(app, fd)) return false;
    fprintf(stderr, "wuye: 另一个 wuye 正在使用 %s\n", app->set.db);
    return true;
}

static void no_address(struct app *app) {
    int why = errno;
    fprintf(stderr, "wuye: %s 的端口 %s 用不了：%s\n", app->set.address, app->set.port,
            why == EADDRINUSE                         ? "别的程序正在用它，请用 --port 换一个"
            : why == EACCES                           ? "没有权限，请用 --port 换一个 1024 以上的"
            : why == EADDRNOTAVAIL || why == EINVAL   ? "这台机器没有这个地址，请看看 --address"
                                                      : strerror(why));
}

static bool start_http(struct app *app) {
    i64 port = 0;
    static const char *proxies[2];   /* the daemon keeps both pointers */
    static char spill[512];
    if (!str_i64(str_of(app->set.port), &port) || port < 0 || port > 65535) {
        fprintf(stderr, "wuye: 端口要写 0 到 65535 的数，现在是“%s”\n", app->set.port);
        return false;
    }
    proxies[0] = *app->set.proxy ? app->set.proxy : NULL;
    settings_path(&app->set, spill, sizeof spill, ".spill");
    if (folder_make(spill) != OK) return false;
    struct http_conf conf = { .address = app->set.address, .port = (int)port, .connections = 4096, .per_ip = 1000,
                              .head_ms = 10000, .body_ms = 60000, .spill_dir = spill, .proxies = proxies,
                              .handle = serve_handle, .refuse = serve_refuse, .arg = app };
    app->http = http_start(&conf);
    if (!app->http) no_address(app);
    return app->http != NULL;
}

static err people_run(struct job *j, struct tx *tx) {
    (void)j;
    return account_demo_print(tx, stdout);
}

/* Where to look and whom to log in as. */
static void greet(struct app *app) {
    struct job j = { .run = people_run, .a = arena_new(1 << 20), .now = house_now() };
    int port = http_port(app->http);
    printf("wuye 在 http://%s:%d/ 上运行（%lld 毫秒）\n", app->set.address, port,
           (long long)((clock_mono_ns() - app->began_ns) / 1000000));
    if (house_demo()) {
        printf("\n演示城市。换身份：http://%s:%d/demo，点一下就进去；也可以用登录名和口令 wuye2026 登录：\n", app->set.address, port);
        if (j.a && lanes_do(app->lanes, &j) != OK) puts("  （演示人物读不出来）");
    }
    puts("停下来按 Ctrl-C。");
    arena_free(j.a);
    fflush(stdout);
}

int serve_main(struct app *app) {
    sigset_t stop;
    int lock = -1, sig = 0;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);   /* inherited by every thread: only this one waits for them */
    if (stale_lock(app, &lock) || !app_migrate(app, false) || !app_open(app)) return 1;
    if (!start_http(app)) {
        app_close(app);
        file_unlock(lock);
        return 2;
    }
    struct door *door = door_open(app);
    greet(app);
    log_hold(true);   /* one line for each request: they leave together */
    sigwait(&stop, &sig);
    door_close(door);
    http_stop(app->http);
    log_hold(false);
    app_close(app);
    file_unlock(lock);
    return 0;
}

/* ---- do ---- */

static void request_of(int argc, char **argv, buf *out, bool *ret_key) {
    buf_lit(out, "{\"@command\":");
    buf_json(out, str_of(argv[0]));
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i] + (strncmp(argv[i], "--", 2) == 0 ? 2 : 0);
        bool special = !strcmp(name, "as") || !strcmp(name, "estate") || !strcmp(name, "key");
        *ret_key |= !strcmp(name, "key");
        buf_fmt(out, ",\"%s%s\":", special ? "@" : "", name);
        buf_json(out, str_of(argv[i + 1]));
    }
}

/* Without a server the command line takes the file lock and becomes the writer. */
static bool become_writer(struct app *app, int *lock) {
    return !stale_lock(app, lock) && app_migrate(app, true) && app_open(app);
}

bool app_look(struct app *app, int *lock) {
    *lock = -1;
    if (!try_lock(app, lock)) return app_open_reading(app);
    return app_migrate(app, true) && app_open(app);
}

int cli_do(struct app *app, int argc, char **argv) {
    buf ask = buf_new(1 << 20), got = buf_new(1 << 20);
    struct arena *a = arena_new(1 << 20);
    bool has_key = false;
    int lock = -1;
    if (!a || ARENA_CATCH(a)) return 1;
    request_of(argc, argv, &ask, &has_key);
    if (!has_key) {
        buf_lit(&ask, ",\"@key\":");
        buf_json(&ask, ticket_text(a));
    }
    buf_lit(&ask, "}\n");
    if (!door_ask(&app->set, buf_str(&ask), &got)) {
        if (!become_writer(app, &lock)) return 1;
        door_answer(app, buf_str(&ask), &got);
        app_close(app);
        file_unlock(lock);
    }
    fwrite(got.p, 1, got.n, stdout);
    int rc = str_starts(buf_str(&got), S("{\"status\":200,")) ? 0 : 1;
    buf_free(&ask);
    buf_free(&got);
    arena_free(a);
    return rc;
}

/* ---- get ---- */

struct get_job { struct job job; const struct query *q; struct pairs in; buf *out; str estate; };

static err get_run(struct job *j, struct tx *tx) {
    struct get_job *g = (struct get_job *)j;
    struct rq rq = { .a = tx->a, .tx = tx, .now = tx->now, .actor = { .system = true }, .out = g->out };
    void *row = arena_alloc(tx->a, g->q->in_size + 1);
    if (g->estate.n && !id_parse(g->estate, &rq.estate)) return E_MISSING;
    err e = fields_read(tx->a, g->q->in, row, &g->in, &rq.faults);
    for (size_t i = 0; i < rq.faults.n; i++)
        fprintf(stderr, "%.*s：%.*s\n", STR(rq.faults.p[i].name), STR(rq.faults.p[i].text));
    return e == OK ? g->q->run(&rq, row, g->out) : e;
}

int cli_get(struct app *app, int argc, char **argv) {
    struct arena *a = arena_new(32 << 20);
    buf out = buf_new(16 << 20);
    struct { struct pair *p; size_t n, cap; } in = { 0 };
    struct get_job g = { .job = { .run = get_run, .a = a, .now = clock_now() }, .out = &out };
    int lock;
    if (!a || ARENA_CATCH(a)) return 1;
    for (const struct module *const *m = all_modules; *m; m++)
        for (const struct query *q = (*m)->queries; q && q->name; q++)
            if (!strcmp(q->name, argv[0])) g.q = q;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--estate")) g.estate = str_of(argv[i + 1]);
        else *VEC_ADD(a, &in) = (struct pair){ str_of(argv[i] + 2), str_of(argv[i + 1]) };
    }
    g.in = (struct pairs){ in.p, in.n };
    if (!g.q) fprintf(stderr, "wuye: 没有“%s”这个查询\n", argv[0]);
    if (!g.q || !app_look(app, &lock)) return 1;
    g.job.now = house_now();
    err e = lanes_do(app->lanes, &g.job);
    if (e == OK) fwrite(out.p, 1, out.n, stdout);
    else fprintf(stderr, "wuye: %s\n", err_text(e));
    app_close(app);
    buf_free(&out);
    return e == OK ? 0 : 1;
}

/* ---- seed, migrate, backup ---- */

int cli_migrate(struct app *app, int argc, char **argv) {
    (void)argc;
    (void)argv;
    return app_migrate(app, false) ? 0 : 1;
}

int cli_backup(struct app *app, int argc, char **argv) {
    (void)argc;
    err e = db_backup(app->db, argv[0]);
    if (e != OK) fprintf(stderr, "wuye: 没有备份成（%s）\n", err_name(e));
    return e == OK ? 0 : 1;
}

SQL(anybody, "", "i", "SELECT count(*) FROM (SELECT id FROM person LIMIT 1) AS one")

enum { SCALE_MOST = 1000 };
struct seed_job { struct job job; int scale; };

static err seed_run(struct job *j, struct tx *tx) {
    struct seed_job *s = (struct seed_job *)j;
    struct seed seed = { .tx = tx, .dice = 20261124, .scale = s->scale, .now = tx->now };
    str done;
    struct row r;
    TRY(house_get(tx, "demonstration", &done));
    TRY(db_one_n(tx, &r, &anybody, NULL, 0));
    if (done.n || r.v[0].i > 0) return E_STATE;   /* never into a house that lives */
    TRY(house_put(tx, "demonstration", S("1")));
    for (const struct module *const *m = all_modules; *m; m++) {
        i64 from = clock_mono_ns();
        if ((*m)->seed) TRY((*m)->seed(&seed));
        if ((*m)->seed)
            fprintf(stderr, "wuye: 演示数据 %s（%lld 毫秒）\n", (*m)->label,
                    (long long)((clock_mono_ns() - from) / 1000000));
    }
    return OK;
}

int cli_seed(struct app *app, int argc, char **argv) {
    struct seed_job s = { .job = { .run = seed_run, .write = true }, .scale = 1 };
    i64 scale = 1;
    int lock = -1;
    bool if_empty = false;
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--if-empty")) if_empty = true;
        else if (!str_i64(str_of(argv[++i]), &scale) || scale < 1 || scale > SCALE_MOST) {
            fprintf(stderr, "wuye: --scale 要写 1 到 %d 的数，现在是“%s”\n", SCALE_MOST, argv[i]);
            return 2;
        }
    }
    s.scale = (int)scale;
    s.job.a = arena_new((size_t)1 << 30);
    if (!s.job.a || !become_writer(app, &lock)) return 1;
    s.job.now = clock_now();
    err e = lanes_do(app->lanes, &s.job);
    if (e == E_STATE && !if_empty) fprintf(stderr, "wuye: 这个库里已经有人了，演示城市只能建在空库里\n");
    if (e != OK && e != E_STATE) fprintf(stderr, "wuye: 演示城市没有建成（%s）\n", err_name(e));
    app_close(app);
    file_unlock(lock);
    return e == OK || (e == E_STATE && if_empty) ? 0 : 1;
}
