/* list.c - a table of an entity on a page; see list.h. */
#include "kit/page/list.h"

enum { EXPORT_ROWS_MAX = 20000 };   /* what a request's memory holds; a whole register is a job */

static bool is_number(const struct field *f) {
    switch (f->kind) {
    case FK_INT: case FK_OPT_INT: return !(f->flags & NAMING);
    case FK_MONEY: case FK_OPT_MONEY: case FK_SQM: case FK_OPT_SQM: return true;
    default: return false;
    }
}

static bool shown(const struct field *f) { return (f->flags & LIST) && !field_secret(f); }

static struct entity_query query_of(struct rq *rq, const struct list_want *w) {
    i64 limit = 50;
    if (!str_i64(rq_arg(rq, "limit"), &limit)) limit = 50;
    return (struct entity_query){ .shard = w->shard,
                                  .lo = w->lo,
                                  .hi = w->hi,
                                  .after = rq_arg(rq, "after"),
                                  .limit = (int)limit,
                                  .filters = { (const struct pair *)rq->h->args, rq->h->nargs } };
}

static void put_row(struct rq *rq, const struct list_want *w, struct list_view *v, const void *row) {
    struct list_row *r = VEC_ADD(rq->a, &v->rows);
    for (const struct field *f = w->entity->fields; f->name; f++) {
        if (!shown(f)) continue;
        struct list_cell c = { .label = f->label, .text = field_show(rq->a, f, row), .number = is_number(f) };
        if (w->link && w->link_on && !strcmp(f->name, w->link_on)) c.url = w->link(rq->a, row);
        *VEC_ADD(rq->a, &r->cells) = c;
    }
}

/* The same address with its filters, plus one more argument. */
static str address(struct rq *rq, const struct entity *e, const char *name, str value) {
    buf b = buf_in(rq->a, 4096);
    buf_s(&b, rq->h->path);
    char sep = '?';
    for (size_t i = 0; i < rq->h->nargs; i++) {
        const struct field *f = field_find(e->fields, rq->h->args[i].name);
        if (!f || !(f->flags & FIND) || !rq->h->args[i].value.n) continue;
        buf_c(&b, sep);
        sep = '&';
        buf_s(&b, rq->h->args[i].name);
        buf_c(&b, '=');
        buf_url(&b, rq->h->args[i].value);
    }
    if (value.n) {
        buf_fmt(&b, "%c%s=", sep, name);
        buf_url(&b, value);
    }
    return buf_str(&b);
}

static void put_filters(struct rq *rq, const struct list_want *w, struct list_view *v) {
    for (const struct field *f = w->entity->fields; f->name; f++) {
        if (!(f->flags & FIND)) continue;
        struct field *soft = NEW(rq->a, struct field);
        *soft = *f;
        soft->hint = NULL;
        soft->flags |= REQ;   /* no "optional" beside a filter */
        struct control *c = VEC_ADD(rq->a, &v->filters);
        struct field list[2] = { *soft, FIELD_END };
        *c = rq_control(rq, list, f->name, rq_arg(rq, f->name));
        c->f = soft;
        c->nitems = f->items ? 99 : 0;   /* always a select: filters stand in one line */
        c->blank = S("全部");
        v->filtered |= rq_arg(rq, f->name).n > 0;
    }
}

err list_load(struct rq *rq, const struct list_want *w, struct list_view *ret) {
    struct entity_query q = query_of(rq, w);
    struct entity_page page;
    *ret = (struct list_view){ .action = rq->h->path, .caption = str_of(w->entity->label) };
    TRY(entity_list(rq->tx, w->entity, &q, &page));
    rq->faults = page.faults;
    ret->faults = rq_faults(rq);
    put_filters(rq, w, ret);
    for (const struct field *f = w->entity->fields; f->name; f++)
        if (shown(f)) *VEC_ADD(rq->a, &ret->columns) = (struct list_column){ f->label, is_number(f) };
    for (size_t i = 0; i < page.n; i++) put_row(rq, w, ret, (const char *)page.rows + i * w->entity->size);
    if (page.next.n) ret->next = address(rq, w->entity, "after", page.next);
    if (q.after.n) ret->first = address(rq, w->entity, "", (str){ 0 });
    ret->csv = address(rq, w->entity, "format", S("csv"));
    ret->xlsx = address(rq, w->entity, "format", S("xlsx"));
    return OK;
}

