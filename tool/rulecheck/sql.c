#include "check.h"
#include "rules.h"

enum sql_kind { Q_WORD, Q_SIGN, Q_LITERAL, Q_NAME };
struct sql_tok { enum sql_kind kind; str text; int line; };

/* SQL put together from pieces, each of which knows its line. */
struct sql {
    struct arena *a;
    buf text;
    VEC(struct { size_t at; int line; }) lines;
    VEC(struct sql_tok) t;
};

static int line_at(const struct sql *q, size_t at) {
    size_t i = q->lines.n;
    while (i > 1 && q->lines.p[i - 1].at > at) i--;
    return q->lines.n == 0 ? 0 : q->lines.p[i - 1].line;
}

static bool in(char c, const char *set) { return c != 0 && strchr(set, c) != NULL; }

static bool word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (u8)c >= 0x80;
}

/* Where the token ends that begins at `at`; comments and blanks give an empty kind. */
static size_t sql_end(str s, size_t at, enum sql_kind *kind, bool *skip) {
    char c = s.p[at], next = at + 1 < s.n ? s.p[at + 1] : 0;
    size_t end = at + 1;
    *skip = false;
    *kind = Q_SIGN;
    if (in(c, " \t\r\n")) {
        *skip = true;
    } else if (c == '-' && next == '-') {
        *skip = true;
        while (end < s.n && s.p[end] != '\n') end++;
    } else if (c == '/' && next == '*') {
        *skip = true;
        while (end + 1 < s.n && !(s.p[end] == '*' && s.p[end + 1] == '/')) end++;
        end += 2;
    } else if (c == '\'' || c == '"') {
        *kind = c == '"' ? Q_NAME : Q_LITERAL;
        while (end < s.n && (s.p[end] != c || (end + 1 < s.n && s.p[end + 1] == c))) end += s.p[end] == c ? 2 : 1;
        end++;
    } else if (word_char(c)) {
        *kind = Q_WORD;
        while (end < s.n && word_char(s.p[end])) end++;
    } else if (in(c, "$?:@") && word_char(next)) {
        while (end < s.n && word_char(s.p[end])) end++;
    } else if (c == ':' && next == ':') {
        end++;
    } else if (in(c, "-#@<>")) {
        while (end < s.n && in(s.p[end], "@<>")) end++;
    }
    return end < s.n ? end : s.n;
}

static void sql_lex(struct sql *q) {
    str s = buf_str(&q->text);
    for (size_t at = 0; at < s.n;) {
        enum sql_kind kind;
        bool skip;
        size_t end = sql_end(s, at, &kind, &skip);
        if (!skip) *VEC_ADD(q->a, &q->t) = (struct sql_tok){ kind, str_sub(s, at, end - at), line_at(q, at) };
        at = end;
    }
}

/* ---- patterns ------------------------------------------------------------------------------------------------ */

static bool same(str text, str word) {
    if (text.n != word.n) return false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if (c != word.p[i]) return false;
    }
    return true;
}

static bool fits(const struct sql_tok *t, str element) {
    str word;
    while (str_cut(&element, '|', &word)) {
        if (str_is(word, "%")) return true;
        if (str_is(word, "'") || str_is(word, "\"")) {
            if (t->kind == (word.p[0] == '"' ? Q_NAME : Q_LITERAL)) return true;
            continue;
        }
        if (t->kind == Q_LITERAL || t->kind == Q_NAME) continue;
        bool head = word.n > 1 && str_ends(word, S("*"));
        if (head) word.n--;
        if (head && t->text.n > word.n && !word_char(t->text.p[word.n])) continue;
        if (same(head ? str_sub(t->text, 0, word.n) : t->text, word)) return true;
    }
    return false;
}

static bool sign(const struct sql_tok *t, char c) { return t->kind == Q_SIGN && t->text.p[0] == c; }

static bool match(const struct sql *q, size_t i, str pattern);

/* A gap stays in its statement and at its depth of brackets. */
static bool match_gap(const struct sql *q, size_t i, str banned, str pattern) {
    for (; i < q->t.n; i++) {
        const struct sql_tok *t = &q->t.p[i];
        if (match(q, i, pattern)) return true;
        if (sign(t, ';') || sign(t, ')') || (banned.n > 0 && fits(t, banned))) return false;
        if (!sign(t, '(')) continue;
        for (int depth = 1; depth > 0 && ++i < q->t.n;) {
            depth += sign(&q->t.p[i], '(') ? 1 : sign(&q->t.p[i], ')') ? -1 : 0;
        }
    }
    return false;
}

