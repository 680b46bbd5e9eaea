#include "kit/sheet/rows.h"
#include "sys/crypt/idcheck.h"

#define NOTE_CP 60

/* One physical row, cells by field. */
struct line {
    const struct sheet_row *r;
    const struct sheet_cell *cell[RF_COUNT];   /* the first cell of a field; never NULL */
    i64 col[RF_COUNT];                         /* its column, -1 when the field has none */
};

/* A sheet on its way through. */
struct pass {
    struct arena *a;
    const struct register_map *m;
    const struct sheet *s;
    struct home_register *out;
    day today;
    bool building_grouped, entrance_grouped;   /* a blank means: as above */
    str building, entrance;                    /* of the row or the section above */
    str sheet_building;                        /* the sheet is named after its building */
    bool open;                                 /* the last row of `out` may get further owners */
};

static const struct sheet_cell no_cell = { 0 };

static str text_of(const struct line *l, enum register_field f) { return str_trim(l->cell[f]->text); }

static bool blank_or_up(const struct line *l, enum register_field f) {
    return text_of(l, f).n == 0 || (l->cell[f]->flags & SHEET_UP);
}

static struct line line_of(const struct register_map *m, const struct sheet_row *r) {
    struct line l = { .r = r };
    for (size_t f = 0; f < RF_COUNT; f++) l.cell[f] = &no_cell, l.col[f] = -1;
    for (size_t c = m->cols; c-- > 0;) {
        enum register_field f = m->col[c].field;
        if (f == RF_NONE) continue;
        /* Of several columns the first with a value speaks for the field. */
        bool value = c < r->n && str_trim(r->cell[c].text).n > 0;
        if (!value && l.col[f] >= 0) continue;
        l.cell[f] = c < r->n ? &r->cell[c] : &no_cell;
        l.col[f] = (i64)c;
    }
    return l;
}

/* ---- rows that are no homes ---- */

static void skip(struct pass *p, i64 row, const char *code, str text) {
    *VEC_ADD(p->a, &p->out->skips) = (struct register_skip){ p->m->sheet, row, code, text };
}

static bool starts_with_any(str s, const str *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_starts(s, list[i])) return true;
    return false;
}

static bool total_word(str s) {
    static const str words[] = { S_INIT("合计"), S_INIT("小计"), S_INIT("总计"), S_INIT("共计"), S_INIT("累计"),
                                 S_INIT("本页合计"), S_INIT("本页小计"), S_INIT("总合计"), S_INIT("本楼合计") };
    if (utf8_len(s) > 16) return false;
    for (size_t i = 0; i < 3; i++)
        if (str_ends(s, words[i])) return true;
    return starts_with_any(s, words, COUNT(words));
}

static bool note_word(str s) {
    static const str words[] = { S_INIT("注:"), S_INIT("备注:"), S_INIT("说明:"), S_INIT("填表"), S_INIT("制表"),
                                 S_INIT("审核"), S_INIT("负责人"), S_INIT("单位:"), S_INIT("单位(盖章)"), S_INIT("填报"),
                                 S_INIT("日期:"), S_INIT("打印"), S_INIT("经办"), S_INIT("复核"), S_INIT("第1页"),
                                 S_INIT("以下空白"), S_INIT("以上") };
    return starts_with_any(s, words, COUNT(words));
}

static bool has_figure(str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9') return true;
    return false;
}

/* "3号楼", "3号楼2单元" alone in a row: what follows belongs there. */
static bool section(struct pass *p, str s) {
    static const str ends[] = { S_INIT("号楼"), S_INIT("栋"), S_INIT("幢"), S_INIT("座"), S_INIT("#"), S_INIT("#楼") };
    str t = tight(p->a, s);
    if (utf8_len(t) > 12) return false;
    str unit = S("");
    for (size_t i = 0; i < t.n && str_ends(t, S("单元")); i++) {
        bool here = false;
        for (size_t k = 0; k < COUNT(ends) && !here; k++)
            if (i > ends[k].n && str_ends((str){ t.p, i }, ends[k])) here = true;
        if (!here) continue;
        unit = str_from(t, i);
        t.n = i;
        break;
    }
    bool named = false;
    for (size_t k = 0; k < COUNT(ends); k++) named = named || (t.n > ends[k].n && str_ends(t, ends[k]));
    if (!named) return false;
    p->building = t;
    p->entrance = unit;
    return true;
}

