#include "check.h"
#include "rules.h"

static bool word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool same(char x, char y, bool any_case) {
    return x == y || (any_case && (x | 0x20) == (y | 0x20) && word_char(x));
}

static bool has_word(str line, const char *word, bool any_case) {
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= line.n; i++) {
        size_t k = 0;
        while (k < n && same(line.p[i + k], word[k], any_case)) k++;
        bool whole = (i == 0 || !word_char(line.p[i - 1])) && (i + n == line.n || !word_char(line.p[i + n]));
        if (k == n && whole) return true;
    }
    return false;
}

/* A Chinese word that is the tail of a longer one is another word: the "dear" in "mother" is none. */
static bool has_wording(str text, str wanted) {
    for (size_t i = 0; i + wanted.n <= text.n; i++) {
        if (!str_starts(str_from(text, i), wanted)) continue;
        if (i < 3 || !str_ends(wanted, S("，"))) return true;
        size_t at = i - 3;
        u32 before = utf8_next(text, &at);
        if (!(before >= 0x3400 && before <= 0x9FFF)) return true;
    }
    return false;
}

static void check_wording(struct checker *c, str path, int line, str text) {
    for (size_t i = 0; i < wordings_n; i++) {
        if (has_wording(text, str_of(wordings[i].text))) {
            report(c, path, line, "wording", "people do not read \"%s\" from us: %s", wordings[i].text,
                   wordings[i].instead);
        }
    }
}

void check_layout(struct checker *c, const struct source *s) {
    str rest = s->text, line;
    bool htm = str_ends(s->path, S(".htm"));
    /* A tag, a rule, a step of a story or a row of a fixture per line, however long. */
    bool wide = htm || str_ends(s->path, S(".css")) || str_ends(s->path, S(".mjs")) ||
                (str_starts(s->path, S("test/")) && str_ends(s->path, S(".sql")));
    int no = 0;
    while (rest.n > 0 && str_cut(&rest, '\n', &line)) {
        no++;
        if (!wide && utf8_len(line) > COLUMNS) {
            report(c, s->path, no, "columns", "%zu characters, the limit is %d", utf8_len(line), COLUMNS);
        }
        size_t blank = 0;
        while (blank < line.n && line.p[blank] == ' ') blank++;
        if (blank < line.n && line.p[blank] == '\t') report(c, s->path, no, "tab", "indent with four blanks");
        for (size_t i = 0; i < words_n; i++) {
            if (has_word(line, words[i].word, words[i].any_case)) {
                report(c, s->path, no, "word", "\"%s\": finish it, or leave it out", words[i].word);
            }
        }
        if (htm) check_wording(c, s->path, no, line);
    }
    for (size_t i = 0; i < s->t.n; i++) {
        const struct tok *t = &s->t.p[i];
        if (t->kind == T_STRING && str_starts(s->path, S("src/"))) check_wording(c, s->path, t->line, t->text);
    }
    if (no > FILE_LINES) report(c, s->path, no, "file-lines", "%d lines, the limit is %d: split it", no, FILE_LINES);
}

/* A body is a `{` outside of all braces after a `)` and without a `=` before; a `}` in column 0 always ends it, so
 * that braces unbalanced by #if do not matter. */
void check_functions(struct checker *c, const struct source *s) {
    int depth = 0, begin = 0, from = 0;      /* lines; 0: none */
    bool value = false;
    const struct tok *before = NULL;
    for (size_t i = 0; i < s->t.n; i++) {
        const struct tok *t = &s->t.p[i];
        if (t->directive || t->kind == T_COMMENT || t->kind == T_INCLUDE) continue;
        char sign = t->kind == T_SIGN ? t->text.p[0] : 0;
        if (depth == 0 && begin == 0) begin = t->line;
        if (depth == 0 && sign == '=') value = true;
        if (sign == '{') {
            bool body = before != NULL && before->kind == T_SIGN && before->text.p[0] == ')';
            if (depth++ == 0 && body && !value) from = begin;
        } else if (sign == '}') {
            depth = t->edge || depth == 0 ? 0 : depth - 1;
            if (depth == 0 && from > 0 && t->line - from + 1 > FUNCTION_LINES) {
                report(c, s->path, from, "function-lines", "%d lines, the limit is %d: split it", t->line - from + 1,
                       FUNCTION_LINES);
            }
            if (depth == 0) from = 0;
        }
        if (depth == 0 && (sign == ';' || (sign == '}' && !value))) {
            begin = 0;
            value = false;
        }
        before = t;
    }
}

/* True if a comment on the line gives the reason asked for. */
static bool excused(const struct source *s, size_t at, const char *excuse) {
    if (excuse == NULL) return false;
    size_t i = at;
    while (i > 0 && s->t.p[i - 1].line == s->t.p[at].line) i--;
    for (; s->t.p[i].kind != T_END && s->t.p[i].line == s->t.p[at].line; i++) {
        str text = str_trim(s->t.p[i].text);
        if (s->t.p[i].kind != T_COMMENT || !str_starts(text, str_of(excuse))) continue;
        if (str_trim(str_from(text, strlen(excuse))).n > 0) return true;
    }
    return false;
}

void check_calls(struct checker *c, const struct source *s) {
    for (size_t i = 0; i + 1 < s->t.n; i++) {
        const struct tok *t = &s->t.p[i], *next = t + 1;
        if (t->kind != T_WORD || next->kind != T_SIGN || next->text.p[0] != '(') continue;
        if (i > 0 && (str_is(t[-1].text, ".") || str_is(t[-1].text, "->")) && t[-1].kind == T_SIGN) continue;
        for (size_t k = 0; k < calls_n; k++) {
            if (!list_has(calls[k].names, t->text) || list_leads(calls[k].places, s->path)) continue;
            if (!excused(s, i, calls[k].excuse)) {
                report(c, s->path, t->line, calls[k].rule, "%.*s(): %s", STR(t->text), calls[k].instead);
            }
        }
    }
}
