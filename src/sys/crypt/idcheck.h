/* idcheck.h - numbers that identify people and organisations: normal form, check, mask. No keys, no I/O.
 *
 * A `tidy` function gives the one form that is stored, indexed and compared; it never fails, so that
 * people are told about what they typed. A `fault` function wants that form and returns a sentence for the
 * person, or NULL when the number is right. Both fit the hooks of a field. */
#ifndef WUYE_IDCHECK_H
#define WUYE_IDCHECK_H

#include "base/base.h"

/* Resident identity card, 18 characters (GB 11643-1999), and the cards of the same shape for residents
 * from Hong Kong, Macao and Taiwan and for foreign permanent residents. */
str idcard_tidy(struct arena *a, str s);          /* full-width to ASCII, blanks out, x to X */
const char *idcard_fault(str s);
/* Of a right number: the day of birth; and whether it is a woman's. */
day idcard_birth(str s);
bool idcard_female(str s);

/* Mobile telephone of the mainland, 11 digits. */
str mobile_tidy(struct arena *a, str s);          /* as above; hyphens, +86 and 0086 out */
const char *mobile_fault(str s);

/* A telephone that is written up for everybody: a mobile, a landline with its area code and perhaps an extension,
 * 400 or 800, or a short one such as 12345. Hyphens stay where they were written. */
str hotline_tidy(struct arena *a, str s);
const char *hotline_fault(str s);

/* Unified social credit code, 18 characters (GB 32100-2015). */
str credit_tidy(struct arena *a, str s);          /* as above; letters upper case */
const char *credit_fault(str s);

/* Bank account or card: 9 to 30 digits. Accounts of organisations carry no common check digit. */
str account_tidy(struct arena *a, str s);
const char *account_fault(str s);

/* What may be shown without revealing. Anything of another shape is hidden whole. */
str idcard_mask(struct arena *a, str s);          /* 110***********002X */
str mobile_mask(struct arena *a, str s);          /* 138****1234 */
str account_mask(struct arena *a, str s);         /* ****1234 */
str name_mask(struct arena *a, str s);            /* 张*, however long the name is */

#endif
