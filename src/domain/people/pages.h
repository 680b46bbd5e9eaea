/* pages.h - what the templates of this room show. */
#ifndef WUYE_PEOPLE_PAGES_H
#define WUYE_PEOPLE_PAGES_H

#include "domain/people/people.h"
#include "kit/page/page.h"

struct line { str title, note, url; };
struct lines { struct line *p; size_t n, cap; };

struct search_view {
    struct page_head head;
    struct form form;
    struct control phone;
    struct fault_box faults;
    str area_id, name;
    struct lines found;
    bool searched, many;
};
struct person_view {
    struct page_head head;
    str name, phone, id_no, id_kind, person_id, area_id, back;
    str shown_what, shown;          /* plain, once, on a page that nobody stores */
    bool late, may_reveal;
    struct form form;
    struct control what, reason;
    struct fault_box faults;
    struct lines homes, posts;
};
struct post_row { str name, url, role, at, from, to, basis, end; bool ended; };
struct post_rows { struct post_row *p; size_t n, cap; };
struct posts_view {
    struct page_head head;
    str name, said, give, next, all, current;
    struct post_rows list;
    bool with_ended;
};
struct post_form_view {
    struct page_head head;
    struct form form;
    struct controls fields;
    struct fault_box faults;
    str area_id, person_id, post_id, back, what, warn;
};

#endif
