/* check.h - what the parts of rulecheck share. All memory is one arena; the program is short. */
#ifndef WUYE_RULECHECK_CHECK_H
#define WUYE_RULECHECK_CHECK_H

#include "base/base.h"

struct finding {
    str path;
    int line;
    const char *rule, *pattern;   /* pattern: of a ban on SQL, else NULL */
    str text;
};

struct checker {
    struct arena *a;
    VEC(struct finding) findings;
    VEC(struct room) rooms;
};

/* A room as its struct module states it. */
struct need { str room; int line; };
struct room {
    str name, path;             /* of the file that states the needs */
    VEC(struct need) needs;
    bool stated;
    int mark;                   /* of the search for cycles */
};

enum tok_kind { T_END, T_WORD, T_NUMBER, T_STRING, T_CHAR, T_SIGN, T_COMMENT, T_INCLUDE };

struct tok {
    enum tok_kind kind;
    str text;                   /* strings and comments without their delimiters, escapes as written */
    int line;
    bool directive;             /* part of a preprocessor line */
    bool edge;                  /* in column 0 */
    bool system;                /* T_INCLUDE: <...> */
};
typedef VEC(struct tok) toks;

struct source {
    str path;                   /* from the root, "src/kit/page/page.c" */
    str text;
    toks t;                     /* of C; empty for other languages; ends with T_END */
};

void report(struct checker *c, str path, int line, const char *rule, const char *fmt, ...) PRINTF(5, 6);

/* Splits C (also .h and .def) into tokens. */
void lex_c(struct arena *a, str text, toks *ret);

/* Each looks at one file. */
void check_layout(struct checker *c, const struct source *s);      /* sizes, tabs, unfinished words, wording */
void check_functions(struct checker *c, const struct source *s);
void check_calls(struct checker *c, const struct source *s);
void check_includes(struct checker *c, const struct source *s);    /* after the needs of all rooms are known */
void check_sql_macros(struct checker *c, const struct source *s);
void check_sql_file(struct checker *c, const struct source *s);
void check_htm(struct checker *c, const struct source *s);

/* Rooms: first all files are read, then the graph is looked at. */
void rooms_read(struct checker *c, const struct source *s);
void rooms_check(struct checker *c);

/* All of it, over a set of files. */
void check_all(struct checker *c, struct source *s, size_t n);
bool checkable(str path);

/* The corpus of must-fail/; returns the number of files that failed to fail. */
size_t corpus_run(struct arena *a, const char *dir);
/* Calls `each` for every file below dir/sub, with its path from dir, in no order. False if dir cannot be read. */
bool walk(struct arena *a, const char *dir, str sub, void (*each)(void *arg, str path, str text), void *arg);
bool read_whole(struct arena *a, const char *path, str *ret);

#endif
