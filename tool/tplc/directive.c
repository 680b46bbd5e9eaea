/* {{ }}, {% %} and {# #}. What stands in them is C and is passed on as it is; gcc checks it against the line
 * of the template. Here only its ends are found and that it cannot run away: quotes and brackets closed, no
 * comment, no ; */
#include "parser.h"

enum { BLOCKS_MAX = 60, BRACKETS_MAX = 60 };

void comment(struct parser *p) {
    size_t at = p->i;
    for (p->i += 2; p->i < p->s.n; p->i++)
        if (at_text(p, "#}")) {
            p->i += 2;
            return;
        }
    fail(p, at, "this {# is not closed");
}

/* Skips a C string or character at k; returns 0 if it does not end in its line. */
static size_t skip_quoted(str s, size_t k) {
    char quote = s.p[k++];
    for (; k < s.n && s.p[k] != '\n'; k++) {
        if (s.p[k] == quote) return k + 1;
        if (s.p[k] == '\\') k++;
    }
    return 0;
}

/* Complains about what would end or hide the C around it. */
static bool harmless(struct parser *p, size_t k) {
    char c = p->s.p[k];
    char next = k + 1 < p->s.n ? p->s.p[k + 1] : ' ';
    if (c == ';' || c == '#' || c == '\\' || c == '`' || c == '@' || c == '$')
        fail(p, k, "%c may not stand in an expression", c);
    else if (c == '/' && (next == '/' || next == '*'))
        fail(p, k, "a C comment may not stand in an expression; use {# #}");
    else if ((u8)c >= 0x80)
        fail(p, k, "only ASCII may stand in an expression outside of \"quotes\"");
    return !p->stop;
}

/* From "{{" or "{%" at p->i to after `close`; the trimmed inside goes to *ret. */
static bool inside(struct parser *p, const char *close, str *ret) {
    char open[BRACKETS_MAX];
    size_t n = 0, at = p->i;
    for (size_t k = at + 2; k < p->s.n;) {
        char c = p->s.p[k];
        if (n == 0 && str_starts(str_from(p->s, k), str_of(close))) {
            *ret = str_trim(str_sub(p->s, at + 2, k - at - 2));
            p->i = k + 2;
            return true;
        }
        if (c == '"' || c == '\'') {
            size_t end = skip_quoted(p->s, k);
            if (end == 0) {
                fail(p, k, "this quote is not closed");
                return false;
            }
            k = end;
            continue;
        }
        if (!harmless(p, k)) return false;
        if (c == '(' || c == '[' || c == '{') {
            if (n == BRACKETS_MAX) {
                fail(p, k, "brackets are nested too deep");
                return false;
            }
            open[n++] = c == '(' ? ')' : c == '[' ? ']' : '}';
        } else if ((c == ')' || c == ']' || c == '}') && (n == 0 || open[--n] != c)) {
            fail(p, k, "%c does not match", c);
            return false;
        }
        k++;
    }
    fail(p, at, "this %.2s is not closed", p->s.p + at);
    return false;
}

static bool is_ident(str s) {
    if (s.n == 0 || (s.p[0] >= '0' && s.p[0] <= '9')) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_name(s.p[i])) return false;
    return true;
}

/* Cuts the first word (letters, digits, _) off *s. */
static str word(str *s) {
    size_t n = 0;
    while (n < s->n && is_name(s->p[n])) n++;
    str w = str_sub(*s, 0, n);
    *s = str_trim(str_from(*s, n));
    return w;
}

void expression(struct parser *p, enum where w) {
    size_t at = p->i;
    str e;
    if (!inside(p, "}}", &e)) return;
    if (e.n == 0) {
        fail(p, at, "an expression is missing");
        return;
    }
    const char *ctx = "HTML_TEXT";
    if (w == IN_VALUE) {
        enum attr_kind kind = attr_kind(p->attr->name);
        ctx = kind == A_URL ? url_expression(p, at) : "HTML_ATTR";
        if (kind == A_LITERAL) complain(p, at, "%.*s= takes no expression", STR(p->attr->name));
    } else {
        if (w == IN_TEXT) may_hold_text(p, at);
        mark_text(p);
        p->edge = EDGE_INLINE;
    }
    struct op *op = add_op(p, OP_OUT, at);
    op->a = e;
    op->ctx = ctx;
}

