/* breaks: owner as src/domain/x/x.c */
#include <sqlite3.h>
#include "base/base.h"
