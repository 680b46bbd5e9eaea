#include "kit/sheet/read.h"

#define HEAD_SEARCH 40      /* rows of a sheet looked at for the heading */
#define HEAD_CP 20          /* a longer text is a title or a remark, not a heading */

static const struct { const char *name, *label; bool many; } fields[] = {
#define F(name, id, label, many) { id, label, many },
    REGISTER_FIELDS(F)
#undef F
};

const char *register_field_name(enum register_field f) { return f < RF_COUNT ? fields[f].name : ""; }

const char *register_field_label(enum register_field f) { return f < RF_COUNT ? fields[f].label : ""; }

enum register_field register_field_by_name(str name) {
    for (size_t f = 0; f < RF_COUNT; f++)
        if (str_is(name, fields[f].name)) return (enum register_field)f;
    return RF_COUNT;
}

/* ---- the table of headings ---- */

struct word { enum register_field field; str key; };
struct register_words {
    struct { struct word *p; size_t n, cap; } words;
    struct { str *p; size_t n, cap; } foreign;
};

/* What headings are compared by: half width, lower case, without blanks, brackets, stars, colons and the digit of
 * 电话1, 电话2. */
static str heading_key(struct arena *a, str s) {
    s = tight(a, s);
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    int depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '(' || c == '[') depth++;
        else if ((c == ')' || c == ']') && depth > 0) depth--;
        else if (depth == 0 && c != '*' && c != ':') p[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    while (n > 1 && p[n - 1] >= '0' && p[n - 1] <= '9') n--;
    return (str){ p, n };
}

err register_words_load(struct arena *a, str tsv, struct register_words **ret) {
    struct register_words *w = NEW(a, struct register_words);
    for (str rest = tsv, line; str_cut(&rest, '\n', &line);) {
        line = str_trim(line);
        str field, word = line;
        if (line.n == 0 || line.p[0] == '#' || str_is(line, "field\theading")) continue;
        if (!str_cut(&word, '\t', &field) || word.p == NULL || str_trim(word).n == 0) return E_INPUT;
        if (str_is(field, "-")) {
            *VEC_ADD(a, &w->foreign) = heading_key(a, word);
            continue;
        }
        enum register_field f = register_field_by_name(field);
        if (f == RF_COUNT) return E_INPUT;
        *VEC_ADD(a, &w->words) = (struct word){ f, heading_key(a, word) };
    }
    /* The names of the hidden row of our own template are headings too. */
    for (size_t f = 1; f < RF_COUNT; f++)
        *VEC_ADD(a, &w->words) = (struct word){ (enum register_field)f, str_of(fields[f].name) };
    *ret = w;
    return OK;
}

/* How well a heading fits: 0 not at all, else the higher the better. Exact before ending before containing; among
 * these the longer word; among equals the one that stands first in the table. */
struct match { enum register_field field; i64 rank; };

static bool is_foreign(const struct register_words *w, str key) {
    for (size_t i = 0; i < w->foreign.n; i++)
        if (str_has(key, w->foreign.p[i])) return true;
    return false;
}

static struct match match_key(const struct register_words *w, str key) {
    struct match best = { RF_NONE, 0 };
    bool foreign = is_foreign(w, key);
    for (size_t i = 0; i < w->words.n; i++) {
        const struct word *x = &w->words.p[i];
        i64 rank = 0, order = (i64)(w->words.n - i), length = (i64)x->key.n;
        if (str_eq(key, x->key)) rank = 3000000;
        else if (foreign || x->key.n < 6) continue;
        else if (str_ends(key, x->key)) rank = 2000000;
        else if (str_has(key, x->key)) rank = 1000000;
        else continue;
        rank += (length > 400 ? 400 : length) * 1000 + (order > 999 ? 999 : order);
        if (rank > best.rank) best = (struct match){ x->field, rank };
    }
    return best;
}

/* ---- the heading ---- */

static const struct sheet_cell *cell_of(const struct sheet_row *r, size_t c) {
    static const struct sheet_cell none = { 0 };
    return r != NULL && c < r->n ? &r->cell[c] : &none;
}

/* A row that may be the lower half of a heading: short texts without figures. */
static bool heading_like(struct arena *a, const struct sheet_row *r) {
    for (size_t c = 0; c < r->n; c++) {
        if (r->cell[c].flags & SHEET_UP) continue;
        if (r->cell[c].kind == SHEET_NUMBER || r->cell[c].kind == SHEET_DATE) return false;
        str s = heading_key(a, r->cell[c].text);
        if (utf8_len(s) > HEAD_CP) return false;
        for (size_t i = 0; i < s.n; i++)
            if (s.p[i] >= '0' && s.p[i] <= '9') return false;
    }
    return true;
}

struct title { str text; struct match m; };

/* The title of a column from one row, or from an upper and a lower one; a blank upper cell belongs to the group that
 * begins left of it. */
