/* rows.h - between the files of this part. */
#ifndef WUYE_REGISTER_ROWS_H
#define WUYE_REGISTER_ROWS_H

#include "kit/sheet/read.h"

/* The last step: what rows say about each other (the same home twice, one number with two names, shares), then the
 * keys and the counts. */
void register_compare(struct arena *a, struct home_register *r);

#endif
