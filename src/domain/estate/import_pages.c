/* import_pages.c - a register's way in: upload, columns, every row looked at, confirmed, written, maybe taken back. */
#include "domain/estate/pages.h"
#include "domain/estate/tpl.h"
#include "kit/sheet/register.h"

enum { REPORT_PAGE = 120 };

static str batch_url(struct arena *a, i64 estate, i64 batch) {
    return str_fmt(a, "/e/%.*s/import/%.*s", STR(id_text(a, estate)), STR(id_text(a, batch)));
}

static str at_text(struct arena *a, instant t) {
    buf b = buf_in(a, 60);
    instant_show(&b, t);
    return buf_str(&b);
}

static const char *tone_of(i64 state) {
    switch (state) {
    case IMPORT_DONE: return "tone-green";
    case IMPORT_WRITING: case IMPORT_WITHDRAWING: return "tone-blue";
    case IMPORT_COLUMNS: case IMPORT_CHECKED: case IMPORT_PARTLY: return "tone-gold";
    default: return "tone-gray";
    }
}

static err crumbs(struct rq *rq, struct page_head *head, str last) {
    struct estate e;
    str url = str_fmt(rq->a, "/e/%.*s", STR(id_text(rq->a, rq->estate)));
    TRY(estate_get(rq->tx, rq->estate, &e));
    head->place = e.name;
    *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){ url, e.name };
    *VEC_ADD(rq->a, &head->crumbs) =
        (struct crumb){ last.n ? str_cat(rq->a, url, S("/import")) : (str){ 0 }, S("导入台账") };
    if (last.n) *VEC_ADD(rq->a, &head->crumbs) = (struct crumb){ (str){ 0 }, last };
    return OK;
}

/* ---- all batches, and the upload ---- */

SQL(batches, "i", "ititiii",
    "SELECT id, name, state, made_by_name, at, rows, homes FROM import_batch WHERE estate_id = $1 ORDER BY "
    "id DESC LIMIT 50")

