/* inner.h - shared by the files of this room. */
#ifndef WUYE_ESTATE_INNER_H
#define WUYE_ESTATE_INNER_H

#include "domain/estate/estate.h"
#include "domain/people/people.h"

/* ---- inputs ---- */

#define ESTATE_FACTS(F)                                                                                          \
    F(kind, ENUM, "类型", .flags = REQ, .items = estate_kinds)                                                   \
    F(name, TEXT, "名称", .flags = REQ, .min = 2, .max = 40)                                                     \
    F(address, TEXT, "地址", .flags = REQ, .max = 120)                                                           \
    F(built_year, OPT_INT, "建成年份", .min = 1900, .max = 2100)                                                 \
    F(households, INT, "住宅户数", .flags = REQ, .min = 1, .max = 50000)                                         \
    F(duty_phone, TEXT, "24 小时值班电话", .max = 20, .hint = "写给业主看的公开电话",                           \
      .tidy = hotline_tidy, .check = hotline_fault)
#define ESTATE_ADD_IN(F) F(area_id, REF, "社区", .flags = REQ | HIDE) ESTATE_FACTS(F)
struct estate_add_in { FIELD_STRUCT(ESTATE_ADD_IN) };
/* `version`: what the page showed (estate_version). Empty: whoever writes has seen nothing and stands in for it. */
#define ESTATE_EDIT_IN(F) ESTATE_FACTS(F) F(version, TEXT, "看到的版本", .flags = HIDE, .max = ID_TEXT)
struct estate_edit_in { FIELD_STRUCT(ESTATE_EDIT_IN) };

#define MANAGER_IN(F)                                                                                            \
    F(org_id, REF, "物业企业", .flags = REQ)                                                                     \
    F(manager_id, OPT_REF, "项目负责人", .hint = "先在本小区设好“物业项目负责人”的岗位，这里才选得到")           \
    F(from_day, DAY, "从哪天起", .flags = REQ)                                                                   \
    F(basis, TEXT, "依据", .flags = REQ, .min = 4, .max = 120, .hint = "物业服务合同、备案或移交文件的名称和编号")
struct manager_in { FIELD_STRUCT(MANAGER_IN) };

#define HOME_ADD_IN(F)                                                                                           \
    F(building, TEXT, "楼号", .flags = REQ, .max = 20, .hint = "例如 3号楼")                                     \
    F(entrance, TEXT, "单元", .max = 20, .hint = "没有单元就不写")                                               \
    F(room, TEXT, "房号", .flags = REQ, .max = 20, .hint = "例如 501")                                           \
    F(floor, OPT_INT, "楼层", .min = -9, .max = 200)                                                             \
    F(area, OPT_SQM, "建筑面积（平方米）", .hint = "照房本写，例如 89.05")                                       \
    F(area_source, ENUM, "面积依据", .flags = REQ, .items = area_sources)                                        \
    F(use, ENUM, "用途", .flags = REQ, .items = home_uses)
struct home_add_in { FIELD_STRUCT(HOME_ADD_IN) };

#define TIE_ADD_IN(F)                                                                                            \
    F(home_id, REF, "房屋", .flags = REQ | HIDE)                                                                 \
    F(kind, ENUM, "关系", .flags = REQ, .items = tie_kinds)                                                      \
    F(name, TEXT, "姓名", .flags = REQ, .max = 60, .hint = "按证件上的写法，一个字不差")                         \
    F(phone, PLAIN, "手机号", .tidy = mobile_tidy, .check = mobile_fault)                                        \
    F(id_no, PLAIN, "身份证号", .tidy = idcard_tidy, .check = idcard_fault)                                      \
    F(share_num, OPT_INT, "份额：几份", .min = 1, .max = 10000, .hint = "共有的才写，例如三分之一：1 份，共 3 份")  \
    F(share_den, OPT_INT, "份额：共几份", .min = 1, .max = 10000)                                                \
    F(until, OPT_DAY, "到哪天止", .hint = "租期或委托的最后一天；业主不写")                                      \
    F(basis, TEXT, "依据", .flags = REQ, .min = 4, .max = 80, .hint = "不动产证、租赁合同、委托书等的名称和编号")
struct tie_add_in { FIELD_STRUCT(TIE_ADD_IN) };

#define TIE_END_IN(F)                                                                                            \
    F(tie_id, REF, "关系", .flags = REQ | HIDE)                                                                  \
    F(basis, TEXT, "依据", .flags = REQ, .min = 4, .max = 60, .hint = "过户、退租、撤回委托等的凭据")
struct tie_end_in { FIELD_STRUCT(TIE_END_IN) };

