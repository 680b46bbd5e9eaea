/* start.c - from nothing to a house that answers: keys, roles, schema, lanes, caches, carrier. */
#include <sys/stat.h>
#include "app/app.h"
#include "app/migrations.h"
#include "assets.h"
#include "kit/area/area.h"
#include "kit/house/house.h"
#include "kit/module/data.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"
#include "sys/crypt/password.h"
#include "sys/db/migrate.h"
#include "sys/file/file.h"
#include "sys/image/image.h"
#include "sys/log/log.h"
#include "sys/notify/notify.h"

static const char *asset_address(const char *name) {
    const struct asset *a = asset_by_name(name);
    return a ? a->url : "";
}

static str data_asset(const char *name) {
    const struct asset *a = data_file(name);
    return a ? (str){ (const char *)a->raw, a->raw_n } : (str){ 0 };
}

static void folder_of(const char *path) {
    char dir[512];
    snprintf(dir, sizeof dir, "%s", path);
    char *slash = strrchr(dir, '/');
    if (!slash || slash == dir) return;
    *slash = 0;
    if (mkdir(dir, 0750) != 0) folder_of(dir);
    (void)mkdir(dir, 0750);
}

static bool load_keys(struct app *app) {
    char path[512];
    if (*app->set.key) snprintf(path, sizeof path, "%s", app->set.key);
    else {
        settings_path(&app->set, path, sizeof path, "");
        char *slash = strrchr(path, '/');
        snprintf(slash ? slash + 1 : path, sizeof path - (slash ? (size_t)(slash + 1 - path) : 0), "wuye.key");
    }
    folder_of(path);
    err e = crypt_load(path);
    if (e == E_MISSING && crypt_key_make(path) == OK) e = crypt_load(path);
    if (e != OK) fprintf(stderr, "wuye: 密钥文件 %s 不能用（%s）\n", path, err_name(e));
    return e == OK;
}

bool app_init(struct app *app) {
    char path[512];
    app->began_ns = clock_mono_ns();
    if (*app->set.log && log_open(app->set.log) != OK) return false;
    data_source(data_asset);
    if (!access_load(data_text("roles.tsv"))) return false;
    html_assets(asset_address);
    db_register();
    for (const struct module *const *m = all_modules; *m; m++)
        for (struct entity *const *e = (*m)->entities; e && *e; e++) entity_register(*e);
    (void)module_command(S(""));
    routes_init();
    if (app_lint(stderr) > 0 || !load_keys(app)) return false;
    settings_path(&app->set, path, sizeof path, ".files");
    const char *files = *app->set.files ? app->set.files : path;
    folder_of(files);
    if (files_open(files, &app->files) != OK) {
        fprintf(stderr, "wuye: 文件目录 %s 不能用\n", files);
        return false;
    }
    app->db = db_open(app->set.db);
    return app->db != NULL;
}

static err facts(struct tx *tx) {
    str done;
    TRY(house_get(tx, "facts", &done));
    if (done.n) return OK;
    for (const struct module *const *m = all_modules; *m; m++) {
        err e = (*m)->facts ? (*m)->facts(tx) : OK;
        if (e != OK) fprintf(stderr, "wuye: %s 的资料没有装进去（%s）\n", (*m)->label, err_name(e));
        TRY(e);
    }
    return house_put(tx, "facts", S("1"));
}

/* The figures of the planner change with the program, not with the data. */
static err plans(struct tx *tx) {
    str was;
    buf script = buf_in(tx->a, 1 << 20);
    if (db_engine(db_of(tx->c)) != DB_SQLITE) return OK;
    entity_plans(&script);
    hash now = sm3_of(script.p, script.n);
    str text = str_hex(tx->a, now.b, SM3_LEN);
    TRY(house_get(tx, "plans", &was));
    if (str_eq(was, text)) return OK;
    buf_c(&script, 0);
    TRY(db_script(tx->c, script.p));
    return house_put(tx, "plans", text);
}

static bool stamp(struct conn *c, struct arena *a, bool fresh, bool applied) {
    struct tx tx;
    str was;
    hash now = entity_fingerprint(a);
    str text = str_hex(a, now.b, SM3_LEN);
    if (tx_begin(&tx, c, a, clock_now(), true) != OK || house_get(&tx, "schema", &was) != OK) return false;
    bool fits = str_eq(was, text);
    if (!fits && (fresh || applied)) fits = house_put(&tx, "schema", text) == OK;
    if (fits) fits = facts(&tx) == OK && plans(&tx) == OK;
    if (fits) return tx_commit(&tx) == OK;
    tx_rollback(&tx);
    return false;
}

bool app_migrate(struct app *app, bool quiet) {
    size_t n = 0, applied = 0;
    struct migration *list = migrations_all(&n);
    struct conn *c = db_connect(app->db, DB_WRITE);
    struct arena *a = arena_new(64 << 20);
    bool ok = false;
    ids_start(0, 0);   /* a fresh house has no mark yet; app_open starts above it */
    if (c && a && db_migrate(c, list, n, clock_now(), &applied) == OK) {
        /* Only a schema that every statement fits is stamped as this program's. */
        if (applied && statements_check(app, stderr, true) > 0) {
            db_disconnect(c);
            arena_free(a);
            fprintf(stderr, "wuye: 上面的语句和表结构对不上，少了哪个迁移？（wuye schema ddl <模块> 看表）\n");
            return false;
        }
        ok = !ARENA_CATCH(a) && stamp(c, a, applied == n, applied > 0);
        if (!ok) fprintf(stderr, "wuye: 数据库的结构和这个程序不是一套，请换对应的版本，或运行 wuye doctor\n");
        else if (applied && !quiet) fprintf(stderr, "wuye: 建好或升级了 %zu 步表结构\n", applied);
    }
    arena_free(a);
    db_spare(c);
    return ok;
}

