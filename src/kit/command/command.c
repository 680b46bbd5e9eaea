/* command.c - the contract of a command; see command.h and doc/tour.md. */
#include "kit/command/command.h"
#include "kit/area/area.h"
#include "kit/metric/metric.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"

/* test/crash builds a copy that does not look: what is asked again is then done again, and must be caught. */
#ifdef WUYE_CONTROL_NO_OP
#define ANSWERED_BEFORE(row) false
#else
#define ANSWERED_BEFORE(row) ((row).v == NULL)
#endif

/* tx->op. The trail comes first: the entity engine knows only that. */
struct running {
    struct trail trail;
    struct call *call;
    buf result;
    str next, role;
};

static struct running *running(struct tx *tx) { return tx->op; }

bool key_ok(str key) {
    if (key.n < 8 || key.n > 64) return false;
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] <= ' ' || key.p[i] > '~') return false;
    return true;
}

hash call_hash(struct arena *a, const struct call *c) {
    struct sm3 s;
    buf b = buf_in(a, 1 << 20);
    sm3_init(&s);
    sm3_i64(&s, c->actor->person);
    sm3_i64(&s, c->shard);
    sm3_field(&s, str_of(c->cmd->name));
    for (const struct field *f = c->cmd->in; f->name; f++) {
        str text;
        /* Few numbers are telephone numbers: without a key the digest of one would be as good as the number. */
        hash keyed;
        if (f->kind == FK_PLAIN) {
            str plain = *field_str(f, (void *)(uintptr_t)c->in);
            keyed = pepper(plain.p, plain.n);
            text = plain.n ? (str){ (const char *)keyed.b, SM3_LEN } : plain;
        } else if (!field_text(a, f, c->in, &text)) text = (str){ 0 };
        buf_clear(&b);
        sm3_field(&s, str_of(f->name));
        sm3_field(&s, text);
    }
    return sm3_end(&s);
}

SQL(op_begin, "itiiiitb", "i",
    "INSERT INTO op (shard, key, id, at, actor, role, face, command, input, before, after, change, result, "
    "next, counts, events) "
    "VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8, $8, $8, '', '', '', '', '') ON CONFLICT DO NOTHING RETURNING id")
SQL(op_before, "it", "btt", "SELECT input, result, next FROM op WHERE shard = $1 AND key = $2")
SQL(op_finish, "itbbtttttt", "",
    "UPDATE op SET before = $3, after = $4, change = $5, result = $6, next = $7, counts = $8, events = $9, "
    "role = $10 "
    "WHERE shard = $1 AND key = $2")

static err permitted(struct tx *tx, struct call *c, str *ret_role) {
    /* What concerns the whole house is asked for at the city; an object without a code lies in no one's area. */
    bool house = c->cmd->shard == SHARD_HOUSE && !c->cmd->object;
    struct object o = { .code = house ? AREA_CITY_CODE : c->code, .estate = c->estate };
    *ret_role = c->actor->system ? S("system") : S("");
    if (c->cmd->internal && !c->actor->system) return E_MISSING;
    if (c->cmd->open || c->actor->system) return OK;
    if (c->actor->person == 0) return E_LOGIN;
    if (c->cmd->object) TRY(c->cmd->object(tx, c->in, &o));
    if (!c->cmd->right) return OK;
    const struct role *r = access_role(c->actor, c->cmd->right, &o);
    if (r) *ret_role = r->id;
    return access_may(c->actor, c->cmd->right, &o);
}

err command_may(struct tx *tx, struct call *c) {
    str role;
    return permitted(tx, c, &role);
}

/* The key was used before: the same call gets its first answer, another call is refused. */
static err replay(struct tx *tx, struct call *c) {
    struct row r;
    TRY(db_one(tx, &r, &op_before, vi(c->shard), vt(c->key)));
    if (r.v[0].s.n != SM3_LEN || memcmp(r.v[0].s.p, c->in_hash.b, SM3_LEN) != 0) {
        fault_add(tx->a, &c->faults, NULL, "key", S("这个办理键已经用在另一件事上，请刷新页面再办。"));
        return E_CONFLICT;
    }
    c->result = r.v[1].s;
    c->next = r.v[2].s;
    c->replay = true;
    return OK;
}