#define UPLOAD_IN(F)                                                                                             \
    F(file, UPLOAD, "台账文件", .flags = REQ, .hint = "XLSX 或 CSV，最大 10 MB。楼号、单元、房号、面积、业主各一列就行") \
    F(source, ENUM, "面积依据", .flags = REQ, .items = area_sources, .hint = "台账里的面积是从哪里抄来的")
struct upload_in { FIELD_STRUCT(UPLOAD_IN); str map; };
#define BATCH_IN(F) F(batch_id, REF, "批次", .flags = REQ | HIDE)
struct batch_in { FIELD_STRUCT(BATCH_IN) };
/* What a person says the columns are: a field's name each; empty: as recognised. */
#define COLUMN(F, n) F(c##n, TEXT, "第 " #n " 列", .max = 20)
#define COLUMN_TEN(F, t)                                                                                         \
    COLUMN(F, t##0) COLUMN(F, t##1) COLUMN(F, t##2) COLUMN(F, t##3) COLUMN(F, t##4) COLUMN(F, t##5)              \
    COLUMN(F, t##6) COLUMN(F, t##7) COLUMN(F, t##8) COLUMN(F, t##9)
#define COLUMNS_IN(F)                                                                                            \
    F(estate_id, REF, "小区", .flags = REQ | HIDE)                                                               \
    F(batch_id, REF, "批次", .flags = REQ | HIDE)                                                                \
    COLUMN_TEN(F, 1) COLUMN_TEN(F, 2) COLUMN_TEN(F, 3) COLUMN_TEN(F, 4) COLUMN_TEN(F, 5) COLUMN_TEN(F, 6)
enum { COLUMN_FIRST = 10, COLUMNS_MAX = 60 };   /* c10 is the first column */
struct columns_in { FIELD_STRUCT(COLUMNS_IN); struct import_found *found; };
#define WITHDRAW_IN(F)                                                                                           \
    F(batch_id, REF, "批次", .flags = REQ | HIDE)                                                                \
    F(note, TEXT, "为什么撤回", .flags = REQ, .min = 4, .max = 120)
struct withdraw_in { FIELD_STRUCT(WITHDRAW_IN) };
/* Event estate.import.more: the next part of a batch is to be written or taken away. */
#define MORE_IN(F) F(estate_id, REF, "小区", .flags = REQ) F(batch_id, REF, "批次", .flags = REQ)
#define ESTATE_ADDED(F) F(estate_id, REF, "小区", .flags = REQ)
struct estate_added { FIELD_STRUCT(ESTATE_ADDED) };
extern const struct field estate_added_fields[];
struct more_in { FIELD_STRUCT(MORE_IN) };

extern const struct field estate_add_fields[], estate_edit_fields[], manager_fields[], home_add_fields[],
    tie_add_fields[], tie_end_fields[], upload_fields[], batch_fields[], columns_fields[], withdraw_fields[],
    more_fields[];

/* ---- homes (home.c) ---- */

/* Parts of an address with what they are compared by (kit/sheet). */
struct home_new {
    str building, building_key, entrance, entrance_key, room, room_key;
    opt_i64 floor, batch;
    opt_sqm area;
    i64 area_source, use;
    str cert;
    opt_day handed;
};
/* "3号楼2单元501" and "3-2-501". */
str home_label(struct arena *a, const struct home_new *h);
str home_key(struct arena *a, const struct home_new *h);
/* Inserts the home, with building and entrance when they are new. *ret_there: it was there already, nothing is done. */
err home_put(struct tx *tx, i64 estate, const struct home_new *h, struct home *ret, bool *ret_there) MUST;
/* Raises the households of the estate when more dwellings are on file. */
err households_raise(struct tx *tx, i64 estate) MUST;
/* As the forms write it: keys are made here. */
void home_norm(struct arena *a, struct home_new *h);

/* ---- ties (tie.c) ---- */

/* Tells the person's own list what the estate's rows say now. */
err tie_tell(struct tx *tx, i64 estate, const struct home *h, i64 person) MUST;
/* Sum of the shares of current owners, as a fraction; *ret_owners counts them, *ret_open those without a share. */
struct share { i64 num, den; };
bool share_add(struct share *sum, i64 num, i64 den) MUST;
err shares_of(struct tx *tx, i64 estate, i64 home, struct share *ret, i64 *ret_owners, i64 *ret_open) MUST;

/* ---- register imports (import.c, import_pack.c, import_write.c) ---- */

enum { ROW_BAD, ROW_GOOD, ROW_SKIPPED };
struct import_owner { str name, id, phone; i64 id_kind, share, of, org; };
struct import_row {
    i64 no, state;
    struct home_new home;
    str why;                     /* faults and doubts, one a line */
    struct { struct import_owner *p; size_t n, cap; } owners;
};
struct import_rows { struct import_row *p; size_t n, cap; };
enum { PART_ROWS = 40, IMPORT_ROWS_MAX = 10000 };

/* Rows of one part as bytes, and back; E_BROKEN when they are damaged. */
void rows_pack(buf *out, const struct import_row *p, size_t n);
err rows_unpack(struct arena *a, str s, struct import_rows *ret) MUST;
/* Opens a sealed part. */
err part_open(struct tx *tx, const struct import_part *p, struct import_rows *ret) MUST;

/* What the reading of the file found, ready to be written. */
struct import_found { str map; i64 rows, good, bad, skipped; struct import_part *part; size_t parts; };

/* The columns as stored in the batch: per sheet where it is, and each column's field, title and an example. */
struct map_col { str field, title, example; };
struct map_sheet {
    i64 sheet, head_first, head_last;
    str name;
    struct {
        struct map_col *p;
        size_t n, cap;
    } cols;
};
struct map_sheets { struct map_sheet *p; size_t n, cap; };
str map_pack(struct arena *a, const struct map_sheets *m);
void map_unpack(struct arena *a, str text, struct map_sheets *ret);

err batch_get(struct tx *tx, i64 estate, i64 id, struct import_batch *ret) MUST;
/* Why a batch cannot be withdrawn, empty when it can. */
err batch_held(struct tx *tx, const struct import_batch *b, str *ret_why) MUST;
void import_go_on(struct tx *tx, i64 estate, i64 batch);
/* Letters of import_part.outcome. */
enum { OUT_WRITTEN = 'w', OUT_THERE = 't', OUT_BAD = 'b', OUT_SKIPPED = 's', OUT_CONFLICT = 'c', OUT_ORG = 'o' };

/* ---- estates (edit.c) ---- */

/* Gives the estate the public sign of its numbers: from its code, so that a house made again has the same. */
err sign_claim(struct tx *tx, struct estate *e) MUST;
/* Reading and initials of a name, from data/pinyin.tsv. */
void name_reading(struct arena *a, str name, str *ret_pinyin, str *ret_initials);
err catch_all_put(struct tx *tx, const struct area *a) MUST;

extern const struct command estate_commands[];

/* ---- what may be asked for ---- */

/* An object no tie reaches: staff by their post only. */
#define STAFF_ONLY INT64_MAX
/* The area above, so that those who serve the estate cannot say who serves it. */
struct object above(i64 code);

err edit_object(struct tx *tx, const void *in, struct object *ret) MUST;
err estate_add_object(struct tx *tx, const void *in, struct object *ret) MUST;
err staff_object(struct tx *tx, const void *in, struct object *ret) MUST;
err tie_add_object(struct tx *tx, const void *in, struct object *ret) MUST;
err tie_end_object(struct tx *tx, const void *in, struct object *ret) MUST;

/* ---- commands' run functions ---- */
err estate_add_run(struct tx *tx, const void *in);
err estate_count_run(struct tx *tx, const void *in);
/* Differs when anything differs that the form of the estate changes. */
str estate_version(struct arena *a, const struct estate *e);
err estate_edit_run(struct tx *tx, const void *in);
err estate_follow_run(struct tx *tx, const void *in);
err manager_set_run(struct tx *tx, const void *in);
err home_add_run(struct tx *tx, const void *in);
err tie_add_run(struct tx *tx, const void *in);
err tie_end_run(struct tx *tx, const void *in);
err tie_expire_run(struct tx *tx, const void *in);
err upload_prepare(struct prep *p, void *in);
err upload_run(struct tx *tx, const void *in);
err columns_prepare(struct prep *p, void *in);
err columns_run(struct tx *tx, const void *in);
err confirm_run(struct tx *tx, const void *in);
err drop_run(struct tx *tx, const void *in);
err withdraw_run(struct tx *tx, const void *in);
err more_run(struct tx *tx, const void *in);

/* ---- pages ---- */
err estate_list_page(struct rq *rq);
err estate_new_page(struct rq *rq);
err estate_one_page(struct rq *rq);
err estate_edit_page(struct rq *rq);
err estate_manager_page(struct rq *rq);
err estate_homes_page(struct rq *rq);
err estate_home_new_page(struct rq *rq);
err estate_home_page(struct rq *rq);
err estate_tie_page(struct rq *rq);
err estate_tie_end_page(struct rq *rq);
err estate_import_page(struct rq *rq);
err estate_batch_page(struct rq *rq);
err estate_cards(struct rq *rq, const struct card_place *at, struct cards *ret);
err estate_entries(struct rq *rq, const struct card_place *at, struct entries *ret);
extern const struct query estate_queries[];
err estate_seed(struct seed *s) MUST;

#endif
