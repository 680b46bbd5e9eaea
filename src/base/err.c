#include "base/base.h"

static const struct {
    int status;
    const char *name, *text;
} outcomes[] = {
    [OK] = { 200, "OK", "好了。" },
#define X(name, status, text) [name] = { status, #name, text },
    ERR_LIST(X)
#undef X
};

/* A number that is no outcome is a defect of ours and answered as one. */
static size_t row(err e) { return (size_t)e < COUNT(outcomes) ? (size_t)e : (size_t)E_BROKEN; }

int err_status(err e) { return outcomes[row(e)].status; }

const char *err_name(err e) { return outcomes[row(e)].name; }

const char *err_text(err e) { return outcomes[row(e)].text; }