/* ---- opening ---- */

static err load_all(struct job *j, struct tx *tx) {
    (void)j;
    for (const struct module *const *m = all_modules; *m; m++)
        if ((*m)->load) {
            err e = (*m)->load(tx);
            if (e != OK) fprintf(stderr, "wuye: %s：%s\n", (*m)->label, err_name(e));
            TRY(e);
        }
    return OK;
}

static err read_mark(struct job *j, struct tx *tx) {
    str s;
    i64 mark = 0;
    TRY(house_get(tx, "ids", &s));
    if (!str_i64(s, &mark)) mark = 0;
    ids_start((int)j->shard, mark);
    return OK;
}

static err write_mark(struct job *j, struct tx *tx) {
    (void)j;
    return house_put(tx, "ids", str_fmt(tx->a, "%lld", (long long)ids_floor()));
}

static err do_now(struct app *app, err (*run)(struct job *, struct tx *), bool write, i64 shard) {
    struct arena *a = arena_new(32 << 20);
    if (!a) return E_FULL;
    struct job j = { .run = run, .a = a, .now = clock_now(), .write = write, .shard = shard };
    err e = lanes_do(app->lanes, &j);
    arena_free(a);
    return e;
}

/* The tree is the one cache that grows with the city, so it is read beside the rest of the start. */
static struct job tree_job;

static err tree_run(struct job *j, struct tx *tx) {
    (void)j;
    return area_load(tx);
}

static void tree_done(struct job *j, err e) {
    if (e != OK) fprintf(stderr, "wuye: 区划没有读进来（%s）\n", err_name(e));
    arena_free(j->a);
}

static bool start_tree(struct app *app) {
    tree_job = (struct job){ .run = tree_run, .done = tree_done, .a = arena_new(64 << 20), .now = clock_now() };
    if (!tree_job.a) return false;
    area_expect();
    return lanes_submit(app->lanes, &tree_job) == OK;
}

err app_mark(struct app *app) { return do_now(app, write_mark, true, 0); }

/* So is the mark written; app_open waits for it at its end. */
static struct job mark_job;
static bool marked;

static void mark_done(struct job *j, err e) {
    marked = e == OK;
    arena_free(j->a);
}

static bool start_mark(struct app *app) {
    mark_job = (struct job){
        .run = write_mark, .done = mark_done, .a = arena_new(1 << 20), .now = clock_now(), .write = true
    };
    return mark_job.a && lanes_submit(app->lanes, &mark_job) == OK;
}

/* The writer comes to it after all that was submitted before. */
static err nothing(struct job *j, struct tx *tx) {
    (void)j;
    (void)tx;
    return OK;
}

/* Where messages leave: beside the database unless told. */
static bool open_mail(struct app *app) {
    char mail[512];
    struct notify_driver driver;
    if (*app->set.mail) snprintf(mail, sizeof mail, "%s", app->set.mail);
    else settings_path(&app->set, mail, sizeof mail, ".mail");
    if (notify_folder(mail, &driver) != OK) return false;
    notify_start(driver, 60);
    return true;
}

#define STEP(what, ok)                                                                                           \
    do {                                                                                                         \
        if (!(ok)) {                                                                                             \
            fprintf(stderr, "wuye: 没有启动成：%s\n", what);                                                   \
            return false;                                                                                        \
        }                                                                                                        \
    } while (0)

/* Fits if this program's descriptors made the schema that is there. */
static err schema_fits(struct job *j, struct tx *tx) {
    (void)j;
    str was;
    hash now = entity_fingerprint(tx->a);
    TRY(house_get(tx, "schema", &was));
    return str_eq(was, str_hex(tx->a, now.b, SM3_LEN)) ? OK : E_STATE;
}

bool app_open_reading(struct app *app) {
    app->lanes = lanes_start_reading(app->db);
    STEP("数据库连接", app->lanes != NULL);
    STEP("表结构和这个程序不是一套", do_now(app, schema_fits, false, 0) == OK);
    STEP("区划", start_tree(app));
    STEP("读取规则、日历", do_now(app, load_all, false, 0) == OK);
    return true;
}

bool app_open(struct app *app) {
    i64 node = 0;
    app->lanes = lanes_start(app->db, 0, 0);
    STEP("数据库连接", app->lanes && str_i64(str_of(app->set.node), &node));
    STEP("区划", start_tree(app));
    STEP("编号", do_now(app, read_mark, false, node) == OK && start_mark(app));
    STEP("读取区划、规则、日历", do_now(app, load_all, false, 0) == OK);
    STEP("短信与邮件目录", open_mail(app));
    STEP("口令线程", password_start(64) == OK);
    app->cache = cache_new();
    app->workers = workers_start(2, 64);
    app->carrier = carrier_start(app->lanes, all_modules, house_now);
    STEP("后台线程", app->workers && app->carrier);
    STEP("编号的记号", do_now(app, nothing, true, 0) == OK && marked);
    return true;
}

void app_close(struct app *app) {
    bool writing = app->carrier != NULL;
    if (app->workers) workers_stop(app->workers);
    if (app->carrier) carrier_stop(app->carrier);
    if (writing && app_mark(app) != OK) fprintf(stderr, "wuye: 编号的记号没有存下\n");
    lanes_stop(app->lanes);
    if (writing) password_stop();
    cache_free(app->cache);
    files_close(app->files);
    db_close(app->db);
    crypt_unload();
}
