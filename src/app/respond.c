/* respond.c - answers that belong to no room: assets, refusals, problems, the pages' frame. */
#include "app/app.h"
#include "app/error.h"
#include "app/tpl.h"
#include "assets.h"
#include "domain/account/account.h"
#include "kit/area/area.h"
#include "kit/house/house.h"
#include "kit/session/session.h"
#include "sys/crypt/crypt.h"

void security_headers(struct http_rq *h) {
    http_add_fixed(h, "X-Content-Type-Options", "nosniff");
    if (str_starts(h->path, S("/api/"))) {   /* data, which is never a document; the rest is about documents */
        http_add_fixed(h, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        return;
    }
    http_add_fixed(h, "Content-Security-Policy",
                   "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
                   "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
                   "manifest-src 'self'; worker-src 'self'");
    /* no-referrer would send Origin: null with our own forms */
    http_add_fixed(h, "Referrer-Policy", "same-origin");
    http_add_fixed(h, "Cross-Origin-Opener-Policy", "same-origin");
}

bool respond_asset(struct http_rq *h) {
    if (!str_starts(h->path, S("/assets/"))) return false;
    const struct asset *a = asset_by_url(str_c(h->a, h->path));
    if (!a) return false;
    const unsigned char *p = a->raw;
    size_t n = a->raw_n;
    if (a->br && http_accepts(h, "br")) {
        p = a->br;
        n = a->br_n;
        http_add(h, "Content-Encoding", S("br"));
    } else if (a->gz && http_accepts(h, "gzip")) {
        p = a->gz;
        n = a->gz_n;
        http_add(h, "Content-Encoding", S("gzip"));
    }
    http_status(h, 200);
    http_add_fixed(h, "Content-Type", a->type);
    http_add_fixed(h, "Cache-Control", "public, max-age=31536000, immutable");
    http_add_fixed(h, "Vary", "Accept-Encoding");
    http_static(h, p, n);
    return true;
}

static bool unhex(str s, hash *ret) {
    if (s.n != 2 * SM3_LEN) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (v < 0) return false;
        ret->b[i / 2] = (u8)(i % 2 ? ret->b[i / 2] | v : v << 4);
    }
    return true;
}

err respond_file(struct app *app, struct rq *rq) {
    hash h;
    int fd;
    i64 size;
    if (!unhex(rq->file, &h)) return E_MISSING;
    TRY(files_get_fd(app->files, h, &fd, &size));
    http_add(rq->h, "Content-Type", str_of(rq->file_type));
    http_add(rq->h, "Cache-Control", S("private, max-age=86400, immutable"));
    if (rq->file_name.n)
        http_add(rq->h, "Content-Disposition",
                 str_fmt(rq->a, "attachment; filename=\"%.*s\"", STR(rq->file_name)));
    http_sendfile(rq->h, fd, size);
    return OK;
}

/* ---- machine answers ---- */

static void put_figure(buf *b, const char *name, i64 v) { buf_fmt(b, "wuye_%s %lld\n", name, (long long)v); }

static void respond_metrics(struct app *app, struct http_rq *h) {
    buf *b = http_out(h);
    struct lane_stat l = lanes_stats(app->lanes);
    struct http_stat s = http_stats(app->http);
    put_figure(b, "http_open", s.open);
    put_figure(b, "http_requests_total", s.requests);
    put_figure(b, "http_refused_total", s.refused);
    put_figure(b, "http_swept_total", s.swept);
    put_figure(b, "http_suspended", s.suspended);
    put_figure(b, "writes_waiting", l.waiting);
    put_figure(b, "write_batches_total", l.batches);
    put_figure(b, "writes_total", l.jobs);
    put_figure(b, "write_batch_largest", l.largest);
    put_figure(b, "write_retries_total", l.retried);
    put_figure(b, "write_given_up_total", l.given_up);
    put_figure(b, "checkpoints_total", l.checkpoints);
    put_figure(b, "writer_stopped", l.stopped);
    put_figure(b, "logins_failed_total", account_logins_failed());
    http_add(h, "Content-Type", S("text/plain; version=0.0.4"));
}

