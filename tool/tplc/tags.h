/* tags.h - what the compiler knows about HTML and SVG: pure tables. */
#ifndef WUYE_TPLC_TAGS_H
#define WUYE_TPLC_TAGS_H

#include "base/base.h"

enum {
    T_VOID = 1,   /* has no end tag */
    T_BLOCK = 2,  /* blanks beside its tags do not show */
    T_ENDS_P = 4, /* a browser closes an open <p> before it */
    T_RCDATA = 8, /* text only, no tags inside */
    T_EMPTY = 16, /* nothing may stand inside */
    T_HEADING = 32,
    T_CONTROL = 64,      /* needs a label */
    T_INTERACTIVE = 128, /* may not stand inside <a> or <button> */
    T_EXACT = 256,       /* blanks count */
    T_ONLY = 512,        /* no text directly inside */
};

struct tag {
    const char *name;
    unsigned flags;
    const char *parents;  /* NULL: any; else blank-separated */
    const char *children; /* NULL: any */
};

/* NULL if the element is unknown. */
const struct tag *tag_find(str name, bool svg);

enum attr_kind {
    A_PLAIN,
    A_URL,     /* an address: scheme checked */
    A_LITERAL, /* has a meaning of its own that no escaping covers: no expressions */
    A_BANNED,  /* inline style and script */
};
enum attr_kind attr_kind(str name);
/* True for the attributes of SVG that are not written in lower case. A browser folds the case of all others, so
 * that HREF would be an address that no check here had seen. */
bool attr_is_camel(str name);

/* True for the names of character references templates may use; all else is written as itself. */
bool entity_known(str name);
/* True if the blank-separated list holds the word. */
bool list_has(const char *list, str word);
bool tag_is(const struct tag *t, const char *name);

#endif
