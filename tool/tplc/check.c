/* What every page must keep so that it can be read, used with a keyboard and a screen reader, and not be
 * attacked. */
#include "parser.h"

bool exclusive(const struct branch *x, const struct branch *y) {
    for (const struct branch *b = x; b; b = b->up)
        for (const struct branch *c = y; c; c = c->up)
            if (b->block == c->block) return b->no != c->no;
    return false;
}

static bool in_loop(const struct branch *b) {
    for (; b; b = b->up)
        if (b->loop) return true;
    return false;
}

static bool is_open(const struct parser *p, const char *name) {
    for (size_t i = 0; i < p->stack.n; i++)
        if (tag_is(p->stack.p[i].tag, name)) return true;
    return false;
}

/* True if the tag has the attribute whatever the conditions: outside of them, or in more than one branch. */
static bool has_always(const struct parser *p, const char *name) {
    size_t n = 0;
    for (size_t i = 0; i < p->attrs.n; i++)
        if (str_is(p->attrs.p[i].name, name)) n += p->attrs.p[i].branch == p->branch ? 2 : 1;
    return n >= 2;
}

static bool filled(const struct parser *p, const char *name) {
    const struct attr *x = attr_of(p, name);
    return x && x->has_value && x->value.n > 0 && has_always(p, name);
}

/* True if the attribute is literally `value`. */
static bool literally(const struct parser *p, const char *name, const char *value) {
    const struct attr *x = attr_of(p, name);
    return x && !x->dynamic && str_is(x->value, value);
}

void check_place(struct parser *p, const struct tag *tag, size_t at) {
    const struct elem *e = top(p);
    if (!e) return;
    str name = str_of(tag->name);
    if (tag->parents && !list_has(tag->parents, str_of(e->tag->name))) {
        complain(p, at, "<%s> may not stand in <%s>", tag->name, e->tag->name);
        return;
    }
    if (e->tag->children && !list_has(e->tag->children, name)) {
        complain(p, at, "<%s> may not stand directly in <%s>", tag->name, e->tag->name);
        return;
    }
    if ((tag->flags & T_ENDS_P) && is_open(p, "p"))
        complain(p, at, "a browser ends <p> before <%s>", tag->name);
    if ((tag->flags & T_INTERACTIVE) && (is_open(p, "a") || is_open(p, "button")))
        complain(p, at, "<%s> may not stand inside <%s>", tag->name, is_open(p, "a") ? "a" : "button");
    if ((tag_is(tag, "form") || tag_is(tag, "label")) && is_open(p, tag->name))
        complain(p, at, "<%s> may not stand inside <%s>", tag->name, tag->name);
    for (size_t i = 0; (tag->flags & T_HEADING) && i < p->stack.n; i++)
        if (p->stack.p[i].tag->flags & T_HEADING) complain(p, at, "a heading may not stand inside a heading");
}

static void check_id(struct parser *p) {
    const struct attr *id = attr_of(p, "id");
    if (!id) return;
    if (id->value.n == 0) {
        complain(p, id->at, "id is empty");
        return;
    }
    for (size_t i = 0; i < id->value.n && !id->dynamic; i++)
        if (is_blank(id->value.p[i])) complain(p, id->at, "an id holds no blanks");
    if (!id->dynamic && in_loop(p->branch))
        complain(p, id->at, "the id \"%.*s\" would be repeated by the loop", STR(id->value));
    for (size_t i = 0; i < p->ids.n && !id->dynamic; i++)
        if (str_eq(p->ids.p[i].text, id->value) && !exclusive(p->ids.p[i].branch, p->branch)) {
            complain(p, id->at, "the id \"%.*s\" was used in line %d", STR(id->value),
                     line_of(p, p->ids.p[i].at));
            break;
        }
    *VEC_ADD(p->a, &p->ids) = (struct named){ id->value, id->at, p->branch };
}

static void check_label(struct parser *p, const struct elem *e) {
    static const char *const exempt[] = { "hidden", "submit", "reset", "button", "image" };
    for (size_t i = 0; i < COUNT(exempt); i++)
        if (literally(p, "type", exempt[i])) return;
    if (filled(p, "aria-label") || filled(p, "aria-labelledby") || is_open(p, "label")) return;
    const struct attr *id = attr_of(p, "id");
    if (!id)
        complain(p, e->at, "<%s> has no label: give it an id and a <label for>, or aria-label", e->tag->name);
    else
        *VEC_ADD(p->a, &p->controls) = (struct named){ id->value, e->at, p->branch };
}

static void check_input(struct parser *p, const struct elem *e) {
    if (literally(p, "type", "image") && !filled(p, "alt"))
        complain(p, e->at, "<input type=\"image\"> needs alt");
    if ((literally(p, "type", "submit") || literally(p, "type", "reset") || literally(p, "type", "button")) &&
        !filled(p, "value"))
        complain(p, e->at, "this button needs a value: the browser's own word may not be Chinese");
}

static void check_form(struct parser *p, struct elem *e) {
    const struct attr *m = attr_of(p, "method");
    e->post = literally(p, "method", "post");
    if (m && !m->dynamic && !e->post && !literally(p, "method", "get") && !literally(p, "method", "dialog"))
        complain(p, m->at, "method is \"get\", \"post\" or \"dialog\"");
    if (m && m->branch != p->branch) complain(p, m->at, "method may not depend on a condition");
}

