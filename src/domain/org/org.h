/* org.h - organisations: property enterprises and agencies. Rows are kit/party's; the pages and the checks are here. */
#ifndef WUYE_ORG_H
#define WUYE_ORG_H

#include "kit/module/module.h"
#include "kit/party/party.h"
#include "domain/org/tables.def"

struct org_doubt { FIELD_STRUCT(ORG_DOUBT_FIELDS) };
extern struct entity org_doubt_entity;

/* E_MISSING when there is none. */
err org_get(struct tx *tx, i64 id, struct org *ret) MUST;
/* Property enterprises in order of name, for a choice; at most 200. */
struct orgs { struct org *p; size_t n, cap; };
err org_enterprises(struct tx *tx, struct orgs *ret) MUST;
/* The name, empty when there is none. */
err org_name_of(struct tx *tx, i64 id, str *ret) MUST;

/* The estates an organisation serves are known to a room above this one: it says so when it is loaded. */
struct org_place { str name, url, note; };
struct org_places { struct org_place *p; size_t n, cap; };
void org_places_from(err (*fn)(struct tx *tx, i64 org, struct org_places *ret));

#define ORG_IN(F)                                                                                                \
    F(area_id, REF, "经办区域", .flags = REQ | HIDE)                                                             \
    F(name, TEXT, "名称", .flags = REQ | FORM, .min = 2, .max = 80, .hint = "照执照或公章上的全称写")            \
    F(kind, ENUM, "类别", .flags = REQ | FORM, .items = org_kinds)                                               \
    F(code, TEXT, "统一社会信用代码", .flags = REQ | FORM, .max = 18, .tidy = credit_tidy,                       \
      .hint = "18 位。政府部门没有的，写部门代码")                                                               \
    F(code_note, TEXT, "代码核对不上，仍要用的理由", .flags = FORM, .max = 120,                                  \
      .hint = "代码核对得上时不用写。例如：已看过营业执照原件")                                                  \
    F(phone, TEXT, "公开电话", .flags = FORM, .max = 20)                                                         \
    F(address, TEXT, "办公地址", .flags = FORM, .max = 120)
struct org_in { FIELD_STRUCT(ORG_IN) };
extern const struct field org_in_fields[];

#define ORG_EDIT_IN(F) F(org_id, REF, "单位", .flags = REQ | HIDE) ORG_IN(F)
struct org_edit_in { FIELD_STRUCT(ORG_EDIT_IN) };
extern const struct field org_edit_in_fields[];

err org_seed(struct seed *s) MUST;
/* A demonstration credit code with a right check digit: `n` tells them apart. */
str org_demo_code(struct arena *a, int n);

err org_list_page(struct rq *rq);
err org_one_page(struct rq *rq);
err org_new_page(struct rq *rq);
err org_edit_page(struct rq *rq);
err org_served(struct tx *tx, i64 org, struct org_places *ret) MUST;

extern const struct module org_module;

#endif
