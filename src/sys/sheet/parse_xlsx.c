#include <expat.h>
#include <zip.h>
#include "sys/sheet/parse.h"

#define PART_MOST ((u64)300 << 20)    /* bytes unpacked of the whole file */
#define BOMB_FLOOR ((u64)16 << 20)    /* a part that unpacks to more than this ... */
#define BOMB_RATIO 300                /* ... and to more than so many times its size is a bomb */
#define DEPTH_MOST 64
#define TEXT_MOST ((size_t)256 << 10) /* bytes of one text before it is cut to SHEET_TEXT_MAX */
#define STRINGS_MOST 2000000

struct range { i64 r1, r2, c1, c2; };
struct relation { str id, target, type; };
struct sheet_ref { str name, id; bool hidden; };

struct reading {
    struct arena *a;
    zip_t *zip;
    u64 unpacked;
    struct sheet_book *book;
    err failed;
    const char *why;
    XML_Parser xml;
    int depth;

    struct { struct relation *p; size_t n, cap; } relations;
    struct { struct sheet_ref *p; size_t n, cap; } refs;
    bool from_1904;

    /* styles */
    struct { struct custom { i64 id; struct number_format f; } *p; size_t n, cap; } customs;
    struct { struct number_format *p; size_t n, cap; } styles;
    bool in_xfs;

    struct { str *p; size_t n, cap; } strings;
    buf text;
    bool in_text, in_value, skip_text;

    /* the sheet in hand */
    struct { struct sheet_row *p; size_t n, cap; } rows;
    struct { struct range *p; size_t n, cap; } merges;
    struct sheet_cell cell[SHEET_COLS_MAX];
    i64 row, col, last_row;
    size_t used, cells;
    char type;
    i64 style;
    bool in_cell, formula, value;
    str value_text;
};

static void fail(struct reading *x, err e, const char *why) {
    if (x->failed != OK) return;
    x->failed = e;
    x->why = why;
    if (x->xml != NULL) XML_StopParser(x->xml, XML_FALSE);
}

static const char damaged[] = "这个表格文件损坏了，或没有传完整。请用表格软件打开它，另存后再上传。";
static const char bomb[] = "这个文件展开后太大，不像一份台账。请只留下需要的内容，另存为新的 xlsx 再上传。";

/* ---- parts of the zip file ---- */

static bool part_find(struct reading *x, str name, zip_uint64_t *ret) {
    if (str_starts(name, S("/"))) name = str_from(name, 1);
    zip_int64_t at = zip_name_locate(x->zip, str_c(x->a, name), ZIP_FL_NOCASE);
    if (at >= 0) *ret = (zip_uint64_t)at;
    return at >= 0;
}

static void forbid_doctype(void *data, const XML_Char *name, const XML_Char *sys, const XML_Char *pub, int internal) {
    (void)name, (void)sys, (void)pub, (void)internal;
    fail(data, E_INPUT, "这个文件里有表格不会用到的 XML 声明，为安全起见没有打开。请用表格软件另存为新的 xlsx 再上传。");
}

static void feed(struct reading *x, zip_file_t *f, u64 packed) {
    u64 out = 0;
    for (bool last = false; !last && x->failed == OK;) {
        void *to = XML_GetBuffer(x->xml, 65536);
        zip_int64_t n = to == NULL ? -1 : zip_fread(f, to, 65536);
        if (n < 0) {
            fail(x, E_INPUT, damaged);
            return;
        }
        out += (u64)n;
        x->unpacked += (u64)n;
        if (x->unpacked > PART_MOST || (out > BOMB_FLOOR && out / BOMB_RATIO > packed)) {
            fail(x, E_TOOBIG, bomb);
            return;
        }
        last = n == 0;
        if (XML_ParseBuffer(x->xml, (int)n, last) != XML_STATUS_OK) fail(x, E_INPUT, damaged);
    }
}