void blocks_done(struct parser *p, enum where w) {
    if (p->blocks.n == 0) return;
    const struct block *b = &p->blocks.p[p->blocks.n - 1];
    if (b->where == w) fail(p, b->at, "this {%% %s %%} has no {%% end %%}", b->loop ? "for" : "if");
}

static void enter(struct parser *p, struct block *b, bool loop) {
    struct branch *br = NEW(p->a, struct branch);
    *br = (struct branch){ .up = b->outer, .block = b->no, .no = b->branches++, .loop = loop };
    p->branch = br;
    p->url = b->url_in;
}

static struct block *block_begin(struct parser *p, size_t at, enum where w, bool loop) {
    if (p->blocks.n >= BLOCKS_MAX) {
        fail(p, at, "blocks are nested too deep");
        return NULL;
    }
    struct block *b = VEC_ADD(p->a, &p->blocks);
    *b = (struct block){ .loop = loop,
                         .at = at,
                         .no = ++p->n_blocks,
                         .where = w,
                         .depth = p->stack.n,
                         .outer = p->branch,
                         .url_in = p->url };
    enter(p, b, loop);
    /* The second round of a loop does not begin where the first did. */
    if (loop && p->url.forming && p->url.n == 0 && !p->url.tainted) p->url.tainted = p->url.maybe = true;
    if (w == IN_TEXT) p->edge = EDGE_INLINE;
    return b;
}

/* The innermost block, after checking that this branch of it leaves things as it found them. */
static struct block *branch_end(struct parser *p, size_t at, enum where w, const char *verb) {
    struct block *b = p->blocks.n ? &p->blocks.p[p->blocks.n - 1] : NULL;
    if (!b) {
        fail(p, at, "{%% %s %%} without {%% if %%} or {%% for %%}", verb);
        return NULL;
    }
    if (b->where != w) {
        fail(p, at, "the block opened in line %d begins in another context", line_of(p, b->at));
        return NULL;
    }
    if (w == IN_TEXT && p->stack.n != b->depth) {
        const struct elem *e = top(p);
        fail(p, e->at, "<%s> is not closed in the same branch of the block of line %d", e->tag->name,
             line_of(p, b->at));
        return NULL;
    }
    b->url_out = b->url_out_set ? url_merge(b->url_out, p->url) : p->url;
    b->url_out_set = true;
    if (w == IN_TEXT) p->edge = EDGE_INLINE;
    return b;
}

static void do_if(struct parser *p, str rest, size_t at, enum where w) {
    if (block_begin(p, at, w, false)) add_op(p, OP_IF, at)->a = rest;
}

static void do_elif(struct parser *p, str rest, size_t at, enum where w) {
    struct block *b = branch_end(p, at, w, "elif");
    if (!b) return;
    if (b->loop || b->has_else) {
        fail(p, at, "{%% elif %%} must follow {%% if %%} and precede {%% else %%}");
        return;
    }
    enter(p, b, false);
    add_op(p, OP_ELIF, at)->a = rest;
}

static void do_else(struct parser *p, str rest, size_t at, enum where w) {
    (void)rest;
    struct block *b = branch_end(p, at, w, "else");
    if (!b) return;
    if (b->has_else) {
        fail(p, at, "a second {%% else %%}");
        return;
    }
    b->has_else = true;
    enter(p, b, false);
    struct op *op = add_op(p, b->loop ? OP_EMPTY : OP_ELSE, at);
    op->no = b->no;
}

static void do_end(struct parser *p, str rest, size_t at, enum where w) {
    (void)rest;
    struct block *b = branch_end(p, at, w, "end");
    if (!b) return;
    p->url = b->has_else ? b->url_out : url_merge(b->url_in, b->url_out);
    p->branch = b->outer;
    struct op *op = add_op(p, b->loop ? OP_END_FOR : OP_END_IF, at);
    op->no = b->no;
    op->has_else = b->has_else;
    p->blocks.n--;
}

static void do_for(struct parser *p, str rest, size_t at, enum where w) {
    str row = word(&rest), index = { 0 };
    if (rest.n && rest.p[0] == ',') {
        rest = str_trim(str_from(rest, 1));
        index = word(&rest);
        if (!is_ident(index)) row = index;
    }
    str in = word(&rest);
    if (!is_ident(row) || !str_is(in, "in") || rest.n == 0) {
        fail(p, at, "expected {%% for row in v->rows %%} or {%% for row, i in v->rows %%}");
        return;
    }
    struct block *b = block_begin(p, at, w, true);
    if (!b) return;
    struct op *op = add_op(p, OP_FOR, at);
    op->a = rest;
    op->b = row;
    op->c = index;
    op->no = b->no;
}