/* Theme and elder mode: a cookie, nothing else is written, so it needs no login. */
static void respond_look(struct http_rq *h) {
    str elder = http_field(h, "elder"), theme = http_field(h, "theme");
    if (elder.n)
        http_add(
            h, "Set-Cookie",
            str_fmt(h->a, "elder=%d; Path=/; SameSite=Lax; Max-Age=31536000", str_is(elder, "1") ? 1 : 0));
    if (str_is(theme, "light") || str_is(theme, "dark") || str_is(theme, "auto"))
        http_add(h, "Set-Cookie", str_fmt(h->a, "theme=%.*s; Path=/; SameSite=Lax; Max-Age=31536000", STR(theme)));
    http_status(h, 303);
    http_add(h, "Location", page_back(http_field(h, "back")));
}

/* How busy the house is concerns whoever runs it: a collector on this machine, not the public behind a proxy. */
static bool from_here(str peer) {
    return str_is(peer, "unix") || str_is(peer, "::1") || str_starts(peer, S("127."));
}

bool respond_plain(struct app *app, struct http_rq *h) {
    if (str_is(h->path, "/healthz")) {
        bool stopped = lanes_stats(app->lanes).stopped;
        http_status(h, stopped ? 503 : 200);
        http_add(h, "Content-Type", S("text/plain"));
        buf_s(http_out(h), stopped ? S("readonly\n") : S("ok\n"));
    } else if (str_is(h->path, "/metrics") && from_here(h->peer)) {
        http_status(h, 200);
        respond_metrics(app, h);
    } else if (str_is(h->path, "/look") && str_is(h->method, "POST")) {
        respond_look(h);
    } else if (str_is(h->path, "/api/openapi.json")) {
        http_status(h, 200);
        http_add(h, "Content-Type", S("application/json"));
        openapi_put(http_out(h));
    } else {
        return false;
    }
    return true;
}

/* ---- refusals ---- */

void respond_problem(struct http_rq *h, err e, int status, const struct faults *ff) {
    buf *b = http_out(h);
    buf_clear(b);
    http_status(h, status ? status : err_status(e));
    http_add(h, "Content-Type", S("application/problem+json"));
    http_add(h, "Cache-Control", S("no-store"));
    if (err_status(e) == 503) http_add(h, "Retry-After", S("1"));
    buf_fmt(b, "{\"type\":\"about:blank\",\"status\":%d,\"code\":\"%s\",\"title\":",
            status ? status : err_status(e), err_name(e));
    buf_json(b, str_of(err_text(e)));
    buf_lit(b, ",\"fields\":[");
    for (size_t i = 0; ff && i < ff->n; i++) {
        if (i) buf_c(b, ',');
        buf_lit(b, "{\"name\":");
        buf_json(b, ff->p[i].name);
        buf_lit(b, ",\"code\":");
        buf_json(b, str_of(ff->p[i].code));
        buf_lit(b, ",\"text\":");
        buf_json(b, ff->p[i].text);
        buf_c(b, '}');
    }
    buf_lit(b, "]}");
}

static const char *refusal_title(int status) {
    switch (status) {
    case 401: return "请先登录";
    case 403: return "不在您的权限里";
    case 404: return "没有找到这一页";
    case 405: return "这里只能看和提交";
    case 409: return "已经到了下一步";
    case 413: return "内容太大";
    case 422: return "有内容要改";
    case 429: return "请过一会儿再试";
    case 503: return "现在办理的人较多";
    default: return status < 500 ? "这个请求没看懂" : "系统暂时没有办成";
    }
}

/* The login page, which goes back to where he was. */
static str login_url(struct rq *rq) {
    struct http_rq *h = rq->h;
    buf b = buf_in(rq->a, 4096);
    str to = h->query.n ? str_fmt(rq->a, "%.*s?%.*s", STR(h->path), STR(h->query)) : h->path;
    to = page_back(to.n > BACK_MAX ? h->path : to);
    buf_lit(&b, "/login?back=");
    buf_url(&b, to);
    return buf_str(&b);
}

/* A form that meets no session: nothing can be shown of it, so the way in is. */
static str why_text(const struct rq *rq, err e, int status) {
    if (e == E_DENIED && rq->stale) return S("这一页打开得太久了，刚才没有送出。请回到上一页刷新，再送一次。");
    if (status == 404) return S("地址可能写错了，内容可能已经撤下，也可能不在您能看的范围里。");
    if (e == E_LOGIN && rq->actor.ended) return S("您的登录已经结束，刚才填的内容没有送出。请重新登录，再送一次。");
    return str_of(err_text(e));
}