static void parse_part(struct reading *x, zip_uint64_t index, XML_StartElementHandler start, XML_EndElementHandler end,
                       XML_CharacterDataHandler text) {
    zip_stat_t st;
    if (x->failed != OK) return;
    if (zip_stat_index(x->zip, index, 0, &st) != 0) {
        fail(x, E_INPUT, damaged);
        return;
    }
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE) {
        fail(x, E_INPUT, "这个文件设了密码，打不开。请去掉密码，另存后再上传。");
        return;
    }
    zip_file_t *f = zip_fopen_index(x->zip, index, 0);
    x->xml = f == NULL ? NULL : XML_ParserCreate(NULL);
    if (x->xml == NULL) fail(x, E_INPUT, damaged);
    else {
        XML_SetUserData(x->xml, x);
        XML_SetElementHandler(x->xml, start, end);
        XML_SetCharacterDataHandler(x->xml, text);
        XML_SetStartDoctypeDeclHandler(x->xml, forbid_doctype);
        x->depth = 0;
        feed(x, f, st.comp_size);
        XML_ParserFree(x->xml);
        x->xml = NULL;
    }
    if (f != NULL) zip_fclose(f);
}

/* Element names without their prefix: some programs write x:row. */
static str local(const XML_Char *name) {
    str s = str_of(name);
    i64 colon = str_find(s, ':');
    return colon < 0 ? s : str_from(s, (size_t)colon + 1);
}

static str attr(const XML_Char **at, const char *name) {
    for (; *at != NULL; at += 2)
        if (strcmp(at[0], name) == 0) return str_of(at[1]);
    return S("");
}

/* r:id, whatever the prefix is. */
static str attr_prefixed_id(const XML_Char **at) {
    for (; *at != NULL; at += 2)
        if (str_ends(str_of(at[0]), S(":id"))) return str_of(at[1]);
    return S("");
}

static i64 attr_i64(const XML_Char **at, const char *name, i64 otherwise) {
    i64 v;
    return str_i64(attr(at, name), &v) ? v : otherwise;
}

static bool attr_true(const XML_Char **at, const char *name) {
    str s = attr(at, name);
    return str_is(s, "1") || str_is(s, "true");
}

static bool deeper(struct reading *x) {
    if (++x->depth > DEPTH_MOST) fail(x, E_INPUT, damaged);
    return x->failed == OK;
}

static void shallower(void *data, const XML_Char *name) {
    (void)name;
    ((struct reading *)data)->depth--;
}

/* ---- relations, workbook, styles ---- */

static void relation_start(void *data, const XML_Char *name, const XML_Char **at) {
    struct reading *x = data;
    if (!deeper(x) || !str_is(local(name), "Relationship")) return;
    if (x->relations.n > 10000) {
        fail(x, E_INPUT, damaged);
        return;
    }
    *VEC_ADD(x->a, &x->relations) = (struct relation){ str_dup(x->a, attr(at, "Id")), str_dup(x->a, attr(at, "Target")),
                                                       str_dup(x->a, attr(at, "Type")) };
}

static void workbook_start(void *data, const XML_Char *name, const XML_Char **at) {
    struct reading *x = data;
    if (!deeper(x)) return;
    str tag = local(name);
    if (str_is(tag, "workbookPr")) x->from_1904 = attr_true(at, "date1904");
    if (!str_is(tag, "sheet") || x->refs.n >= 1000) return;
    str state = attr(at, "state");
    *VEC_ADD(x->a, &x->refs) = (struct sheet_ref){ str_dup(x->a, utf8_head(attr(at, "name"), 100)),
                                                   str_dup(x->a, attr_prefixed_id(at)),
                                                   str_is(state, "hidden") || str_is(state, "veryHidden") };
}

static struct number_format format_of(const struct reading *x, i64 id) {
    for (size_t i = 0; i < x->customs.n; i++)
        if (x->customs.p[i].id == id) return x->customs.p[i].f;
    return format_builtin(id);
}

static void style_start(void *data, const XML_Char *name, const XML_Char **at) {
    struct reading *x = data;
    if (!deeper(x)) return;
    str tag = local(name);
    if (str_is(tag, "cellXfs")) x->in_xfs = true;
    if (x->customs.n > 5000 || x->styles.n > 100000) {
        fail(x, E_TOOBIG, bomb);
        return;
    }
    if (str_is(tag, "numFmt"))
        *VEC_ADD(x->a, &x->customs) =
            (struct custom){attr_i64(at, "numFmtId", -1), format_code(attr(at, "formatCode"))};
    if (x->in_xfs && str_is(tag, "xf")) *VEC_ADD(x->a, &x->styles) = format_of(x, attr_i64(at, "numFmtId", 0));
}

