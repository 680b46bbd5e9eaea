/* route.c - from an address to its page or query. The table is the modules' own lists. */
#include "app/app.h"

/* `slashes` and the text before the first parameter rule out nearly every row before its pieces are compared. */
struct entry_row { const char *path; const struct page *page; const struct query *query; size_t fixed, slashes; };
static struct entry_row table[1024];
static size_t table_n;

static size_t slashes(str path) {
    size_t n = 0;
    for (size_t i = 0; i < path.n; i++) n += path.p[i] == '/';
    return n;
}

static void add(const char *path, const struct page *page, const struct query *query) {
    if (table_n == COUNT(table)) abort();
    table[table_n++] = (struct entry_row){ path, page, query, strcspn(path, "{"), slashes(str_of(path)) };
}

void routes_init(void) {
    table_n = 0;
    for (const struct module *const *m = all_modules; *m; m++) {
        for (const struct page *p = (*m)->pages; p && p->path; p++) add(p->path, p, NULL);
        for (const struct query *q = (*m)->queries; q && q->name; q++) {
            size_t n = strlen(q->name) + 32;
            char *path = malloc(n);   /* heap: lives as long as the program */
            if (!path) abort();
            snprintf(path, n, q->shard == SHARD_ESTATE ? "/api/e/{estate}/%s" : "/api/%s", q->name);
            add(path, NULL, q);
        }
    }
}

size_t routes_count(void) { return table_n; }

const char *route_path(size_t i, const struct page **page, const struct query **query) {
    *page = table[i].page;
    *query = table[i].query;
    return table[i].path;
}

static bool match(const char *pattern, str path, struct route *r) {
    str pat = str_of(pattern), a, b;
    r->nparams = 0;
    for (;;) {
        bool more_a = str_cut(&pat, '/', &a), more_b = str_cut(&path, '/', &b);
        if (more_a != more_b) return false;
        if (!more_a) return true;
        if (a.n > 2 && a.p[0] == '{') {
            if (b.n == 0 || r->nparams == COUNT(r->params)) return false;
            r->params[r->nparams++] = (struct pair){ str_sub(a, 1, a.n - 2), b };
        } else if (!str_eq(a, b)) {
            return false;
        }
    }
}

struct route route_find(str path) {
    struct route best = { 0 }, r = { 0 };
    size_t parts = slashes(path);
    for (size_t i = 0; i < table_n; i++) {
        const struct entry_row *row = &table[i];
        if (row->slashes != parts || path.n < row->fixed || memcmp(path.p, row->path, row->fixed) != 0) continue;
        if (!match(row->path, path, &r)) continue;
        /* /e/{estate}/appeal/new is nearer than /e/{estate}/appeal/{case} */
        if (best.known && best.nparams <= r.nparams) continue;
        best = r;
        best.page = row->page;
        best.query = row->query;
        best.known = true;
    }
    return best;
}