static err finish(struct tx *tx, struct running *w) {
    struct call *c = w->call;
    buf_c(&w->result, '}');
    hash before = sm3_end(&w->trail.before), after = sm3_end(&w->trail.after);
    if (w->trail.change.over || w->trail.events.over || w->trail.counts.over || w->result.over) return E_FULL;
    TRY(db_run(tx, &op_finish, vi(c->shard), vt(c->key), vh(&before), vh(&after), vt(buf_str(&w->trail.change)),
               vt(buf_str(&w->result)), vt(w->next), vt(buf_str(&w->trail.counts)), vt(buf_str(&w->trail.events)),
               vt(w->role)));
    c->result = buf_str(&w->result);
    c->next = w->next;
    return OK;
}

err command_run(struct tx *tx, struct call *c) {
    struct running w = { .call = c, .result = buf_in(tx->a, 1 << 16) };
    struct row r;
    c->faults = (struct faults){ 0 };
    c->replay = false;
    c->result = c->next = c->cookie = (str){ 0 };
    trail_start(&w.trail, tx->a);
    /* The op row comes first: of two runs with one key, here or on another server, only one goes on. */
    TRY(db_maybe(tx, &r, &op_begin, vi(c->shard), vt(c->key), vi(id_new()), vi(tx->now.us), vi(c->actor->person),
                 vi(c->face), vt(str_of(c->cmd->name)), vh(&c->in_hash)));
    if (ANSWERED_BEFORE(r)) return replay(tx, c);
    TRY(permitted(tx, c, &w.role));
    buf_c(&w.result, '{');
    tx->op = &w;
    err e = c->cmd->run(tx, c->in);
    if (e == OK) e = tx->sticky;
    if (e == OK) e = finish(tx, &w);
    tx->op = NULL;
    return e;
}

const struct actor *op_actor(struct tx *tx) { return running(tx)->call->actor; }
i64 op_estate(struct tx *tx) { return running(tx)->call->estate; }
i64 op_code(struct tx *tx) { return running(tx)->call->code; }
enum face op_face(struct tx *tx) { return running(tx)->call->face; }

err op_fail(struct tx *tx, err e, const char *field, const char *sentence) {
    struct call *c = running(tx)->call;
    const struct field *f = field ? field_find(c->cmd->in, str_of(field)) : NULL;
    fault_add(tx->a, &c->faults, f, err_name(e), str_of(sentence));
    return e;
}

void op_result(struct tx *tx, const char *name, str value) {
    buf *b = &running(tx)->result;
    if (b->n > 1) buf_c(b, ',');
    buf_json(b, str_of(name));
    buf_c(b, ':');
    buf_json(b, value);
}

void op_next(struct tx *tx, str url) { running(tx)->next = url; }
void op_cookie(struct tx *tx, str cookie) { running(tx)->call->cookie = cookie; }

err op_count(struct tx *tx, i64 metric, i64 month, i64 delta) {
    struct running *w = running(tx);
    buf_fmt(&w->trail.counts, "%lld:%lld:%lld;", (long long)metric, (long long)month, (long long)delta);
    return metric_add(tx, w->call->estate, metric, month, delta);
}

void op_event(struct tx *tx, const char *name, const struct field *fields, const void *payload) {
    buf *b = &running(tx)->trail.events;
    buf_c(b, '[');
    buf_json(b, str_of(name));
    buf_c(b, ',');
    fields_json(b, tx->a, fields, payload);
    buf_lit(b, "]\n");
}

err op_may(struct tx *tx, const char *right, const struct object *o) {
    return access_may(op_actor(tx), right, o);
}
