/* banned.h - calls that may not appear in this house. The reason stands beside each.
 * The idea is git's banned.h: a twenty-year program forgets a rule that does not break the build. */
#ifndef WUYE_BANNED_H
#define WUYE_BANNED_H

/* System headers must come before the poison. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* With fortified headers clang sees these as macros, and poisoning a macro is a warning. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets /* no length */
#pragma GCC poison strtok atoi atol atoll atof                               /* hide errors or keep state */
#pragma GCC poison localtime localtime_r gmtime ctime asctime mktime         /* time zones: base/day.h */
#pragma GCC poison rand srand random                                        /* sys/crypt has randomness */
#pragma GCC poison setlocale

#endif