/* An address that code is loaded from is ours, never data. */
static void check_code_address(struct parser *p, const char *name) {
    const struct attr *x = attr_of(p, name);
    if (!x || !x->dynamic) return;
    str v = x->value;
    if (str_starts(v, S("{{"))) v = str_trim(str_from(v, 2));
    if (!str_starts(v, S("asset("))) complain(p, x->at, "this address must be {{ asset(\"...\") }}");
}

static void check_link(struct parser *p) {
    if (!literally(p, "rel", "canonical") && !literally(p, "rel", "alternate") &&
        !literally(p, "rel", "next") && !literally(p, "rel", "prev"))
        check_code_address(p, "href");
}

static void check_button(struct parser *p, const struct elem *e) {
    const struct attr *type = attr_of(p, "type");
    if (!type || !has_always(p, "type"))
        complain(p, e->at, "<button> needs type=\"submit\" or type=\"button\"");
    else if (!type->dynamic && !list_has("submit button reset", type->value))
        complain(p, type->at, "type is submit, button or reset");
}

static void check_svg(struct parser *p, const struct elem *e) {
    if (!literally(p, "role", "img")) return;
    if (e->named)
        mark_text(p);
    else
        complain(p, e->at, "<svg role=\"img\"> needs aria-label or aria-labelledby");
}

/* Attributes that matter wherever they stand. */
static void check_any(struct parser *p) {
    const struct attr *target = attr_of(p, "target");
    const struct attr *rel = attr_of(p, "rel");
    if (target && (target->dynamic || str_is(target->value, "_blank")) &&
        !(rel && (list_has("noopener", rel->value) || str_has(rel->value, S("noopener")) ||
                  str_has(rel->value, S("noreferrer")))))
        complain(p, target->at, "target=\"_blank\" needs rel=\"noopener\"");
    const struct attr *tab = attr_of(p, "tabindex");
    if (tab && !str_is(tab->value, "0") && !str_is(tab->value, "-1"))
        complain(p, tab->at, "tabindex is 0 or -1: the order of the page is the order of the keyboard");
}

static void check_head(struct parser *p, const struct elem *e) {
    const struct tag *t = e->tag;
    const struct attr *content = attr_of(p, "content");
    if (tag_is(t, "html") && !filled(p, "lang")) complain(p, e->at, "<html> needs lang");
    if (tag_is(t, "meta") && attr_of(p, "http-equiv") && content && content->dynamic)
        complain(p, content->at, "content= takes no expression beside http-equiv");
    if (tag_is(t, "link")) check_link(p);
    if (tag_is(t, "script")) {
        if (!filled(p, "src")) complain(p, e->at, "inline script is not allowed: <script> needs src");
        check_code_address(p, "src");
    }
}

void check_open(struct parser *p, struct elem *e) {
    const struct tag *t = e->tag;
    e->named = filled(p, "aria-label") || filled(p, "aria-labelledby");
    check_id(p);
    check_any(p);
    check_head(p, e);
    if (tag_is(t, "label") && attr_of(p, "for")) {
        const struct attr *x = attr_of(p, "for");
        *VEC_ADD(p->a, &p->fors) = (struct named){ x->value, x->at, p->branch };
    }
    if (tag_is(t, "caption") && top(p)) top(p)->caption = true;
    if (tag_is(t, "a") && !has_always(p, "href") && !(e->svg && has_always(p, "xlink:href")))
        complain(p, e->at, "<a> needs href; a thing to press is a <button>");
    if (tag_is(t, "img")) {
        const struct attr *alt = attr_of(p, "alt");
        if (!has_always(p, "alt"))
            complain(p, e->at, "<img> needs alt (empty for decoration)");
        else if (alt->value.n)
            mark_text(p);
    }
    if (tag_is(t, "iframe") && !filled(p, "title")) complain(p, e->at, "<iframe> needs title");
    if (tag_is(t, "th") && !filled(p, "scope"))
        complain(p, e->at, "<th> needs scope=\"col\" or scope=\"row\"");
    if (tag_is(t, "form")) check_form(p, e);
    if (tag_is(t, "button")) check_button(p, e);
    if (tag_is(t, "input")) check_input(p, e);
    if (tag_is(t, "svg")) check_svg(p, e);
    if (t->flags & T_CONTROL) check_label(p, e);
}

void check_close(struct parser *p, const struct elem *e) {
    const struct tag *t = e->tag;
    if (((t->flags & T_HEADING) || tag_is(t, "label") || tag_is(t, "caption") || tag_is(t, "legend") ||
         tag_is(t, "summary") || (tag_is(t, "title") && !e->svg)) &&
        !e->text)
        complain(p, e->at, "<%s> has no text", t->name);
    if ((tag_is(t, "a") || tag_is(t, "button")) && !e->text && !e->named)
        complain(p, e->at, "<%s> has nothing to read: give it text or aria-label", t->name);
    if (tag_is(t, "table") && !e->caption && !e->named)
        complain(p, e->at, "<table> needs <caption> or aria-label");
    if (tag_is(t, "form") && e->post && !e->csrf)
        complain(p, e->at, "<form method=\"post\"> needs {%% csrf ... %%}");
}

void check_end(struct parser *p) {
    const struct elem *e = top(p);
    if (e) {
        fail(p, e->at, "<%s> is not closed", e->tag->name);
        return;
    }
    for (size_t i = 0; i < p->controls.n; i++) {
        bool found = false;
        for (size_t k = 0; k < p->fors.n; k++) found |= str_eq(p->fors.p[k].text, p->controls.p[i].text);
        if (!found)
            complain(p, p->controls.p[i].at, "no <label for=\"%.*s\"> in this template",
                     STR(p->controls.p[i].text));
    }
}