void respond_error(struct rq *rq, err e, int status) {
    struct http_rq *h = rq->h;
    if (!status) status = err_status(e);
    if (str_starts(h->path, S("/api/"))) {
        respond_problem(h, e, status, &rq->faults);
        return;
    }
    buf *b = http_out(h);
    buf_clear(b);
    /* A page without login sends to the login page and comes back. */
    if (e == E_LOGIN && str_is(h->method, "GET")) {
        http_status(h, 303);
        http_add(h, "Location", login_url(rq));
        return;
    }
    if (!rq->head.path.n) menu_fill(rq);
    bool stale = e == E_DENIED && rq->stale;
    struct error_view v = { .head = rq->head, .status = status,
                            .what = stale ? S("请再送一次") : str_of(refusal_title(status)),
                            .why = why_text(rq, e, status), .login = e == E_LOGIN ? login_url(rq) : S(""),
                            .no = str_fmt(rq->a, "%llu", (unsigned long long)h->no), .server = status >= 500 };
    v.head.title = v.what;
    /* An address that is none is refused before the session is read: who came with one is not told to log in. */
    struct cookie came;
    if (rq->actor.person == 0 && session_cookie(h, &came)) {
        v.head.person = S("我的");
        v.head.menu = v.head.tabs = (struct menu){ 0 };
    }
    http_status(h, status);
    http_add(h, "Content-Type", S("text/html; charset=utf-8"));
    http_add(h, "Cache-Control", S("no-store"));
    if (status == 503) http_add(h, "Retry-After", S("1"));
    tpl_app_error(b, &v);
}

static const char *refusal_why(int status) {
    switch (status) {
    case 405: return "这个地址不接受别的操作，什么也没有改动。请从首页重新进入。";
    case 413: return "一次请传小一些的内容，照片每张不超过 10 MB。";
    default: return "请检查地址，或从首页重新进入。";
    }
}

void serve_refuse(struct http_rq *h, int status, void *app) {
    (void)app;
    security_headers(h);
    struct error_view v = { .status = status, .what = str_of(refusal_title(status)),
                            .why = str_of(refusal_why(status)),
                            .no = str_fmt(h->a, "%llu", (unsigned long long)h->no), .server = status >= 500 };
    v.head = (struct page_head){ .title = v.what, .lang = S("zh-CN"), .theme = S("auto"), .path = S("/") };
    http_status(h, status);
    if (status == 405) http_add(h, "Allow", S("GET, HEAD, POST"));
    http_add(h, "Content-Type", S("text/html; charset=utf-8"));
    if (status == 503) http_add(h, "Retry-After", S("1"));
    tpl_app_error(http_out(h), &v);
}

/* ---- the frame of every page ---- */

static int menu_order(const void *a, const void *b) {
    return ((const struct menu_item *)a)->order - ((const struct menu_item *)b)->order;
}

static bool under(str path, str url) {
    return str_is(url, "/") ? str_is(path, "/")
                            : str_starts(path, url) && (path.n == url.n || path.p[url.n] == '/');
}

/* The rooms say what stands in the menu. A thumb reaches five places: of a longer menu the first three and the
 * last two. */
static void menu_gather(struct rq *rq) {
    struct menu *all = &rq->head.menu, *few = &rq->head.tabs;
    for (const struct module *const *m = all_modules; *m; m++)
        if ((*m)->menu) (*m)->menu(rq, all);
    if (all->n) qsort(all->p, all->n, sizeof *all->p, menu_order);
    for (size_t i = 0; i < all->n; i++) {
        if (under(rq->h->path, all->p[i].url)) all->p[i].here = true;
        if (all->n <= 5 || i < 3 || i + 2 >= all->n) *VEC_ADD(rq->a, few) = all->p[i];
    }
}

void menu_fill(struct rq *rq) {
    struct page_head *p = &rq->head;
    str elder = http_cookie(rq->h, "elder"), theme = http_cookie(rq->h, "theme");
    p->title = str_of(rq->page ? rq->page->title : "");
    p->lang = S("zh-CN");
    p->elder = str_is(elder, "1");
    p->html_class = p->elder ? S("elder") : S("");
    p->theme = str_is(theme, "dark") || str_is(theme, "light") ? theme : S("auto");
    p->demo = house_demo();
    if (p->demo && house_offset()) {
        buf b = buf_in(rq->a, 64);
        instant_show(&b, rq->now);
        p->demo_clock = buf_str(&b);
    }
    p->person = rq->actor.name;
    p->csrf = csrf_text(rq->a, rq->session_secret);
    p->path = rq->h->path;
    p->wrong = rq->faults.n > 0;
    p->stale = rq->stale;
    menu_gather(rq);
}
