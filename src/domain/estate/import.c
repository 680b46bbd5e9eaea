/* import.c - a register is uploaded, its columns are agreed on, its rows read. The reading happens on a worker thread
 * with memory of its own; what it found is then written in one short command. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "domain/estate/inner.h"
#include "kit/module/data.h"
#include "kit/page/page.h"
#include "kit/sheet/read.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"

#define READ_MEMORY ((size_t)512 << 20)

err batch_get(struct tx *tx, i64 estate, i64 id, struct import_batch *ret) {
    return entity_get(tx, &import_batch_entity, ret, vi(estate), vi(id));
}

static str url_of(struct arena *a, i64 estate, i64 batch) {
    return str_fmt(a, "/e/%.*s/import/%.*s", STR(id_text(a, estate)), STR(id_text(a, batch)));
}

/* ---- upload: which sheets are registers, what are their columns ---- */

/* The first value below the heading, so that a person sees what the column is; long numbers lose their middle. */
static str example_of(struct arena *a, const struct sheet *s, i64 below, size_t col) {
    for (size_t i = 0; i < s->n; i++)
        if (s->row[i].no > below && col < s->row[i].n && str_trim(s->row[i].cell[col].text).n) {
            str text = utf8_head(str_trim(s->row[i].cell[col].text), 30);
            size_t digits = 0;
            for (size_t k = 0; k < text.n; k++) digits += text.p[k] >= '0' && text.p[k] <= '9';
            return digits >= 7 ? masked(a, text) : text;
        }
    return S("");
}

static void add_sheet(struct arena *a, const struct sheet_book *book, const struct register_map *m,
                      struct map_sheets *ret) {
    const struct sheet *s = &book->sheet[m->sheet];
    struct map_sheet *to = VEC_ADD(a, ret);
    *to = (struct map_sheet){
        .sheet = (i64)m->sheet, .head_first = m->head_first, .head_last = m->head_last, .name = s->name
    };
    for (size_t c = 0; c < m->cols; c++)
        *VEC_ADD(a, &to->cols) =
            (struct map_col){ str_of(register_field_name(m->col[c].field)), utf8_head(m->col[c].title, 40),
                              example_of(a, s, m->head_last, c) };
}

/* Everything the reading needs lives in `big`; what is kept goes to the arena of the request. */
struct reading { struct prep *p; struct arena *big; struct sheet_book book; struct register_words *words; int fd; };

/* Either memory may run out in the middle. Whichever does, the big one and the file are given back before the request
 * learns of it. */
static err reading_run(struct reading *r, err (*read)(struct reading *r, void *in), void *in) {
    struct arena *own = r->p->a;
    struct arena_target callers;
    err e;
    r->fd = -1;
    r->big = arena_new(READ_MEMORY);
    if (!r->big) return E_FULL;
    arena_target_keep(own, &callers);
    if (ARENA_CATCH(own)) e = E_FULL;
    else if (ARENA_CATCH(r->big)) e = E_TOOBIG;
    else e = read(r, in);
    r->p->a = own;
    arena_target_put_back(own, &callers);
    if (r->fd >= 0) close(r->fd);
    arena_free(r->big);
    return e;
}

static err reading_words(struct reading *r) {
    return register_words_load(r->big, data_text("register-columns.tsv"), &r->words);
}

static err refuse_file(struct prep *p, const struct field *list, const char *field, str why) {
    fault_add(p->a, p->faults, field_find(list, str_of(field)), "file",
              why.n ? why : S("这个文件读不出来，请另存为 XLSX 或 CSV 再传。"));
    return E_INPUT;
}

static err find_columns(struct reading *r, str *ret_map) {
    struct register_maps maps = { 0 };
    struct register_map one;
    struct map_sheets sheets = { 0 };
    err e = sheet_read(r->big, r->fd, &r->book);
    if (e == E_INPUT || e == E_TOOBIG) return refuse_file(r->p, upload_fields, "file", r->book.why);
    TRY(e);
    TRY(reading_words(r));
    register_recognise_all(r->big, r->words, &r->book, &maps);
    if (maps.n == 0) {
        e = register_recognise(r->big, r->words, &r->book, &one);
        if (e != OK && (e != E_INPUT || one.cols == 0))
            return e == E_INPUT ? refuse_file(r->p, upload_fields, "file", one.why) : e;
        *VEC_ADD(r->big, &maps) = one;
    }
    for (size_t i = 0; i < maps.n; i++) add_sheet(r->big, &r->book, &maps.p[i], &sheets);
    str map = map_pack(r->big, &sheets);
    *ret_map = str_dup(r->p->a, map);
    return OK;
}

