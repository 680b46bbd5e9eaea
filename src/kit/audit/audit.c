/* audit.c - the op row, its chain, and the check of the chain. */
#include "kit/audit/audit.h"

const struct item face_items[] = { FACES(ITEM_ROW) { 0, NULL, NULL } };

#define ENT struct op
ENTITY(op, "办理记录", OP_FIELDS, OP_KEYS)
#undef ENT
#define ENT struct chain
ENTITY(chain, "存证链", CHAIN_FIELDS, CHAIN_KEYS)
#undef ENT

enum { CHANGE_USUAL = 4000, CHANGE_MAX = 1 << 18, EVENTS_MAX = 1 << 16, COUNTS_MAX = 1 << 14 };

void trail_start(struct trail *t, struct arena *a) {
    *t = (struct trail){ .change = buf_in(a, CHANGE_MAX),
                         .counts = buf_in(a, COUNTS_MAX),
                         .events = buf_in(a, EVENTS_MAX) };
    (void)buf_room(&t->change, CHANGE_USUAL);   /* grown once: what a buffer leaves behind stays in the arena */
    sm3_init(&t->before);
    sm3_init(&t->after);
}

static str value_of(struct arena *a, const struct field *f, const void *row) {
    str s;
    if (!row || !field_text(a, f, row, &s)) return (str){ 0 };
    /* Personal data enters the record by the digest of its sealed form only. */
    return field_secret(f) ? *field_str(f, (void *)(uintptr_t)row) : s;
}

static void put_value(buf *out, const struct field *f, str s) {
    if (!s.p) buf_lit(out, "null");
    else if (field_secret(f)) buf_lit(out, "\"*\"");
    else buf_json(out, s);
}

void audit_change(struct tx *tx, const struct entity *e, const void *old, const void *row) {
    struct trail *t = tx->op;
    bool first = true;
    if (!t) return;
    buf_fmt(&t->change, "[\"%s\",\"", e->name);
    sm3_field(&t->before, str_of(e->name));
    sm3_field(&t->after, str_of(e->name));
    for (const struct field *f = e->fields; f->name; f++)
        if (f->flags & KEY) {
            if (!first) buf_c(&t->change, '/');
            first = false;
            buf_s(&t->change, value_of(tx->a, f, row));
        }
    buf_lit(&t->change, "\",{");
    first = true;
    for (const struct field *f = e->fields; f->name; f++) {
        str was = value_of(tx->a, f, old), is = value_of(tx->a, f, row);
        if (old && str_eq(was, is)) continue;
        if (old) sm3_field(&t->before, was);
        sm3_field(&t->after, str_of(f->name));
        sm3_field(&t->after, is);
        if (!first) buf_c(&t->change, ',');
        first = false;
        buf_json(&t->change, str_of(f->name));
        buf_lit(&t->change, ":[");
        put_value(&t->change, f, was);
        buf_c(&t->change, ',');
        put_value(&t->change, f, is);
        buf_c(&t->change, ']');
    }
    buf_lit(&t->change, "}]\n");
}

hash audit_link(const hash *prev, const struct op *o, i64 seq) {
    struct sm3 c;
    u8 zero = 0;
    sm3_init(&c);
    sm3_put(&c, &zero, 1);
    sm3_put(&c, prev->b, SM3_LEN);
    sm3_i64(&c, seq);
    sm3_i64(&c, o->shard);
    sm3_i64(&c, o->id);
    sm3_i64(&c, o->at.us);
    sm3_i64(&c, o->actor);
    sm3_i64(&c, o->face);
    const str fields[] = { o->key,   o->role,   o->command, o->input,  o->before,
                           o->after, o->change, o->result,  o->next,   o->counts, o->events };
    for (size_t i = 0; i < COUNT(fields); i++) sm3_field(&c, fields[i]);
    return sm3_end(&c);
}

#define OP_COLS                                                                                              \
    "shard, key, id, at, actor, role, face, command, input, before, after, change, result, next, counts, " \
    "events, seq, link"
SQL(op_unsealed, "i", "itiiititbbbtttttib",
    "SELECT " OP_COLS " FROM op WHERE seq IS NULL ORDER BY id LIMIT $1")
SQL(op_seal, "iib", "", "UPDATE op SET seq = $2, link = $3 WHERE id = $1 AND seq IS NULL")
SQL(chain_head, "i", "ib", "SELECT seq, link FROM chain WHERE shard = $1")
SQL(chain_move, "iib", "",
    "INSERT INTO chain (shard, seq, link) VALUES ($1, $2, $3) "
    "ON CONFLICT (shard) DO UPDATE SET seq = excluded.seq, link = excluded.link")
SQL(op_in_order, "ii", "itiiititbbbtttttib",
    "SELECT " OP_COLS " FROM op WHERE shard = $1 AND seq > $2 ORDER BY seq LIMIT 500")
SQL(chain_all, "", "iib", "SELECT shard, seq, link FROM chain ORDER BY shard")

/* ---- sealing ---- */