/* The texts of a row that stand for themselves; a merged range counts once. */
static size_t own_texts(const struct sheet_row *r, size_t *first) {
    size_t n = 0;
    for (size_t c = r->n; c-- > 0;) {
        if ((r->cell[c].flags & SHEET_LEFT) || str_trim(r->cell[c].text).n == 0) continue;
        n++;
        *first = c;
    }
    return n;
}

static bool heading_again(struct pass *p, const struct line *l) {
    size_t same = 0, all = 0;
    for (size_t c = 0; c < l->r->n && c < p->m->cols; c++) {
        str s = tight(p->a, l->r->cell[c].text), t = tight(p->a, p->m->col[c].title);
        if (s.n == 0) continue;
        all++;
        same += t.n > 0 && (str_eq(s, t) || str_ends(t, s));
    }
    return same >= 2 && same * 3 >= all * 2;
}

/* True when the row is no home; it is then listed with its reason. */
static bool not_a_home(struct pass *p, const struct line *l) {
    size_t first = 0, n = own_texts(l->r, &first);
    if (n == 0) {
        skip(p, l->r->no, "blank", S("空行，已跳过。"));
        p->open = false;
        return true;
    }
    str s = tight(p->a, l->r->cell[first].text), shown = utf8_head(str_trim(l->r->cell[first].text), NOTE_CP);
    bool total = total_word(s);
    for (size_t c = first + 1; c < l->r->n && c < first + 3 && !total; c++)
        total = total_word(tight(p->a, l->r->cell[c].text)) && utf8_len(s) <= 3;
    if (total) {
        skip(p, l->r->no, "total", str_fmt(p->a, "合计行“%.*s”，不是一户，已跳过。", STR(shown)));
    } else if (heading_again(p, l)) {
        skip(p, l->r->no, "heading", S("又出现了一次表头，已跳过。"));
    } else if (note_word(s) && !has_figure(text_of(l, RF_ROOM))) {
        skip(p, l->r->no, "note", str_fmt(p->a, "说明文字“%.*s”，不是一户，已跳过。", STR(shown)));
    } else if (n == 1) {
        enum register_field f = first < p->m->cols ? p->m->col[first].field : RF_NONE;
        if ((f == RF_ROOM || f == RF_ADDRESS) && has_figure(s) && !section(p, s)) return false;
        if (f == RF_OWNER || f == RF_ID || f == RF_PHONE) return false;
        if (section(p, s)) skip(p, l->r->no, "section", str_fmt(p->a, "分组标题“%.*s”，下面的房屋按它算。", STR(shown)));
        else skip(p, l->r->no, "note", str_fmt(p->a, "整行只有“%.*s”，不是一户，已跳过。", STR(shown)));
    } else return false;
    p->open = false;
    return true;
}

/* ---- the address ---- */

static struct at at_line(const struct pass *p, struct register_row *row, const struct line *l, enum register_field f) {
    return (struct at){ .a = p->a, .faults = &row->faults, .today = p->today, .sheet = p->m->sheet, .row = l->r->no,
                        .col = l->col[f], .field = f };
}

static void part(struct pass *p, enum register_field f, str shown, struct register_part *ret) {
    ret->shown = shown;
    ret->key = part_key(p->a, f, shown);
}