static void do_view(struct parser *p, str rest, size_t at, enum where w) {
    (void)w;
    str kind = word(&rest), name = word(&rest), var = word(&rest);
    if (!str_is(kind, "struct") || !is_ident(name) || !is_ident(var) || rest.n) {
        fail(p, at, "expected {%% view struct some_view v %%}");
        return;
    }
    if (p->started) {
        fail(p, at, "a second {%% view %%}");
        return;
    }
    p->started = true;
    p->t->view_type = str_cat(p->a, S("struct "), name);
    p->t->view_name = var;
}

/* True if nothing was put out yet; else complains. */
static bool at_start(struct parser *p, size_t at, const char *verb) {
    if (p->t->ops.n == 0 && p->text.n == 0 && p->stack.n == 0) return true;
    fail(p, at, "{%% %s %%} must stand before all output", verb);
    return false;
}

static void do_include(struct parser *p, str rest, size_t at, enum where w) {
    (void)w;
    if (!at_start(p, at, "include")) return;
    if (rest.n < 5 || rest.p[0] != '"' || !str_ends(rest, S(".h\"")) ||
        str_find(str_sub(rest, 1, rest.n - 2), '"') >= 0)
        fail(p, at, "expected {%% include \"domain/room/pages.h\" %%}");
    else
        *VEC_ADD(p->a, &p->t->includes) = rest;
}

static void do_layout(struct parser *p, str rest, size_t at, enum where w) {
    (void)w;
    str name = word(&rest);
    if (!at_start(p, at, "layout")) return;
    if (p->t->layout.n) {
        fail(p, at, "a second {%% layout %%}");
        return;
    }
    if (!is_ident(name) || rest.n == 0) {
        fail(p, at, "expected {%% layout page_main &v->page %%}");
        return;
    }
    p->t->layout = name;
    p->t->layout_arg = rest;
    p->t->layout_line = line_of(p, at);
}

static void do_body(struct parser *p, str rest, size_t at, enum where w) {
    (void)rest;
    (void)w;
    if (p->blocks.n) fail(p, at, "{%% body %%} may not stand inside {%% if %%} or {%% for %%}");
    if (p->t->has_body) fail(p, at, "a second {%% body %%}");
    p->t->has_body = true;
    mark_text(p);
    p->edge = EDGE_INLINE;
    add_op(p, OP_BODY, at);
}

static void do_set(struct parser *p, str rest, size_t at, enum where w) {
    (void)w;
    i64 eq = str_find(rest, '=');
    str left = eq < 0 ? (str){ 0 } : str_trim(str_sub(rest, 0, (size_t)eq));
    bool ok = left.n > 0;
    for (size_t i = 0; i < left.n; i++) ok &= is_name(left.p[i]) || left.p[i] == ' ' || left.p[i] == '*';
    size_t n = left.n;
    while (n > 0 && is_name(left.p[n - 1])) n--;
    str name = str_from(left, n);
    if (!ok || n == 0 || !is_ident(name)) {
        fail(p, at, "expected {%% set type name = expression %%}");
        return;
    }
    struct op *op = add_op(p, OP_SET, at);
    op->a = rest;
    op->b = name;
}

static void put_call(struct parser *p, str call, size_t at, bool readable) {
    if (readable) mark_text(p);
    p->edge = EDGE_INLINE;
    add_op(p, OP_CALL, at)->a = call;
}

static void do_part(struct parser *p, str rest, size_t at, enum where w) {
    (void)w;
    str name = word(&rest);
    if (!is_ident(name) || rest.n == 0)
        fail(p, at, "expected {%% part page_pager &v->pager %%}");
    else
        put_call(p, str_fmt(p->a, "tpl_%.*s(out, (%.*s))", STR(name), STR(rest)), at, true);
}

static void do_raw(struct parser *p, str rest, size_t at, enum where w) {
    (void)w;
    put_call(p, str_fmt(p->a, "html_raw(out, HTML_TEXT, (%.*s))", STR(rest)), at, true);
}

