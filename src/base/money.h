/* money.h - money in fen and floor area in 0.01 m2, each a type of its own so that they cannot mix. */
#ifndef WUYE_MONEY_H
#define WUYE_MONEY_H

#include "base/base.h"

typedef struct money { i64 fen; } money;
typedef struct sqm { i64 dm2; } sqm;   /* 1 dm2 = 0.01 m2 */

bool money_add(money a, money b, money *ret) MUST;
bool money_sub(money a, money b, money *ret) MUST;
bool sqm_add(sqm a, sqm b, sqm *ret) MUST;
/* "12.30", "1,234.5", "１２.３０"; at most two decimals; false otherwise. */
bool money_parse(str s, money *ret) MUST;
bool sqm_parse(str s, sqm *ret) MUST;
/* "12.30": for JSON and CSV. */
void money_put(buf *b, money m);
/* "1,245.60": for people. */
void money_show(buf *b, money m);
/* "89.05" */
void sqm_put(buf *b, sqm a);

#endif
