/* breaks: floor as src/sys/db/db.c */
#include "kit/entity/entity.h"
