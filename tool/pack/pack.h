/* pack.h - the texts of the pages made smaller. Pure functions; memory comes from the caller's arena. */
#ifndef WUYE_PACK_H
#define WUYE_PACK_H

#include "base/base.h"

/* CSS without comments and needless blanks. Strings and url() stay as they are. */
str pack_css(struct arena *a, str s);
/* JavaScript without the comments that begin a line, and without indentation. */
str pack_js(struct arena *a, str s);
/* SVG without comments, and without blanks between tags. */
str pack_svg(struct arena *a, str s);
/* <symbol id="name"> of a drawing; false if it is none. */
bool pack_symbol(struct arena *a, str svg, str name, buf *out);
/* "asset:NAME" becomes the address that `address` gives for NAME; false, and the name in *ret_missing, if it
 * gives NULL. */
bool pack_references(struct arena *a, str s, const char *(*address)(void *arg, str name), void *arg, str *ret,
                     str *ret_missing);
/* True if the dark colours of people who chose dark and of people whose device did are the same list. */
bool pack_same_dark(str css);

#endif
