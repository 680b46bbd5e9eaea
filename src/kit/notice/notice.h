/* notice.h - the inbox. A room emits the event notice.told with the fields of NOTICE_IN; the inbox takes it. */
#ifndef WUYE_NOTICE_H
#define WUYE_NOTICE_H

#include "kit/module/module.h"
#include "kit/notice/tables.def"

struct notice { FIELD_STRUCT(NOTICE_FIELDS) };
extern struct entity notice_entity;

#define NOTICE_IN(F)                                                                                             \
    F(person_id, REF, "收件人", .flags = REQ | SHARD)                                                            \
    F(title, TEXT, "标题", .flags = REQ, .max = 80)                                                              \
    F(words, TEXT, "内容", .max = 400)                                                                           \
    F(url, TEXT, "去处", .max = 200)
struct notice_in { FIELD_STRUCT(NOTICE_IN) };
extern const struct field notice_in_fields[];

/* Inside a command: tells a person. Arrives within a second. */
void notice_tell(struct tx *tx, const struct notice_in *n);

struct notices { struct notice *p; size_t n, cap; };
err notice_list(struct tx *tx, i64 person, int limit, struct notices *ret) MUST;
err notice_unread(struct tx *tx, i64 person, i64 *ret) MUST;

extern const struct module notice_module;

#endif
