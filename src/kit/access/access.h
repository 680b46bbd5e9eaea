/* access.h - who may see and do what. One function decides; deny by default.
 *
 * A person acts by grants (a role at an area, dated) and by ties to homes (owner, tenant ..., dated, rows of the
 * estate). A right is `room.right`; which role has it stands in data/roles.tsv. */
#ifndef WUYE_ACCESS_H
#define WUYE_ACCESS_H

#include "base/base.h"

enum { RIGHTS_MAX = 256 };

struct role {
    str id, title, kind;
    int level;                      /* area level it is granted at: 1 city .. 5 estate, 0 by tie or by itself */
    u64 rights[RIGHTS_MAX / 64];
};

struct grant_held {
    i64 id;
    const struct role *role;
    i64 area, lo, hi;               /* [lo, hi) of 16-digit codes in the managing tree */
    str function;                   /* of a department officer; empty for all */
};

struct tie_held {                   /* current or ended relation to a home of the estate at hand */
    i64 home;
    const struct role *role;
    instant from, to;               /* to.us == INT64_MAX while it lasts */
};

/* Why somebody who comes with a session is nobody: the login page says it. */
enum session_end { SESSION_NONE, SESSION_IDLE, SESSION_OVER };

struct actor {
    i64 person;                     /* 0: nobody is logged in */
    i64 session;
    enum session_end ended;         /* only when person is 0 */
    str name;
    bool system;                    /* the carrier, the timer, the seeder: may everything, and the op row says so */
    struct grant_held *grants;
    size_t ngrants;
    i64 estate;                     /* the estate whose ties are loaded */
    struct tie_held *ties;
    size_t nties;
};

/* What an action is about. Zero fields do not narrow. */
struct object {
    i64 code;                       /* 16-digit area code */
    i64 estate, home;
    i64 person;                     /* who reported it, whom it concerns */
    instant at;                     /* when it came to be: ended ties see their own past only */
};

/* Reads data/roles.tsv; false with a line on stderr if it is damaged. Once at start-up. */
bool access_load(str roles_tsv);
const struct role *role_by_id(str id);
const struct role *role_at(size_t i);   /* NULL past the end */
/* The index of a right; -1 if no role has it (start-up refuses a page or command with such a right). */
int right_no(const char *right);
bool role_has(const struct role *r, const char *right);

/* OK, E_LOGIN (nobody logged in), E_DENIED (in scope, but not this), E_MISSING (out of scope: no oracle). */
err access_may(const struct actor *who, const char *right, const struct object *o) MUST;
/* The widest range of area codes in which the actor has the right; lo == hi when there is none. Bound into lists. */
void access_scope(const struct actor *who, const char *right, i64 *ret_lo, i64 *ret_hi);
/* Every range in which the actor has the right, widest first; returns how many (at most n). */
size_t access_ranges(const struct actor *who, const char *right, i64 (*range)[2], size_t n);
/* The role by which the right is held for the object, for the audit row; NULL if by none. */
const struct role *access_role(const struct actor *who, const char *right, const struct object *o);

#endif
