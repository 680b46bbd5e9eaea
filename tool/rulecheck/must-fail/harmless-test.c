/* breaks: nothing as test/story/sql.c */
#include <sqlite3.h>
#include <libpq-fe.h>
#include "app/app.h"
#include "story.h"

static void x(void) { free(malloc((size_t)time(NULL))); }