static void style_end(void *data, const XML_Char *name) {
    struct reading *x = data;
    if (str_is(local(name), "cellXfs")) x->in_xfs = false;
    x->depth--;
}

/* ---- texts ---- */

static void collect(void *data, const XML_Char *p, int n) {
    struct reading *x = data;
    if ((x->in_text && !x->skip_text) || x->in_value) buf_put(&x->text, p, (size_t)n);
}

static int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

/* The collected text, with _x000D_ turned back into what it stands for. */
static str collected(struct reading *x) {
    str s = buf_str(&x->text);
    /* The buffer drops what does not fit, perhaps in the middle of a character. */
    for (int i = 0; x->text.over && i < 4 && !utf8_valid(s); i++) s.n--;
    char *p = arena_alloc(x->a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int cp = 0;
        bool escape = s.n - i >= 7 && s.p[i] == '_' && s.p[i + 1] == 'x' && s.p[i + 6] == '_';
        for (size_t k = 2; k < 6 && escape; k++) {
            int h = hex(s.p[i + k]);
            if (h < 0) escape = false;
            cp = cp * 16 + h;
        }
        if (!escape || cp == 0 || (cp >= 0xD800 && cp <= 0xDFFF)) {
            p[n++] = s.p[i];
            continue;
        }
        if (cp != '\r') n += utf8_put((u32)cp, p + n);
        i += 6;
    }
    return (str){ p, n };
}

static void string_start(void *data, const XML_Char *name, const XML_Char **at) {
    struct reading *x = data;
    (void)at;
    if (!deeper(x)) return;
    str tag = local(name);
    if (str_is(tag, "si")) buf_clear(&x->text);
    else if (str_is(tag, "rPh")) x->skip_text = true;
    else if (str_is(tag, "t")) x->in_text = true;
}

static void string_end(void *data, const XML_Char *name) {
    struct reading *x = data;
    str tag = local(name);
    x->depth--;
    if (str_is(tag, "t")) x->in_text = false;
    else if (str_is(tag, "rPh")) x->skip_text = false;
    else if (str_is(tag, "si")) {
        if (x->strings.n >= STRINGS_MOST) {
            fail(x, E_TOOBIG, bomb);
            return;
        }
        /* Cut here already: ten cells may show the same text. */
        struct sheet_cell c = { 0 };
        cell_text(&c, collected(x));
        *VEC_ADD(x->a, &x->strings) = c.text;
    }
}

/* ---- sheets ---- */

/* "AB12" -> row 12, column 27; 0 where a part is missing. */
static void reference(str s, i64 *row, i64 *col) {
    size_t i = 0;
    i64 c = 0, r = 0;
    for (; i < s.n && i < 3 && s.p[i] >= 'A' && s.p[i] <= 'Z'; i++) c = c * 26 + (s.p[i] - 'A' + 1);
    if (!str_i64(str_from(s, i), &r) || r < 0 || r > 2000000) r = 0;
    *row = r;
    *col = c - 1;
}

static void row_start(struct reading *x, const XML_Char **at) {
    i64 no = attr_i64(at, "r", x->row + 1);
    if (no <= x->row || no > 2000000) {
        fail(x, E_INPUT, damaged);
        return;
    }
    x->row = no;
    x->col = -1;
    x->used = 0;
}

static void row_end(struct reading *x) {
    if (x->used == 0) return;
    x->cells += x->used;
    if (x->row > SHEET_ROWS_MAX || x->cells > SHEET_CELLS_MAX) {
        fail(x, E_TOOBIG, "表格太长：超过 10 万行。请分成几个文件上传。");
        return;
    }
    struct sheet_cell *keep = NEW_N(x->a, struct sheet_cell, x->used);
    memcpy(keep, x->cell, x->used * sizeof *keep);
    memset(x->cell, 0, x->used * sizeof *keep);
    *VEC_ADD(x->a, &x->rows) = (struct sheet_row){ x->row, keep, x->used };
}