static bool match(const struct sql *q, size_t i, str pattern) {
    str element;
    while (str_cut(&pattern, ' ', &element)) {
        if (str_starts(element, S("..."))) {
            return match_gap(q, i, str_starts(element, S("...!")) ? str_from(element, 4) : S(""), pattern);
        }
        if (i >= q->t.n || !fits(&q->t.p[i], element)) return false;
        i++;
    }
    return true;
}

/* True if one of the harmless beginnings stands right before token i. */
static bool excepted(const struct sql *q, size_t i, const char *unless) {
    str rest = str_of(unless), before;
    while (unless != NULL && str_cut(&rest, ';', &before)) {
        size_t n = 1;
        for (size_t k = 0; k < before.n; k++) n += before.p[k] == ' ';
        if (n <= i && match(q, i - n, before)) return true;
    }
    return false;
}

static void check_sql(struct checker *c, str path, struct sql *q) {
    sql_lex(q);
    for (size_t k = 0; k < sql_bans_n; k++) {
        const struct sql_ban *b = &sql_bans[k];
        if (b->places != NULL && list_leads(b->places, path)) continue;
        for (size_t i = 0; i < q->t.n; i++) {
            if (!match(q, i, str_of(b->pattern)) || excepted(q, i, b->unless)) continue;
            report(c, path, q->t.p[i].line, b->rule, "%.*s: %s", STR(q->t.p[i].text), b->instead);
            c->findings.p[c->findings.n - 1].pattern = b->pattern;
        }
    }
}

/* ---- where SQL stands ---------------------------------------------------------------------------------------- */

static struct sql sql_new(struct arena *a) { return (struct sql){ .a = a, .text = buf_in(a, 1 << 20) }; }

static void piece(struct sql *q, int line) {
    typeof(q->lines.p) at = VEC_ADD(q->a, &q->lines);
    at->at = q->text.n;
    at->line = line;
}

/* The text of a C string literal, as far as SQL sees a difference. */
static void put_unescaped(buf *b, str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\\' || i + 1 == s.n) {
            buf_c(b, s.p[i]);
        } else {
            char c = s.p[++i];
            buf_c(b, c == 'n' || c == 't' || c == '\n' ? ' ' : c);
        }
    }
}

/* SQL(name, "in", "out", "text" MACRO "text"): everything after the third comma. */
static size_t check_macro(struct checker *c, const struct source *s, size_t i) {
    struct sql q = sql_new(c->a);
    int depth = 1, commas = 0;
    for (i += 2; s->t.p[i].kind != T_END; i++) {
        const struct tok *t = &s->t.p[i];
        if (t->kind == T_SIGN) depth += t->text.p[0] == '(' ? 1 : t->text.p[0] == ')' ? -1 : 0;
        if (depth == 0) break;
        if (depth == 1 && t->kind == T_SIGN && t->text.p[0] == ',' && commas < 3) {
            commas++;
        } else if (commas == 3 && t->kind == T_STRING) {
            piece(&q, t->line);
            put_unescaped(&q.text, t->text);
        } else if (commas == 3 && t->kind == T_WORD) {
            piece(&q, t->line);
            buf_c(&q.text, ' ');
            buf_s(&q.text, t->text);
            buf_c(&q.text, ' ');
        }
    }
    check_sql(c, s->path, &q);
    return i;
}

void check_sql_macros(struct checker *c, const struct source *s) {
    for (size_t i = 0; i + 1 < s->t.n; i++) {
        const struct tok *t = &s->t.p[i];
        if (t->kind != T_WORD || t->directive || !str_is(t->text, "SQL")) continue;
        if (t[1].kind == T_SIGN && t[1].text.p[0] == '(') i = check_macro(c, s, i);
    }
}

void check_sql_file(struct checker *c, const struct source *s) {
    struct sql q = sql_new(c->a);
    str rest = s->text, line;
    for (int no = 1; rest.n > 0 && str_cut(&rest, '\n', &line); no++) {
        piece(&q, no);
        buf_s(&q.text, line);
        buf_c(&q.text, '\n');
    }
    check_sql(c, s->path, &q);
}
