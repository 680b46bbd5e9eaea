/* serve.c - a request, once through: route, session, scope, csrf, decode, permission, page or command, render.
 *
 * A read runs on the HTTP thread when the page is quick and the engine is SQLite, else in a lane. A write is decoded
 * here, prepared by a worker where it must wait (photos, passwords), run by a lane, and answered after COMMIT. */
#include <pthread.h>
#include "app/app.h"
#include "kit/area/area.h"
#include "kit/form/json.h"
#include "kit/grant/grant.h"
#include "kit/house/house.h"
#include "kit/session/session.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"
#include "sys/log/log.h"

/* Everything of one request; lives in the request's arena. */
struct ask {
    struct job job;
    struct work work;
    struct app *app;
    struct rq rq;
    struct route route;
    struct cookie cookie;
    bool has_cookie, inside;       /* inside: answered on the HTTP thread, nothing to resume */
    bool shared;                   /* a public page for nobody in particular: may be kept, see cache.h */
    u64 version;                   /* of the data, before the page was read */
    const struct command *cmd;
    void *in;
    struct call call;
    struct actor actor;
    bool json;
    bool handed;                   /* given to another thread: the HTTP thread touches nothing more */
};

static struct ask *ask_of_job(struct job *j) { return (struct ask *)j; }
static struct ask *ask_of_work(struct work *w) { return (struct ask *)((char *)w - offsetof(struct ask, work)); }

/* ---- the end of a request ---- */

/* The arena's catch belongs to the thread that works on the request: it is given up just before the request is handed
 * on or answered, and taken again by the next one. */
static void answered(struct ask *k) {
    arena_uncatch(k->rq.a);
    if (!k->inside) http_done(k->rq.h);
}

/* Memory ran out while answering: a bare 503, nothing else. */
#define OR_BARE_503(k)                                                                                           \
    if (!(k)->inside && ARENA_CATCH((k)->rq.a)) {                                                                \
        http_status((k)->rq.h, 503);                                                                             \
        answered(k);                                                                                             \
        return;                                                                                                  \
    }

static void set_cookie(struct http_rq *h, str value) {
    bool off = str_is(value, "-");
    http_add(h, "Set-Cookie",
             str_fmt(h->a, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax%s%s", h->https ? "__Host-wuye" : "wuye",
                     off ? 0 : (int)value.n, value.p, h->https ? "; Secure" : "",
                     off ? "; Max-Age=0" : "; Max-Age=2592000"));
}

/* A page that refreshes itself is nobody at work. */
static void still_here(struct ask *k, const struct actor *who) {
    if (who->ngrants == 0 || http_header(k->rq.h, "X-Poll").n) return;
    str fresh = session_renew(k->rq.a, &k->cookie, clock_now());
    if (fresh.n) set_cookie(k->rq.h, fresh);
}

static void finish(struct ask *k, err outcome) {
    struct rq *rq = &k->rq;
    OR_BARE_503(k)
    still_here(k, &rq->actor);
    err e = outcome == OK && rq->file.n ? respond_file(k->app, rq) : outcome;
    if (e != OK) respond_error(rq, e, 0);
    else if (rq->file.n) http_status(rq->h, 200);
    else if (rq->redirect.n) {
        http_status(rq->h, rq->status ? rq->status : 303);
        http_add(rq->h, "Location", rq->redirect);
    } else {
        http_status(rq->h, rq->status ? rq->status : 200);
        http_add(rq->h, "Content-Type", str_of(rq->type));
        http_add(rq->h, "Cache-Control",
                 rq->no_store    ? S("no-store")
                 : rq->is_public ? S("public, max-age=30")
                                 : S("private, no-cache"));
        if (k->shared && rq->is_public && !rq->no_store) cache_keep(k->app->cache, rq, k->version);
    }
    answered(k);
}

/* ---- scope: who asks, about which estate ---- */

static err load_actor(struct ask *k, struct tx *tx, struct actor *who) {
    if (k->has_cookie) TRY(session_load(tx, &k->cookie, who));
    else *who = (struct actor){ 0 };
    return k->rq.estate ? ties_load(tx, who, k->rq.estate) : OK;
}

static err find_estate(struct rq *rq) {
    str text = rq_param(rq, "estate");
    if (!text.n) return OK;
    if (!id_parse(text, &rq->estate)) return E_MISSING;
    const struct area *a = area_by_id(rq->estate);
    if (!a) return E_MISSING;
    rq->code = a->code;
    return OK;
}