static void cell_start(struct reading *x, const XML_Char **at) {
    i64 row, col;
    reference(attr(at, "r"), &row, &col);
    x->col = col >= 0 ? col : x->col + 1;
    str t = attr(at, "t");
    x->type = str_is(t, "s") ? 's' : str_is(t, "str") ? 't' : str_is(t, "inlineStr") ? 'i' : str_is(t, "b") ? 'b'
            : str_is(t, "e") ? 'e' : str_is(t, "d") ? 'd' : 'n';
    x->style = attr_i64(at, "s", 0);
    x->in_cell = true;
    x->formula = x->value = x->skip_text = false;
    x->value_text = S("");
    buf_clear(&x->text);
}

static void set_cell(struct reading *x, struct sheet_cell *c) {
    str v = x->value_text;
    i64 index;
    switch (x->type) {
    case 's':
        if (!str_i64(str_trim(v), &index) || index < 0 || (size_t)index >= x->strings.n) {
            fail(x, E_INPUT, damaged);
            return;
        }
        c->kind = SHEET_TEXT;
        cell_text(c, x->strings.p[index]);
        break;
    case 'b':
        c->kind = SHEET_BOOL;
        c->text = str_is(str_trim(v), "1") || str_is(str_trim(v), "true") ? S("1") : S("0");
        break;
    case 'e':
        c->kind = SHEET_ERROR;
        cell_text(c, v);
        break;
    case 'd':
        c->kind = SHEET_DATE;
        /* 2015-06-01T00:00:00: a day with no time of day. */
        if (str_ends(v, S("T00:00:00")) || str_ends(v, S("T00:00:00Z"))) v = str_sub(v, 0, 10);
        cell_text(c, v);
        break;
    case 'n': {
        size_t s = (size_t)x->style;
        struct number_format f = x->style >= 0 && s < x->styles.n ? x->styles.p[s] : (struct number_format){ 0 };
        number_cell(x->a, v, f, x->from_1904, c);
        break;
    }
    default:
        c->kind = SHEET_TEXT;
        cell_text(c, v);
    }
    if (x->formula) c->flags |= SHEET_FORMULA;
}

static void cell_end(struct reading *x) {
    x->in_cell = false;
    bool empty = !x->value || (x->value_text.n == 0 && x->type != 's');
    if (empty && !x->formula) return;
    if (x->col >= SHEET_COLS_MAX) {
        fail(x, E_TOOBIG, "表格太宽：第 200 列右边还有内容。请只留下需要的列再上传。");
        return;
    }
    struct sheet_cell *c = &x->cell[x->col];
    *c = (struct sheet_cell){ 0 };
    if (empty && x->type == 't') return; /* a formula whose result is the empty text */
    if (empty) {
        /* Written by a program that never worked it out. */
        *c = (struct sheet_cell){ .text = S("公式"), .kind = SHEET_ERROR, .flags = SHEET_FORMULA };
    } else set_cell(x, c);
    if (c->text.n == 0) *c = (struct sheet_cell){ 0 };
    else if ((size_t)x->col + 1 > x->used) x->used = (size_t)x->col + 1;
}

static void merge_start(struct reading *x, const XML_Char **at) {
    str ref = attr(at, "ref");
    i64 colon = str_find(ref, ':');
    struct range m;
    if (colon < 0 || x->merges.n >= SHEET_ROWS_MAX) return;
    reference(str_sub(ref, 0, (size_t)colon), &m.r1, &m.c1);
    reference(str_from(ref, (size_t)colon + 1), &m.r2, &m.c2);
    if (m.r1 > 0 && m.c1 >= 0 && m.r2 >= m.r1 && m.c2 >= m.c1) *VEC_ADD(x->a, &x->merges) = m;
}

static void sheet_start(void *data, const XML_Char *name, const XML_Char **at) {
    struct reading *x = data;
    if (!deeper(x)) return;
    str tag = local(name);
    if (str_is(tag, "row")) row_start(x, at);
    else if (str_is(tag, "c")) cell_start(x, at);
    else if (str_is(tag, "mergeCell")) merge_start(x, at);
    else if (!x->in_cell) return;
    else if (str_is(tag, "v")) {
        buf_clear(&x->text);
        x->in_value = true;
    } else if (str_is(tag, "f")) x->formula = true;
    else if (str_is(tag, "rPh")) x->skip_text = true;
    else if (str_is(tag, "t") && x->type == 'i') x->in_text = true;
}