/* Damage of the table program in a part of the address; true when the part must not be read. */
static bool damaged(const struct at *at, const struct sheet_cell *c, str s) {
    const char *label = register_field_label(at->field);
    str found = utf8_head(s, NOTE_CP);
    if (c->kind == SHEET_ERROR || s.p[0] == '#' || scientific(s)) {
        wrong(at, "home.error", "%s是“%.*s”，表格软件没有算出结果。请填上真实的内容。", label, STR(found));
    } else if (c->kind == SHEET_DATE || date_like(s)) {
        wrong(at, "home.date", "%s“%.*s”被表格软件变成了日期（原来可能写的是 1-2 这样）。请把这一列设为文本，重新填写。", label, STR(found));
    } else if (ditto(s)) {
        wrong(at, "home.ditto", "%s写的是“%.*s”。请写全。", label, STR(found));
    } else if (!utf8_clean(s, true)) {
        wrong(at, "cell.control", "%s里有看不见的控制字符。请删掉这一格，重新输入。", label);
    } else return false;
    return true;
}

static bool part_form(str key) {
    if (key.n == 0 || utf8_len(key) > 20) return false;
    for (size_t at = 0; at < key.n;) {
        u32 c = utf8_next(key, &at);
        bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '+' || c == '#' ||
                    (c >= 0x3400 && c <= 0x9FFF) || c == '(' || c == ')';
        if (!word) return false;
    }
    return true;
}

/* 501/502, 501、502, 501-503: more than one home in a cell. */
static bool two_rooms(struct arena *a, str s, bool entrance_known) {
    if (split_cell(a, s, SPLIT_BLANKS).n > 1) return true;
    str t = tight(a, s);
    i64 dash = str_find(t, '-');
    if (dash < 0) dash = str_find(t, '~');
    if (dash < 3 || !entrance_known) return false;
    str x = str_sub(t, 0, (size_t)dash), y = str_from(t, (size_t)dash + 1);
    return str_digits(x) && str_digits(y) && x.n == y.n && str_cmp(x, y) < 0;
}

/* The room may carry the whole address or its end: 3-2-501, 2-501, 2单元501. */
static void room_parts(struct pass *p, const struct line *l, struct register_row *row, str room) {
    str t = tight(p->a, room), prefix;
    i64 dash = str_find(t, '-');
    if (row->building.shown.n == 0 && l->col[RF_BUILDING] < 0) {
        if ((dash > 0 || str_has(t, S("号楼"))) && address_read(p->a, t, &prefix, row)) return;
    } else if (dash > 0 && (size_t)dash + 1 < t.n) {
        str b = str_cat(p->a, row->building.key, S("-"));
        if (row->building.key.n > 0 && str_starts(t, b) && str_find(str_from(t, b.n), '-') > 0) t = str_from(t, b.n);
        dash = str_find(t, '-');
        str unit = str_sub(t, 0, dash < 0 ? 0 : (size_t)dash), rest = str_from(t, (size_t)dash + 1);
        bool fits = dash > 0 && str_digits(unit) && unit.n <= 2 && str_find(rest, '-') < 0;
        if (fits && row->entrance.key.n == 0) part(p, RF_ENTRANCE, unit, &row->entrance), t = rest;
        else if (fits && str_eq(part_key(p->a, RF_ENTRANCE, unit), row->entrance.key)) t = rest;
        room = t;
    }
    for (size_t i = 1; i + 6 < t.n && i < 4; i++)
        if (str_starts(str_from(t, i), S("单元")) && row->entrance.key.n == 0) {
            part(p, RF_ENTRANCE, str_sub(t, 0, i + 6), &row->entrance);
            room = str_from(t, i + 6);
            break;
        }
    part(p, RF_ROOM, room, &row->room);
}

