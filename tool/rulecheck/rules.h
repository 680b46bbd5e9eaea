/* rules.h - the rules of the house as data. To add one, add a line to rules.c and a file to must-fail/. */
#ifndef WUYE_RULECHECK_RULES_H
#define WUYE_RULECHECK_RULES_H

#include "base/base.h"

#define FILE_LINES 800
#define FUNCTION_LINES 80
#define COLUMNS 120          /* code points: 110 columns, with leniency for Chinese */
#define GENERATED "assets.h"   /* written by the build, lies in no folder */

/* Lists of paths and names are separated by blanks; a path is a prefix. */

struct owner { const char *header, *places; };            /* a header and the only places that may include it */
struct word { const char *word; bool any_case; };         /* unfinished work */
struct wording { const char *text, *instead; };           /* what people do not read from us */
struct call { const char *rule, *names, *places, *excuse, *instead; };
struct sql_ban { const char *rule, *pattern, *unless, *places, *instead; };

extern const struct owner owners[];
extern const char libc_headers[];
extern const struct word words[];
extern const struct wording wordings[];
extern const struct call calls[];
extern const struct sql_ban sql_bans[];
extern const size_t owners_n, words_n, wordings_n, calls_n, sql_bans_n;

/* True if the list holds the word. */
bool list_has(const char *list, str word);
/* True if the path begins with a prefix of the list. */
bool list_leads(const char *list, str path);

#endif
