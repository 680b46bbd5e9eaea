/* lint.c - start-up refuses declarations that do not fit together. */
#include "app/app.h"

struct lint { FILE *out; int bad; };

#define SAY(l, ...)                                                                                              \
    do {                                                                                                         \
        (l)->bad++;                                                                                              \
        fprintf((l)->out, "wuye: " __VA_ARGS__);                                                                 \
        fputc('\n', (l)->out);                                                                                   \
    } while (0)

static bool in_list(const char *const *list, const char *name) {
    for (; list && *list; list++)
        if (!strcmp(*list, name)) return true;
    return false;
}

static bool emitted(const char *event) {
    for (const struct module *const *m = all_modules; *m; m++)
        if (in_list((*m)->emits, event)) return true;
    return false;
}

static void lint_page(struct lint *l, const struct module *m, const struct page *p) {
    if (p->right && p->flags & PAGE_OPEN) SAY(l, "页面 %s 既公开又要权限", p->path);
    if (p->right && (!in_list(m->rights, p->right) || right_no(p->right) < 0))
        SAY(l, "页面 %s 的权限 %s 没有声明，或没有任何角色有它", p->path, p->right);
    if (!p->title || !*p->title) SAY(l, "页面 %s 没有标题", p->path);
    for (const char *const *c = p->commands; c && *c; c++)
        if (!module_command(str_of(*c))) SAY(l, "页面 %s 上的事项 %s 不存在", p->path, *c);
}

static void lint_command(struct lint *l, const struct module *m, const struct command *c) {
    if (c->right && (!in_list(m->rights, c->right) || right_no(c->right) < 0))
        SAY(l, "事项 %s 的权限 %s 没有声明，或没有任何角色有它", c->name, c->right);
    if (!c->right && !c->open && !c->internal && c->shard != SHARD_PERSON)
        SAY(l, "事项 %s 没有写明谁能办", c->name);
    if (!c->title || !*c->title) SAY(l, "事项 %s 没有名称", c->name);
}

static void lint_flow(struct lint *l, const struct flow *f) {
    for (size_t i = 0; i < f->n; i++)
        if ((f->steps[i].from && !item_by_value(f->states, f->steps[i].from)) ||
            !item_by_value(f->states, f->steps[i].to))
            SAY(l, "流程 %s.%s 的步骤 %s 通向没有定义的状态", f->entity, f->column, f->steps[i].action);
}

static void lint_entity(struct lint *l, const struct entity *e) {
    if (!e->label || !*e->label) SAY(l, "表 %s 没有名称", e->name);
    for (const struct field *f = e->fields; f->name; f++) {
        if (!f->label || !*f->label) SAY(l, "表 %s 的 %s 没有名称", e->name, f->name);
        if ((f->kind == FK_ENUM || f->kind == FK_OPT_ENUM) && !f->items) SAY(l, "表 %s 的 %s 没有选项", e->name, f->name);
        if (f->kind == FK_PLAIN) SAY(l, "表 %s 的 %s：个人信息不能有明文的列", e->name, f->name);
    }
}

static void lint_module(struct lint *l, const struct module *m) {
    for (const struct page *p = m->pages; p && p->path; p++) lint_page(l, m, p);
    for (const struct command *c = m->commands; c && c->name; c++) lint_command(l, m, c);
    for (const struct flow *const *f = m->flows; f && *f; f++) lint_flow(l, *f);
    for (struct entity *const *e = m->entities; e && *e; e++) lint_entity(l, *e);
    for (const struct subscription *s = m->on; s && s->event; s++) {
        if (!module_command(str_of(s->command))) SAY(l, "%s 订阅了 %s，但没有事项 %s", m->name, s->event, s->command);
        if (strncmp(s->event, "clock.", 6) && !emitted(s->event)) SAY(l, "%s 订阅的 %s 没有人发出", m->name, s->event);
    }
}

static void lint_routes(struct lint *l) {
    const struct page *p;
    const struct query *q;
    for (size_t i = 0; i < routes_count(); i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(route_path(i, &p, &q), route_path(k, &p, &q))) SAY(l, "地址 %s 重复了", route_path(i, &p, &q));
}

int app_lint(FILE *out) {
    struct lint l = { out, 0 };
    for (const struct module *const *m = all_modules; *m; m++) {
        lint_module(&l, *m);
        for (const struct command *c = (*m)->commands; c && c->name; c++)
            if (module_command(str_of(c->name)) != c) SAY(&l, "事项 %s 重复了", c->name);
    }
    lint_routes(&l);
    return l.bad;
}