/* ---- reading ---- */

static err allowed(struct ask *k, const char *right, unsigned flags) {
    struct rq *rq = &k->rq;
    struct object o = { .code = rq->code, .estate = rq->estate };
    if (flags & PAGE_OPEN) return OK;
    if (rq->actor.person == 0) return E_LOGIN;
    if (rq->page && rq->page->object) TRY(rq->page->object(rq, &o));
    return right ? access_may(&rq->actor, right, &o) : OK;
}

static err run_query(struct ask *k) {
    struct rq *rq = &k->rq;
    const struct query *q = k->route.query;
    struct pairs in = { (const struct pair *)rq->h->args, rq->h->nargs };
    void *row = arena_alloc(rq->a, q->in_size + 1);
    TRY(fields_read(rq->a, q->in, row, &in, &rq->faults));
    rq->type = "application/json";
    return q->run(rq, row, rq->out);
}

static err read_run(struct job *j, struct tx *tx) {
    struct ask *k = ask_of_job(j);
    struct rq *rq = &k->rq;
    rq->tx = tx;
    rq->out = http_out(rq->h);
    buf_clear(rq->out);
    TRY(load_actor(k, tx, &rq->actor));
    if (k->route.query) {
        TRY(allowed(k, k->route.query->right, k->route.query->flags));
        return run_query(k);
    }
    TRY(allowed(k, rq->page->right, rq->page->flags));
    menu_fill(rq);
    rq->type = "text/html; charset=utf-8";
    rq->is_public = rq->page->flags & PAGE_PUBLIC && rq->actor.person == 0;
    return rq->page->show(rq);
}

static void read_done(struct job *j, err e) { finish(ask_of_job(j), e); }

/* One reader per HTTP thread, opened at its first quick page. */
static __thread struct reader *own;
static __thread struct tx own_tx;
static __thread bool own_busy;

static void read_end(bool fine) {
    if (own_busy) reader_end(own, fine);
    own_busy = false;
}

static void read_here(struct ask *k) {
    if (!own) own = reader_open(k->app->db);
    k->inside = true;
    err e = own ? reader_begin(own, &own_tx, k->rq.a, k->rq.now) : E_IO;
    if (e == OK) {
        own_busy = true;
        e = read_run(&k->job, &own_tx);
        read_end(e == OK);
    }
    finish(k, e);
}

static void read_in_lane(struct ask *k) {
    k->job.run = read_run;
    k->job.done = read_done;
    k->job.a = k->rq.a;
    k->job.now = k->rq.now;
    k->job.write = false;
    arena_uncatch(k->rq.a);
    err e = lanes_submit(k->app->lanes, &k->job);
    if (e != OK) finish(k, e);
}

/* ---- writing ---- */

static void answer_fault(struct ask *k, err e) {
    struct rq *rq = &k->rq;
    OR_BARE_503(k)
    rq->faults = k->call.faults;
    rq->actor.ended = k->actor.ended;
    if (k->json || !rq->page || (e != E_INPUT && e != E_STATE && e != E_CONFLICT)) {
        if (k->json) respond_problem(rq->h, e, 0, &rq->faults);
        else respond_error(rq, e, 0);
        answered(k);
        return;
    }
    rq->cmd = k->cmd;
    rq->typed = (struct pairs){ (const struct pair *)rq->h->form, rq->h->nform };
    rq->status = e == E_INPUT ? 422 : 409;
    if (rq->faults.n == 0) fault_add(rq->a, &rq->faults, NULL, err_name(e), str_of(err_text(e)));
    read_in_lane(k);
}

/* After a form: on to the next page, which says that it is done. */
static void go_on(struct ask *k) {
    struct http_rq *h = k->rq.h;
    str to = k->call.next.n ? k->call.next : h->path, rest = to, path;
    http_status(h, 303);
    if (k->cmd->said && str_cut(&rest, '?', &path)) {
        bool leaves = str_is(k->call.cookie, "-");
        hash secret = leaves || !k->has_cookie ? (hash){ 0 } : k->cookie.secret;
        str done = session_done(h->a, secret, path, str_of(k->cmd->name));
        to = str_fmt(h->a, "%.*s%sdone=%.*s", STR(to), str_has(to, S("?")) ? "&" : "?", STR(done));
    }
    http_add(h, "Location", to);
}

