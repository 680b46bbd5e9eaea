/* parser.h - what the files of the compiler share. */
#ifndef WUYE_TPLC_PARSER_H
#define WUYE_TPLC_PARSER_H

#include "tplc.h"
#include "tags.h"

enum op_kind {
    OP_TEXT,  /* a: the bytes */
    OP_OUT,   /* a: expression, ctx */
    OP_FOR,   /* a: expression, b: row name, c: index name or empty */
    OP_EMPTY, /* the {% else %} of a loop */
    OP_IF,    /* a: expression */
    OP_ELIF,  /* a: expression */
    OP_ELSE,
    OP_END_FOR, /* has_else: of the loop */
    OP_END_IF,
    OP_CALL, /* a: a whole C call */
    OP_SET,  /* a: a whole C declaration, b: its name */
    OP_BODY,
};

struct op {
    enum op_kind kind;
    int line;
    const char *ctx; /* OP_OUT: name of an enum html_ctx */
    size_t no;       /* loops: number that makes C names unique */
    bool has_else;
    str a, b, c;
};

struct tpl {
    struct tplc_options o;
    str view_type, view_name; /* "struct home_view", "v" */
    VEC(str) includes;        /* with their quotes */
    VEC(struct op) ops;
    VEC(struct tplc_error) errors;
    str layout, layout_arg; /* "page_main", "&v->page"; empty without */
    int layout_line;
    bool has_body;
};

/* Where a {{ }} or {% %} stands. */
enum where {
    IN_TEXT = 1,   /* between tags */
    IN_RCDATA = 2, /* in <title> or <textarea> */
    IN_TAG = 4,    /* between attributes */
    IN_VALUE = 8,  /* in a double-quoted value */
};

/* One branch of an {% if %} or the body of a {% for %}; two pieces of a page exclude each other if they stand
 * in different branches of the same block. */
struct branch {
    const struct branch *up;
    size_t block;
    int no;
    bool loop;
};

/* What is known about the address read so far. */
struct url {
    bool forming; /* no : / ? or # yet, so a scheme could still arise */
    bool tainted; /* an expression or a condition took part in the forming scheme */
    bool maybe;   /* empty or not, depending on a condition */
    u8 n;
    char scheme[12];
};

struct block {
    bool loop, has_else;
    size_t at; /* offset of the {% */
    size_t no;
    enum where where;
    size_t depth; /* open elements when it began */
    int branches;
    const struct branch *outer;
    struct url url_in, url_out; /* at its start; merged from the branches done */
    bool url_out_set;
};

struct attr {
    str name, value; /* value: source text, expressions included */
    size_t at;
    bool has_value, dynamic;
    const struct branch *branch;
};

struct elem {
    const struct tag *tag;
    size_t at;
    const struct branch *branch;
    bool svg;   /* its children are SVG */
    bool exact; /* blanks inside count */
    bool text;  /* something to read stands inside */
    bool named; /* aria-label, aria-labelledby or title */
    bool caption, post, csrf;
};

struct named {
    str text; /* source text of the value */
    size_t at;
    const struct branch *branch;
};

enum edge {
    EDGE_START, /* nothing put out yet */
    EDGE_BLOCK, /* after a tag beside which blanks do not show */
    EDGE_INLINE,
};

struct parser {
    struct arena *a;
    struct tpl *t;
    str s;
    size_t i;
    bool stop;    /* after an error that leaves no sense in going on */
    bool started; /* the {% view %} was read */
    buf text;     /* static output that is not an op yet */
    enum edge edge;
    VEC(struct elem) stack;
    VEC(struct block) blocks;
    const struct branch *branch;
    size_t n_blocks;
    VEC(struct attr) attrs; /* of the tag being read */
    struct attr *attr;      /* whose value is being read */
    struct url url;         /* of that value, if it is an address */
    VEC(struct named) ids, fors, controls;
    size_t pos_at, pos_line_at; /* cache of the offset -> line search */
    int pos_line;
};

/* parse.c */
void complain(struct parser *p, size_t at, const char *fmt, ...) PRINTF(3, 4);
void fail(struct parser *p, size_t at, const char *fmt, ...) PRINTF(3, 4); /* complains and stops */
bool at_text(const struct parser *p, const char *what); /* the source goes on with `what` */
bool is_blank(char c);
bool is_name(char c); /* may stand in a C identifier */
void put_text(struct parser *p, str s);
struct op *add_op(struct parser *p, enum op_kind kind, size_t at);
struct elem *top(struct parser *p);              /* NULL outside all elements */
void mark_text(struct parser *p);                /* something readable was put out */
bool may_hold_text(struct parser *p, size_t at); /* else complains */
/* Looks for banned words and unknown references in static text. */
void check_words(struct parser *p, size_t from, size_t to);
size_t check_reference(struct parser *p, bool address); /* at '&'; returns its length */
int line_of(struct parser *p, size_t at);

/* tag.c */
void tag_open(struct parser *p);
void tag_close(struct parser *p);

/* directive.c */
void expression(struct parser *p, enum where w);
void directive(struct parser *p, enum where w);
void comment(struct parser *p);
/* Complains about blocks opened in `w` and not ended there. */
void blocks_done(struct parser *p, enum where w);

/* url.c */
void url_begin(struct parser *p);
void url_char(struct parser *p);                         /* a static byte at p->i */
const char *url_expression(struct parser *p, size_t at); /* returns the html_ctx to use */
struct url url_merge(struct url x, struct url y);

/* check.c */
void check_place(struct parser *p, const struct tag *tag, size_t at);
void check_open(struct parser *p, struct elem *e);
void check_close(struct parser *p, const struct elem *e);
void check_end(struct parser *p);
const struct attr *attr_of(const struct parser *p, const char *name);
bool exclusive(const struct branch *x, const struct branch *y);

#endif
