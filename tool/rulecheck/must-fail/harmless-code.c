/* breaks: nothing as src/domain/x/x.c */
#include <stdio.h>
#include "sys/db/db.h"
#include "domain/x/pages.h"
#include "domain/y/y.h"

/* Words that only look like others: TODOS, MKXXX, hacker, the method todo(). A tab inside is no indent: "a	b". */
static const char *const mother = "母亲，父亲，您好";

static i64 times(struct tx *tx, struct clock *c) { return tx->now.us + c->time(c) + day_time(c); }

static void *kept(size_t n) { return malloc(n); /* heap: lives as long as the process */ }

const struct module x_module = {
    .name = "x",
    .needs = (const char *const[]){ "y", NULL },
};
/* beside: src/domain/y/y.c */
const struct module y_module = { .name = "y" };
