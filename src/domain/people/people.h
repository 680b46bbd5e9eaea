/* people.h - persons and the posts they hold. Rows are kit/party's and kit/grant's; finding, pages and law are here.
 *
 * A person is found by what is unique: the number of a document, else the telephone with the name. Both are directory
 * rows under blind hashes. A row that an import claims is provisional (bound 0) until somebody else meets the person;
 * so an import can be withdrawn exactly as long as nobody did. */
#ifndef WUYE_PEOPLE_H
#define WUYE_PEOPLE_H

#include "kit/area/area.h"
#include "kit/grant/grant.h"
#include "kit/module/module.h"
#include "kit/party/party.h"
#include "sys/crypt/idcheck.h"

/* ---- meeting a person (match.c); numbers are normal and checked, see idcheck.h ---- */

/* E_MISSING when nobody is known; E_CONFLICT: the document belongs to somebody of another name. */
err person_find(struct tx *tx, const struct person_new *p, i64 *ret_id) MUST;
/* Finds the person or makes a new one. A telephone that is another's is kept, but leads to that other. */
enum met { MET_NEW, MET_KNOWN };
err person_meet(struct tx *tx, const struct person_new *p, bool provisional, i64 *ret_id, enum met *ret) MUST;
/* Somebody beside the import knows the person now. */
err person_bind(struct tx *tx, i64 person) MUST;
/* Whether a person whom an import made is still known to nobody else; homes of `estate` do not count. */
err person_is_provisional(struct tx *tx, i64 person, i64 estate, bool *ret) MUST;
/* Takes a provisional person away with what leads to him. */
err person_forget(struct tx *tx, i64 person) MUST;
/* Empty when there is none. */
err person_name_of(struct tx *tx, i64 person, str *ret) MUST;
/* Telephone and document number, masked; empty when there is none. */
str person_id_masked(struct tx *tx, const struct person *p);

/* ---- posts ---- */

/* Whether a role may be given at an area. */
bool role_fits(const struct role *r, const struct area *a);
/* Who holds a role at an area on a day, in order of name; `role` empty: any role. */
struct post_held { i64 person, id; str name, role, title; opt_i64 org; };
struct posts_held { struct post_held *p; size_t n, cap; };
err posts_at(struct tx *tx, i64 area, str role, day on, struct posts_held *ret) MUST;

/* ---- inputs ---- */

#define LOOK_WHAT(E) E(LOOK_PHONE, 1, "手机号") E(LOOK_ID, 2, "证件号码")
enum look_what { LOOK_WHAT(ITEM_ENUM) };
extern const struct item look_whats[];

#define REVEAL_IN(F)                                                                                             \
    F(person_id, REF, "被看的人", .flags = REQ | SHARD | HIDE)                                                   \
    F(area_id, REF, "在哪里的人", .flags = REQ | HIDE)                                                           \
    F(what, ENUM, "看什么", .flags = REQ, .items = look_whats)                                                   \
    F(reason, TEXT, "事由", .flags = REQ, .min = 4, .max = 120, .hint = "本人看得到谁在什么时候、为什么看过")
struct reveal_in { FIELD_STRUCT(REVEAL_IN) };
extern const struct field reveal_in_fields[];

#define FIND_IN(F)                                                                                               \
    F(area_id, REF, "经办区域", .flags = REQ | HIDE)                                                             \
    F(phone, PLAIN, "手机号", .flags = REQ, .tidy = mobile_tidy, .check = mobile_fault)
struct find_in { FIELD_STRUCT(FIND_IN) };
extern const struct field find_in_fields[];

#define GIVE_IN(F)                                                                                               \
    F(area_id, REF, "区域", .flags = REQ | HIDE)                                                                 \
    F(name, TEXT, "姓名", .flags = REQ, .max = 60, .hint = "按证件上的写法，一个字不差")                         \
    F(phone, PLAIN, "手机号", .flags = REQ, .tidy = mobile_tidy, .check = mobile_fault)                          \
    F(role, TEXT, "岗位", .flags = REQ, .max = 40)                                                               \
    F(function, TEXT, "职能", .max = 40, .hint = "部门联络人写负责的事，例如 消防")                              \
    F(org_id, OPT_REF, "单位")                                                                                   \
    F(title, TEXT, "职务", .max = 40, .hint = "工牌上的叫法，例如 前台管家")                                     \
    F(from_day, DAY, "从哪天起", .flags = REQ)                                                                   \
    F(to_day, OPT_DAY, "到哪天止", .hint = "不写就是一直到收回")                                                 \
    F(basis, TEXT, "依据文件", .flags = REQ, .min = 4, .max = 60, .hint = "任命文件、劳动合同或派驻函的名称和编号")
struct give_in { FIELD_STRUCT(GIVE_IN) };
extern const struct field give_in_fields[];

#define END_IN(F)                                                                                                \
    F(person_id, REF, "人", .flags = REQ | SHARD | HIDE)                                                         \
    F(post_id, REF, "岗位", .flags = REQ | HIDE)                                                                 \
    F(to_day, DAY, "最后一天", .flags = REQ, .hint = "写今天，明天起没有权限；要马上收回，写昨天")                \
    F(basis, TEXT, "依据文件", .flags = REQ, .min = 4, .max = 60)
struct end_in { FIELD_STRUCT(END_IN) };
extern const struct field end_in_fields[];

/* Event estate.person-home.changed: the person's own list of homes (/me) follows what the estate says. A queue of this
 * room, so that a large import does not wait for it. */
#define PERSON_HOME_IN(F)                                                                                        \
    F(person_id, REF, "人", .flags = REQ | SHARD)                                                                \
    F(estate_id, REF, "小区", .flags = REQ)                                                                      \
    F(home_id, REF, "房屋", .flags = REQ)                                                                        \
    F(kind, ENUM, "关系", .items = tie_kinds)                                                                    \
    F(estate, TEXT, "小区名")                                                                                    \
    F(home, TEXT, "房号")                                                                                        \
    F(ended, FLAG, "已结束")                                                                                     \
    F(gone, FLAG, "已撤回")
struct person_home_in { FIELD_STRUCT(PERSON_HOME_IN) };
extern const struct field person_home_in_fields[];

/* ---- demonstration data (seed.c) ---- */

struct name_pool;
/* Reads data/names.tsv. */
struct name_pool *demo_names(struct arena *a);
str demo_name(struct arena *a, const struct name_pool *pool, u64 *dice, bool female);
/* A number below n (n > 0), from a xorshift. */
u64 demo_dice(u64 *dice, u64 n);
/* 13900000000 + n; nobody has such a number of mine. */
str demo_phone(struct arena *a, int n);
/* A document number of an invented person: right in form, its date of birth in the years from 1900. */
str demo_id_no(struct arena *a, int n, bool female);
/* A person with a name, the telephone and document number n, and their directory rows. */
err demo_person_make(struct tx *tx, i64 id, str name, int n, bool female) MUST;
err demo_post(struct tx *tx, i64 person, const char *role, i64 area, opt_i64 org, const char *title,
              day from) MUST;
err people_seed(struct seed *s) MUST;

/* ---- pages ---- */
err people_search_page(struct rq *rq);
err people_one_page(struct rq *rq);
err people_posts_page(struct rq *rq);
err people_give_page(struct rq *rq);
err people_end_page(struct rq *rq);
/* A place of the person at which the actor has the right; E_MISSING when there is none. */
err person_place(struct tx *tx, const struct actor *who, i64 person, const char *right,
                 const struct area **ret) MUST;

extern const struct module people_module;

#endif
