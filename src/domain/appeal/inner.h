/* inner.h - shared by the files of this room. */
#ifndef WUYE_APPEAL_INNER_H
#define WUYE_APPEAL_INNER_H

#include "domain/appeal/appeal.h"
#include "domain/appeal/tables.def"
#include "kit/party/party.h"

struct appeal_draft { FIELD_STRUCT(APPEAL_DRAFT_FIELDS) };
struct appeal_follow { FIELD_STRUCT(APPEAL_FOLLOW_FIELDS) };

enum {
    KIND_NONE_OF_THESE = 908,
    DRAFT_DAYS = 7,
    NEARBY_HOURS = 72,
    AGAIN_DAYS = 7,
    CASE_PHOTOS = 6,
    DRILL_MAX = 200,
    DESK_MAX = 100
};

/* ---- inputs ---- */

const char *appeal_phone_fault(str s);
const char *appeal_photos_fault(str s);
str appeal_phone_tidy(struct arena *a, str s);

#define PLACE_IN(F)                                                                                              \
    F(place, ENUM, "哪里的问题", .flags = REQ, .items = case_places)                                             \
    F(home_id, OPT_REF, "哪一户", .refs = "home")
#define KIND_IN(F) F(category, INT, "什么问题", .flags = REQ)
#define WORDS_IN(F)                                                                                              \
    F(spot, TEXT, "具体在哪儿", .max = 100, .hint = "例如：3号楼2单元一层，靠电梯")                              \
    F(words, LINES, "请说说情况", .max = 1000, .hint = "什么时候开始的，影响到哪里。不用写身份证号。")           \
    F(photos, PHOTOS, "拍张照片", .hint = "最多 6 张，位置信息会去掉。", .check = appeal_photos_fault)           \
    F(drop, FLAG, "不要之前的照片")
#define CONTACT_IN(F)                                                                                            \
    F(contact, ENUM, "怎么联系您", .flags = REQ, .items = case_contacts)                                         \
    F(phone, PLAIN, "电话", .max = 20, .hint = "不写，就打您登记的手机。平时是遮住的，谁看过都有记录。",         \
      .check = appeal_phone_fault, .tidy = appeal_phone_tidy)
/* Everything at once: the last step of the pages, and the way in for programs. */
#define REPORT_IN(F)                                                                                             \
    F(place, ENUM, "地点", .flags = REQ, .items = case_places)                                                   \
    F(home_id, OPT_REF, "房屋", .refs = "home", .hint = "业主报自己名下的房屋；只有一处时可以不填")              \
    F(category, INT, "类别", .flags = REQ, .hint = "二级类别的代码，见 data/appeal-kinds.tsv")                   \
    F(spot, TEXT, "具体位置", .max = 100)                                                                        \
    F(words, LINES, "情况", .max = 1000)                                                                         \
    F(photos, PHOTOS, "照片", .check = appeal_photos_fault)                                                      \
    F(contact, ENUM, "怎么联系", .flags = REQ, .items = case_contacts)                                           \
    F(phone, PLAIN, "联系电话", .max = 20, .check = appeal_phone_fault, .tidy = appeal_phone_tidy)
struct place_in { FIELD_STRUCT(PLACE_IN) };
struct kind_in { FIELD_STRUCT(KIND_IN) };
struct words_in { FIELD_STRUCT(WORDS_IN) };
struct contact_in { FIELD_STRUCT(CONTACT_IN) };
struct report_in { FIELD_STRUCT(REPORT_IN) };

/* What every act on a case begins with; the layout is shared, so that one function finds the case of any of them. */
#define CASE_IN(F)                                                                                               \
    F(case_id, REF, "诉求", .flags = REQ)                                                                        \
    F(version, OPT_INT, "看到的版本", .min = 0, .max = 1000000)                                                  \
    F(words, LINES, "说明", .max = 1000)                                                                         \
    F(photos, PHOTOS, "照片", .check = appeal_photos_fault)
#define TOLD_IN(F)                                                                                               \
    F(case_id, REF, "诉求", .flags = REQ)                                                                        \
    F(version, OPT_INT, "看到的版本", .min = 0, .max = 1000000)                                                  \
    F(words, LINES, "说明", .flags = REQ, .min = 2, .max = 1000)                                                 \
    F(photos, PHOTOS, "照片", .check = appeal_photos_fault)
#define HAND_IN(F) TOLD_IN(F) F(side, ENUM, "转给谁", .flags = REQ, .items = appeal_hand_sides)
#define SORT_IN(F)                                                                                               \
    TOLD_IN(F)                                                                                                   \
    F(category, INT, "改成哪一类", .flags = REQ)                                                                 \
    F(urgency, OPT_ENUM, "缓急", .items = case_urgencies, .hint = "不选，就按类别")
#define RATE_IN(F) CASE_IN(F) F(stars, INT, "打几分", .flags = REQ, .min = 1, .max = 5)
#define REVEAL_IN(F)                                                                                             \
    F(person_id, OPT_REF, "报事人", .flags = SHARD, .refs = "person")                                            \
    F(estate_id, REF, "小区", .flags = REQ, .refs = "area")                                                      \
    F(case_id, REF, "诉求", .flags = REQ)                                                                        \
    F(reason, TEXT, "为什么要看", .flags = REQ, .min = 2, .max = 200, .hint = "例如：约上门时间。报事人会看到这句话。")
struct case_in { FIELD_STRUCT(CASE_IN) };
struct hand_in { FIELD_STRUCT(HAND_IN) };
struct sort_in { FIELD_STRUCT(SORT_IN) };
struct rate_in { FIELD_STRUCT(RATE_IN) };
struct reveal_in { FIELD_STRUCT(REVEAL_IN) };