static err upload_read(struct reading *r, void *input) {
    struct upload_in *in = input;
    const struct prep *p = r->p;
    for (size_t i = 0; i < p->nfiles; i++) {
        if (!str_is(p->files[i].field, "file") || p->files[i].size == 0) continue;
        r->fd = open(p->files[i].path, O_RDONLY | O_CLOEXEC);
        return r->fd < 0 ? E_IO : find_columns(r, &in->map);
    }
    return OK;   /* no file: the command says so, once it knows who asks */
}

err upload_prepare(struct prep *p, void *in) {
    struct reading r = { .p = p };
    return reading_run(&r, upload_read, in);
}

err upload_run(struct tx *tx, const void *p) {
    const struct upload_in *in = p;
    struct estate e;
    str file = in->file, hash_text;
    TRY(estate_get(tx, op_estate(tx), &e));
    if (e.kind == CATCH_ALL) return op_fail(tx, E_STATE, NULL, "台账请导入到它所在的小区。");
    if (!in->map.n || !str_cut(&file, '/', &hash_text)) return op_fail(tx, E_INPUT, "file", "请选一个台账文件。");
    struct import_batch b = { .estate_id = e.id,
                              .id = id_new(),
                              .file = hash_text,
                              .name = file.n ? file : S("台账"),
                              .state = IMPORT_COLUMNS,
                              .source = in->source,
                              .map = in->map,
                              .made_by = op_actor(tx)->person,
                              .made_by_name = op_actor(tx)->name,
                              .at = tx->now,
                              .note = S("") };
    TRY(entity_insert(tx, &import_batch_entity, &b));
    op_result(tx, "batch", id_text(tx->a, b.id));
    op_next(tx, url_of(tx->a, e.id, b.id));
    return OK;
}

/* ---- columns agreed on: read every row ---- */

struct batch_read { i64 estate, id; struct import_batch row; };

static err read_batch(struct tx *tx, void *arg) {
    struct batch_read *b = arg;
    return batch_get(tx, b->estate, b->id, &b->row);
}

/* The bytes of the stored file, as a file to read from. */
static err fetch_fd(struct reading *r, str hex) {
    struct prep *p = r->p;
    struct arena *own = p->a;
    hash h;
    str data;
    if (hex.n != 2 * SM3_LEN) return E_BROKEN;
    for (size_t i = 0; i < SM3_LEN; i++) {
        int v = 0;
        for (size_t k = 0; k < 2; k++) {
            char c = hex.p[2 * i + k];
            v = v * 16 + (c >= 'a' ? c - 'a' + 10 : c - '0');
        }
        h.b[i] = (u8)v;
    }
    p->a = r->big;   /* the file may be larger than the memory of a request */
    err e = p->fetch(p, h, &data);
    p->a = own;
    TRY(e);
    r->fd = memfd_create("register", MFD_CLOEXEC);
    if (r->fd < 0) return E_IO;
    for (size_t at = 0; at < data.n;) {
        ssize_t n = write(r->fd, data.p + at, data.n - at);
        if (n <= 0) return E_IO;
        at += (size_t)n;
    }
    return OK;
}

/* The stored columns, corrected by hand: what is said of the first sheet's column holds for columns of that title. */
static err agreed_maps(struct reading *r, const struct columns_in *in, str stored, struct register_maps *ret) {
    struct map_sheets sheets = { 0 };
    map_unpack(r->big, stored, &sheets);
    for (size_t i = 0; i < sheets.n; i++) {
        const struct map_sheet *s = &sheets.p[i];
        struct register_map *m = VEC_ADD(r->big, ret);
        err e = register_recognise_at(r->big, r->words, &r->book, (size_t)s->sheet, s->head_first,
                                      s->head_last, m);
        if (e != OK && e != E_INPUT) return e;
        for (size_t c = 0; c < m->cols && c < s->cols.n; c++)
            m->col[c].field = register_field_by_name(s->cols.p[c].field);
        for (size_t c = 0; c < sheets.p[0].cols.n && c < COLUMNS_MAX; c++) {
            str said = *field_str(field_find(columns_fields, str_fmt(r->big, "c%zu", c + COLUMN_FIRST)),
                                  (void *)(uintptr_t)in);
            enum register_field f = register_field_by_name(said);
            for (size_t k = 0; said.n && f < RF_COUNT && k < m->cols && k < s->cols.n; k++)
                if (str_eq(s->cols.p[k].title, sheets.p[0].cols.p[c].title) && (i > 0 || k == c))
                    m->col[k].field = f;
        }
        if (register_map_check(m) != OK) return refuse_file(r->p, columns_fields, "c10", m->why);
    }
    return OK;
}