static void read_building(struct pass *p, const struct line *l, struct register_row *row) {
    struct at at = at_line(p, row, l, RF_BUILDING);
    str s = text_of(l, RF_BUILDING);
    bool carried = s.n == 0 || (l->cell[RF_BUILDING]->flags & SHEET_UP);
    if (s.n == 0) {
        bool own = at.col < 0 || p->building_grouped;
        s = own && p->building.n > 0 ? p->building : at.col < 0 ? p->sheet_building : s;
    } else if (damaged(&at, l->cell[RF_BUILDING], s)) return;
    if (s.n > 0) part(p, RF_BUILDING, s, &row->building);
    if (s.n > 0 && !part_form(row->building.key))
        wrong(&at, "building.form", "楼号“%.*s”看不懂。请写成“3号楼”或“3”。", STR(utf8_head(s, NOTE_CP)));
    if (!carried && s.n > 0) {
        if (!str_eq(part_key(p->a, RF_BUILDING, p->building), row->building.key)) p->entrance = S("");
        p->building = s;
    }
    at = at_line(p, row, l, RF_ENTRANCE);
    s = text_of(l, RF_ENTRANCE);
    if (s.n == 0 && (carried || p->entrance_grouped)) s = p->entrance;
    else if (nothing(s)) s = S("");
    else if (damaged(&at, l->cell[RF_ENTRANCE], s)) return;
    p->entrance = s;
    if (s.n == 0) return;
    part(p, RF_ENTRANCE, s, &row->entrance);
    if (!part_form(row->entrance.key))
        wrong(&at, "entrance.form", "单元“%.*s”看不懂。请写成“2单元”或“2”。", STR(utf8_head(s, NOTE_CP)));
}

static void read_room(struct pass *p, const struct line *l, struct register_row *row) {
    struct at at = at_line(p, row, l, RF_ROOM);
    str s = text_of(l, RF_ROOM);
    if (nothing(s)) {
        wrong(&at, "room.missing", "没有写房号。请填上房号，如 501。");
        return;
    }
    if (damaged(&at, l->cell[RF_ROOM], s)) return;
    if (two_rooms(p->a, s, row->entrance.key.n > 0)) {
        wrong(&at, "room.several", "房号“%.*s”像是几套房写在一格里。请一套房写一行。", STR(utf8_head(s, NOTE_CP)));
        return;
    }
    room_parts(p, l, row, s);
    if (!part_form(row->room.key) || (l->cell[RF_ROOM]->kind == SHEET_NUMBER && str_find(row->room.key, '.') >= 0))
        wrong(&at, "room.form", "房号“%.*s”看不懂。请写成“501”这样。", STR(utf8_head(s, NOTE_CP)));
    if (row->building.key.n == 0 && row->faults.n == 0) {
        at = at_line(p, row, l, RF_BUILDING);
        wrong(&at, "building.missing", "没有写楼号。请填上楼号，如 3号楼。");
    }
}

static void read_address(struct pass *p, const struct line *l, struct register_row *row) {
    struct at at = at_line(p, row, l, RF_ADDRESS);
    str s = text_of(l, RF_ADDRESS), prefix;
    if (nothing(s)) {
        wrong(&at, "address.missing", "没有写房屋地址。请写成“3号楼2单元501”。");
        return;
    }
    if (damaged(&at, l->cell[RF_ADDRESS], s)) return;
    if (split_cell(p->a, s, SPLIT_NUMBERS).n > 1) {
        wrong(&at, "room.several", "房屋地址“%.*s”像是几套房写在一格里。请一套房写一行。", STR(utf8_head(s, NOTE_CP)));
        return;
    }
    if (!address_read(p->a, s, &prefix, row) || !part_form(row->room.key) || !part_form(row->building.key)) {
        wrong(&at, "address.form", "房屋地址“%.*s”看不懂。请写成“3号楼2单元501”或“3-2-501”。",
              STR(utf8_head(s, NOTE_CP)));
        return;
    }
    row->prefix = prefix;
}

/* ---- the people of one row ---- */

static struct sheet_cell cell_at(const struct line *l, size_t c) {
    return c < l->r->n ? l->r->cell[c] : no_cell;
}