static struct title title_of(struct arena *a, const struct register_words *w, const struct sheet_row *up,
                             const struct sheet_row *low, size_t c) {
    const struct sheet_cell *l = cell_of(low, c), *u = cell_of(up, c);
    struct title t = { .text = str_trim(l->text) };
    if (up == NULL) {
        /* The rest of a merged title is no heading of its own; one long text is a title. */
        if (!(l->flags & SHEET_LEFT) && utf8_len(t.text) <= HEAD_CP) t.m = match_key(w, heading_key(a, t.text));
        return t;
    }
    str group = str_trim(u->text);
    for (size_t k = c; group.n == 0 && t.text.n > 0 && k-- > 0;) group = str_trim(cell_of(up, k)->text);
    if (utf8_len(group) > HEAD_CP) group = S("");
    if (t.text.n == 0 || (l->flags & SHEET_UP)) {
        t.text = str_trim(u->text);
        if (!(u->flags & SHEET_LEFT)) t.m = match_key(w, heading_key(a, t.text));
        return t;
    }
    str key = heading_key(a, t.text), both = str_cat(a, heading_key(a, group), key);
    if (group.n > 0) t.text = str_fmt(a, "%.*s %.*s", STR(group), STR(t.text));
    if (is_foreign(w, both)) return t;
    struct match joined = match_key(w, both), alone = match_key(w, key);
    /* "业主" over "姓名" says more than either. */
    t.m = joined.rank >= 2000000 && joined.rank > alone.rank ? joined : alone.rank > 0 ? alone : joined;
    return t;
}

static size_t width(const struct sheet_row *up, const struct sheet_row *low) {
    size_t n = low->n;
    return up != NULL && up->n > n ? up->n : n;
}

/* How many different fields a heading names. */
static size_t score(struct arena *a, const struct register_words *w, const struct sheet_row *up,
                    const struct sheet_row *low) {
    bool seen[RF_COUNT] = { 0 };
    size_t n = 0;
    for (size_t c = 0; c < width(up, low); c++) {
        enum register_field f = title_of(a, w, up, low, c).m.field;
        if (f != RF_NONE && !seen[f]) n++;
        seen[f] = true;
    }
    return n;
}

/* All cells of a row say again what its columns are: the hidden row of names, or a heading printed on each page. */
static bool names_again(struct arena *a, const struct register_words *w, const struct register_map *m,
                        const struct sheet_row *r) {
    size_t same = 0;
    for (size_t c = 0; c < r->n; c++) {
        str s = str_trim(r->cell[c].text);
        if (s.n == 0 || c >= m->cols) continue;
        struct match x = match_key(w, heading_key(a, s));
        if (x.rank < 3000000) return false;
        same += x.field == m->col[c].field;
    }
    return same >= 2;
}

static void map_columns(struct arena *a, const struct register_words *w, const struct sheet_row *up,
                        const struct sheet_row *low, struct register_map *m) {
    m->cols = width(up, low);
    m->col = NEW_N(a, struct register_col, m->cols);
    i64 best[RF_COUNT] = { 0 };
    size_t where[RF_COUNT] = { 0 };
    for (size_t c = 0; c < m->cols; c++) {
        struct title t = title_of(a, w, up, low, c);
        m->col[c].title = t.text;
        enum register_field f = t.m.field;
        if (f == RF_NONE) continue;
        if (fields[f].many || t.m.rank > best[f]) {
            if (!fields[f].many && best[f] > 0) m->col[where[f]].field = RF_NONE;
            m->col[c].field = f;
            best[f] = t.m.rank;
            where[f] = c;
        }
    }
}

/* A column without heading may hold values all the same: the map is as wide as the data. */
static void widen(struct arena *a, const struct sheet *s, struct register_map *m) {
    size_t n = m->cols;
    for (size_t k = 0; k < s->n; k++)
        if (s->row[k].n > n) n = s->row[k].n;
    struct register_col *col = NEW_N(a, struct register_col, n);
    if (m->cols > 0) memcpy(col, m->col, m->cols * sizeof *col);
    m->col = col;
    m->cols = n;
}

static void take_names(struct arena *a, const struct register_words *w, const struct sheet *s, size_t next,
                       struct register_map *m) {
    for (; next < s->n && names_again(a, w, m, &s->row[next]); next++) {
        m->head_last = s->row[next].no;
        for (size_t c = 0; c < s->row[next].n && c < m->cols; c++) {
            enum register_field f = register_field_by_name(str_trim(s->row[next].cell[c].text));
            if (f != RF_COUNT) register_map_set(m, c, f);
        }
    }
}

/* The best heading of one sheet; its score, 0 if there is none. */
static size_t find_heading(struct arena *a, const struct register_words *w, const struct sheet *s,
                           struct register_map *m) {
    size_t best = 0, at = 0, span = 1;
    for (size_t i = 0; i < s->n && i < HEAD_SEARCH; i++) {
        const struct sheet_row *r = &s->row[i], *next = i + 1 < s->n ? &s->row[i + 1] : NULL;
        size_t one = score(a, w, NULL, r);
        if (one > best) best = one, at = i, span = 1;
        if (next == NULL || next->no != r->no + 1 || !heading_like(a, next)) continue;
        size_t two = score(a, w, r, next);
        if (two > best && two > score(a, w, NULL, next)) best = two, at = i, span = 2;
    }
    if (best < 2) return 0;
    const struct sheet_row *low = &s->row[at + span - 1], *up = span == 2 ? &s->row[at] : NULL;
    /* Cells merged over two rows make the lower row look whole; the upper one names the groups. */
    if (span == 1 && at > 0 && s->row[at - 1].no == low->no - 1)
        for (size_t c = 0; c < low->n && up == NULL; c++)
            if (low->cell[c].flags & SHEET_UP) up = &s->row[at - 1];
    if (up != NULL && score(a, w, up, low) < best) up = NULL;
    map_columns(a, w, up, low, m);
    m->head_first = up != NULL ? up->no : low->no;
    m->head_last = low->no;
    widen(a, s, m);
    take_names(a, w, s, at + span, m);
    return best;
}

