/* timer.c - due clocks become commands; see event.h. */
#include "kit/event/internal.h"

SQL(timer_due, "iiiii", "iiitiit",
    "SELECT estate_id, id, due_at, kind, ref, armed_no, rule FROM clock "
    "WHERE running = 1 AND failed < $1 AND due_at <= $2 AND (due_at, estate_id, id) > ($3, $4, $5) "
    "ORDER BY due_at, estate_id, id LIMIT 64")
SQL(timer_stop, "iiiii", "",
    "UPDATE clock SET running = 0, provisional = 0, armed_no = armed_no + 1, failed = 0 "
    "WHERE estate_id = $1 AND ref = $2 AND id = $3 AND armed_no = $4 AND due_at = $5 AND running = 1")
SQL(timer_fail, "iiii", "",
    "UPDATE clock SET failed = failed + 1 WHERE estate_id = $1 AND ref = $2 AND id = $3 AND armed_no = $4")

struct due { i64 until, after[3]; struct rows rows; };

static err due_run(struct tx *tx, void *arg) {
    struct due *d = arg;
    return db_all(tx, &d->rows, &timer_due, vi(TRIES_MAX), vi(d->until), vi(d->after[0]), vi(d->after[1]),
                  vi(d->after[2]));
}

struct fire { struct carrier *c; i64 due_us; struct clock_event ev; bool late; str why; };

static const struct command *command_for(struct carrier *c, struct arena *a, str kind) {
    const struct command *cmd = NULL;
    str event = str_fmt(a, "clock.%.*s", STR(kind));
    for (size_t i = 0; i < c->nwho && !cmd; i++) (void)subscription_of(&c->who[i], event, &cmd);
    return cmd;
}

static err fire_run(struct tx *tx, void *arg) {
    struct fire *f = arg;
    const struct clock_event *ev = &f->ev;
    struct prepared p;
    struct pair list[6];
    struct pairs pairs = { list, 0 };
    f->late = false;
    f->why = (str){ 0 };
    /* Stopped, paused or moved since it was seen: nothing happens. */
    TRY(db_run(tx, &timer_stop, vi(ev->estate_id), vi(ev->ref), vi(ev->id), vi(ev->armed_no), vi(f->due_us)));
    f->late = tx->changed == 0;
    if (f->late) return OK;
    const struct command *cmd = command_for(f->c, tx->a, ev->kind);
    if (!cmd) {
        f->why = S("no module takes this clock");
        return E_MISSING;
    }
    for (const struct field *x = clock_event_fields; x->name; x++)
        if (field_text(tx->a, x, ev, &list[pairs.n].value)) list[pairs.n++].name = str_of(x->name);
    str key = str_fmt(tx->a, "clk:%.*s:%lld", STR(id_text(tx->a, ev->id)), (long long)ev->armed_no);
    err e = call_prepare(tx->a, cmd, &pairs, FACE_TIMER, key, &p);
    if (e == OK) e = command_run(tx, &p.call);
    if (e != OK) f->why = p.why.n ? p.why : call_fault(tx->a, e, &p.call);
    return e;
}

static err fail_run(struct tx *tx, void *arg) {
    const struct fire *f = arg;
    return db_run(tx, &timer_fail, vi(f->ev.estate_id), vi(f->ev.ref), vi(f->ev.id), vi(f->ev.armed_no));
}

static err fire(struct carrier *c, struct fire *f) {
    err e = carrier_job(c, f->ev.estate_id, (instant){ f->due_us }, true, fire_run, f);
    if (e == OK && !f->late) c->stat.fired++;
    if (e == OK || transient(e)) return e;
    c->stat.failures++;
    fprintf(stderr, "wuye: clock %.*s of case %lld: %.*s\n", STR(f->ev.kind), (long long)f->ev.ref, STR(f->why));
    return carrier_job(c, f->ev.estate_id, (instant){ f->due_us }, true, fail_run, f);
}

/* Fires what is due in order of due time. With a window it stops that long after the first one, so that what it led to
 * can be carried before later clocks fire. */
err timer_fire_until(struct carrier *c, instant until, i64 window_us, i64 *ret_tried) {
    struct due d = { .until = until.us, .after = { INT64_MIN, 0, 0 } };
    *ret_tried = 0;
    do {
        TRY(carrier_job(c, 0, until, false, due_run, &d));
        /* The rows lie in the arena of that job, which the next job resets. */
        struct fire *list = NEW_N(c->mem, struct fire, d.rows.n + 1);
        for (size_t i = 0; i < d.rows.n; i++) {
            const val *v = d.rows.p[i].v;
            if (window_us && d.until > v[2].i + window_us) d.until = v[2].i + window_us;
            list[i] = (struct fire){ .c = c, .due_us = v[2].i };
            list[i].ev = (struct clock_event){ .estate_id = v[0].i, .id = v[1].i, .ref = v[4].i };
            list[i].ev.kind = str_dup(c->mem, v[3].s);
            list[i].ev.armed_no = v[5].i;
            list[i].ev.rule = str_dup(c->mem, v[6].s);
        }
        size_t n = d.rows.n;
        for (size_t i = 0; i < n && list[i].due_us <= d.until; i++) {
            TRY(fire(c, &list[i]));
            ++*ret_tried;
            d.after[0] = list[i].due_us;
            d.after[1] = list[i].ev.estate_id;
            d.after[2] = list[i].ev.id;
        }
        if (n < 64) break;
    } while (d.after[0] < d.until);
    return OK;
}