static i64 use_of_row(enum register_use u) {
    switch (u) {
    case USE_SHOP: return SHOP;
    case USE_OFFICE: return OFFICE;
    case USE_PARKING: return PARKING;
    case USE_STORAGE: return STORE;
    case USE_OTHER: return OTHER_USE;
    default: return DWELLING;
    }
}

static i64 document_of(enum register_id k) {
    switch (k) {
    case RID_RESIDENT: case RID_RESIDENT_15: return ID_RESIDENT;
    case RID_OTHER: return ID_PASSPORT;
    default: return ID_NONE;
    }
}

static str mobile_or_none(str phone) { return phone.n && !mobile_fault(phone) ? phone : (str){ 0 }; }

static struct import_row row_of(struct arena *a, const struct register_row *r, i64 source) {
    struct import_row row = { .no = r->no, .state = r->bad ? ROW_BAD : ROW_GOOD };
    struct home_new *h = &row.home;
    buf why = buf_in(a, 1 << 14);
    i64 floor = 0;
    *h = (struct home_new){ .building = r->building.shown,
                            .building_key = r->building.key,
                            .entrance = r->entrance.shown,
                            .entrance_key = r->entrance.key,
                            .room = r->room.shown,
                            .room_key = r->room.key,
                            .area = { r->has_area, r->area },
                            .area_source = source,
                            .use = use_of_row(r->use),
                            .cert = r->cert,
                            .handed = { r->has_date, r->date } };
    if (!h->building_key.n) {
        h->building = S("未分楼");
        h->building_key = S("0");
    }
    if (str_i64(r->floor.key, &floor)) h->floor = (opt_i64){ true, floor };
    for (size_t i = 0; i < r->owners.n; i++) {
        const struct register_owner *o = &r->owners.p[i];
        bool org = o->org || o->id_kind == RID_COMPANY;
        *VEC_ADD(a, &row.owners) = (struct import_owner){
            o->name, o->id, mobile_or_none(o->phone), document_of(o->id_kind), o->share, o->share_of, org
        };
    }
    if (row.owners.n == 1 && !row.owners.p[0].phone.n && r->phones.n)
        row.owners.p[0].phone = mobile_or_none(r->phones.p[0]);
    for (size_t i = 0; i < r->faults.n; i++) buf_fmt(&why, "%s%.*s", why.n ? "\n" : "", STR(r->faults.p[i].text));
    row.why = buf_str(&why);
    return row;
}

static int by_row(const void *a, const void *b) {
    i64 x = ((const struct import_row *)a)->no, y = ((const struct import_row *)b)->no;
    return x < y ? -1 : x > y;
}

/* Homes and what is none, in the order of the file; rows of a second sheet follow those of the first. */
static void rows_in_order(struct arena *a, const struct home_register *reg, i64 source, struct import_rows *ret) {
    size_t sheets = 0;
    for (size_t i = 0; i < reg->rows.n; i++)
        sheets = reg->rows.p[i].sheet >= sheets ? reg->rows.p[i].sheet + 1 : sheets;
    for (size_t i = 0; i < reg->skips.n; i++)
        sheets = reg->skips.p[i].sheet >= sheets ? reg->skips.p[i].sheet + 1 : sheets;
    for (size_t s = 0; s < sheets; s++) {
        size_t from = ret->n;
        for (size_t i = 0; i < reg->rows.n; i++)
            if (reg->rows.p[i].sheet == s) *VEC_ADD(a, ret) = row_of(a, &reg->rows.p[i], source);
        for (size_t i = 0; i < reg->skips.n; i++)
            if (reg->skips.p[i].sheet == s)
                *VEC_ADD(a, ret) = (struct import_row){ .no = reg->skips.p[i].row,
                                                        .state = ROW_SKIPPED,
                                                        .why = reg->skips.p[i].text };
        if (ret->n > from) qsort(ret->p + from, ret->n - from, sizeof *ret->p, by_row);
    }
}

