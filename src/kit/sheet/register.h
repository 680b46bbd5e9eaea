/* register.h - home registers (房屋台账) as offices keep them: finding the heading, knowing the columns, reading the
 * rows, and saying row by row what is wrong and what to do. Pure: a book in, rows and faults out; nothing is written
 * anywhere. All memory is the arena's.
 *
 *     TRY(sheet_read(a, fd, &book));                      // book.why when it cannot be read
 *     TRY(register_recognise(a, words, &book, &map));     // map.why when no heading is found
 *     register_map_set(&map, 4, RF_OWNER);                // corrected by hand
 *     TRY(register_parse(a, &book, &map, 1, today, &reg));
 */
#ifndef WUYE_REGISTER_H
#define WUYE_REGISTER_H

#include "sys/sheet/sheet.h"

#define REGISTER_OWNERS_MAX 200   /* of one home */

/* F(constant, field name, label, may stand in several columns) */
#define REGISTER_FIELDS(F)                                                                                       \
    F(NONE, "none", "不导入", true)                                                                              \
    F(ADDRESS, "address", "房屋地址", false)                                                                     \
    F(BUILDING, "building", "楼号", false)                                                                       \
    F(ENTRANCE, "entrance", "单元", false)                                                                       \
    F(FLOOR, "floor", "楼层", false)                                                                             \
    F(ROOM, "room", "房号", false)                                                                               \
    F(AREA, "area", "建筑面积", false)                                                                           \
    F(USE, "use", "用途", false)                                                                                 \
    F(OWNER, "owner", "业主姓名", true)                                                                          \
    F(SHARE, "share", "份额", false)                                                                             \
    F(ID, "id_number", "证件号码", true)                                                                         \
    F(PHONE, "phone", "联系电话", true)                                                                          \
    F(DATE, "title_date", "交付日期", false)                                                                     \
    F(CERT, "certificate", "不动产权证号", false)                                                                \
    F(NOTE, "note", "备注", true)

enum register_field {
#define F(name, id, label, many) RF_##name,
    REGISTER_FIELDS(F)
#undef F
    RF_COUNT
};

const char *register_field_name(enum register_field f);
const char *register_field_label(enum register_field f);
/* RF_COUNT when there is no such field. */
enum register_field register_field_by_name(str name);

/* ---- columns ---- */

struct register_words;
/* Reads the table of headings, lines of field TAB heading (data/register-columns.tsv); field "-" marks words of
 * columns that are somebody else's, such as a tenant's. E_INPUT when a line is not of that form. */
err register_words_load(struct arena *a, str tsv, struct register_words **ret) MUST;

struct register_map {
    size_t sheet;               /* index in the book */
    i64 head_first, head_last;  /* row numbers of the heading; data begin below head_last */
    struct register_col {
        str title;              /* as the file has it, two heading rows joined by a blank */
        enum register_field field;
    } *col;
    size_t cols;
    str why;                    /* what is missing, in plain words; empty when nothing is */
};

/* Finds the sheet and the heading. E_INPUT when there is none or no column names the home; the map is then as good
 * as could be guessed, for correction by hand. */
err register_recognise(struct arena *a, const struct register_words *w, const struct sheet_book *b,
                       struct register_map *ret) MUST;
/* Every visible sheet that has a heading of its own: offices keep one sheet per building. */
struct register_maps { struct register_map *p; size_t n, cap; };
void register_recognise_all(struct arena *a, const struct register_words *w, const struct sheet_book *b,
                            struct register_maps *ret);
/* The same with sheet and heading rows chosen by a person, or those of a map that was recognised before. */
err register_recognise_at(struct arena *a, const struct register_words *w, const struct sheet_book *b, size_t sheet,
                          i64 head_first, i64 head_last, struct register_map *ret) MUST;
/* Gives column `col` another meaning; a field of one column leaves its former one. False: no such column or field. */
bool register_map_set(struct register_map *m, size_t col, enum register_field f);
/* E_INPUT with m->why when the columns do not name a home. */
err register_map_check(struct register_map *m) MUST;

/* The empty table to hand out, for sheet_write: Chinese labels, field names in the hidden row below. */
struct sheet_table register_template(struct arena *a);

/* ---- rows ---- */

enum register_use { USE_UNKNOWN, USE_HOME, USE_SHOP, USE_OFFICE, USE_PARKING, USE_STORAGE, USE_OTHER };

struct register_fault {
    size_t sheet;
    i64 row;                    /* row number in the file */
    i64 col;                    /* column from 0, -1 for the row as a whole */
    enum register_field field;
    const char *code;           /* "area.zero" */
    bool warn;                  /* the row is good all the same */
    str text;                   /* what was found and what to do */
};
struct register_faults { struct register_fault *p; size_t n, cap; };

/* A part of the address: as written, and what it is compared by (3号楼 and 03# are both 3). */
struct register_part { str shown, key; };

enum register_id { RID_NONE, RID_RESIDENT, RID_RESIDENT_15, RID_COMPANY, RID_OTHER };

struct register_owner {
    str name;                   /* byte for byte as written, outer blanks removed */
    str key;                    /* for searching only, see name_key */
    bool org;                   /* a company or another body */
    enum register_id id_kind;
    str id;                     /* half width, upper case */
    i64 share, share_of;        /* 3 / 5; share_of 0: not said */
    str tenure;                 /* "共同共有" written behind the name */
    str phone;                  /* when it is plain which number is whose; all of them are in the row */
};

struct register_row {
    size_t sheet;
    i64 no, last;               /* first and last row of the file that speak of this home */
    struct register_part building, entrance, floor, room;
    str prefix;                 /* what an address says before the building: estate, road, yard */
    str key;                    /* building-entrance-room, for comparison */
    bool has_area, has_date;
    sqm area;
    day date;
    enum register_use use;
    str use_text, cert, note;
    struct { struct register_owner *p; size_t n, cap; } owners;
    struct { str *p; size_t n, cap; } phones;   /* digits, "010-62345678" */
    struct register_faults faults;
    bool bad;                   /* has a fault that is no warning */
};

/* A row that is no home, and why. */
struct register_skip { size_t sheet; i64 row; const char *code; str text; };

struct home_register {
    struct { struct register_row *p; size_t n, cap; } rows;
    struct { struct register_skip *p; size_t n, cap; } skips;
    size_t good, bad, warned;   /* rows; good ones include those with warnings */
};

/* Reads every row below the heading of each map (one per sheet). A row is good, bad with its faults, or
 * skipped with its reason: none is lost. E_INPUT when the map does not fit the book. */
err register_parse(struct arena *a, const struct sheet_book *b, const struct register_map *m, size_t maps,
                   day today, struct home_register *ret) MUST;

/* The report as a table to show or to write by sheet_write and sheet_csv: sheet, row, column, field, degree,
 * sentence. */
struct sheet_table register_report(struct arena *a, const struct sheet_book *b, const struct home_register *r);

#endif
