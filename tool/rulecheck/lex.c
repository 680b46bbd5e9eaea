#include "check.h"

struct lexer {
    struct arena *a;
    str s;
    size_t at, line_at;         /* line_at: where the current line begins */
    int line;
    bool directive;
    toks *out;
};

static char peek(const struct lexer *l, size_t ahead) {
    return l->at + ahead < l->s.n ? l->s.p[l->at + ahead] : 0;
}

static void step(struct lexer *l) {
    if (l->s.p[l->at++] != '\n') return;
    l->line++;
    l->line_at = l->at;
}

static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (u8)c >= 0x80; }

static bool digit(char c) { return c >= '0' && c <= '9'; }

static struct tok *add(struct lexer *l, enum tok_kind kind, size_t from, int line, bool edge) {
    struct tok *t = VEC_ADD(l->a, l->out);
    *t = (struct tok){ .kind = kind, .text = str_sub(l->s, from, l->at - from), .line = line,
                       .directive = l->directive, .edge = edge };
    return t;
}

static void comment(struct lexer *l, bool edge) {
    bool block = peek(l, 1) == '*';
    int line = l->line;
    l->at += 2;
    size_t from = l->at, to;
    while (l->at < l->s.n && !(block ? peek(l, 0) == '*' && peek(l, 1) == '/' : peek(l, 0) == '\n')) step(l);
    to = l->at;
    add(l, T_COMMENT, from, line, edge)->text = str_sub(l->s, from, to - from);
    if (block) l->at = l->at + 2 < l->s.n ? l->at + 2 : l->s.n;
}

static void quoted(struct lexer *l, bool edge) {
    char quote = peek(l, 0);
    int line = l->line;
    size_t from = ++l->at;
    while (l->at < l->s.n && peek(l, 0) != quote && peek(l, 0) != '\n') {
        if (peek(l, 0) == '\\' && l->at + 1 < l->s.n) step(l);
        step(l);
    }
    add(l, quote == '"' ? T_STRING : T_CHAR, from, line, edge);
    if (peek(l, 0) == quote) l->at++;
}

/* `#include <x/y.h>` is one token; of other directives the tokens are marked. */
static void directive(struct lexer *l) {
    l->directive = true;
    int line = l->line;
    l->at++;
    while (peek(l, 0) == ' ' || peek(l, 0) == '\t') l->at++;
    if (!str_starts(str_from(l->s, l->at), S("include"))) return;
    l->at += strlen("include");
    while (peek(l, 0) == ' ') l->at++;
    char close = peek(l, 0) == '<' ? '>' : '"';
    if (peek(l, 0) != '<' && peek(l, 0) != '"') return;
    size_t from = ++l->at;
    while (l->at < l->s.n && peek(l, 0) != close && peek(l, 0) != '\n') l->at++;
    add(l, T_INCLUDE, from, line, true)->system = close == '>';
    if (peek(l, 0) == close) l->at++;
}

void lex_c(struct arena *a, str text, toks *ret) {
    struct lexer l = { .a = a, .s = text, .line = 1, .out = ret };
    bool first = true;          /* nothing but blanks so far on this line */
    while (l.at < l.s.n) {
        char c = peek(&l, 0);
        bool edge = l.at == l.line_at;
        size_t from = l.at;
        int line = l.line;
        if (c == '\n') {
            l.directive = l.directive && l.at > 0 && l.s.p[l.at - 1] == '\\';
            first = true;
            step(&l);
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\\') {
            l.at++;
        } else if (c == '/' && (peek(&l, 1) == '*' || peek(&l, 1) == '/')) {
            comment(&l, edge);
        } else if (c == '"' || c == '\'') {
            quoted(&l, edge);
            first = false;
        } else if (c == '#' && first) {
            directive(&l);
            first = false;
        } else {
            if (letter(c)) {
                while (letter(peek(&l, 0)) || digit(peek(&l, 0))) l.at++;
                add(&l, T_WORD, from, line, edge);
            } else if (digit(c)) {
                while (letter(peek(&l, 0)) || digit(peek(&l, 0)) || peek(&l, 0) == '.') l.at++;
                add(&l, T_NUMBER, from, line, edge);
            } else {
                l.at += c == '-' && peek(&l, 1) == '>' ? 2 : 1;
                add(&l, T_SIGN, from, line, edge);
            }
            first = false;
        }
    }
    l.directive = false;
    add(&l, T_END, l.at, l.line, false);
}
