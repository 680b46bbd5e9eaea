/* pages.h - what the templates of this room show. */
#ifndef WUYE_ACCOUNT_PAGES_H
#define WUYE_ACCOUNT_PAGES_H

#include "domain/account/account.h"

struct login_view {
    struct page_head head;
    struct form form;
    struct control login, password;
    struct fault_box faults;
    str back;
    const char *why;   /* what ended the session he comes with; NULL */
    bool demo;
};
struct home_line { str estate, home; const char *kind; str url; };
struct home_lines { struct home_line *p; size_t n, cap; };
struct post_line { str title, area, from, to, basis; };
struct post_lines { struct post_line *p; size_t n, cap; };
struct me_view {
    struct page_head head;
    str name, phone, said;
    struct home_lines homes;
    struct post_lines posts;
    struct form logout;
    i64 unread, looks;
};
struct inbox_view { struct page_head head; struct notices list; struct form seen; i64 unread; };
struct look_lines { struct look *p; size_t n, cap; };
struct looks_view { struct page_head head; struct look_lines list; };
struct demo_line { struct demo_person *row; str id; struct form form; };
struct demo_lines { struct demo_line *p; size_t n, cap; };
struct demo_view {
    struct page_head head;
    struct demo_lines people;
    struct form advance;
    struct control hours;
    struct fault_box faults;
    str now, said;
};

#endif