/* ---- the same rows as a table file ---- */

static struct sheet_col column_of(const struct field *f) {
    struct sheet_col c = { .label = str_of(f->label), .name = str_of(f->name), .kind = SHEET_TEXT };
    switch (f->kind) {
    case FK_MONEY: case FK_OPT_MONEY: case FK_SQM: case FK_OPT_SQM:
        c.kind = SHEET_NUMBER;
        c.decimals = 2;
        c.grouped = f->kind == FK_MONEY || f->kind == FK_OPT_MONEY;
        break;
    case FK_INT: case FK_OPT_INT: c.kind = f->flags & NAMING ? SHEET_TEXT : SHEET_NUMBER; break;
    case FK_DAY: case FK_OPT_DAY: c.kind = SHEET_DATE; break;
    default: break;
    }
    return c;
}

static str cell_of(struct rq *rq, const struct field *f, const void *row) {
    str s;
    if (f->kind == FK_ENUM || f->kind == FK_OPT_ENUM) return field_has(f, row) ? field_show(rq->a, f, row) : S("");
    return field_text(rq->a, f, row, &s) ? s : S("");
}

struct cells { str *p; size_t n, cap; };

static err collect(struct rq *rq, const struct list_want *w, struct cells *cells, size_t *ret_rows) {
    struct entity_query q = query_of(rq, w);
    struct entity_page page = { 0 };
    q.limit = 200;
    for (*ret_rows = 0; *ret_rows < EXPORT_ROWS_MAX; *ret_rows += page.n) {
        TRY(entity_list(rq->tx, w->entity, &q, &page));
        for (size_t i = 0; i < page.n; i++)
            for (const struct field *f = w->entity->fields; f->name; f++)
                if (shown(f)) *VEC_ADD(rq->a, cells) = cell_of(rq, f, (const char *)page.rows + i * w->entity->size);
        if (!page.next.n) break;
        q.after = page.next;
    }
    *ret_rows += page.n;
    return OK;
}

err list_export(struct rq *rq, const struct list_want *w, bool *ret_done) {
    str format = rq_arg(rq, "format");
    struct { struct sheet_col *p; size_t n, cap; } cols = { 0 };
    struct cells cells = { 0 };
    size_t rows;
    bool xlsx = str_is(format, "xlsx");
    *ret_done = xlsx || str_is(format, "csv");
    if (!*ret_done) return OK;
    for (const struct field *f = w->entity->fields; f->name; f++)
        if (shown(f)) *VEC_ADD(rq->a, &cols) = column_of(f);
    TRY(collect(rq, w, &cells, &rows));
    struct sheet_table t = { str_of(w->entity->label), cols.p, cols.n, cells.p, rows };
    http_add(rq->h, "Content-Disposition",
             str_fmt(rq->a, "attachment; filename=\"%s.%s\"", w->entity->name, xlsx ? "xlsx" : "csv"));
    if (!xlsx) {
        rq->type = "text/csv; charset=utf-8";
        sheet_csv(rq->out, &t);
        return rq->out->over ? E_TOOBIG : OK;
    }
    rq->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    return rq_send_sheet(rq, &t);
}

err list_json(struct tx *tx, const struct entity_query *q, struct entity *e, buf *out) {
    struct entity_page page;
    TRY(entity_list(tx, e, q, &page));
    if (page.faults.n) return E_INPUT;
    buf_lit(out, "{\"rows\":[");
    for (size_t i = 0; i < page.n; i++) {
        if (i) buf_c(out, ',');
        fields_json(out, tx->a, e->fields, (const char *)page.rows + i * e->size);
    }
    buf_lit(out, "],\"next\":");
    buf_json(out, page.next);
    buf_c(out, '}');
    return OK;
}

struct facts row_facts(struct rq *rq, const struct entity *e, const void *row) {
    struct facts all = { 0 };
    for (const struct field *f = e->fields; f->name; f++) {
        if ((f->flags & (HIDE | SHARD)) || field_secret(f) || f->kind == FK_ID || f->kind == FK_REF ||
            f->kind == FK_OPT_REF)
            continue;
        if (!(f->flags & (LIST | FORM))) continue;
        str s = field_show(rq->a, f, row);
        if (s.n) *VEC_ADD(rq->a, &all) = (struct fact){ f->label, s };
    }
    return all;
}
