/* kinds.c - the categories, read once from data/appeal-kinds.tsv into memory that does not change. */
#include "domain/appeal/appeal.h"
#include "kit/module/data.h"

enum { CODE, PARENT, NAME, URGENCY, EMERGENCY, PHONES, ADVICE, ICON, SIDE, FROM, TO, COLUMNS };

static struct appeal_kind kinds[APPEAL_KINDS_MAX];
static size_t nkinds;

static bool read_phones(struct appeal_kind *k, str list) {
    str piece, number;
    while (str_cut(&list, ';', &piece)) {
        if (piece.n == 0) continue;
        if (k->nphones == APPEAL_PHONES || !str_cut(&piece, '=', &number) || piece.n == 0) return false;
        k->phones[k->nphones++] = (struct appeal_phone){ number, piece };
    }
    return true;
}

static bool read_side(str s, enum case_side *ret) {
    static const struct { const char *name; enum case_side side; } sides[] = {
        { "enterprise", SIDE_ENTERPRISE }, { "community", SIDE_COMMUNITY }, { "street", SIDE_STREET },
        { "district", SIDE_DISTRICT }, { "city", SIDE_CITY }, { "department", SIDE_DEPARTMENT },
    };
    for (size_t i = 0; i < COUNT(sides); i++)
        if (str_is(s, sides[i].name)) {
            *ret = sides[i].side;
            return true;
        }
    return false;
}

static bool read_kind(const str *cell, struct appeal_kind *k) {
    const struct item *urgency = item_by_name(case_urgencies, cell[URGENCY]);
    *k = (struct appeal_kind){ .name = cell[NAME], .advice = cell[ADVICE], .emergency = str_is(cell[EMERGENCY], "y") };
    if (!str_i64(cell[CODE], &k->code) || (cell[PARENT].n && !str_i64(cell[PARENT], &k->parent))) return false;
    if (!urgency || k->name.n == 0 || cell[ICON].n == 0 || cell[ICON].n >= sizeof k->icon) return false;
    k->urgency = urgency->value;
    memcpy(k->icon, cell[ICON].p, cell[ICON].n);
    if (!read_side(cell[SIDE], &k->side) || !read_phones(k, cell[PHONES]) || !day_parse(cell[FROM], &k->from))
        return false;
    k->to.has = cell[TO].n > 0;
    if (k->to.has && !day_parse(cell[TO], &k->to.v)) return false;
    if (k->parent) {
        const struct appeal_kind *up = appeal_kind(k->parent);
        if (!up || up->parent) return false;   /* two levels, the first one named before */
    }
    return !appeal_kind(k->code) && (!k->emergency || k->nphones);
}

err appeal_kinds_load(void) {
    str text, cell[COLUMNS];
    if (nkinds) return OK;
    text = data_text("appeal-kinds.tsv");
    if (!data_row(&text, cell, COLUMNS)) return E_INPUT;   /* the header */
    while (data_row(&text, cell, COLUMNS)) {
        struct appeal_kind k;
        if (nkinds == APPEAL_KINDS_MAX || !read_kind(cell, &k)) {
            fprintf(stderr, "wuye: appeal-kinds.tsv: bad line %.*s\n", STR(cell[CODE]));
            return E_INPUT;
        }
        kinds[nkinds++] = k;
    }
    return nkinds ? OK : E_INPUT;
}

const struct appeal_kind *appeal_kind(i64 code) {
    for (size_t i = 0; i < nkinds; i++)
        if (kinds[i].code == code) return &kinds[i];
    return NULL;
}

size_t appeal_kinds(i64 parent, day on, const struct appeal_kind **ret, size_t max) {
    size_t n = 0;
    for (size_t i = 0; i < nkinds && n < max; i++) {
        const struct appeal_kind *k = &kinds[i];
        if (k->parent == parent && k->from.n <= on.n && (!k->to.has || on.n <= k->to.v.n)) ret[n++] = k;
    }
    return n;
}

i64 appeal_first(i64 code) {
    const struct appeal_kind *k = appeal_kind(code);
    return k && k->parent ? k->parent : code;
}

str appeal_kind_label(struct arena *a, i64 code) {
    const struct appeal_kind *k = appeal_kind(code), *up = k && k->parent ? appeal_kind(k->parent) : NULL;
    if (!k) return S("其他");
    return up ? str_fmt(a, "%.*s · %.*s", STR(up->name), STR(k->name)) : k->name;
}
