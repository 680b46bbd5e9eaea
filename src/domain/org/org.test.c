/* org.test.c - organisations and their codes: on SQLite and, when there is one, on PostgreSQL. */
#include "base/test.h"
#include "domain/org/org.h"
#include "kit/event/bed.h"
#include "kit/grant/grant.h"
#include "kit/module/data.h"
#include "sys/crypt/crypt.h"
#include "sys/crypt/idcheck.h"
#include "sys/file/file.h"

static struct entity *const party[] = { &org_entity,  &person_entity,      &directory_entity,
                                        &post_entity, &person_home_entity, NULL };
static const struct module party_module = { .name = "party", .entities = party };
static const struct module *const house[] = { &party_module, &org_module, NULL };
static struct arena *keep;
static instant at;
static int serial;

static str data_of(const char *name) {
    static const char *const tops[] = { "", "../", "../../", "../../../" };
    str text;
    for (size_t i = 0; i < COUNT(tops); i++)
        if (file_read(keep, str_fmt(keep, "%sdata/%s", tops[i], name).p, 4 << 20, &text) == OK) return text;
    return (str){ 0 };
}

/* An officer of the street, without a row. */
static struct actor officer(struct bed *b, const char *role, i64 code, i64 span) {
    struct grant_held *g = NEW(b->a, struct grant_held);
    *g = (struct grant_held){
        .id = 1, .role = role_by_id(str_of(role)), .area = BED_STREET, .lo = code, .hi = code + span
    };
    return (struct actor){ .person = 77, .name = S("经办人"), .grants = g, .ngrants = 1 };
}

#define IN(...) ((const char *const[]){ __VA_ARGS__, NULL })
static err act(struct bed *b, const struct actor *who, const char *command, const char *const *fields,
               struct faults *ff, str *ret) {
    return bed_do(b, at, who, 0, command, str_fmt(b->a, "org-key-%d", ++serial).p, fields, ff, ret);
}

SQL(doubts_n, "", "i", "SELECT count(*) FROM org_doubt")
SQL(claims_n, "", "i", "SELECT count(*) FROM directory WHERE kind = 4")

static void codes(struct bed *b) {
    at = bed_time("2026-11-24T09:00:00+08:00");
    struct actor street = officer(b, "street", 1101050010000000, 10000000),
                 clerk = officer(b, "clerk", 1101050010010001, 1);
    struct faults ff = { 0 };
    str result = { 0 };
    const char *area = id_text(b->a, BED_STREET).p, *good = "91110000101623741K", *odd = "91350211M0000XUF46";
    const char *const *first = IN("area_id", area, "name", "某物业有限公司", "kind", "enterprise", "code", good);
    CHECK(act(b, &clerk, "org.org.add", first, &ff, NULL) == E_MISSING);
    CHECK(act(b, &street, "org.org.add", first, &ff, &result) == OK);
    CHECK(act(b, &street, "org.org.add",
              IN("area_id", area, "name", "另一家", "kind", "enterprise", "code", good), &ff,
              NULL) == E_INPUT);
    CHECK(fault_at(&ff, "code").n > 0);
    /* A code that fails: only with a reason, and the doubt stays. */
    CHECK(act(b, &street, "org.org.add",
              IN("area_id", area, "name", "存疑公司", "kind", "enterprise", "code", odd), &ff,
              NULL) == E_INPUT);
    CHECK(act(b, &street, "org.org.add",
              IN("area_id", area, "name", "存疑公司", "kind", "enterprise", "code", odd, "code_note",
                 "看过执照原件"),
              &ff, NULL) == OK);
    CHECK_I64(bed_count(b, &doubts_n), 1);
    CHECK(act(b, &street, "org.org.add",
              IN("area_id", area, "name", "某委", "kind", "agency", "code", "BJ-ABC"), &ff, NULL) == OK);
    /* Another code lets the old one go. */
    i64 id = 0;
    CHECK(id_parse(str_sub(result, strlen("{\"org\":\""), ID_TEXT), &id));
    CHECK(act(b, &street, "org.org.edit",
              IN("org_id", id_text(b->a, id).p, "area_id", area, "name", "某物业有限公司", "kind",
                 "enterprise", "code", "911101066976941872"),
              &ff, NULL) == OK);
    CHECK_I64(bed_count(b, &claims_n), 3);
    CHECK(act(b, &street, "org.org.add",
              IN("area_id", area, "name", "后来的", "kind", "enterprise", "code", good), &ff, NULL) == OK);
}

TEST(an_organisation_has_one_code) {
    if (!keep) keep = arena_new(8 << 20);
    crypt_load_seeded(7);
    data_source(data_of);
    CHECK(access_load(data_text("roles.tsv")));
    bed_each(a, house, codes);
    crypt_unload();
}

TEST(invented_codes_pass_their_check) {
    for (int n = 0; n < 2000; n++) CHECK(credit_fault(org_demo_code(a, n)) == NULL);
}
