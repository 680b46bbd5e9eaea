#include <stdlib.h>
#include "kit/search/keys.h"
#include "kit/search/namekey.h"

#define READINGS_MAX 4   /* initials looked at per character */

struct reading { u32 cp; str usual; char initial[READINGS_MAX]; size_t n; };
struct surname { str text; str reading; };

struct pinyin {
    struct { struct reading *p; size_t n, cap; } chars;   /* by code point, each once */
    struct { struct surname *p; size_t n, cap; } names;   /* by text */
};

/* ---- loading ---- */

static int by_cp(const void *x, const void *y) {
    const struct reading *a = x, *b = y;
    return (a->cp > b->cp) - (a->cp < b->cp);
}

static int by_text(const void *x, const void *y) {
    return str_cmp(((const struct surname *)x)->text, ((const struct surname *)y)->text);
}

static bool letters(str s) {
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < 'a' || s.p[i] > 'z') && s.p[i] != ' ') return false;
    return s.n > 0 && s.p[0] != ' ';
}

static bool comment(str line) { return line.n == 0 || line.p[0] == '#'; }

static void add_initial(struct reading *r, char c) {
    for (size_t i = 0; i < r->n; i++)
        if (r->initial[i] == c) return;
    if (r->n < READINGS_MAX) r->initial[r->n++] = c;
}

static void add_chars(struct arena *a, struct pinyin *py, str reading, str chars, bool usual) {
    for (size_t at = 0; at < chars.n;) {
        struct reading r = { .cp = utf8_next(chars, &at), .usual = usual ? reading : S("") };
        add_initial(&r, reading.p[0]);
        *VEC_ADD(a, &py->chars) = r;
    }
}

/* A character stands once per reading; its rows become one, the usual reading first. */
static void join(struct pinyin *py) {
    size_t n = 0;
    if (py->chars.n > 1) qsort(py->chars.p, py->chars.n, sizeof *py->chars.p, by_cp);
    for (size_t i = 0; i < py->chars.n; i++) {
        struct reading r = py->chars.p[i], *last = n > 0 ? &py->chars.p[n - 1] : NULL;
        if (last == NULL || last->cp != r.cp) {
            py->chars.p[n++] = r;
            continue;
        }
        if (last->usual.n == 0 && r.usual.n > 0) {
            struct reading other = *last;
            *last = r;
            r = other;
        }
        for (size_t k = 0; k < r.n; k++) add_initial(last, r.initial[k]);
    }
    py->chars.n = n;
}

static err load_chars(struct arena *a, str tsv, struct pinyin *py) {
    bool head = true;
    for (str line; str_cut(&tsv, '\n', &line);) {
        str reading, usual = S(""), also = S("");
        if (comment(line)) continue;
        if (!str_cut(&line, '\t', &reading) || !letters(reading)) return E_INPUT;
        if (str_cut(&line, '\t', &usual)) (void)str_cut(&line, '\t', &also);
        if (!head) {
            add_chars(a, py, reading, usual, true);
            add_chars(a, py, reading, also, false);
        }
        head = false;
    }
    join(py);
    return OK;
}

static err load_names(struct arena *a, str tsv, struct pinyin *py) {
    for (str line; str_cut(&tsv, '\n', &line);) {
        str cell[5] = { { 0 } };
        if (comment(line)) continue;
        for (size_t i = 0; i < COUNT(cell); i++)
            if (!str_cut(&line, '\t', &cell[i])) return E_INPUT;
        if (!str_is(cell[0], "surname")) continue;
        if (!letters(cell[4])) return E_INPUT;
        *VEC_ADD(a, &py->names) = (struct surname){ cell[1], cell[4] };
    }
    if (py->names.n > 1) qsort(py->names.p, py->names.n, sizeof *py->names.p, by_text);
    return OK;
}

err pinyin_load(struct arena *a, str pinyin_tsv, str names_tsv, struct pinyin **ret) {
    struct pinyin *py = NEW(a, struct pinyin);
    TRY(load_chars(a, str_dup(a, pinyin_tsv), py));
    TRY(load_names(a, str_dup(a, names_tsv), py));
    *ret = py;
    return OK;
}

/* ---- readings ---- */

static const struct reading *reading_of(const struct pinyin *py, u32 cp) {
    struct reading key = { .cp = cp };
    return py->chars.n == 0 ? NULL : bsearch(&key, py->chars.p, py->chars.n, sizeof key, by_cp);
}

/* The surname a text begins with; two characters go before one. */
static const struct surname *surname_of(const struct pinyin *py, str text) {
    for (size_t n = 2; n > 0; n--) {
        struct surname key = { .text = utf8_head(text, n) };
        if (py->names.n == 0 || utf8_len(key.text) < n) continue;
        const struct surname *s = bsearch(&key, py->names.p, py->names.n, sizeof key, by_text);
        if (s != NULL) return s;
    }
    return NULL;
}

static void put_word(buf *b, str word, bool initials) {
    if (initials) {
        for (size_t i = 0; i < word.n; i++)
            if (i == 0 || word.p[i - 1] == ' ') buf_c(b, word.p[i]);
        return;
    }
    if (b->n > 0 && word.n > 0) buf_c(b, ' ');
    buf_s(b, word);
}

static char lower(u32 c) { return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c); }