/* An error of the table program, or a text that was cut: nothing to read there. */
static bool cell_bad(const struct at *at, const struct sheet_cell *c) {
    str s = str_trim(c->text);
    const char *label = register_field_label(at->field);
    if (c->kind == SHEET_ERROR || (s.n > 2 && s.p[0] == '#' && (s.p[1] == 'N' || s.p[1] == 'R' || s.p[1] == 'V' ||
                                                               s.p[1] == 'D' || s.p[1] == '#')))
        wrong(at, "cell.error", "%s是“%.*s”，表格软件没有算出结果。请填上真实的内容。", label, STR(utf8_head(s, NOTE_CP)));
    else if (c->flags & SHEET_CUT)
        wrong(at, "cell.long", "%s这一格超过 %d 个字。请缩短后重新上传。", label, SHEET_TEXT_MAX);
    else if (at->field != RF_OWNER && !utf8_clean(s, true))
        wrong(at, "cell.control", "%s里有看不见的控制字符。请删掉这一格，重新输入。", label);
    else return false;
    return true;
}

/* Owners, numbers and telephones of one row of the file, which belong together in their order. */
static void read_people(struct pass *p, const struct line *l, struct register_row *row) {
    struct register_row here = { 0 };
    struct id_numbers ids = { 0 };
    size_t before = row->faults.n;
    here.faults = row->faults;
    for (size_t c = 0; c < p->m->cols; c++) {
        enum register_field f = p->m->col[c].field;
        struct sheet_cell cell = cell_at(l, c);
        if (f != RF_OWNER && f != RF_ID && f != RF_PHONE) continue;
        /* Below the first row of a home a merged cell repeats what was read there. */
        if (str_trim(cell.text).n == 0 || (cell.flags & SHEET_LEFT) || (row->last > row->no && (cell.flags & SHEET_UP)))
            continue;
        struct at at = { .a = p->a, .faults = &here.faults, .today = p->today, .sheet = p->m->sheet, .row = l->r->no,
                         .col = (i64)c, .field = f };
        if (cell_bad(&at, &cell)) continue;
        if (f == RF_OWNER) owners_read(&at, cell.text, &here);
        else if (f == RF_ID) ids_read(&at, &cell, &ids);
        else phones_read(&at, &cell, &here);
    }
    row->faults = here.faults;
    bool hurt = false;
    for (size_t i = before; i < row->faults.n; i++) hurt = hurt || !row->faults.p[i].warn;
    struct at at = at_line(p, row, l, RF_ID);
    if (!hurt && ids.n > 0 && ids.n != here.owners.n) {
        wrong(&at, "id.count", "业主有 %zu 人，证件号码有 %zu 个，对不上。请按同样的顺序写全，用顿号分开。", here.owners.n, ids.n);
    }
    /* A register has many homes of one owner: no more room than is needed. */
    if (row->owners.cap == 0 && here.owners.n > 0) {
        row->owners.p = NEW_N(p->a, struct register_owner, here.owners.n);
        row->owners.cap = here.owners.n;
    }
    for (size_t i = 0; i < here.owners.n; i++) {
        struct register_owner *o = &here.owners.p[i];
        if (i < ids.n && ids.n == here.owners.n) o->id = ids.p[i].number, o->id_kind = ids.p[i].kind;
        if (here.phones.n == here.owners.n || (here.owners.n == 1 && here.phones.n > 0)) o->phone = here.phones.p[i];
        if (o->org && (o->id_kind == RID_RESIDENT || o->id_kind == RID_RESIDENT_15))
            doubt(&at, "id.kind", "业主“%.*s”是单位，证件却是个人身份证，请再核对一次。", STR(utf8_head(o->name, NOTE_CP)));
        if (!o->org && o->id_kind == RID_COMPANY && str_digits(o->id)) {
            /* One wrong identity number in thirty-one has the check digit of a company's code. */
            wrong(&at, "id.wrong", "证件号码“%.*s”不对：%s", STR(masked(p->a, o->id)), idcard_fault(o->id));
        } else if (!o->org && o->id_kind == RID_COMPANY) {
            doubt(&at, "id.kind", "业主“%.*s”像个人，证件却是统一社会信用代码，按单位收下，请再核对一次。",
                  STR(utf8_head(o->name, NOTE_CP)));
            o->org = true;
        }
        bool again = false;
        for (size_t k = 0; k < row->owners.n; k++)
            again = again || (str_eq(row->owners.p[k].name, o->name) && str_eq(row->owners.p[k].id, o->id));
        if (again) continue;
        if (row->owners.n >= REGISTER_OWNERS_MAX) {
            at = at_line(p, row, l, RF_OWNER);
            wrong(&at, "owner.many", "这一户的业主超过 %d 人。请核对是不是几户连在了一起。", REGISTER_OWNERS_MAX);
            break;
        }
        *VEC_ADD(p->a, &row->owners) = *o;
    }
    if (row->phones.n == 0) {
        memcpy(&row->phones, &here.phones, sizeof row->phones);
        here.phones.n = 0;
    }
    for (size_t i = 0; i < here.phones.n; i++) *VEC_ADD(p->a, &row->phones) = here.phones.p[i];
    str share = text_of(l, RF_SHARE);
    if (here.owners.n == 1 && row->owners.n > 0 && !nothing(share)) {
        struct register_owner *o = &row->owners.p[row->owners.n - 1];
        at = at_line(p, row, l, RF_SHARE);
        if (str_has(share, S("共有")) || str_has(share, S("单独"))) o->tenure = share;
        else if (!share_read(p->a, share, &o->share, &o->share_of))
            wrong(&at, "share.form", "份额“%.*s”看不懂。请写成 60%% 或 1/2。", STR(utf8_head(share, NOTE_CP)));
    }
}

