/* pages.h - what the templates of this room show. */
#ifndef WUYE_APPEAL_PAGES_H
#define WUYE_APPEAL_PAGES_H

#include "domain/appeal/inner.h"
#include "kit/page/page.h"

/* ---- words for time and state (words.c) ---- */

struct remaining { str text; const char *tone, *icon; bool late; };
/* "今天 18:00", "11月27日 18:00"; in elder mode "今天晚上6点". Midnight of a deadline is 24:00 of the day before. */
str appeal_when(struct arena *a, instant t, instant now, bool elder);
str appeal_due(struct arena *a, instant due, instant now, bool elder);
/* As short as it can be: "08:12" today, "24日" this month, "10月24日" else. */
str appeal_short(struct arena *a, instant t, instant now, bool elder);
/* "还剩3天，11月27日 24:00止", "已超时2天"; tone red when late or under an hour, gold under a day, else green. */
struct remaining appeal_remaining(struct arena *a, instant due, instant now, bool elder, bool provisional);
struct state_view { const char *label, *tone; };
/* As the reporter reads it, or the staff. */
struct state_view appeal_state(const struct case_head *h, bool owner);
const char *appeal_clock_label(str name, bool owner);
struct action_words { const char *title, *tone; };
struct action_words appeal_action(str action, bool owner);
/* The rule named in a sentence of the kernel, in words. */
str appeal_rule_words(struct arena *a, str words, bool owner);
str appeal_phone_mask(struct arena *a, str phone);

/* ---- shared pieces ---- */

struct steps_view { int no; const char *title; };
struct photo_view { str full, thumb, label; };
struct photo_views { struct photo_view *p; size_t n, cap; };
struct option { str value, label; bool chosen; };
struct options { struct option *p; size_t n, cap; };

/* One thing that can be done with a case: a form with its own ids, faults and typed values. */
struct act_form {
    bool on, open, folded;           /* folded: the controls are optional and lie under a line to open */
    struct form form;
    str id, case_id, version, fault; /* fault: what stands at no control */
    const char *title, *hint, *button, *look, *icon, *fold;
    struct controls controls;
    struct options hidden;           /* label: name of a further hidden field */
    struct options options;          /* a select beside the controls */
    const char *options_name, *options_label;
    bool files, stars;
};

struct progress_step { const char *label; str when; bool done, here, late; };
struct progress { struct progress_step *p; size_t n, cap; };
struct sentences { str *p; size_t n, cap; };
struct line_view {
    str title, who;
    struct sentences words;          /* by line */
    const char *tone;
    bool hidden;
    struct photo_views photos;
};
struct line_views { struct line_view *p; size_t n, cap; };
struct clock_view { const char *label; struct remaining left; };
struct clock_views { struct clock_view *p; size_t n, cap; };
struct fact_view { const char *label; str text; };
struct fact_views { struct fact_view *p; size_t n, cap; };
struct call_view { str number, name; };
struct call_views { struct call_view *p; size_t n, cap; };

/* ---- pages ---- */

struct which_view { struct page_head head; struct options estates; };
struct place_view { str value, label; const char *icon; bool chosen; };
struct place_views { struct place_view *p; size_t n, cap; };
struct where_view {
    struct page_head head;
    struct steps_view steps;
    struct form form;
    struct fault_box faults;
    struct place_views places;
    struct options homes;
    str place_fault, home_fault, urgent, kept, list;
};
struct kind_link { str url, label; const char *icon; i64 code; };
struct kind_links { struct kind_link *p; size_t n, cap; };
struct kind_view {
    struct page_head head;
    struct steps_view steps;
    struct form form;
    struct fault_box faults;
    str title, back, urgent;
    bool second;
    struct kind_links kinds, urgents;
};
struct near_view { str title, note, case_id; struct remaining left; bool mine, followed; str url; struct form form; };
struct near_views { struct near_view *p; size_t n, cap; };
struct words_view {
    struct page_head head;
    struct steps_view steps;
    struct form form;
    struct fault_box faults;
    struct control spot, words, photos;
    str back, kind, advice;
    struct photo_views kept;
    struct near_views near;
    bool others;                     /* one of them may be followed */
    struct call_views calls;
};
struct contact_view {
    struct page_head head;
    struct steps_view steps;
    struct form form;
    struct fault_box faults;
    struct control contact, phone;
    str back, known;
};
struct told_row { const char *label; str text, url; };
struct told_rows { struct told_row *p; size_t n, cap; };
struct check_view {
    struct page_head head;
    struct steps_view steps;
    struct form form;
    struct fault_box faults;
    struct told_rows rows;
    struct options hidden;           /* label: name of the field */
    struct photo_views photos;
    str back, promise;
};
struct urgent_view { struct page_head head; str title, advice, back; struct call_views calls; };
struct sent_view {
    struct page_head head;
    str no, url, title;
    struct sentences next;
    struct call_views calls;
};
struct case_view {
    struct page_head head;
    str title, no, said, print, back, words, place, followers;
    struct state_view state;
    struct fault_box faults;
    bool owner, staff;
    struct progress progress;
    struct clock_views clocks;
    struct fact_views facts;
    struct line_views lines;
    struct call_views calls;
    str phone, phone_note;           /* masked, or open for ten minutes */
    struct act_form accept, arrive, done, confirm, reopen, rate, withdraw, pause, resume, note, hand, sort,
        supervise, reveal;
    bool more;                       /* staff: there is something under "还可以" */
    bool watch;                      /* another side has it: to urge comes first */
    str printed;
};
struct case_row {
    str url, title, no, where, note;
    struct state_view state;
    struct remaining left;
    bool has_left;
    i64 followers;
    struct act_form act;             /* on a desk: the next step */
};
struct case_rows { struct case_row *p; size_t n, cap; };
struct list_page_view {
    struct page_head head;
    str said, create, next, first, action, desk, title, sub;
    bool staff, filtered;
    struct case_rows rows, followed;
    struct options states, kinds;
    str no;
    bool overdue;
};
struct desk_view {
    struct page_head head;
    str said, all, title, empty, create;
    i64 total, overdue, soon;
    bool more, office;
    struct fault_box faults;
    struct case_rows rows;
};
struct drill_view {
    struct page_head head;
    str title, sub, board;
    struct case_rows rows;
    bool more;
};
struct mine_card { str title, no, url, all, note; i64 count; struct progress progress; struct state_view state; };
struct late_card { str url, title; i64 total, overdue, soon; struct case_rows rows; };

/* ---- parts of pages used by several files ---- */

/* place, place_sub and the way back in the head; crumbs for staff. */
void appeal_head(struct rq *rq, struct page_head *head, const char *title);
str appeal_home_label(struct rq *rq, i64 estate, opt_i64 home);
struct progress appeal_progress(struct rq *rq, const struct case_head *h);
/* Whom to call here: the estate's own duty number first. */
err appeal_calls(struct rq *rq, i64 estate, const struct appeal_kind *k, struct call_views *ret) MUST;
struct act_form appeal_act(struct rq *rq, const struct case_head *h, const char *command, const char *title);
void appeal_act_field(struct rq *rq, struct act_form *f, const struct field *list, const char *name);
err appeal_row(struct rq *rq, const struct case_head *h, str title, bool owner, struct case_row *ret) MUST;
void appeal_photo_views(struct rq *rq, str photos, str base, struct photo_views *ret);

#endif
