/* app.h - the composition root: one process, its database, its lanes, its server. */
#ifndef WUYE_APP_H
#define WUYE_APP_H

#include "app/cache.h"
#include "kit/event/event.h"
#include "kit/module/module.h"
#include "sys/db/lane.h"
#include "sys/file/file.h"
#include "sys/http/http.h"

struct settings {
    const char *db, *address, *port, *files, *key, *mail, *node, *log, *proxy;
    bool quiet;
};

struct app {
    struct settings set;
    struct db *db;
    struct lanes *lanes;
    struct http *http;
    struct carrier *carrier;
    struct workers *workers;
    struct files *files;
    struct cache *cache;
    i64 began_ns;
};

/* ---- settings.c: one table: wuye.conf, then WUYE_NAME, then --name ---- */
/* Reads the settings and takes the options it knows out of argv; false after an error on stderr. */
bool settings_read(struct settings *s, int *argc, char **argv);
void settings_help(FILE *out);
void settings_man(FILE *out);   /* the same as troff */
const char *settings_path(struct settings *s, char *into, size_t n,
                          const char *suffix); /* <db><suffix> or var/wuye<suffix> */

/* ---- house.c ---- */
/* Registers modules and statements, loads keys and roles. Once per process. */
bool app_init(struct app *app);
/* Creates or upgrades the schema, checks its fingerprint. */
bool app_migrate(struct app *app, bool quiet);
/* Prepares every statement with its types; prints and counts those that do not fit the database. */
int statements_check(struct app *app, FILE *out, bool quiet);
/* Opens lanes, reads the caches of all modules, starts the carrier. */
bool app_open(struct app *app);
/* The same beside a running server: nothing is written, nothing is carried. */
bool app_open_reading(struct app *app);
void app_close(struct app *app);
/* Stores the mark above which the next start makes its ids. */
err app_mark(struct app *app) MUST;
/* Problems of the declarations: duplicate routes, unknown rights, events nobody declares ... Prints and counts them. */
int app_lint(FILE *out);

/* ---- worker.c: a few threads that may wait ---- */
struct workers;
struct work { struct work *next; void (*run)(struct work *w); };
struct workers *workers_start(int threads, int queue);
bool workers_put(struct workers *w, struct work *job);   /* false when the queue is full */
void workers_stop(struct workers *w);

/* ---- route.c ---- */
struct route { const struct page *page; const struct query *query; struct pair params[4]; size_t nparams; bool known; };
void routes_init(void);
/* Finds the page or query of a path; `known` false when there is none. */
struct route route_find(str path);
size_t routes_count(void);
const char *route_path(size_t i, const struct page **page, const struct query **query);

/* ---- serve.c ---- */
void serve_handle(struct http_rq *h, void *app);
void serve_refuse(struct http_rq *h, int status, void *app);
/* Runs a command from outside HTTP (command line, socket): the same decoding and contract. */
struct outside { str command, person, estate, key; struct pairs fields; };
err serve_outside(struct app *app, struct arena *a, const struct outside *o, struct call *ret);

/* ---- upload.c: blocking, on a worker ---- */
/* Cleans and stores the uploads of PHOTOS fields; writes their hashes into the input. */
err upload_clean(struct app *app, struct arena *a, struct http_rq *h, const struct field *list, void *in,
                 struct faults *ff) MUST;

/* ---- respond.c ---- */
void respond_error(struct rq *rq, err e, int status);
void respond_problem(struct http_rq *h, err e, int status, const struct faults *ff);
/* The stored file a page asked for; E_MISSING if there is none. */
err respond_file(struct app *app, struct rq *rq) MUST;
void security_headers(struct http_rq *h);
bool respond_asset(struct http_rq *h);
/* /healthz, /metrics (for this machine only), /look (theme and elder mode by cookie). */
bool respond_plain(struct app *app, struct http_rq *h);
void menu_fill(struct rq *rq);

/* ---- api.c ---- */
void openapi_put(buf *out);

#endif
