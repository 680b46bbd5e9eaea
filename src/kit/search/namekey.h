/* namekey.h - names are stored byte for byte; they are found by a key made beside. */
#ifndef WUYE_NAMEKEY_H
#define WUYE_NAMEKEY_H

#include "base/base.h"

/* The key of a name: compatibility forms unified (NFKC: full width, Kangxi radicals, compatibility ideographs), all
 * middle dots one dot, blanks and invisible characters gone, upper case. Two spellings a person would call the same
 * give the same key. Never show it, store it as a name, sign it or hash it. */
str name_key(struct arena *a, str name);

#endif