static err head_of(struct tx *tx, struct sealing *s, i64 shard, struct seal_head **ret) {
    struct row r;
    for (size_t i = 0; i < s->nheads; i++)
        if (s->head[i].shard == shard) {
            *ret = &s->head[i];
            return OK;
        }
    TRY(db_maybe(tx, &r, &chain_head, vi(shard)));
    struct seal_head *h = &s->head[s->nheads++];
    *h = (struct seal_head){ .shard = shard };
    if (r.v) {
        h->was = h->seq = r.v[0].i;
        memcpy(h->link.b, r.v[1].s.p, SM3_LEN);
    }
    *ret = h;
    return OK;
}

err audit_seal_read(struct tx *tx, struct sealing *ret) {
    struct rows rows;
    struct seal_head *h;
    ret->n = ret->nheads = 0;
    TRY(db_all(tx, &rows, &op_unsealed, vi(SEAL_MOST)));
    for (size_t i = 0; i < rows.n; i++) {
        struct op o;
        entity_load(tx->a, &op_entity, &o, rows.p[i].v);
        TRY(head_of(tx, ret, o.shard, &h));
        h->link = audit_link(&h->link, &o, ++h->seq);
        ret->op[ret->n++] = (struct seal_op){ o.id, h->seq, h->link };
    }
    return OK;
}

/* Has nobody else sealed in these chains since they were read? */
static err heads_stand(struct tx *tx, const struct sealing *s, bool *ret) {
    struct row r;
    *ret = true;
    for (size_t i = 0; i < s->nheads && *ret; i++) {
        TRY(db_maybe(tx, &r, &chain_head, vi(s->head[i].shard)));
        *ret = (r.v ? r.v[0].i : 0) == s->head[i].was;
    }
    return OK;
}

err audit_seal_write(struct tx *tx, const struct sealing *s, bool *ret_done) {
    TRY(heads_stand(tx, s, ret_done));
    if (!*ret_done) return OK;
    for (size_t i = 0; i < s->n; i++) {
        TRY(db_run(tx, &op_seal, vi(s->op[i].id), vi(s->op[i].seq), vh(&s->op[i].link)));
        if (tx->changed != 1) return tx->sticky = E_BROKEN;
    }
    for (size_t i = 0; i < s->nheads; i++)
        TRY(db_run(tx, &chain_move, vi(s->head[i].shard), vi(s->head[i].seq), vh(&s->head[i].link)));
    return OK;
}

/* ---- the check of a chain ---- */

static err verify_chain(struct tx *tx, i64 shard, i64 head_seq, str head_link, buf *report, i64 *rows, i64 *bad) {
    hash prev = { 0 };
    i64 seq = 0;
    for (;;) {
        struct rows got;
        TRY(db_all(tx, &got, &op_in_order, vi(shard), vi(seq)));
        if (got.n == 0) break;
        for (size_t i = 0; i < got.n; i++) {
            struct op o;
            entity_load(tx->a, &op_entity, &o, got.p[i].v);
            hash want = audit_link(&prev, &o, seq + 1);
            ++*rows;
            if (o.seq.v != seq + 1 || o.link.v.n != SM3_LEN || memcmp(want.b, o.link.v.p, SM3_LEN) != 0) {
                if ((*bad)++ == 0)
                    buf_fmt(report, "第一处不符：分片 %lld 第 %lld 条（%.*s，键 %.*s）\n", (long long)shard, (long long)o.seq.v,
                            STR(o.command), STR(o.key));
            }
            seq = o.seq.v;
            if (o.link.v.n == SM3_LEN) memcpy(prev.b, o.link.v.p, SM3_LEN);
        }
    }
    if (seq != head_seq || memcmp(prev.b, head_link.p, SM3_LEN) != 0) {
        if ((*bad)++ == 0)
            buf_fmt(report, "分片 %lld 的链尾不符：应到第 %lld 条，只到第 %lld 条\n", (long long)shard, (long long)head_seq,
                    (long long)seq);
    }
    return OK;
}

/* Sealed rows whose chain has lost its head would otherwise be looked at by nobody. */
SQL(op_headless, "", "ii",
    "SELECT shard, count(*) FROM op WHERE seq IS NOT NULL AND shard NOT IN (SELECT shard FROM chain) "
    "GROUP BY shard ORDER BY shard")

err audit_verify(struct tx *tx, buf *report, i64 *ret_rows, i64 *ret_bad) {
    struct rows heads;
    *ret_rows = *ret_bad = 0;
    TRY(db_all_n(tx, &heads, &chain_all, NULL, 0));
    for (size_t i = 0; i < heads.n; i++) {
        const val *v = heads.p[i].v;
        TRY(verify_chain(tx, v[0].i, v[1].i, v[2].s, report, ret_rows, ret_bad));
    }
    TRY(db_all_n(tx, &heads, &op_headless, NULL, 0));
    for (size_t i = 0; i < heads.n; i++) {
        const val *v = heads.p[i].v;
        if ((*ret_bad)++ == 0)
            buf_fmt(report, "分片 %lld 的链头不见了，下面有 %lld 条\n", (long long)v[0].i, (long long)v[1].i);
    }
    return OK;
}