/* ---- a whole row ---- */

static void read_rest(struct pass *p, const struct line *l, struct register_row *row) {
    for (size_t f = RF_FLOOR; f < RF_COUNT; f++) {
        if (f == RF_ROOM || f == RF_OWNER || f == RF_ID || f == RF_PHONE || l->col[f] < 0) continue;
        struct at at = at_line(p, row, l, (enum register_field)f);
        const struct sheet_cell *c = l->cell[f];
        str s = str_trim(c->text);
        if (cell_bad(&at, c)) continue;
        if (f != RF_AREA && nothing(s)) continue;
        switch (f) {
        case RF_FLOOR: part(p, RF_FLOOR, s, &row->floor); break;
        case RF_AREA: row->has_area = area_read(&at, c, &row->area); break;
        case RF_USE:
            row->use_text = s;
            row->use = use_of(s);
            if (row->use == USE_UNKNOWN)
                doubt(&at, "use.unknown", "用途“%.*s”认不出，已照原样收下。", STR(utf8_head(s, NOTE_CP)));
            break;
        case RF_DATE: row->has_date = date_read(&at, c, &row->date); break;
        case RF_CERT:
            row->cert = s;
            if (scientific(s) || (c->kind == SHEET_NUMBER && (c->flags & SHEET_LONG)))
                wrong(&at, "cert.number", "不动产权证号“%.*s”被表格软件当成数字改掉了。请把这一列设为文本，重新填写。",
                      STR(utf8_head(s, NOTE_CP)));
            break;
        default: break;
        }
    }
    buf note = buf_in(p->a, (size_t)SHEET_TEXT_MAX * 8);
    for (size_t c = 0; c < p->m->cols && c < l->r->n; c++) {
        str s = str_trim(l->r->cell[c].text);
        if (p->m->col[c].field != RF_NOTE || s.n == 0 || (l->r->cell[c].flags & SHEET_LEFT)) continue;
        if (note.n > 0) buf_lit(&note, "；");
        buf_s(&note, s);
    }
    row->note = buf_str(&note);
}

