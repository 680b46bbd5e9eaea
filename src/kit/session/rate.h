/* rate.h - how often something may be tried from one account or address. In memory: a restart forgives. */
#ifndef WUYE_RATE_H
#define WUYE_RATE_H

#include "base/base.h"

enum rate { RATE_LOGIN, RATE_PEER, RATE_REVEAL, RATE_FIND, RATES };   /* by name, by address, by viewer */

/* Takes one of the tries of `who`; false when there is none left in the window. Any thread. */
bool rate_take(enum rate kind, hash who, instant now) MUST;

#endif
