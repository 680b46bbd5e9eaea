/* pages.h - what the templates of this room show. */
#ifndef WUYE_ESTATE_PAGES_H
#define WUYE_ESTATE_PAGES_H

#include "domain/estate/inner.h"
#include "kit/page/list.h"

struct action { str url, label; };
struct actions { struct action *p; size_t n, cap; };
struct link_line { str title, note, url; };
struct link_lines { struct link_line *p; size_t n, cap; };

struct estate_list_view { struct page_head head; struct list_view list; str name, said, add; };

struct building_line { str no, url; i64 floors, lifts, homes; };
struct building_lines { struct building_line *p; size_t n, cap; };
struct estate_view {
    struct page_head head;
    str name, said, kind, address, built, sign, org, org_url, manager, phone, community;
    i64 households, on_file;
    bool catch_all;
    struct building_lines buildings;
    struct link_lines mine;
    struct actions actions;
    struct link_lines projects;
};

struct form_view {
    struct page_head head;
    struct form form;
    struct controls fields;
    struct fault_box faults;
    str title, note, back, button, hidden_name, hidden, danger;
};

struct home_row { str no, url, area, source, use, owners; };
struct home_rows { struct home_row *p; size_t n, cap; };
struct homes_view {
    struct page_head head;
    str estate_url, said, find, next, first, add, action;
    struct choices buildings, uses;
    struct home_rows list;
    i64 total;
    bool filtered;
};

struct tie_line { str name, url, kind, share, from, to, basis, end, phone; bool ended, self; };
struct tie_lines { struct tie_line *p; size_t n, cap; };
struct home_view {
    struct page_head head;
    str no, said, estate_url, area, source, use, floor, handed, cert, add;
    struct tie_lines ties;
    bool relations;
    str share_note;
};

struct batch_line { str url, name, state, by, at; const char *tone; i64 rows, homes; };
struct batch_lines { struct batch_line *p; size_t n, cap; };
struct import_view {
    struct page_head head;
    struct form form;
    struct control file, source;
    struct fault_box faults;
    str estate_url, said;
    struct batch_lines batches;
};

struct column_line { str id, title, example; struct choices fields; };
struct column_lines { struct column_line *p; size_t n, cap; };
struct sheet_map { str name, heading; struct column_lines cols; };
struct sheet_maps { struct sheet_map *p; size_t n, cap; };
struct texts { str *p; size_t n, cap; };
struct report_row { str no, home, owners, area, state; struct texts why; const char *tone; };
struct report_rows { struct report_row *p; size_t n, cap; };

struct batch_view {
    struct page_head head;
    struct form columns, confirm, drop, withdraw;
    struct control note;
    struct fault_box faults;
    str batch_id, estate_id, name, state, said, list_url, self, next, only_bad, all, why, by, at, percent;
    i64 step, rows, good, bad, skipped, homes, persons, ties, existing, done_parts, parts;
    bool at_columns, at_confirm, running, done, may_withdraw, withdrawn, dropped, showing_bad;
    struct sheet_maps sheets;
    struct report_rows report;
};

struct contact_view { str estate_url, manager, org, org_url, community; };

#endif