static struct import_found *found_of(struct reading *r, const struct columns_in *in,
                                     const struct import_rows *rows, str map) {
    struct arena *keep = r->p->a;
    struct import_found *f = NEW(keep, struct import_found);
    f->map = str_dup(keep, map);
    f->parts = (rows->n + PART_ROWS - 1) / PART_ROWS;
    f->part = NEW_N(keep, struct import_part, f->parts + 1);
    for (size_t i = 0; i < rows->n; i++) {
        f->rows++;
        f->good += rows->p[i].state == ROW_GOOD;
        f->bad += rows->p[i].state == ROW_BAD;
        f->skipped += rows->p[i].state == ROW_SKIPPED;
    }
    for (size_t i = 0; i < f->parts; i++) {
        size_t from = i * PART_ROWS, n = rows->n - from < PART_ROWS ? rows->n - from : PART_ROWS;
        buf b = buf_in(r->big, 4 << 20);
        struct import_part *part = &f->part[i];
        rows_pack(&b, rows->p + from, n);
        *part = (struct import_part){ .estate_id = in->estate_id,
                                      .batch_id = in->batch_id,
                                      .no = (i64)i,
                                      .id = id_new(),
                                      .rows = (i64)n,
                                      .outcome = S("") };
        for (size_t k = from; k < from + n; k++) part->bad += rows->p[k].state != ROW_GOOD;
        part->data = seal(keep, "import_part", "data", part->id, buf_str(&b));
    }
    return f;
}

static err columns_read(struct reading *r, void *input) {
    struct columns_in *in = input;
    struct batch_read b = { .estate = in->estate_id, .id = in->batch_id };
    struct register_maps maps = { 0 };
    struct home_register reg;
    struct import_rows rows = { 0 };
    struct map_sheets sheets = { 0 };
    TRY(r->p->read(r->p, read_batch, &b));
    if (b.row.state != IMPORT_COLUMNS && b.row.state != IMPORT_CHECKED) return E_STATE;
    TRY(fetch_fd(r, b.row.file));
    TRY(sheet_read(r->big, r->fd, &r->book));
    TRY(reading_words(r));
    TRY(agreed_maps(r, in, b.row.map, &maps));
    TRY(register_parse(r->big, &r->book, maps.p, maps.n, day_of(r->p->now), &reg));
    rows_in_order(r->big, &reg, b.row.source, &rows);
    if (rows.n > IMPORT_ROWS_MAX) return refuse_file(r->p, columns_fields, "c10", S("一次最多导入 10000 行，请按楼分成几个文件。"));
    if (rows.n == 0) return refuse_file(r->p, columns_fields, "c10", S("表头下面没有一行房屋，请核对文件和列。"));
    for (size_t i = 0; i < maps.n; i++) add_sheet(r->big, &r->book, &maps.p[i], &sheets);
    in->found = found_of(r, in, &rows, map_pack(r->big, &sheets));
    return OK;
}

err columns_prepare(struct prep *p, void *input) {
    const struct columns_in *in = input;
    struct reading r = { .p = p };
    /* The right was asked for the estate of the address; a batch of another one is not looked at. */
    return in->estate_id == p->estate ? reading_run(&r, columns_read, input) : E_MISSING;
}

SQL(parts_drop, "ii", "", "DELETE FROM import_part WHERE estate_id = $1 AND batch_id = $2")

err columns_run(struct tx *tx, const void *p) {
    const struct columns_in *in = p;
    struct import_batch was, now;
    if (in->estate_id != op_estate(tx) || !in->found) return E_MISSING;
    TRY(batch_get(tx, in->estate_id, in->batch_id, &was));
    if (was.state != IMPORT_COLUMNS && was.state != IMPORT_CHECKED) return op_fail(tx, E_STATE, NULL, "这一批已经办过了。");
    TRY(db_run(tx, &parts_drop, vi(was.estate_id), vi(was.id)));
    for (size_t i = 0; i < in->found->parts; i++) TRY(entity_insert(tx, &import_part_entity, &in->found->part[i]));
    now = was;
    now.state = IMPORT_CHECKED;
    now.map = in->found->map;
    now.rows = in->found->rows;
    now.good = in->found->good;
    now.bad = in->found->bad;
    now.skipped = in->found->skipped;
    now.parts = (i64)in->found->parts;
    TRY(entity_update(tx, &import_batch_entity, &was, &now));
    op_next(tx, url_of(tx->a, was.estate_id, was.id));
    return OK;
}

/* ---- given up before anything was written ---- */

err drop_run(struct tx *tx, const void *p) {
    const struct batch_in *in = p;
    struct import_batch was, now;
    TRY(batch_get(tx, op_estate(tx), in->batch_id, &was));
    if (was.state != IMPORT_COLUMNS && was.state != IMPORT_CHECKED) return op_fail(tx, E_STATE, NULL, "这一批已经办过了。");
    TRY(db_run(tx, &parts_drop, vi(was.estate_id), vi(was.id)));
    now = was;
    now.state = IMPORT_DROPPED;
    now.done_at = (opt_instant){ true, tx->now };
    TRY(entity_update(tx, &import_batch_entity, &was, &now));
    op_next(tx, str_fmt(tx->a, "/e/%.*s/import", STR(id_text(tx->a, was.estate_id))));
    return OK;
}
