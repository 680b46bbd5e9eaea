/* pages.h - what the templates of this room show. */
#ifndef WUYE_ORG_PAGES_H
#define WUYE_ORG_PAGES_H

#include "domain/org/org.h"
#include "kit/page/list.h"

struct staff_line { str name, what, url; };
struct staff_lines { struct staff_line *p; size_t n, cap; };
struct org_list_view { struct page_head head; struct list_view list; bool may_add; };
struct org_view {
    struct page_head head;
    struct facts facts;
    struct org_places places;
    struct staff_lines staff;
    str name, said, edit, doubt;
    bool show_staff;
};
struct org_form_view {
    struct page_head head;
    struct form form;
    struct controls fields;
    struct fault_box faults;
    str org_id, area_id, back, button;
};

#endif