static void write_done(struct job *j, err e) {
    struct ask *k = ask_of_job(j);
    struct http_rq *h = k->rq.h;
    if (e != OK) {
        answer_fault(k, e);
        return;
    }
    OR_BARE_503(k)
    if (k->call.cookie.n) set_cookie(h, k->call.cookie);
    else still_here(k, &k->actor);
    if (k->json) {
        http_status(h, 200);
        http_add(h, "Content-Type", S("application/json"));
        if (k->call.replay) http_add(h, "Idempotent-Replay", S("true"));
        http_add(h, "Cache-Control", S("no-store"));
        buf_s(http_out(h), k->call.result);
    } else {
        go_on(k);
    }
    carrier_poke(k->app->carrier);
    answered(k);
}

static err write_run(struct job *j, struct tx *tx) {
    struct ask *k = ask_of_job(j);
    TRY(load_actor(k, tx, &k->actor));
    k->call.actor = &k->actor;
    if (k->cmd->shard == SHARD_PERSON && !k->call.shard) k->call.shard = k->actor.person;
    k->call.in_hash = call_hash(tx->a, &k->call);
    return command_run(tx, &k->call);
}

static void submit_write(struct ask *k) {
    k->job.run = write_run;
    k->job.done = write_done;
    k->job.a = k->rq.a;
    k->job.now = k->rq.now;
    k->job.write = true;
    k->job.shard = k->call.shard ? k->call.shard : k->cookie.person;
    arena_uncatch(k->rq.a);
    err e = lanes_submit(k->app->lanes, &k->job);
    if (e != OK) answer_fault(k, e);
}

/* Which shard a command writes: the estate of the address, the field marked SHARD, the actor himself, or the house. */
static i64 shard_of(const struct command *cmd, void *in, i64 estate) {
    if (cmd->shard == SHARD_ESTATE) return estate;
    for (const struct field *f = cmd->in; cmd->shard == SHARD_PERSON && f->name; f++)
        if (f->flags & SHARD) return *field_int(f, in);
    return 0;
}

struct read_wait { struct job job; err (*fn)(struct tx *tx, void *arg); void *arg; };

static err read_wait_run(struct job *j, struct tx *tx) {
    struct read_wait *w = (struct read_wait *)j;
    return w->fn(tx, w->arg);
}

struct prep_of { struct prep p; struct app *app; };
struct may_wait { struct job job; struct ask *k; };

static err prep_read(struct prep *p, err (*fn)(struct tx *tx, void *arg), void *arg) {
    struct app *app = ((struct prep_of *)p)->app;
    struct read_wait w = { .job = { .run = read_wait_run, .a = p->a, .now = p->now }, .fn = fn, .arg = arg };
    return lanes_do(app->lanes, &w.job);
}

static err prep_fetch(struct prep *p, hash h, str *ret) {
    str sealed;
    TRY(files_get(((struct prep_of *)p)->app->files, p->a, h, 64 << 20, &sealed));
    return reveal(p->a, "file", "upload", 0, sealed, ret);
}

struct record_wait { struct job job; struct call call; };

static err record_run(struct job *j, struct tx *tx) {
    struct record_wait *w = (struct record_wait *)j;
    w->call.in_hash = call_hash(tx->a, &w->call);
    return command_run(tx, &w->call);
}

static err prep_record(struct prep *p, const char *command, void *in) {
    static const struct actor house = { .system = true };
    const struct command *cmd = module_command(str_of(command));
    if (!cmd || !cmd->internal) return E_MISSING;
    i64 shard = shard_of(cmd, in, p->estate);
    struct record_wait w = { .job = { .run = record_run, .a = p->a, .now = p->now, .write = true, .shard = shard },
                             .call = { .cmd = cmd, .actor = &house, .face = FACE_EVENT, .key = ticket_text(p->a),
                                       .in = in, .shard = shard, .estate = p->estate } };
    return lanes_do(((struct prep_of *)p)->app->lanes, &w.job);
}

/* Who may not run the command makes the server neither keep a file nor hash a password for it. */
static err may_run(struct job *j, struct tx *tx) {
    struct ask *k = ((struct may_wait *)j)->k;
    TRY(load_actor(k, tx, &k->actor));
    k->call.actor = &k->actor;
    return command_may(tx, &k->call);
}

