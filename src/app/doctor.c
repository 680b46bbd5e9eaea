/* doctor.c - what the house can say about its own health: declarations, statements, checks, chains, schema. */
#include "app/cli.h"
#include "kit/audit/audit.h"
#include "kit/house/house.h"
#include "sys/clock/clock.h"

/* ---- checks ---- */

struct check_job { struct job job; const struct check *c; FILE *out; int bad; };

static err check_run(struct job *j, struct tx *tx) {
    struct check_job *k = (struct check_job *)j;
    const struct check *c = k->c;
    struct rows rows;
    TRY(db_all_n(tx, &rows, c->sql, NULL, 0));
    if (rows.n == 0) return OK;
    k->bad = 1;
    fprintf(k->out, "不符：%s（%zu 行", c->label, rows.n);
    for (size_t i = 0; c->sql->out[i]; i++) {
        val v = rows.p[0].v[i];
        if (v.t == 'i') fprintf(k->out, " %lld", (long long)v.i);
        else if (v.t == 't') fprintf(k->out, " %.*s", STR(v.s));
    }
    fprintf(k->out, "）\n");
    return OK;
}

/* Each in a transaction of its own: one that cannot be asked must not silence the others. */
int checks_run(struct app *app, FILE *out) {
    struct arena *a = arena_new(64 << 20);
    int ran = 0, bad = 0;
    for (const struct module *const *m = all_modules; a && *m; m++)
        for (const struct check *c = (*m)->checks; c && c->label; c++) {
            struct check_job k = { .job = { .run = check_run, .a = a, .now = house_now() }, .c = c, .out = out };
            err e = lanes_do(app->lanes, &k.job);
            if (e != OK) fprintf(out, "查不了：%s（%s）\n", c->label, err_name(e));
            ran++;
            bad += e != OK || k.bad;
            arena_reset(a);
        }
    arena_free(a);
    fprintf(out, "检查 %d 项，不符 %d 项\n", ran, bad);
    return ran > 0 ? bad : 1;
}

/* ---- doctor ---- */

/* Every statement of the program, prepared with its types. */
int statements_check(struct app *app, FILE *out, bool quiet) {
    struct conn *c = db_connect(app->db, DB_READ);
    int bad = 0;
    if (!c) return 1;
    for (size_t i = 0; i < db_stmt_count(); i++) {
        struct stmt *s = db_stmt_at(i);
        if (db_check(c, s)) continue;
        bad++;
        fprintf(out, "语句 %s：%s\n", s->name, db_message(c));
    }
    if (!quiet) fprintf(out, "语句 %zu 条，不通过 %d 条\n", db_stmt_count(), bad);
    db_disconnect(c);
    return bad;
}

int cli_doctor(struct app *app, int argc, char **argv) {
    (void)argc;
    (void)argv;
    int bad = app_lint(stdout), lock;
    if (!app_look(app, &lock)) return 1;
    bad += statements_check(app, stdout, false);
    if (!db_whole(app->db)) {
        bad++;
        puts("数据库文件有损坏，请停止写入，从备份恢复");
    }
    bad += checks_run(app, stdout);
    app_close(app);
    return bad ? 1 : 0;
}

/* ---- audit ---- */

struct audit_job { struct job job; buf report; i64 rows, bad; };

static err audit_job(struct job *j, struct tx *tx) {
    struct audit_job *a = (struct audit_job *)j;
    return audit_verify(tx, &a->report, &a->rows, &a->bad);
}

int cli_audit(struct app *app, int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct audit_job a = { .job = { .run = audit_job, .a = arena_new((size_t)2 << 30) }, .report = buf_new(1 << 16) };
    int lock;
    if (!a.job.a || !app_look(app, &lock)) return 1;
    err e = app->carrier ? carrier_drain(app->carrier) : OK;
    a.job.now = house_now();
    if (e == OK) e = lanes_do(app->lanes, &a.job);
    fwrite(a.report.p, 1, a.report.n, stdout);
    printf("存证链 %lld 条，不符 %lld 条\n", (long long)a.rows, (long long)a.bad);
    int bad = checks_run(app, stdout);
    app_close(app);
    return e == OK && a.bad == 0 && bad == 0 ? 0 : 1;
}

/* ---- schema ---- */

/* All tables, or those of one module: what its migrations must lead to. */
static void print_ddl(const char *module) {
    for (const struct module *const *m = all_modules; *m; m++)
        for (struct entity *const *e = (*m)->entities; e && *e; e++) {
            buf b = buf_new(1 << 16);
            if (*module && strcmp(module, (*m)->name) != 0) continue;
            entity_ddl(&b, *e);
            fwrite(b.p, 1, b.n, stdout);
            putchar('\n');
            buf_free(&b);
        }
}

static void print_commands(void) {
    for (const struct module *const *m = all_modules; *m; m++)
        for (const struct command *c = (*m)->commands; c && c->name; c++)
            printf("%s\t%s\t%s\t%s\n", c->name, c->title, c->right ? c->right : "",
                   c->internal ? "internal"
                   : c->open   ? "open"
                               : "");
}

static void print_routes(void) {
    const struct page *p;
    const struct query *q;
    for (size_t i = 0; i < routes_count(); i++) {
        const char *path = route_path(i, &p, &q);
        const char *right = p ? p->right : q->right;
        unsigned flags = p ? p->flags : q->flags;
        printf("%s\t%s\t%s\t%s\n", p ? "page" : "query", path, p ? p->title : q->title,
               flags & PAGE_OPEN ? "open" : right ? right : "login");
    }
}

int cli_schema(struct app *app, int argc, char **argv) {
    (void)app;
    const char *what = argc > 0 ? argv[0] : "ddl";
    if (!strcmp(what, "ddl")) print_ddl(argc > 1 ? argv[1] : "");
    else if (!strcmp(what, "commands")) print_commands();
    else if (!strcmp(what, "routes")) print_routes();
    else if (!strcmp(what, "statements"))
        for (size_t i = 0; i < db_stmt_count(); i++)
            printf("%s\t%s\t%s\t%s\n", db_stmt_at(i)->name, db_stmt_at(i)->in, db_stmt_at(i)->out, db_stmt_at(i)->sql);
    else {
        fprintf(stderr, "wuye schema: 没有“%s”，可以是 ddl、commands、routes 或 statements\n", what);
        return 2;
    }
    return 0;
}
