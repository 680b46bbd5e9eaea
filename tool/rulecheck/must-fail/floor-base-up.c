/* breaks: floor as src/base/str.c */
#include "base/base.h"
#include "sys/db/db.h"