static void sheet_end(void *data, const XML_Char *name) {
    struct reading *x = data;
    str tag = local(name);
    x->depth--;
    if (x->failed != OK) return;
    if (str_is(tag, "row")) row_end(x);
    else if (!x->in_cell) return;
    else if (str_is(tag, "c")) cell_end(x);
    else if (str_is(tag, "t")) x->in_text = false;
    else if (str_is(tag, "rPh")) x->skip_text = false;
    else if (str_is(tag, "v") || str_is(tag, "is")) {
        x->in_value = x->in_text = false;
        x->value = true;
        x->value_text = collected(x);
    }
}

/* ---- merged ranges ---- */

/* The first row at or below `no`. */
static size_t row_at(const struct reading *x, i64 no) {
    size_t low = 0, high = x->rows.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (x->rows.p[mid].no < no) low = mid + 1;
        else high = mid;
    }
    return low;
}

/* Every cell of a merged range shows what stands in its first one. */
static void fill_merges(struct reading *x) {
    for (size_t i = 0; i < x->merges.n && x->failed == OK; i++) {
        struct range m = x->merges.p[i];
        size_t k = row_at(x, m.r1);
        if (k >= x->rows.n || x->rows.p[k].no != m.r1 || m.c1 >= (i64)x->rows.p[k].n) continue;
        struct sheet_cell first = x->rows.p[k].cell[m.c1];
        size_t last = (size_t)(m.c2 < SHEET_COLS_MAX ? m.c2 : SHEET_COLS_MAX - 1);
        if (first.kind == SHEET_BLANK) continue;
        for (; k < x->rows.n && x->rows.p[k].no <= m.r2; k++) {
            struct sheet_row *r = &x->rows.p[k];
            x->cells += last + 1 - (size_t)m.c1;
            if (x->cells > SHEET_CELLS_MAX) {
                fail(x, E_TOOBIG, bomb);
                return;
            }
            if (r->n < last + 1) {
                struct sheet_cell *wider = NEW_N(x->a, struct sheet_cell, last + 1);
                memcpy(wider, r->cell, r->n * sizeof *wider);
                r->cell = wider;
                r->n = last + 1;
            }
            for (size_t c = (size_t)m.c1; c <= last; c++) {
                if (r->no == m.r1 && c == (size_t)m.c1) continue;
                r->cell[c] = first;
                r->cell[c].flags |= (u8)((c > (size_t)m.c1 ? SHEET_LEFT : 0) | (r->no > m.r1 ? SHEET_UP : 0));
            }
        }
    }
}

/* ---- the whole file ---- */

/* "xl/workbook.xml" + "worksheets/sheet1.xml" -> "xl/worksheets/sheet1.xml" */
static str beside(struct arena *a, str part, str target) {
    if (str_starts(target, S("/"))) return str_from(target, 1);
    size_t dir = part.n;
    while (dir > 0 && part.p[dir - 1] != '/') dir--;
    while (str_starts(target, S("../"))) {
        target = str_from(target, 3);
        if (dir > 0) dir--;
        while (dir > 0 && part.p[dir - 1] != '/') dir--;
    }
    return str_cat(a, str_sub(part, 0, dir), target);
}

static void read_relations(struct reading *x, str part) {
    size_t dir = part.n;
    zip_uint64_t at;
    while (dir > 0 && part.p[dir - 1] != '/') dir--;
    x->relations.n = 0;
    str name = str_fmt(x->a, "%.*s_rels/%.*s.rels", (int)dir, part.p == NULL ? "" : part.p, STR(str_from(part, dir)));
    if (part_find(x, name, &at)) parse_part(x, at, relation_start, shallower, NULL);
}

static bool related(const struct reading *x, const char *type, str *ret) {
    for (size_t i = 0; i < x->relations.n; i++)
        if (str_ends(x->relations.p[i].type, str_of(type))) {
            *ret = x->relations.p[i].target;
            return true;
        }
    return false;
}

