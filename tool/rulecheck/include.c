#include "check.h"
#include "rules.h"

static const char *const floors[] = { "base", "sys", "kit", "domain", "app" };

/* "kit" of "kit/page/page.h" -> 2; -1 if it is no floor. */
static int floor_of(str path) {
    str head;
    if (!str_cut(&path, '/', &head)) return -1;
    for (size_t i = 0; i < COUNT(floors); i++) {
        if (str_is(head, floors[i])) return (int)i;
    }
    return -1;
}

/* "fee" of "domain/fee/fee.h"; empty if it lies in no room. */
static str room_of(str path) {
    str head, name;
    if (!str_cut(&path, '/', &head) || !str_is(head, "domain")) return S("");
    return str_cut(&path, '/', &name) && path.p != NULL ? name : S("");
}

static str below_src(str path) { return str_starts(path, S("src/")) ? str_from(path, 4) : (str){ NULL, 0 }; }

static struct room *room_find(struct checker *c, str name) {
    for (size_t i = 0; i < c->rooms.n; i++) {
        if (str_eq(c->rooms.p[i].name, name)) return &c->rooms.p[i];
    }
    return NULL;
}

/* ---- needs --------------------------------------------------------------------------------------------------- */

static bool sign(const struct tok *t, char c) { return t->kind == T_SIGN && t->text.p[0] == c; }

/* The strings of the braces that open at or after i. */
static void names_in_braces(struct checker *c, const struct source *s, size_t i, struct room *r) {
    while (s->t.p[i].kind != T_END && !sign(&s->t.p[i], '{')) i++;
    for (; s->t.p[i].kind != T_END && !sign(&s->t.p[i], '}'); i++) {
        if (s->t.p[i].kind == T_STRING) *VEC_ADD(c->a, &r->needs) = (struct need){ s->t.p[i].text, s->t.p[i].line };
    }
}

/* `.needs = (const char *const[]){ "estate", NULL }`, or `.needs = needs` with `needs[] = { "estate", NULL }`. */
static void needs_at(struct checker *c, const struct source *s, size_t i, struct room *r) {
    const struct tok *value = &s->t.p[i];
    r->stated = true;
    r->path = s->path;
    if (sign(value, '(') || sign(value, '{')) {
        names_in_braces(c, s, i, r);
        return;
    }
    for (size_t k = 0; value->kind == T_WORD && k + 1 < s->t.n; k++) {
        if (s->t.p[k].kind == T_WORD && str_eq(s->t.p[k].text, value->text) && sign(&s->t.p[k + 1], '[')) {
            names_in_braces(c, s, k, r);
            return;
        }
    }
}

void rooms_read(struct checker *c, const struct source *s) {
    str name = room_of(below_src(s->path));
    if (name.n == 0) return;
    struct room *r = room_find(c, name);
    if (r == NULL) {
        r = VEC_ADD(c->a, &c->rooms);
        r->name = name;
    }
    if (!str_ends(s->path, S(".c")) || str_ends(s->path, S(".test.c"))) return;
    for (size_t i = 0; i + 3 < s->t.n; i++) {
        const struct tok *t = &s->t.p[i];
        if (!sign(t, '.') || t[1].kind != T_WORD || !str_is(t[1].text, "needs") || !sign(&t[2], '=')) continue;
        needs_at(c, s, i + 3, r);
    }
}

/* Depth first; a room met again on the way down closes a cycle. */
static void visit(struct checker *c, struct room *r) {
    enum { FRESH, OPEN, DONE };
    r->mark = OPEN;
    for (size_t i = 0; i < r->needs.n; i++) {
        const struct need *n = &r->needs.p[i];
        struct room *to = room_find(c, n->room);
        if (to == NULL) {
            report(c, r->path, n->line, "needs", "there is no room \"%.*s\"", STR(n->room));
        } else if (to->mark == OPEN) {
            report(c, r->path, n->line, "needs-cycle", "%.*s needs %.*s, which needs it in turn: use an event",
                   STR(r->name), STR(n->room));
        } else if (to->mark == FRESH) {
            visit(c, to);
        }
    }
    r->mark = DONE;
}

void rooms_check(struct checker *c) {
    for (size_t i = 0; i < c->rooms.n; i++) {
        if (c->rooms.p[i].mark == 0) visit(c, &c->rooms.p[i]);
    }
}

/* ---- includes ------------------------------------------------------------------------------------------------ */

static bool needed(const struct room *r, str name) {
    for (size_t i = 0; r != NULL && i < r->needs.n; i++) {
        if (str_eq(r->needs.p[i].room, name)) return true;
    }
    return false;
}

static void check_room(struct checker *c, str path, int line, str header, str own) {
    str other = room_of(header);
    if (str_eq(other, own)) return;
    str only = str_fmt(c->a, "domain/%.*s/%.*s.h", STR(other), STR(other));
    if (!str_eq(header, only)) {
        report(c, path, line, "room", "the only header of that room for others is \"%.*s\"", STR(only));
    } else if (!needed(room_find(c, own), other)) {
        report(c, path, line, "room", "\"%.*s\" is not among the .needs of %.*s", STR(other), STR(own));
    }
}

static void check_own(struct checker *c, str path, int line, str header) {
    str place = below_src(path);
    if (place.p == NULL) return;            /* tools and tests include what they test */
    int from = floor_of(place), to = floor_of(header);
    if (str_is(header, GENERATED)) {
        return;
    } else if (to < 0) {
        report(c, path, line, "floor", "\"%.*s\": paths of includes begin at src/", STR(header));
    } else if (to > from) {
        report(c, path, line, "floor", "floors only look down, never up to %s", floors[to]);
    } else if (room_of(place).n > 0 && room_of(header).n > 0) {
        check_room(c, path, line, header, room_of(place));
    }
}

static void check_system(struct checker *c, str path, int line, str header) {
    if (list_has(libc_headers, header)) return;
    for (size_t i = 0; i < owners_n; i++) {
        str owned = str_of(owners[i].header);
        bool is = str_ends(owned, S(".h")) ? str_eq(header, owned) : str_starts(header, owned);
        if (!is) continue;
        if (!list_leads(owners[i].places, path)) {
            report(c, path, line, "owner", "<%.*s> belongs to %s", STR(header), owners[i].places);
        }
        return;
    }
    report(c, path, line, "owner", "<%.*s> belongs to nobody: name its owner in rules.c", STR(header));
}

/* Templates: {% include "kit/page/page.h" %} */
static void check_htm_includes(struct checker *c, const struct source *s) {
    str rest = s->text, line, tag = S("{% include \"");
    for (int no = 1; rest.n > 0 && str_cut(&rest, '\n', &line); no++) {
        for (size_t i = 0; i < line.n; i++) {
            str header = str_from(line, i);
            if (!str_starts(header, tag)) continue;
            header = str_from(header, tag.n);
            i64 end = str_find(header, '"');
            if (end >= 0) check_own(c, s->path, no, str_sub(header, 0, (size_t)end));
        }
    }
}

void check_includes(struct checker *c, const struct source *s) {
    if (str_ends(s->path, S(".htm"))) check_htm_includes(c, s);
    for (size_t i = 0; i < s->t.n; i++) {
        const struct tok *t = &s->t.p[i];
        if (t->kind != T_INCLUDE) continue;
        if (t->system) check_system(c, s->path, t->line, t->text);
        else check_own(c, s->path, t->line, t->text);
    }
}
