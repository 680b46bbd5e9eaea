/* page.c - what pages call; see page.h. */
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "kit/page/page.h"
#include "kit/area/area.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"
#include "sys/sheet/sheet.h"

str rq_param(const struct rq *rq, const char *name) {
    for (size_t i = 0; i < rq->nparams; i++)
        if (str_is(rq->params[i].name, name)) return rq->params[i].value;
    return (str){ 0 };
}

err rq_id(const struct rq *rq, const char *name, i64 *ret) {
    return id_parse(rq_param(rq, name), ret) ? OK : E_MISSING;
}

str page_back(str to) {
    bool fine = to.n > 0 && to.p[0] == '/' && !str_starts(to, S("//")) && !str_has(to, S("\\"));
    for (size_t i = 0; fine && i < to.n; i++) fine = to.p[i] > ' ' && to.p[i] <= '~';
    return fine ? to : S("/");
}

str rq_arg(const struct rq *rq, const char *name) { return http_arg(rq->h, name); }

str rq_typed(const struct rq *rq, const char *name, str stored) {
    for (size_t i = 0; i < rq->typed.n; i++)
        if (str_is(rq->typed.p[i].name, name)) return rq->typed.p[i].value;
    return stored;
}

str rq_fault(const struct rq *rq, const char *name) { return fault_at(&rq->faults, name); }

bool rq_may(const struct rq *rq, const char *right, const struct object *o) {
    return access_may(&rq->actor, right, o) == OK;
}

bool rq_may_somewhere(const struct rq *rq, const char *right) {
    i64 range[1][2];
    return access_ranges(&rq->actor, right, range, 1) > 0;
}

void rq_send_file(struct rq *rq, str hex, const char *type, str name) {
    rq->file = hex;
    rq->file_type = type;
    rq->file_name = name;
}

err rq_send_sheet(struct rq *rq, const struct sheet_table *t) {
    struct stat st;
    int fd = memfd_create("sheet", MFD_CLOEXEC);
    if (fd < 0) return E_IO;
    err e = sheet_write(t, 1, fd);
    if (e == OK && fstat(fd, &st) != 0) e = E_IO;
    if (e != OK) {
        close(fd);
        return e;
    }
    http_sendfile(rq->h, fd, st.st_size);
    return OK;
}

str rq_key(struct rq *rq) { return ticket_text(rq->a); }

struct form rq_form(struct rq *rq, const char *command) {
    /* The frame of the page has made the token already, and making one takes longer than many a select. */
    str csrf = rq->head.csrf.n ? rq->head.csrf : csrf_text(rq->a, rq->session_secret);
    return (struct form){ rq->h->path, str_of(command), csrf, rq_key(rq) };
}

static void about(struct rq *rq, struct control *c) {
    buf b = buf_in(rq->a, 200);
    if (c->f->hint) buf_fmt(&b, "%.*s-hint", STR(c->id));
    if (c->fault.n) buf_fmt(&b, "%s%.*s-error", b.n ? " " : "", STR(c->id));
    c->about = buf_str(&b);
}

static void how_to_type(struct control *c) {
    c->type = S("text");
    c->blank = S("请选择");
    switch (c->f->kind) {
    case FK_DAY: case FK_OPT_DAY: c->type = S("date"); break;
    case FK_INT: case FK_OPT_INT: c->inputmode = S("numeric"); break;
    case FK_MONEY: case FK_OPT_MONEY: case FK_SQM: case FK_OPT_SQM: c->inputmode = S("decimal"); break;
    default: break;
    }
    if (str_ends(str_of(c->f->name), S("phone"))) {
        c->type = S("tel");
        if (!strcmp(c->f->name, "phone")) c->autocomplete = S("tel");   /* another one is not his own */
    } else if (!strcmp(c->f->name, "password")) {
        c->type = S("password");
        c->autocomplete = S("current-password");
    } else if (!strcmp(c->f->name, "login")) {
        c->autocomplete = S("username");
    }
}

struct control rq_control(struct rq *rq, const struct field *list, const char *name, str stored) {
    const struct field *f = field_find(list, str_of(name));
    struct control c = { .f = f };
    if (!f) abort();   /* the page names a field its command does not have */
    c.id = str_fmt(rq->a, "f-%s", name);
    c.value = f->kind == FK_PLAIN && !strcmp(name, "password") ? (str){ 0 } : rq_typed(rq, name, stored);
    c.fault = rq_fault(rq, name);
    c.on = str_is(c.value, "1") || str_is(c.value, "true") || str_is(c.value, "on");
    const struct item *typed = f->items ? item_by_name(f->items, c.value) : NULL;
    i64 number = 0;
    if (f->items && !typed && str_i64(c.value, &number)) typed = item_by_value(f->items, number);
    for (const struct item *it = f->items; it && it->name; it++)
        *VEC_ADD(rq->a, &c.items) = (struct choice){ str_of(it->name), str_of(it->label), it == typed };
    c.nitems = c.items.n;
    how_to_type(&c);
    about(rq, &c);
    return c;
}

struct controls rq_controls(struct rq *rq, const struct field *list, const void *row) {
    struct controls all = { 0 };
    for (const struct field *f = list; f->name; f++) {
        str stored = { 0 };
        if (!(f->flags & (FORM | REQ)) || (f->flags & (KEY | HIDE))) continue;
        if (row && !field_text(rq->a, f, row, &stored)) stored = (str){ 0 };
        *VEC_ADD(rq->a, &all) = rq_control(rq, list, f->name, stored);
    }
    return all;
}

struct fault_box rq_faults(struct rq *rq) {
    struct fault_box b = { 0 };
    for (size_t i = 0; i < rq->faults.n; i++) {
        const struct fault *f = &rq->faults.p[i];
        struct fault_link *l = VEC_ADD(rq->a, &b.links);
        l->text = f->f ? str_fmt(rq->a, "%s：%.*s", f->f->label, STR(f->text)) : f->text;
        if (f->f) l->id = str_fmt(rq->a, "f-%s", f->f->name);
    }
    return b;
}