extern const struct item appeal_hand_sides[];
extern const struct field appeal_place_fields[], appeal_kind_fields[], appeal_words_fields[], appeal_contact_fields[],
    appeal_report_fields[], appeal_case_fields[], appeal_told_fields[], appeal_hand_fields[], appeal_sort_fields[],
    appeal_rate_fields[], appeal_reveal_fields[];

/* ---- commands (report.c, act.c) ---- */

err appeal_place_run(struct tx *tx, const void *in) MUST;
err appeal_kind_run(struct tx *tx, const void *in) MUST;
err appeal_words_run(struct tx *tx, const void *in) MUST;
err appeal_contact_run(struct tx *tx, const void *in) MUST;
err appeal_report_run(struct tx *tx, const void *in) MUST;
err appeal_follow_run(struct tx *tx, const void *in) MUST;

err appeal_case_object(struct tx *tx, const void *in, struct object *ret) MUST;
err appeal_accept_run(struct tx *tx, const void *in) MUST;
err appeal_arrive_run(struct tx *tx, const void *in) MUST;
err appeal_done_run(struct tx *tx, const void *in) MUST;
err appeal_confirm_run(struct tx *tx, const void *in) MUST;
err appeal_reopen_run(struct tx *tx, const void *in) MUST;
err appeal_withdraw_run(struct tx *tx, const void *in) MUST;
err appeal_pause_run(struct tx *tx, const void *in) MUST;
err appeal_resume_run(struct tx *tx, const void *in) MUST;
err appeal_supervise_run(struct tx *tx, const void *in) MUST;
err appeal_note_run(struct tx *tx, const void *in) MUST;
err appeal_hand_run(struct tx *tx, const void *in) MUST;
err appeal_sort_run(struct tx *tx, const void *in) MUST;
err appeal_rate_run(struct tx *tx, const void *in) MUST;
err appeal_reveal_object(struct tx *tx, const void *in, struct object *ret) MUST;
err appeal_reveal_run(struct tx *tx, const void *in) MUST;
/* What a row of `look` says was looked at. */
str appeal_look_what(struct arena *a, str no);
/* The kernel's word that a clock ran out: whom to tell. */
err appeal_expired(struct tx *tx, const struct case_head *h, const char *action, str words) MUST;

/* ---- drafts (report.c) ---- */

/* The draft of a person as it stands; an empty one when there is none or it is older than seven days. */
err appeal_draft_get(struct tx *tx, i64 estate, i64 person, struct appeal_draft *ret, bool *ret_stored) MUST;
enum draft_step { STEP_PLACE = 1, STEP_KIND, STEP_WORDS, STEP_CONTACT, STEP_CHECK };
/* The first step that is not done yet. */
enum draft_step appeal_draft_step(const struct appeal_draft *d);
str appeal_step_url(struct arena *a, i64 estate, enum draft_step step);

/* What a neighbour may know of an open case about the same thing: no words, no name, no home. */
struct nearby { i64 id, state, followers; str no, title; instant opened_at; opt_instant due_at; bool mine, followed; };
struct nearbys { struct nearby *p; size_t n, cap; };
/* Open cases of that category within 72 hours: of the building for stairs and lifts, of the whole estate for shared
 * ground; and the person's own of the last seven days. Others' homes never. At most 3. */
err appeal_nearby(struct tx *tx, i64 estate, i64 person, i64 category, i64 place, opt_i64 home,
                  struct nearbys *ret) MUST;
err appeal_followers(struct tx *tx, i64 estate, i64 case_id, i64 *ret) MUST;

/* The side an actor stands on when he uses a right; SIDE_SYSTEM for the house itself. */
enum case_side appeal_side(const struct actor *who, const char *right, const struct object *o);
/* The actor's present homes in the estate, each once. Returns how many, at most `max`. */
size_t appeal_own_homes(const struct actor *who, i64 *homes, size_t max);

/* ---- photos: "full/thumb full/thumb ..." ---- */

size_t appeal_photos_count(str photos);
/* The i-th photo as two hashes of 64 hex digits. */
bool appeal_photo_at(str photos, size_t i, str *full, str *thumb);

/* ---- pages, home, seed ---- */

/* Without an estate: goes on to the person's only one, else asks which. */
err appeal_report_page(struct rq *rq);
void appeal_menu(struct rq *rq, struct menu *ret);
err appeal_new_page(struct rq *rq);
err appeal_new_kind_page(struct rq *rq);
err appeal_new_words_page(struct rq *rq);
err appeal_new_contact_page(struct rq *rq);
err appeal_new_check_page(struct rq *rq);
err appeal_urgent_page(struct rq *rq);
err appeal_sent_page(struct rq *rq);
err appeal_list_page(struct rq *rq);
err appeal_case_page(struct rq *rq);
err appeal_print_page(struct rq *rq);
err appeal_photo_page(struct rq *rq);
err appeal_draft_photo_page(struct rq *rq);
err appeal_desk_page(struct rq *rq);
err appeal_office_page(struct rq *rq);
err appeal_drill_page(struct rq *rq);

err appeal_cards(struct rq *rq, const struct card_place *at, struct cards *ret);
err appeal_entries(struct rq *rq, const struct card_place *at, struct entries *ret);
err appeal_waiting(struct rq *rq, const struct card_place *at, struct waitings *ret);
err appeal_seed(struct seed *s);

extern const struct check appeal_checks[];
/* GET /api/e/{estate}/appeal.case.list and .get, appeal.kind.list (query.c). */
extern const struct query appeal_queries[];

#endif
