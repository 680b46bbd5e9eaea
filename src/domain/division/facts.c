/* facts.c - the real tree of Beijing, from data/. */
#include "domain/division/division.h"
#include "kit/module/data.h"
#include "sys/clock/clock.h"

enum { CODE, LEVEL, NAME, SHORT, STAT, LEGAL, KIND, PINYIN, INITIALS, COLUMNS };

/* "~居委会" stands for the short name and what follows; "=" for the first twelve digits of the code. */
static err one(struct tx *tx, i64 id, const str *cell, day from, opt_i64 residents) {
    struct area a = { .id = id, .short_name = cell[SHORT], .kind = cell[KIND], .legal_parent = cell[LEGAL],
                      .pinyin = cell[PINYIN], .initials = cell[INITIALS], .residents = residents, .from_day = from };
    if (!str_i64(cell[CODE], &a.code) || !str_i64(cell[LEVEL], &a.level)) return E_INPUT;
    a.name = str_starts(cell[NAME], S("~")) ? str_cat(tx->a, cell[SHORT], str_from(cell[NAME], 1)) : cell[NAME];
    a.stat_code = str_is(cell[STAT], "=") ? str_sub(cell[CODE], 0, 12) : cell[STAT];
    return entity_insert(tx, &area_entity, &a);
}

static opt_i64 residents_of(str population, str code16) {
    str cell[4];
    i64 n = 0;
    while (data_row(&population, cell, 4))
        if (cell[0].n == 6 && str_eq(cell[0], str_sub(code16, 0, 6)) && str_i64(cell[1], &n))
            return (opt_i64){ true, n };
    return (opt_i64){ 0 };
}

err division_facts(struct tx *tx) {
    str text = data_text("divisions.tsv"), population = data_text("population.tsv"), cell[COLUMNS];
    struct ids_run ids = id_reserve(8192);
    day from = day_from(2023, 6, 30);
    bool head = true;
    while (data_row(&text, cell, COLUMNS)) {
        if (head) {
            head = false;
            continue;
        }
        opt_i64 residents = str_is(cell[LEVEL], "2") ? residents_of(population, cell[CODE]) : (opt_i64){ 0 };
        TRY(one(tx, ids_run_next(&ids), cell, from, residents));
    }
    return area_load(tx);
}