/* ---- the public side ---- */

static bool has_field(const struct register_map *m, enum register_field f) {
    for (size_t c = 0; c < m->cols; c++)
        if (m->col[c].field == f) return true;
    return false;
}

err register_map_check(struct register_map *m) {
    m->why = S("");
    if (has_field(m, RF_ADDRESS) || has_field(m, RF_ROOM)) return OK;
    m->why = S("没有认出哪一列是房号。请在下面指定“房号”或“房屋地址”是哪一列。");
    return E_INPUT;
}

err register_recognise(struct arena *a, const struct register_words *w, const struct sheet_book *b,
                       struct register_map *ret) {
    size_t best = 0;
    *ret = (struct register_map){ 0 };
    for (size_t i = 0; i < b->n; i++) {
        struct register_map m = { .sheet = i };
        size_t found = b->sheet[i].hidden ? 0 : find_heading(a, w, &b->sheet[i], &m);
        if (found > best) best = found, *ret = m;
    }
    if (best > 0) return register_map_check(ret);
    for (size_t i = b->n; i-- > 0;)
        if (!b->sheet[i].hidden && b->sheet[i].n > 0) ret->sheet = i;
    if (b->n > 0) widen(a, &b->sheet[ret->sheet], ret);
    ret->why = S("没有认出表头。请看一下表格里有没有写着“楼号、单元、房号、业主姓名”的一行，并在下面指定各列。");
    return E_INPUT;
}

void register_recognise_all(struct arena *a, const struct register_words *w, const struct sheet_book *b,
                            struct register_maps *ret) {
    for (size_t i = 0; i < b->n; i++) {
        struct register_map m = { .sheet = i };
        if (b->sheet[i].hidden || find_heading(a, w, &b->sheet[i], &m) == 0) continue;
        if (register_map_check(&m) == OK) *VEC_ADD(a, ret) = m;
    }
}

err register_recognise_at(struct arena *a, const struct register_words *w, const struct sheet_book *b, size_t sheet,
                          i64 head_first, i64 head_last, struct register_map *ret) {
    *ret = (struct register_map){ .sheet = sheet, .head_first = head_first, .head_last = head_last };
    if (sheet >= b->n || head_last < head_first || head_last - head_first > 4) {
        ret->why = S("表头可以是一行或相邻的两行。请重新选择。");
        return E_INPUT;
    }
    const struct sheet *s = &b->sheet[sheet];
    size_t first = 0;
    while (first < s->n && s->row[first].no < head_first) first++;
    const struct sheet_row *up = first < s->n && s->row[first].no <= head_last ? &s->row[first] : NULL;
    const struct sheet_row *low = up != NULL && first + 1 < s->n && up[1].no <= head_last ? up + 1 : NULL;
    if (up != NULL) map_columns(a, w, NULL, up, ret);
    /* The second row may be the lower half, or the names of the fields. */
    bool halves = low != NULL && !names_again(a, w, ret, low);
    if (halves) map_columns(a, w, up, low, ret);
    widen(a, s, ret);
    if (up != NULL) take_names(a, w, s, first + (halves ? 2 : 1), ret);
    if (ret->head_last < head_last) ret->head_last = head_last;
    return register_map_check(ret);
}

bool register_map_set(struct register_map *m, size_t col, enum register_field f) {
    if (col >= m->cols || f >= RF_COUNT) return false;
    for (size_t c = 0; c < m->cols && !fields[f].many; c++)
        if (m->col[c].field == f) m->col[c].field = RF_NONE;
    m->col[col].field = f;
    return true;
}

/* ---- the template ---- */

struct sheet_table register_template(struct arena *a) {
    struct sheet_col *col = NEW_N(a, struct sheet_col, RF_COUNT);
    size_t n = 0;
    for (size_t f = RF_BUILDING; f < RF_COUNT; f++) {
        col[n] = (struct sheet_col){ .label = str_of(fields[f].label), .name = str_of(fields[f].name),
                                     .kind = f == RF_AREA ? SHEET_NUMBER : f == RF_DATE ? SHEET_DATE : SHEET_TEXT,
                                     .decimals = f == RF_AREA ? 2 : 0,
                                     .width = f == RF_ID || f == RF_CERT || f == RF_NOTE ? 28 : 14 };
        n++;
    }
    return (struct sheet_table){ .name = S("房屋台账"), .col = col, .cols = n };
}
