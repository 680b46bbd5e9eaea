/* The parsed template as C. Every piece that a person wrote stands behind a #line of the template. */
#include "parser.h"

/* "..." with a line break of its own after each \n, so that the C file can be read. */
static void put_literal(buf *out, str s) {
    buf_c(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        u8 c = (u8)s.p[i];
        if (c == '\n')
            buf_lit(out, "\\n");
        else if (c == '"' || c == '\\')
            buf_fmt(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            buf_fmt(out, "\\%03o", c);
        else
            buf_c(out, (char)c);
        if (c == '\n' && i + 1 < s.n) buf_lit(out, "\"\n        \"");
    }
    buf_c(out, '"');
}

static void put_line(const struct tpl *t, int line, buf *out) {
    buf_fmt(out, "#line %d ", line);
    put_literal(out, t->o.file);
    buf_c(out, '\n');
}

static void put_head(const struct tpl *t, const char *suffix, buf *out) {
    buf_fmt(out, "void tpl_%.*s%s(struct buf *out, const %.*s *%.*s)", STR(t->o.name), suffix,
            STR(t->view_type), STR(t->view_name));
}

static void begin_function(const struct tpl *t, const char *suffix, buf *out) {
    put_head(t, suffix, out);
    buf_lit(out, ";\n");
    put_head(t, suffix, out);
    buf_fmt(out, "\n{\n    (void)%.*s;\n", STR(t->view_name));
}

static void put_layout(const struct tpl *t, const char *suffix, buf *out) {
    if (t->layout.n == 0) return;
    put_line(t, t->layout_line, out);
    buf_fmt(out, "    tpl_%.*s%s(out, (%.*s));\n", STR(t->layout), suffix, STR(t->layout_arg));
}

static void put_for(const struct tpl *t, const struct op *op, buf *out) {
    u64 no = op->no;
    buf_fmt(out, "    { const __auto_type tpl_vec%llu = (%.*s);\n", (unsigned long long)no, STR(op->a));
    buf_fmt(out, "    for (size_t tpl_i%llu = 0; tpl_i%llu < tpl_vec%llu.n; tpl_i%llu++) {\n",
            (unsigned long long)no, (unsigned long long)no, (unsigned long long)no, (unsigned long long)no);
    put_line(t, op->line, out);
    buf_fmt(out, "    const __typeof__(*tpl_vec%llu.p) *%.*s = &tpl_vec%llu.p[tpl_i%llu]; (void)%.*s;",
            (unsigned long long)no, STR(op->b), (unsigned long long)no, (unsigned long long)no, STR(op->b));
    if (op->c.n)
        buf_fmt(out, " const size_t %.*s = tpl_i%llu; (void)%.*s;", STR(op->c), (unsigned long long)no,
                STR(op->c));
    buf_c(out, '\n');
}

static void put_out(const struct op *op, buf *out) {
    if (strcmp(op->ctx, "HTML_TEXT") != 0)
        buf_fmt(out,
                "    _Static_assert(_Generic((%.*s), struct html: 0, default: 1), \"markup may stand only "
                "between tags\");\n",
                STR(op->a));
    buf_fmt(out, "    OUT(out, %s, (%.*s));\n", op->ctx, STR(op->a));
}

static void put_op(const struct tpl *t, const struct op *op, buf *out) {
    if (op->kind != OP_TEXT) put_line(t, op->line, out);
    switch (op->kind) {
    case OP_TEXT:
        buf_lit(out, "    buf_put(out, ");
        put_literal(out, op->a);
        buf_fmt(out, ", %zu);\n", op->a.n);
        break;
    case OP_OUT:
        put_out(op, out);
        break;
    case OP_FOR:
        put_for(t, op, out);
        break;
    case OP_EMPTY:
        buf_fmt(out, "    }\n    if (tpl_vec%llu.n == 0) {\n", (unsigned long long)op->no);
        break;
    case OP_IF:
        buf_fmt(out, "    if (%.*s) {\n", STR(op->a));
        break;
    case OP_ELIF:
        buf_fmt(out, "    } else if (%.*s) {\n", STR(op->a));
        break;
    case OP_ELSE:
        buf_lit(out, "    } else {\n");
        break;
    case OP_END_FOR:
        buf_lit(out, "    } }\n");
        break;
    case OP_END_IF:
        buf_lit(out, "    }\n");
        break;
    case OP_CALL:
        buf_fmt(out, "    %.*s;\n", STR(op->a));
        break;
    case OP_SET:
        buf_fmt(out, "    %.*s; (void)%.*s;\n", STR(op->a), STR(op->b));
        break;
    case OP_BODY:
        buf_lit(out, "}\n\n");
        begin_function(t, "_close", out);
        break;
    }
}

/* "../src/domain/fee/list.htm" -> "domain/fee/"; empty if the file is not under src/. */
static str own_folder(str file) {
    size_t from = 0, end = 0;
    for (size_t i = 0; i + 4 <= file.n; i++)
        if (memcmp(file.p + i, "src/", 4) == 0 && (i == 0 || file.p[i - 1] == '/')) from = i + 4;
    for (size_t i = from; from && i < file.n; i++)
        if (file.p[i] == '/') end = i + 1;
    return end > from ? str_sub(file, from, end - from) : (str){ 0 };
}

/* True if some part or layout of the template is named after the folder. */
static bool uses(const struct tpl *t, str folder) {
    if (str_starts(t->layout, folder)) return true;
    for (size_t i = 0; i < t->ops.n; i++)
        if (t->ops.p[i].kind == OP_CALL && str_starts(t->ops.p[i].a, S("tpl_")) &&
            str_starts(str_from(t->ops.p[i].a, 4), folder))
            return true;
    return false;
}

/* The generated headers of the parts used: those of the template's own folder and of kit/page are found by
 * name. */
static void put_headers(const struct tpl *t, buf *out) {
    str own = own_folder(t->o.file);
    bool page = str_is(own, "kit/page/");
    str name = own.n ? str_sub(own, 0, own.n - 1) : own;
    for (size_t i = name.n; i > 0; i--)
        if (name.p[i - 1] == '/') {
            name = str_from(name, i);
            break;
        }
    if (name.n && uses(t, name)) buf_fmt(out, "#include \"%.*stpl.h\"\n", STR(own));
    if (!page && own.n && uses(t, S("page_"))) buf_lit(out, "#include \"kit/page/tpl.h\"\n");
}

void tplc_emit(const struct tpl *t, buf *out) {
    buf_lit(out,
            "/* Made by tplc from a template; change that, not this. */\n#include \"kit/html/html.h\"\n");
    for (size_t i = 0; i < t->includes.n; i++) buf_fmt(out, "#include %.*s\n", STR(t->includes.p[i]));
    put_headers(t, out);
    buf_c(out, '\n');
    begin_function(t, t->has_body ? "_open" : "", out);
    put_layout(t, "_open", out);
    for (size_t i = 0; i < t->ops.n; i++) put_op(t, &t->ops.p[i], out);
    put_layout(t, "_close", out);
    buf_lit(out, "}\n");
}

void tplc_prototypes(const struct tpl *t, buf *out) {
    buf_fmt(out, "%.*s;\n", STR(t->view_type));
    put_head(t, t->has_body ? "_open" : "", out);
    buf_lit(out, ";\n");
    if (!t->has_body) return;
    put_head(t, "_close", out);
    buf_lit(out, ";\n");
}