/* A further owner of the home above: its cells of the home are blank or merged. */
static bool continues(const struct pass *p, const struct line *l) {
    enum register_field home = l->col[RF_ROOM] >= 0 ? RF_ROOM : RF_ADDRESS;
    bool people = text_of(l, RF_OWNER).n > 0 || text_of(l, RF_ID).n > 0 || text_of(l, RF_PHONE).n > 0;
    bool own_owner = people && !(blank_or_up(l, RF_OWNER) && blank_or_up(l, RF_ID) && blank_or_up(l, RF_PHONE));
    if (!own_owner || !blank_or_up(l, home)) return false;
    /* A building written out again says that a room was forgotten. */
    if (text_of(l, home).n == 0 && !blank_or_up(l, RF_BUILDING)) return false;
    return p->open && p->out->rows.n > 0 && p->out->rows.p[p->out->rows.n - 1].last == l->r->no - 1;
}

static void read_further(struct pass *p, const struct line *l) {
    struct register_row *row = &p->out->rows.p[p->out->rows.n - 1];
    row->last = l->r->no;
    read_people(p, l, row);
    if (!blank_or_up(l, RF_AREA)) {
        struct at at = at_line(p, row, l, RF_AREA);
        sqm area;
        if (area_read(&at, l->cell[RF_AREA], &area) && row->has_area && area.dm2 != row->area.dm2)
            wrong(&at, "area.two", "这一行是上一户的共有人，建筑面积却不同。请核对这一户的面积。");
    }
}

static void read_home(struct pass *p, const struct line *l) {
    struct register_row *row = VEC_ADD(p->a, &p->out->rows);
    row->sheet = p->m->sheet;
    row->no = row->last = l->r->no;
    if (l->col[RF_ROOM] >= 0 && (text_of(l, RF_ROOM).n > 0 || l->col[RF_ADDRESS] < 0)) {
        read_building(p, l, row);
        read_room(p, l, row);
    } else read_address(p, l, row);
    read_rest(p, l, row);
    read_people(p, l, row);
    bool spoken = row->owners.n > 0;
    for (size_t i = 0; i < row->faults.n; i++) spoken = spoken || row->faults.p[i].field == RF_OWNER;
    if (!spoken && l->col[RF_OWNER] >= 0) {
        struct at at = at_line(p, row, l, RF_OWNER);
        doubt(&at, "owner.missing", "没有写业主姓名，按没有业主收下。");
    }
    p->open = true;
}

/* A third of the rows with a room but without a building: the register writes it once per group. */
static bool grouped(const struct pass *p, enum register_field f) {
    size_t rooms = 0, blank = 0;
    for (size_t k = 0; k < p->s->n; k++) {
        if (p->s->row[k].no <= p->m->head_last) continue;
        struct line l = line_of(p->m, &p->s->row[k]);
        if (text_of(&l, RF_ROOM).n == 0) continue;
        rooms++;
        blank += text_of(&l, f).n == 0;
    }
    return blank > 0 && blank < rooms && blank * 10 >= rooms * 3;
}

err register_parse(struct arena *a, const struct sheet_book *b, const struct register_map *m, size_t maps, day today,
                   struct home_register *ret) {
    *ret = (struct home_register){ 0 };
    for (size_t i = 0; i < maps; i++) {
        if (m[i].sheet >= b->n) return E_INPUT;
        struct pass p = { .a = a, .m = &m[i], .s = &b->sheet[m[i].sheet], .out = ret, .today = today };
        if (section(&p, p.s->name)) p.sheet_building = p.building;
        p.building = p.entrance = S("");
        p.building_grouped = grouped(&p, RF_BUILDING);
        p.entrance_grouped = grouped(&p, RF_ENTRANCE);
        for (size_t k = 0; k < p.s->n; k++) {
            if (p.s->row[k].no <= m[i].head_last) continue;
            struct line l = line_of(&m[i], &p.s->row[k]);
            if (not_a_home(&p, &l)) continue;
            if (continues(&p, &l)) read_further(&p, &l);
            else read_home(&p, &l);
        }
    }
    register_compare(a, ret);
    return OK;
}