static void do_call(struct parser *p, str rest, size_t at, enum where w) {
    (void)w;
    str look = rest;
    str name = word(&look);
    bool ok = is_ident(name) && str_starts(look, S("(")) && str_ends(look, S(")"));
    look = str_trim(str_from(look, 1));
    if (ok && str_is(word(&look), "out"))
        put_call(p, rest, at, true);
    else
        fail(p, at, "expected {%% call svg_line(out, &v->line) %%}");
}

static void do_icon(struct parser *p, str rest, size_t at, enum where w) {
    (void)w;
    str list = p->t->o.icons, line;
    bool known = list.p == NULL;
    while (!known && str_cut(&list, '\n', &line)) known = rest.n && str_eq(str_trim(line), rest);
    for (size_t i = 0; i < rest.n; i++)
        if (!is_name(rest.p[i]) && rest.p[i] != '-') known = false;
    if (!known)
        complain(p, at, "the icon %.*s is not in the list of icons", STR(rest));
    else if (may_hold_text(p, at))
        put_call(p, str_fmt(p->a, "html_icon(out, \"%.*s\")", STR(rest)), at, false);
}

static void do_csrf(struct parser *p, str rest, size_t at, enum where w) {
    (void)w;
    struct elem *form = NULL;
    for (size_t i = 0; i < p->stack.n; i++)
        if (tag_is(p->stack.p[i].tag, "form")) form = &p->stack.p[i];
    if (!form || !form->post) {
        complain(p, at, "{%% csrf %%} belongs inside <form method=\"post\">");
        return;
    }
    if (form->branch != p->branch) complain(p, at, "{%% csrf %%} may not depend on a condition");
    form->csrf = true;
    may_hold_text(p, at);
    put_text(p, S("<input type=\"hidden\" name=\"csrf\" value=\""));
    struct op *op = add_op(p, OP_OUT, at);
    op->a = rest;
    op->ctx = "HTML_ATTR";
    put_text(p, S("\">"));
    p->edge = EDGE_INLINE;
}

struct verb {
    const char *name;
    unsigned where; /* contexts it may stand in */
    bool rest;      /* something must follow the name */
    void (*run)(struct parser *p, str rest, size_t at, enum where w);
};

static const struct verb verbs[] = {
    { "view", IN_TEXT, true, do_view },
    { "include", IN_TEXT, true, do_include },
    { "layout", IN_TEXT, true, do_layout },
    { "body", IN_TEXT, false, do_body },
    { "if", IN_TEXT | IN_RCDATA | IN_TAG | IN_VALUE, true, do_if },
    { "elif", IN_TEXT | IN_RCDATA | IN_TAG | IN_VALUE, true, do_elif },
    { "else", IN_TEXT | IN_RCDATA | IN_TAG | IN_VALUE, false, do_else },
    { "end", IN_TEXT | IN_RCDATA | IN_TAG | IN_VALUE, false, do_end },
    { "for", IN_TEXT | IN_RCDATA | IN_VALUE, true, do_for },
    { "set", IN_TEXT | IN_RCDATA, true, do_set },
    { "part", IN_TEXT, true, do_part },
    { "raw", IN_TEXT, true, do_raw },
    { "call", IN_TEXT, true, do_call },
    { "icon", IN_TEXT, true, do_icon },
    { "csrf", IN_TEXT, true, do_csrf },
};

void directive(struct parser *p, enum where w) {
    size_t at = p->i;
    str rest;
    /* An icon name or a header is no expression, but passes for one. */
    if (!inside(p, "%}", &rest)) return;
    str name = word(&rest);
    const struct verb *v = NULL;
    for (size_t i = 0; i < COUNT(verbs); i++)
        if (str_is(name, verbs[i].name)) v = &verbs[i];
    if (!v)
        fail(p, at, "{%% %.*s %%} is not known", STR(name));
    else if (!p->started && v->run != do_view)
        fail(p, at, "the first line must be {%% view struct some_view v %%}");
    else if (!(v->where & w))
        fail(p, at, "{%% %s %%} may not stand here", v->name);
    else if (v->rest != (rest.n > 0))
        fail(p, at,
             v->rest ? "{%% %s %%} needs something after its name" : "nothing may follow the word %s in it",
             v->name);
    else
        v->run(p, rest, at, w);
}
