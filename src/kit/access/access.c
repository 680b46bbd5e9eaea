/* access.c - the one function that decides; see access.h. */
#include "kit/access/access.h"

static struct role roles[64];
static size_t nroles;
static str rights[RIGHTS_MAX];
static int nrights;

static int intern(str right) {
    for (int i = 0; i < nrights; i++)
        if (str_eq(rights[i], right)) return i;
    if (nrights == RIGHTS_MAX) return -1;
    rights[nrights] = right;
    return nrights++;
}

static int level_of(str s) {
    static const char *const names[] = { "city", "district", "street", "community", "estate" };
    for (int i = 0; i < (int)COUNT(names); i++)
        if (str_is(s, names[i])) return i + 1;
    return 0;
}

/* id, title, kind, level, rights. The text lives as long as the program. */
static bool load_line(str line) {
    str id, title, kind, level, list, right;
    if (!str_cut(&line, '\t', &id) || !str_cut(&line, '\t', &title) || !str_cut(&line, '\t', &kind) ||
        !str_cut(&line, '\t', &level) || nroles == COUNT(roles))
        return false;
    struct role *r = &roles[nroles++];
    *r = (struct role){ .id = id, .title = title, .kind = kind, .level = level_of(level) };
    if (!str_cut(&line, '\t', &list)) return true;
    while (str_cut(&list, ' ', &right)) {
        int no = right.n ? intern(right) : -1;
        if (no >= 0) r->rights[no / 64] |= 1ULL << (no % 64);
    }
    return true;
}

bool access_load(str tsv) {
    str line;
    bool head = true;
    nroles = 0;
    while (str_cut(&tsv, '\n', &line)) {
        if (line.n == 0 || line.p[0] == '#') continue;
        if (head) {
            head = false;
            continue;
        }
        if (!load_line(line)) {
            fprintf(stderr, "wuye: roles.tsv: bad line %.*s\n", STR(line));
            return false;
        }
    }
    return nroles > 0;
}

const struct role *role_at(size_t i) { return i < nroles ? &roles[i] : NULL; }

const struct role *role_by_id(str id) {
    for (size_t i = 0; i < nroles; i++)
        if (str_eq(roles[i].id, id)) return &roles[i];
    return NULL;
}

int right_no(const char *right) {
    for (int i = 0; i < nrights; i++)
        if (str_is(rights[i], right)) return i;
    return -1;
}

static bool has(const struct role *r, int no) { return no >= 0 && (r->rights[no / 64] >> (no % 64) & 1); }
bool role_has(const struct role *r, const char *right) { return has(r, right_no(right)); }

static bool covers(const struct grant_held *g, const struct object *o) { return o->code >= g->lo && o->code < g->hi; }

static bool current(const struct tie_held *t, instant at) {
    /* An object without a time is the present one; an ended relation sees its own past only. */
    return at.us == 0 ? t->to.us == INT64_MAX : at.us >= t->from.us && at.us < t->to.us;
}

static bool tied(const struct actor *who, const struct tie_held *t, const struct object *o) {
    if (o->estate != who->estate || !current(t, o->at)) return false;
    return (o->home == 0 && o->person == 0) || (o->home != 0 && t->home == o->home) ||
           (o->person != 0 && o->person == who->person);
}

const struct role *access_role(const struct actor *who, const char *right, const struct object *o) {
    int no = right_no(right);
    for (size_t i = 0; i < who->ngrants; i++)
        if (covers(&who->grants[i], o) && has(who->grants[i].role, no)) return who->grants[i].role;
    for (size_t i = 0; i < who->nties; i++)
        if (tied(who, &who->ties[i], o) && has(who->ties[i].role, no)) return who->ties[i].role;
    return NULL;
}

err access_may(const struct actor *who, const char *right, const struct object *o) {
    if (who->system) return OK;
    if (who->person == 0) return E_LOGIN;
    if (access_role(who, right, o)) return OK;
    for (size_t i = 0; i < who->ngrants; i++)
        if (covers(&who->grants[i], o)) return E_DENIED;
    for (size_t i = 0; i < who->nties; i++)
        if (tied(who, &who->ties[i], o)) return E_DENIED;
    return E_MISSING;
}

size_t access_ranges(const struct actor *who, const char *right, i64 (*range)[2], size_t n) {
    int no = right_no(right);
    size_t k = 0;
    for (size_t i = 0; i < who->ngrants; i++) {
        const struct grant_held *g = &who->grants[i];
        bool inside = false;
        if (!has(g->role, no)) continue;
        for (size_t j = 0; j < k; j++) inside |= g->lo >= range[j][0] && g->hi <= range[j][1];
        if (inside || k == n) continue;
        size_t at = k++;
        for (; at > 0 && range[at - 1][1] - range[at - 1][0] < g->hi - g->lo; at--) {
            range[at][0] = range[at - 1][0];
            range[at][1] = range[at - 1][1];
        }
        range[at][0] = g->lo;
        range[at][1] = g->hi;
    }
    return k;
}

void access_scope(const struct actor *who, const char *right, i64 *ret_lo, i64 *ret_hi) {
    i64 range[32][2];
    *ret_lo = *ret_hi = 0;
    if (who->system) *ret_hi = INT64_MAX;
    else if (access_ranges(who, right, range, 32) > 0) {
        *ret_lo = range[0][0];
        *ret_hi = range[0][1];
    }
}