static str spelled(struct arena *a, const struct pinyin *py, str text, bool person, bool initials) {
    str s = name_key(a, text);
    buf b = buf_in(a, s.n * 8 + 16);
    const struct surname *head = person ? surname_of(py, s) : NULL;
    size_t at = head == NULL ? 0 : head->text.n;
    bool word = false;   /* inside a run of letters and digits, which stays together */
    if (head != NULL) put_word(&b, head->reading, initials);
    while (at < s.n) {
        size_t from = at;
        u32 c = utf8_next(s, &at);
        const struct reading *r = reading_of(py, c);
        if (c == 0xB7) continue;
        bool plain = c < 0x80;
        if (plain && (word || initials)) buf_c(&b, lower(c));
        else if (plain) put_word(&b, (str){ (char[]){ lower(c) }, 1 }, false);
        else put_word(&b, r != NULL && r->usual.n > 0 ? r->usual : str_sub(s, from, at - from), initials && r != NULL);
        word = plain;
    }
    return buf_str(&b);
}

str pinyin_of(struct arena *a, const struct pinyin *py, str text, bool person) {
    return spelled(a, py, text, person, false);
}

str pinyin_initials(struct arena *a, const struct pinyin *py, str text, bool person) {
    return spelled(a, py, text, person, true);
}

/* ---- keys ---- */

/* Letters, digits and characters count; marks and blanks do not part what stands beside them. */
static bool counts(u32 c) {
    if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    return c != 0xB7 && !(c >= 0x2000 && c <= 0x206F) && !(c >= 0x3000 && c <= 0x3004) &&
           !(c >= 0x3008 && c <= 0x3020) && c != 0xA0 && c != 0xD7;
}

struct units { u32 *p; size_t n; };

static struct units units_of(struct arena *a, str text) {
    str s = name_key(a, utf8_head(text, SEARCH_TEXT_MAX));
    struct units u = { NEW_N(a, u32, s.n + 1), 0 };
    for (size_t at = 0; at < s.n && u.n < SEARCH_TEXT_MAX;) {
        u32 c = utf8_next(s, &at);
        if (counts(c)) u.p[u.n++] = c;
    }
    return u;
}

static void add_key(struct arena *a, struct search_keys *k, u32 x, u32 y) {
    char *p = arena_alloc(a, 9);
    size_t n = utf8_put(x, p);
    if (y != 0) n += utf8_put(y, p + n);
    *VEC_ADD(a, k) = (str){ p, n };
}

/* The initials a unit may stand for; none for a character without reading. */
static size_t initials_of(const struct pinyin *py, u32 c, u32 out[READINGS_MAX + 1]) {
    if (c < 0x80) {
        out[0] = (u32)(u8)lower(c);
        return 1;
    }
    const struct reading *r = reading_of(py, c);
    for (size_t i = 0; r != NULL && i < r->n; i++) out[i] = (u32)(u8)r->initial[i];
    return r == NULL ? 0 : r->n;
}

/* A surname at the head may be read as no character alone is. */
static size_t with_surname(const struct pinyin *py, const struct units *u, size_t i, u32 *out, size_t n) {
    char head[8];
    size_t at = 0;
    for (size_t k = 0; k < 2 && k < u->n; k++) at += utf8_put(u->p[k], head + at);
    const struct surname *s = i < 2 ? surname_of(py, (str){ head, at }) : NULL;
    str word = s == NULL ? S("") : s->reading, piece = S("");
    for (size_t k = 0; k <= i && s != NULL; k++)
        if (!str_cut(&word, ' ', &piece)) return n;
    if (piece.n == 0) return n;
    for (size_t k = 0; k < n; k++)
        if (out[k] == (u32)(u8)piece.p[0]) return n;
    out[n] = (u32)(u8)piece.p[0];
    return n + 1;
}

static int by_bytes(const void *x, const void *y) { return str_cmp(*(const str *)x, *(const str *)y); }

static void sort_once(struct search_keys *k) {
    size_t n = 0;
    if (k->n > 1) qsort(k->p, k->n, sizeof *k->p, by_bytes);
    for (size_t i = 0; i < k->n; i++)
        if (n == 0 || !str_eq(k->p[n - 1], k->p[i])) k->p[n++] = k->p[i];
    k->n = n;
}

void search_keys(struct arena *a, const struct pinyin *py, str text, struct search_keys *ret) {
    struct units u = units_of(a, text);
    u32 here[READINGS_MAX + 1], next[READINGS_MAX + 1];
    size_t m = u.n > 0 ? with_surname(py, &u, 0, here, initials_of(py, u.p[0], here)) : 0;
    *ret = (struct search_keys){ 0 };
    for (size_t i = 0; i < u.n; i++) {
        bool last = i + 1 == u.n;
        add_key(a, ret, u.p[i], last ? 0 : u.p[i + 1]);
        size_t k = last ? 0 : with_surname(py, &u, i + 1, next, initials_of(py, u.p[i + 1], next));
        for (size_t x = 0; x < m; x++) {
            /* Before a character without reading a run of initials ends. */
            if (k == 0) add_key(a, ret, here[x], 0);
            for (size_t y = 0; y < k; y++) add_key(a, ret, here[x], next[y]);
        }
        memcpy(here, next, sizeof here);
        m = k;
    }
    sort_once(ret);
}

void search_query(struct arena *a, str query, struct search_query *ret) {
    struct units u = units_of(a, query);
    bool plain = true;
    *ret = (struct search_query){ .prefix = u.n == 1 };
    for (size_t i = 0; i < u.n; i++) plain = plain && u.p[i] < 0x80;
    /* Letters and digits alone are taken for initials: those of a text in letters are the text itself. */
    for (size_t i = 0; i < u.n && plain; i++) u.p[i] = (u32)(u8)lower(u.p[i]);
    if (u.n == 1) add_key(a, &ret->keys, u.p[0], 0);
    for (size_t i = 0; i + 1 < u.n; i++) add_key(a, &ret->keys, u.p[i], u.p[i + 1]);
    sort_once(&ret->keys);
}