static err may_start(struct ask *k) {
    struct may_wait m = { .job = { .run = may_run, .a = k->rq.a, .now = k->rq.now }, .k = k };
    return k->cmd->open ? OK : lanes_do(k->app->lanes, &m.job);
}

static void prepare_run(struct work *w) {
    struct ask *k = ask_of_work(w);
    struct prep_of p = { .p = { .a = k->rq.a,
                                .now = k->rq.now,
                                .faults = &k->call.faults,
                                .peer = k->rq.h->peer,
                                .estate = k->rq.estate,
                                .files = k->rq.h->files,
                                .nfiles = k->rq.h->nfiles,
                                .fetch = prep_fetch,
                                .read = prep_read,
                                .record = prep_record },
                         .app = k->app };
    err e = OK;
    if (ARENA_CATCH(k->rq.a)) {
        e = E_FULL;
    } else {
        e = may_start(k);
        if (e == OK) e = upload_clean(k->app, k->rq.a, k->rq.h, k->cmd->in, k->in, &k->call.faults);
        if (e == OK && k->cmd->prepare) e = k->cmd->prepare(&p.p, k->in);
        k->call.shard = shard_of(k->cmd, k->in, k->rq.estate);
    }
    arena_uncatch(k->rq.a);
    if (e == OK && k->call.faults.n) e = E_INPUT;
    if (e != OK) answer_fault(k, e);
    else submit_write(k);
}

static bool page_holds(const struct page *p, str command) {
    for (const char *const *c = p->commands; c && *c; c++)
        if (str_is(command, *c)) return true;
    return false;
}

/* The host must be all of the origin behind its scheme: another one may end in the same letters. */
static bool same_host(str origin, str host) {
    i64 at = str_find(origin, ':');
    return at > 0 && str_starts(str_from(origin, (size_t)at), S("://")) &&
           str_eq(str_from(origin, (size_t)at + 3), host);
}

/* A form is ours when it comes from this host and carries the session's token (or nobody's, before a login). */
static bool from_us(const struct http_rq *h) {
    str site = http_header(h, "Sec-Fetch-Site"), origin = http_header(h, "Origin"), host = http_header(h, "Host");
    if (site.n && !str_is(site, "same-origin") && !str_is(site, "none")) return false;
    return !origin.n || same_host(origin, host);
}

static bool csrf_fine(const struct ask *k) {
    const struct http_rq *h = k->rq.h;
    if (str_starts(http_header(h, "Authorization"), S("Bearer "))) return true;
    str token = k->json ? http_header(h, "X-CSRF") : http_field(h, "csrf");
    hash nobody = { 0 };
    return csrf_ok(k->has_cookie ? k->cookie.secret : nobody, token);
}

static err decode(struct ask *k) {
    struct http_rq *h = k->rq.h;
    struct pairs in = { (const struct pair *)h->form, h->nform };
    const char *why = NULL;
    if (k->json && json_pairs(k->rq.a, h->body, &in, &why) != OK) {
        fault_add(k->rq.a, &k->call.faults, NULL, "json", str_of(why));
        return E_INPUT;
    }
    k->call.key = k->json ? http_header(h, "Idempotency-Key") : http_field(h, "key");
    if (!key_ok(k->call.key)) {
        fault_add(k->rq.a, &k->call.faults, NULL, "key", S("缺少办理键，请刷新页面再办。"));
        return E_INPUT;
    }
    k->in = arena_alloc(k->rq.a, k->cmd->in_size + 1);
    return fields_read(k->rq.a, k->cmd->in, k->in, &in, &k->call.faults);
}

/* A form of another site is only turned away. One of ours whose session is no longer the one it was made for was open
 * too long: the page is shown again with what was typed, to be sent once more. */
static void refuse_post(struct ask *k) {
    struct rq *rq = &k->rq;
    if (rq->stale && !k->json && rq->page) {
        rq->cmd = k->cmd;
        rq->typed = (struct pairs){ (const struct pair *)rq->h->form, rq->h->nform };
        rq->status = 403;
        http_wait(rq->h);
        k->handed = true;
        read_in_lane(k);
    } else if (k->json) {
        respond_problem(rq->h, E_DENIED, 403, NULL);
    } else {
        respond_error(rq, E_DENIED, 403);
    }
}