static void read_sheet(struct reading *x, const struct sheet_ref *ref, str workbook, struct sheet *ret) {
    const struct relation *r = NULL;
    zip_uint64_t at;
    for (size_t i = 0; i < x->relations.n; i++)
        if (str_eq(x->relations.p[i].id, ref->id)) r = &x->relations.p[i];
    /* Charts and macros stand among the sheets, too. */
    if (r == NULL || !str_ends(r->type, S("/worksheet"))) return;
    if (!part_find(x, beside(x->a, workbook, r->target), &at)) {
        fail(x, E_INPUT, damaged);
        return;
    }
    memset(&x->rows, 0, sizeof x->rows);
    memset(&x->merges, 0, sizeof x->merges);
    memset(x->cell, 0, sizeof x->cell);
    x->row = 0;
    x->in_cell = x->in_text = x->in_value = false;
    parse_part(x, at, sheet_start, sheet_end, collect);
    if (x->failed == OK) fill_merges(x);
    *ret = (struct sheet){ ref->name, ref->hidden, x->rows.p, x->rows.n };
}

static void no_workbook(struct reading *x) {
    zip_uint64_t at;
    if (part_find(x, S("word/document.xml"), &at))
        fail(x, E_INPUT, "这是文字文档，不是表格文件。请把内容放进表格，存为 xlsx 再上传。");
    else if (part_find(x, S("xl/workbook.bin"), &at) || part_find(x, S("content.xml"), &at) ||
             part_find(x, S("Index/Document.iwa"), &at))
        fail(x, E_INPUT, "这种表格格式读不了。请用表格软件打开它，另存为 xlsx 再上传。");
    else fail(x, E_INPUT, "这是压缩包。请先解压，再上传里面的表格文件。");
}

static void read_book(struct reading *x) {
    str workbook = S("xl/workbook.xml"), target;
    zip_uint64_t at;
    read_relations(x, S(""));
    if (related(x, "/officeDocument", &target)) workbook = beside(x->a, S(""), target);
    if (!part_find(x, workbook, &at) || !str_ends(workbook, S(".xml"))) {
        no_workbook(x);
        return;
    }
    parse_part(x, at, workbook_start, shallower, NULL);
    read_relations(x, workbook);
    if (related(x, "/styles", &target) && part_find(x, beside(x->a, workbook, target), &at))
        parse_part(x, at, style_start, style_end, NULL);
    if (related(x, "/sharedStrings", &target) && part_find(x, beside(x->a, workbook, target), &at))
        parse_part(x, at, string_start, string_end, collect);
    struct sheet *sheets = NEW_N(x->a, struct sheet, x->refs.n);
    size_t n = 0, rows = 0;
    for (size_t i = 0; i < x->refs.n && x->failed == OK; i++) {
        read_sheet(x, &x->refs.p[i], workbook, &sheets[n]);
        rows += sheets[n].n;
        n += sheets[n].name.p != NULL;
    }
    *x->book = (struct sheet_book){ .sheet = sheets, .n = n, .encoding = S("xlsx") };
    if (x->failed == OK && rows == 0) fail(x, E_INPUT, "这个文件是空的，里面没有表格内容。");
}

err xlsx_parse(struct arena *a, str file, struct sheet_book *ret) {
    zip_error_t ze;
    zip_error_init(&ze);
    zip_source_t *src = zip_source_buffer_create(file.p, file.n, 0, &ze);
    if (src == NULL) return E_IO;
    zip_t *zip = zip_open_from_source(src, ZIP_RDONLY, &ze);
    if (zip == NULL) {
        zip_source_free(src);
        return refuse(ret, E_INPUT, damaged);
    }
    struct reading *x = NEW(a, struct reading);
    *x = (struct reading){ .a = a, .zip = zip, .book = ret, .text = buf_in(a, TEXT_MOST) };
    if (zip_get_num_entries(zip, 0) > 10000) fail(x, E_TOOBIG, bomb);
    else read_book(x);
    zip_discard(zip);
    return x->failed == OK ? OK : refuse(ret, x->failed, x->why);
}
