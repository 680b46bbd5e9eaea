/* pages.h - what the templates of this room show. */
#ifndef WUYE_DIVISION_PAGES_H
#define WUYE_DIVISION_PAGES_H

#include "domain/division/division.h"
#include "kit/page/list.h"

struct area_line { str name, url, code; };
struct area_lines { struct area_line *p; size_t n, cap; };
struct division_list_view { struct page_head head; struct list_view list; };
struct division_view {
    struct page_head head;
    str name, said, edit;
    struct facts facts;
    struct area_lines below;
    const char *below_label;
};
struct division_edit_view {
    struct page_head head;
    struct form form;
    struct controls fields;
    struct fault_box faults;
    str id, back;
};

#endif