static void write_start(struct ask *k) {
    struct rq *rq = &k->rq;
    bool ours = from_us(rq->h);
    rq->stale = ours && !csrf_fine(k);
    if (!ours || rq->stale) {
        refuse_post(k);
        return;
    }
    err e = decode(k);
    k->call.cmd = k->cmd;
    k->call.in = k->in;
    k->call.estate = rq->estate;
    k->call.code = rq->code;
    k->call.face = k->json ? FACE_JSON : FACE_FORM;
    http_wait(rq->h);
    k->handed = true;
    if (e != OK) {
        answer_fault(k, e);
        return;
    }
    k->call.shard = shard_of(k->cmd, k->in, k->rq.estate);
    if (!k->cmd->prepare && rq->h->nfiles == 0) {
        submit_write(k);
        return;
    }
    k->work.run = prepare_run;
    arena_uncatch(rq->a);
    if (!workers_put(k->app->workers, &k->work)) answer_fault(k, E_FULL);
}

/* POST /api/[e/{estate}/]room.noun.verb, or a post to a page with `do`. */
static bool find_command(struct ask *k, str path) {
    struct rq *rq = &k->rq;
    if (str_starts(path, S("/api/"))) {
        str rest = str_from(path, 5), estate = { 0 };
        if (str_starts(rest, S("e/"))) {
            rest = str_from(rest, 2);
            if (!str_cut(&rest, '/', &estate)) return false;
            rq->params[rq->nparams++] = (struct pair){ S("estate"), estate };
        }
        k->cmd = module_command(rest);
        k->json = str_is(rq->h->type, "application/json");
        return k->cmd && !k->cmd->internal && (k->cmd->shard == SHARD_ESTATE) == (estate.n > 0);
    }
    str name = http_field(rq->h, "do");
    if (!rq->page || !page_holds(rq->page, name)) return false;
    if (rq->page->flags & PAGE_DEMO && !house_demo()) return false;
    k->cmd = module_command(name);
    return k->cmd && !k->cmd->internal;
}

static void post(struct ask *k) {
    struct rq *rq = &k->rq;
    err e = find_command(k, rq->h->path) ? find_estate(rq) : E_MISSING;
    if (e == OK && k->cmd->shard == SHARD_ESTATE && !rq->estate) e = E_MISSING;
    if (e == OK) write_start(k);
    else if (k->json) respond_problem(rq->h, e, 0, NULL);
    else respond_error(rq, e, 0);
}

static void get(struct ask *k) {
    struct rq *rq = &k->rq;
    err e = k->route.known ? find_estate(rq) : E_MISSING;
    unsigned flags = rq->page ? rq->page->flags : k->route.query ? k->route.query->flags : 0;
    if (e == OK && flags & PAGE_DEMO && !house_demo()) e = E_MISSING;
    k->shared = e == OK && flags & PAGE_PUBLIC && !k->has_cookie;
    k->version = lanes_version(k->app->lanes);
    if (e != OK) {
        respond_error(rq, e, 0);
    } else if (flags & PAGE_QUICK && !rq_arg(rq, "format").n && db_engine(k->app->db) == DB_SQLITE) {
        read_here(k);
    } else {
        http_wait(rq->h);
        k->handed = true;
        read_in_lane(k);
    }
}

static void begin(struct ask *k, struct http_rq *h, struct app *app) {
    struct rq *rq = &k->rq;
    k->app = app;
    k->route = route_find(h->path);
    k->has_cookie = session_cookie(h, &k->cookie);
    rq->h = h;
    rq->a = h->a;
    rq->now = house_now();
    rq->page = k->route.page;
    memcpy(rq->params, k->route.params, sizeof rq->params);
    rq->nparams = k->route.nparams;
    if (k->has_cookie) rq->session_secret = k->cookie.secret;
    str name = session_done_read(h->a, rq->session_secret, h->path, http_arg(h, "done"));
    const struct command *done = name.n ? module_command(name) : NULL;
    if (done && done->said) rq->said = str_of(done->said);
}

/* Only pages for nobody in particular are kept. */
static bool respond_kept(struct app *app, struct http_rq *h) {
    return !str_is(h->method, "POST") && !session_claimed(h) &&
           cache_send(app->cache, h, lanes_version(app->lanes));
}

