/* account.h - login, session, inbox, who looked at my data; in a demonstration, becoming somebody else. */
#ifndef WUYE_ACCOUNT_H
#define WUYE_ACCOUNT_H

#include "kit/module/module.h"
#include "kit/notice/notice.h"
#include "kit/party/party.h"

/* The people a demonstration offers; written by the rooms' seeds. */
#define DEMO_PERSON_FIELDS(F)                                                                                    \
    F(person_id, ID, "人", .flags = KEY)                                                                         \
    F(no, INT, "次序")                                                                                           \
    F(name, TEXT, "姓名", .max = 60)                                                                             \
    F(title, TEXT, "身份", .max = 80)                                                                            \
    F(about, TEXT, "看点", .max = 120)                                                                           \
    F(login, TEXT, "登录名", .max = 40)
#define DEMO_PERSON_KEYS(K) K(PRIMARY, "person_id") K(ROWS, "narrow")
struct demo_person { FIELD_STRUCT(DEMO_PERSON_FIELDS) };
extern struct entity demo_person_entity;

/* Offers a person at /demo and gives a login with the demonstration's password. */
err account_demo_person(struct tx *tx, const struct demo_person *p) MUST;
/* Prints them, one a line: who, as what, login name. Nothing outside a demonstration. */
err account_demo_print(struct tx *tx, FILE *out) MUST;
/* Names and passwords that did not fit since this process began. */
i64 account_logins_failed(void);
/* The hash under which a login name is found. */
hash account_login_hash(str login);

void account_menu(struct rq *rq, struct menu *ret);
extern const struct module account_module;
err account_login_page(struct rq *rq);
err account_me_page(struct rq *rq);
err account_inbox_page(struct rq *rq);
err account_looks_page(struct rq *rq);
err account_demo_page(struct rq *rq);

#define LOGIN_IN(F)                                                                                              \
    F(login, TEXT, "登录名", .flags = REQ, .max = 40, .hint = "手机号或单位给您的登录名")                        \
    F(password, PLAIN, "口令", .flags = REQ, .max = 128)                                                         \
    F(back, TEXT, "回到", .max = BACK_MAX)                                                                       \
    F(person_id, OPT_REF, "人", .flags = SHARD | HIDE)
struct login_in { FIELD_STRUCT(LOGIN_IN) };
extern const struct field login_in_fields[];

#define FAILED_IN(F) F(person_id, OPT_REF, "人", .flags = SHARD)
struct failed_in { FIELD_STRUCT(FAILED_IN) };

#define BECOME_IN(F) F(person_id, REF, "人", .flags = REQ | SHARD)
struct become_in { FIELD_STRUCT(BECOME_IN) };

#define ADVANCE_IN(F) F(hours, INT, "小时数", .flags = REQ, .min = 1, .max = 8784, .hint = "把演示时间往前拨多少小时")
struct advance_in { FIELD_STRUCT(ADVANCE_IN) };
extern const struct field advance_in_fields[];

#endif