err estate_import_page(struct rq *rq) {
    struct rows rows;
    struct import_view v = { .head = rq->head,
                             .form = rq_form(rq, "estate.import.upload"),
                             .faults = rq_faults(rq),
                             .said = rq->said,
                             .file = rq_control(rq, upload_fields, "file", S("")),
                             .source = rq_control(rq, upload_fields, "source", S("by_register")) };
    TRY(db_all(rq->tx, &rows, &batches, vi(rq->estate)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *b = rows.p[i].v;
        *VEC_ADD(rq->a, &v.batches) = (struct batch_line){ batch_url(rq->a, rq->estate, b[0].i),
                                                           b[1].s,
                                                           str_of(item_label(import_states, b[2].i)),
                                                           b[3].s,
                                                           at_text(rq->a, (instant){ b[4].i }),
                                                           tone_of(b[2].i),
                                                           b[5].i,
                                                           b[6].i };
    }
    TRY(crumbs(rq, &v.head, (str){ 0 }));
    tpl_estate_import(rq->out, &v);
    return OK;
}

/* ---- columns ---- */

static struct choices field_choices(struct rq *rq, str chosen) {
    struct choices all = { 0 };
    for (enum register_field f = RF_NONE; f < RF_COUNT; f++) {
        str name = str_of(register_field_name(f));
        *VEC_ADD(rq->a, &all) = (struct choice){ name, str_of(register_field_label(f)), str_eq(name, chosen) };
    }
    return all;
}

static void put_columns(struct rq *rq, const struct import_batch *b, struct batch_view *v) {
    struct map_sheets sheets = { 0 };
    map_unpack(rq->a, b->map, &sheets);
    for (size_t i = 0; i < sheets.n; i++) {
        const struct map_sheet *s = &sheets.p[i];
        struct sheet_map *m = VEC_ADD(rq->a, &v->sheets);
        *m = (struct sheet_map){ .name = s->name };
        m->heading = s->head_first == s->head_last
            ? str_fmt(rq->a, "表头在第 %lld 行", (long long)s->head_first)
            : str_fmt(rq->a, "表头在第 %lld、%lld 行", (long long)s->head_first, (long long)s->head_last);
        for (size_t c = 0; i == 0 && c < s->cols.n && c < COLUMNS_MAX; c++) {
            str id = str_fmt(rq->a, "c%zu", c + COLUMN_FIRST);
            *VEC_ADD(rq->a, &m->cols) =
                (struct column_line){ id, s->cols.p[c].title, s->cols.p[c].example,
                                      field_choices(rq, rq_typed(rq, id.p, s->cols.p[c].field)) };
        }
    }
}

/* ---- the report: what becomes of every row ---- */

static str owners_of(struct rq *rq, const struct import_row *r) {
    buf b = buf_in(rq->a, 2048);
    for (size_t i = 0; i < r->owners.n && i < 8; i++) {
        const struct import_owner *o = &r->owners.p[i];
        buf_fmt(&b, "%s%.*s", i ? "、" : "", STR(o->org ? o->name : name_mask(rq->a, o->name)));
        if (o->of) buf_fmt(&b, "（%lld/%lld）", (long long)o->share, (long long)o->of);
    }
    if (r->owners.n > 8) buf_fmt(&b, "等 %zu 人", r->owners.n);
    return buf_str(&b);
}

struct verdict { const char *words, *tone, *why; };

static struct verdict verdict_of(i64 state, char outcome) {
    switch (outcome) {
    case OUT_WRITTEN: return (struct verdict){ "已写入", "tone-green", "" };
    case OUT_THERE: return (struct verdict){ "略过", "tone-gray", "这套房已经建档，这次没有改动。" };
    case OUT_CONFLICT: return (struct verdict){ "没写入", "tone-red", "有业主的证件号码登记的是另一个姓名，请对照证件核对后单独登记。" };
    case OUT_ORG: return (struct verdict){ "已写入", "tone-gold", "业主是单位，还没有登记。房屋建好了，请先登记单位，再补上业主。" };
    default: break;
    }
    switch (state) {
    case ROW_GOOD: return (struct verdict){ "可导入", "tone-green", "" };
    case ROW_BAD: return (struct verdict){ "有误", "tone-red", "" };
    default: return (struct verdict){ "不是房屋", "tone-gray", "" };
    }
}

static void put_row(struct rq *rq, const struct import_row *r, char outcome, struct report_rows *ret) {
    struct verdict w = verdict_of(r->state, outcome);
    struct report_row *row = VEC_ADD(rq->a, ret);
    str why = r->why, line;
    *row = (struct report_row){ .no = str_fmt(rq->a, "%lld", (long long)r->no),
                                .state = str_of(w.words),
                                .tone = w.tone };
    if (r->state != ROW_SKIPPED) {
        row->home = home_label(rq->a, &r->home);
        row->owners = owners_of(rq, r);
    }
    if (r->home.area.has) {
        buf b = buf_in(rq->a, 40);
        sqm_put(&b, r->home.area.v);
        row->area = buf_str(&b);
    }
    if (*w.why) *VEC_ADD(rq->a, &row->why) = str_of(w.why);
    while (str_cut(&why, '\n', &line)) *VEC_ADD(rq->a, &row->why) = line;
}

SQL(parts_from, "iiii", "iiiiiibt",
    "SELECT estate_id, batch_id, no, id, rows, bad, data, outcome FROM import_part WHERE estate_id = $1 AND "
    "batch_id = $2 AND no >= $3 AND ($4 = 0 OR bad > 0 OR outcome LIKE '%c%' OR outcome LIKE '%o%' OR "
    "outcome LIKE '%t%') ORDER BY no LIMIT 40")

static bool worth_a_look(const struct import_row *r, char outcome) {
    return r->state != ROW_GOOD || r->why.n || outcome == OUT_CONFLICT || outcome == OUT_ORG ||
           outcome == OUT_THERE;
}

static err put_report(struct rq *rq, const struct import_batch *b, struct batch_view *v) {
    struct rows parts;
    i64 from = 0;
    if (!str_i64(rq_arg(rq, "part"), &from)) from = 0;
    TRY(db_all(rq->tx, &parts, &parts_from, vi(b->estate_id), vi(b->id), vi(from), vi(v->showing_bad)));
    for (size_t i = 0; i < parts.n; i++) {
        struct import_part part;
        struct import_rows rows = { 0 };
        entity_load(rq->a, &import_part_entity, &part, parts.p[i].v);
        if (v->report.n >= REPORT_PAGE) {
            v->next = str_fmt(rq->a, "%.*s?part=%lld%s", STR(v->self), (long long)part.no,
                              v->showing_bad ? "&show=bad" : "");
            return OK;
        }
        TRY(part_open(rq->tx, &part, &rows));
        for (size_t k = 0; k < rows.n; k++) {
            char outcome = k < part.outcome.n ? part.outcome.p[k] : 0;
            if (!v->showing_bad || worth_a_look(&rows.p[k], outcome)) put_row(rq, &rows.p[k], outcome, &v->report);
        }
        if (parts.n == 40 && i == 39)
            v->next = str_fmt(rq->a, "%.*s?part=%lld%s", STR(v->self), (long long)part.no + 1,
                              v->showing_bad ? "&show=bad" : "");
    }
    return OK;
}

/* ---- one batch ---- */

static void put_state(struct rq *rq, const struct import_batch *b, struct batch_view *v) {
    v->name = b->name;
    v->state = str_of(item_label(import_states, b->state));
    v->by = b->made_by_name;
    v->at = at_text(rq->a, b->at);
    v->rows = b->rows, v->good = b->good, v->bad = b->bad, v->skipped = b->skipped;
    v->homes = b->homes, v->persons = b->persons, v->ties = b->ties, v->existing = b->existing;
    v->parts = b->parts, v->done_parts = b->done_parts;
    v->at_columns =
        b->state == IMPORT_COLUMNS || (b->state == IMPORT_CHECKED && str_is(rq_arg(rq, "step"), "columns"));
    v->at_confirm = b->state == IMPORT_CHECKED && !v->at_columns;
    v->running = b->state == IMPORT_WRITING || b->state == IMPORT_WITHDRAWING;
    v->done = b->state == IMPORT_DONE || b->state == IMPORT_PARTLY;
    v->withdrawn = b->state == IMPORT_WITHDRAWN || b->state == IMPORT_PARTLY;
    v->dropped = b->state == IMPORT_DROPPED;
    v->step = v->at_columns ? 2 : v->at_confirm ? 3 : 4;
    i64 share = b->parts ? b->done_parts * 100 / b->parts : 0;
    v->percent = str_fmt(rq->a, "%lld%%", (long long)share);
}

err estate_batch_page(struct rq *rq) {
    struct import_batch b;
    i64 id;
    struct batch_view v = { .head = rq->head,
                            .faults = rq_faults(rq),
                            .said = rq->said,
                            .self = rq->h->path,
                            .columns = rq_form(rq, "estate.import.columns"),
                            .confirm = rq_form(rq, "estate.import.confirm"),
                            .drop = rq_form(rq, "estate.import.drop"),
                            .withdraw = rq_form(rq, "estate.import.withdraw"),
                            .note = rq_control(rq, withdraw_fields, "note", S("")) };
    TRY(rq_id(rq, "batch", &id));
    TRY(batch_get(rq->tx, rq->estate, id, &b));
    v.batch_id = id_text(rq->a, id);
    v.estate_id = id_text(rq->a, rq->estate);
    v.list_url = str_fmt(rq->a, "/e/%.*s/import", STR(id_text(rq->a, rq->estate)));
    put_state(rq, &b, &v);
    v.all = v.self;
    v.only_bad = str_cat(rq->a, v.self, S("?show=bad"));
    v.showing_bad = str_is(rq_arg(rq, "show"), "bad");
    if (v.at_columns) put_columns(rq, &b, &v);
    else if (!v.running && !v.withdrawn && !v.dropped) TRY(put_report(rq, &b, &v));
    if (b.state == IMPORT_DONE) {
        TRY(batch_held(rq->tx, &b, &v.why));
        v.may_withdraw = v.why.n == 0;
    }
    if (v.running) http_add(rq->h, "Refresh", S("2"));
    TRY(crumbs(rq, &v.head, b.name));
    tpl_estate_batch(rq->out, &v);
    return OK;
}