static void log_end(struct http_rq *h) {
    log_line("http", "no=%llu method=%.*s path=%.*s status=%d us=%lld", (unsigned long long)h->no, STR(h->method),
             STR(h->path), http_status_of(h), (long long)((clock_mono_ns() - h->began_ns) / 1000));
}

void serve_handle(struct http_rq *h, void *arg) {
    struct app *app = arg;
    h->on_free = log_end;
    if (ARENA_CATCH(h->a)) {
        arena_uncatch(h->a);
        read_end(false);
        http_status(h, 503);
        return;
    }
    security_headers(h);
    if (!respond_asset(h) && !respond_plain(app, h) && !respond_kept(app, h)) {
        struct ask *k = NEW(h->a, struct ask);
        begin(k, h, app);
        if (str_is(h->method, "POST")) post(k);
        else get(k);
        if (k->handed) return;
    }
    arena_uncatch(h->a);
}

/* ---- from outside HTTP ---- */

struct outside_job { struct job job; const struct outside *o; struct call *call; struct actor actor; i64 person; };

SQL(person_named, "i", "t", "SELECT name FROM person WHERE id = $1")

static err outside_actor(struct outside_job *w, struct tx *tx) {
    struct row r;
    w->actor = (struct actor){ .person = w->person, .system = w->person == 0 };
    w->call->actor = &w->actor;
    if (w->person == 0) return OK;
    TRY(db_one(tx, &r, &person_named, vi(w->person)));
    w->actor.name = r.v[0].s;
    TRY(grants_load(tx, &w->actor));
    return w->call->estate ? ties_load(tx, &w->actor, w->call->estate) : OK;
}

static err outside_may(struct job *j, struct tx *tx) {
    struct outside_job *w = (struct outside_job *)j;
    TRY(outside_actor(w, tx));
    return command_may(tx, w->call);
}

static err outside_run(struct job *j, struct tx *tx) {
    struct outside_job *w = (struct outside_job *)j;
    TRY(outside_actor(w, tx));
    if (w->call->cmd->shard == SHARD_PERSON && !w->call->shard) w->call->shard = w->person;
    w->call->in_hash = call_hash(tx->a, w->call);
    return command_run(tx, w->call);
}

/* The same preparation as for a form, after the same question whether it may be. */
static err outside_prepare(struct app *app, struct outside_job *w, void *in) {
    struct outside_job may = *w;
    struct prep_of p = { .p = { .a = w->job.a, .now = w->job.now, .faults = &w->call->faults, .peer = S("unix"),
                                .estate = w->call->estate, .fetch = prep_fetch, .read = prep_read,
                                .record = prep_record },
                         .app = app };
    may.job.run = outside_may;
    may.job.write = false;
    TRY(lanes_do(app->lanes, &may.job));
    TRY(w->call->cmd->prepare(&p.p, in));
    return w->call->faults.n ? E_INPUT : OK;
}

static err outside_read(struct outside_job *w) {
    const struct outside *o = w->o;
    struct call *c = w->call;
    if (!c->cmd) return E_MISSING;
    if (o->person.n && !id_parse(o->person, &w->person)) return E_MISSING;
    if (o->estate.n) {
        if (!id_parse(o->estate, &c->estate) || !area_by_id(c->estate)) return E_MISSING;
        c->code = area_by_id(c->estate)->code;
    }
    void *in = arena_alloc(w->job.a, c->cmd->in_size + 1);
    c->in = in;
    return fields_read(w->job.a, c->cmd->in, in, &o->fields, &c->faults);
}

err serve_outside(struct app *app, struct arena *a, const struct outside *o, struct call *ret) {
    *ret = (struct call){ .cmd = module_command(o->command), .face = FACE_CLI, .key = o->key };
    struct outside_job w = { .job = { .run = outside_run, .a = a, .now = house_now(), .write = true },
                             .o = o,
                             .call = ret };
    TRY(outside_read(&w));
    if (ret->cmd->prepare) TRY(outside_prepare(app, &w, (void *)(uintptr_t)ret->in));
    ret->shard = w.job.shard = shard_of(ret->cmd, (void *)(uintptr_t)ret->in, ret->estate);
    err e = lanes_do(app->lanes, &w.job);
    if (e == OK && app->carrier) carrier_poke(app->carrier);
    return e;
}
