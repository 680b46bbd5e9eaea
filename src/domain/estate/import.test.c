/* import.test.c - registers come in and go out again: on SQLite and, when there is one, on PostgreSQL. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "domain/estate/rig.test.h"
#include "kit/page/page.h"

/* ---- the worker's side, without a server ---- */

struct fake { struct prep p; struct bed *b; str data; };

static err fake_fetch(struct prep *p, hash h, str *ret) {
    (void)h;
    *ret = str_dup(p->a, ((struct fake *)p)->data);
    return OK;
}

static err fake_read(struct prep *p, err (*fn)(struct tx *tx, void *arg), void *arg) {
    return bed_tx(((struct fake *)p)->b, p->now, false, fn, arg);
}

static i64 parse_id(str s) {
    i64 id = 0;
    CHECK(id_parse(s, &id));
    return id;
}

struct upload { struct bed *b; i64 estate, batch; str data; struct faults ff; };

static struct fake fake_of(struct upload *u, struct http_file *file, const char *path) {
    *file = (struct http_file){ S("file"), S("台账.csv"), S(""), path, (i64)u->data.n };
    return (struct fake){ .p = { .a = u->b->a,
                                 .now = rig_now(),
                                 .faults = &u->ff,
                                 .estate = u->estate,
                                 .files = file,
                                 .nfiles = 1,
                                 .fetch = fake_fetch,
                                 .read = fake_read },
                          .b = u->b,
                          .data = u->data };
}

static err upload(struct upload *u, i64 who) {
    char path[300];
    struct http_file file;
    struct call call;
    struct upload_in *in = NEW(u->b->a, struct upload_in);
    const char *tmp = "/tmp";
    snprintf(path, sizeof path, "%s/wuye-register-%d", tmp, (int)getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, u->data.p, u->data.n) == (ssize_t)u->data.n);
    close(fd);
    struct fake f = fake_of(u, &file, path);
    in->file = S("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff/台账.csv");
    in->source = BY_REGISTER;
    err e = upload_prepare(&f.p, in);
    unlink(path);
    TRY(e);
    TRY(rig_run(u->b, who, u->estate, "estate.import.upload", in, &call));
    u->batch = parse_id(rig_member(call.result, "batch"));
    return OK;
}

/* `said`: column number and field, as the page would send them. */
static err columns(struct upload *u, i64 who, const char *column, const char *field) {
    struct http_file file;
    struct call call;
    struct fake f = fake_of(u, &file, "");
    struct columns_in *in = NEW(u->b->a, struct columns_in);
    in->estate_id = u->estate;
    in->batch_id = u->batch;
    if (column) *field_str(field_find(columns_fields, str_of(column)), in) = str_of(field);
    TRY(columns_prepare(&f.p, in));
    return rig_run(u->b, who, u->estate, "estate.import.columns", in, &call);
}

static err on_batch(struct upload *u, i64 who, const char *command, struct faults *ff) {
    const char *id = id_text(u->b->a, u->batch).p;
    if (!strcmp(command, "estate.import.withdraw"))
        return rig_do(u->b, who, u->estate, command, RIG("batch_id", id, "note", "导错了文件"), ff, NULL);
    return rig_do(u->b, who, u->estate, command, RIG("batch_id", id), ff, NULL);
}

static err batch_tx(struct tx *tx, void *arg) {
    struct import_batch *b = arg;
    return batch_get(tx, b->estate_id, b->id, b);
}

static struct import_batch batch_of(struct upload *u) {
    struct import_batch b = { .estate_id = u->estate, .id = u->batch };
    CHECK(bed_tx(u->b, rig_now(), false, batch_tx, &b) == OK);
    return b;
}

/* ---- a register of our own ---- */

static str id_of(struct arena *a, int n) { return demo_id_no(a, 700000 + n, n % 2); }

/* Homes 1..n, three doors a floor; home 5 has two owners with shares, homes 6 and 7 the same owner. */
static str registered(struct arena *a, int n, bool more) {
    static const char *const names[] = { "王小明", "李大海", "张丽华", "刘建军", "陈思远" };
    buf b = buf_in(a, 4 << 20);
    buf_lit(&b, "楼号,单元,房号,面积（平米）,业主,份额,证件,手机\r\n");
    for (int i = 1; i <= n; i++) {
        int owner = i == 7 ? 6 : i;
        buf_fmt(&b, "%d号楼,%d单元,%d,%d.5,", 1 + i / 60, 1 + i / 30 % 2, 101 + i / 3 % 10 * 100 + i % 3, 50 + i % 60);
        if (i == 5) {
            buf_fmt(&b, "王共同、李共同,1/3、2/3,%.*s、%.*s,\r\n", STR(id_of(a, 9001)), STR(id_of(a, 9002)));
            continue;
        }
        buf_fmt(&b, "%s,,%.*s,139%08d\r\n", names[owner % 5], STR(id_of(a, owner)), 71000000 + owner);
    }
    if (more) {
        buf_lit(&b, "9号楼,1单元,101,八十九,张三丰,,,\r\n");
        buf_lit(&b, "合计,,,9999,,,,\r\n");
        buf_lit(&b, "9号楼,1单元,102,80,北京某某科技有限公司,,91110000101623741K,\r\n");
    }
    return buf_str(&b);
}

SQL(homes_n, "i", "i", "SELECT count(*) FROM home WHERE estate_id = $1")
SQL(ties_n, "i", "i", "SELECT count(*) FROM tie WHERE estate_id = $1")
SQL(persons_n, "i", "i", "SELECT count(*) FROM person WHERE id > $1")
SQL(lists_n, "i", "i", "SELECT count(*) FROM person_home WHERE estate_id = $1")

static void in_and_out(struct bed *b) {
    struct upload u = { .b = b, .estate = BED_ESTATE, .data = registered(b->a, 150, true) };
    hash before = rig_digest(b);
    struct faults ff = { 0 };
    struct upload clerk = u;
    CHECK(upload(&clerk, RIG_CLERK) == E_DENIED);
    CHECK(upload(&u, RIG_MANAGER) == OK);
    CHECK_I64(batch_of(&u).state, IMPORT_COLUMNS);
    CHECK(on_batch(&u, RIG_MANAGER, "estate.import.confirm", &ff) == E_STATE);
    CHECK(columns(&u, RIG_MANAGER, NULL, NULL) == OK);
    struct import_batch row = batch_of(&u);
    CHECK_I64(row.state, IMPORT_CHECKED);
    CHECK_I64(row.rows, 153);
    CHECK_I64(row.good, 151);
    CHECK_I64(row.bad, 1);
    CHECK_I64(row.skipped, 1);
    CHECK_I64(rig_count(b, &homes_n, BED_ESTATE), 0);   /* nothing before the confirmation */
    CHECK(on_batch(&u, RIG_MANAGER, "estate.import.confirm", &ff) == OK);
    CHECK(on_batch(&u, RIG_MANAGER, "estate.import.confirm", &ff) == E_STATE);
    rig_carry(b);
    row = batch_of(&u);
    CHECK_I64(row.state, IMPORT_DONE);
    CHECK_I64(row.homes, 151);
    CHECK_I64(row.persons, 150);          /* one owner twice, two in one home, the company not */
    CHECK_I64(row.ties, 151);
    CHECK_I64(rig_count(b, &homes_n, BED_ESTATE), 151);
    CHECK_I64(rig_count(b, &lists_n, BED_ESTATE), 151);
    rig_checks(b);
    /* Once more: everything is there. */
    struct upload again = { .b = b, .estate = BED_ESTATE, .data = u.data };
    CHECK(upload(&again, RIG_MANAGER) == OK && columns(&again, RIG_MANAGER, NULL, NULL) == OK);
    CHECK(on_batch(&again, RIG_MANAGER, "estate.import.confirm", &ff) == OK);
    rig_carry(b);
    row = batch_of(&again);
    CHECK_I64(row.homes, 0);
    CHECK_I64(row.existing, 151);
    CHECK(on_batch(&again, RIG_MANAGER, "estate.import.withdraw", &ff) == OK);
    rig_carry(b);
    CHECK_I64(rig_count(b, &homes_n, BED_ESTATE), 151);   /* it had written nothing */
    CHECK(on_batch(&u, RIG_MANAGER, "estate.import.withdraw", &ff) == OK);
    rig_carry(b);
    CHECK_I64(batch_of(&u).state, IMPORT_WITHDRAWN);
    hash after = rig_digest(b);
    CHECK(hash_eq(before, after));
    rig_checks(b);
}
TEST(a_register_comes_in_and_goes_out_whole) { rig_each(a, in_and_out); }

/* ---- what somebody else came to know stays ---- */

SQL(home_by_key, "i", "i", "SELECT id FROM home WHERE estate_id = $1 AND no_key = '1-1-102'")

static void known(struct bed *b) {
    struct upload u = { .b = b, .estate = BED_ESTATE, .data = registered(b->a, 90, false) };
    struct upload v = { .b = b, .estate = BED_ESTATE_2, .data = registered(b->a, 3, false) };
    struct faults ff = { 0 };
    CHECK(upload(&u, RIG_COMMUNITY) == OK && columns(&u, RIG_COMMUNITY, NULL, NULL) == OK);
    CHECK(on_batch(&u, RIG_COMMUNITY, "estate.import.confirm", &ff) == OK);
    rig_carry(b);
    /* Three of its persons own in another estate as well. */
    CHECK(upload(&v, RIG_COMMUNITY) == OK && columns(&v, RIG_COMMUNITY, NULL, NULL) == OK);
    CHECK(on_batch(&v, RIG_COMMUNITY, "estate.import.confirm", &ff) == OK);
    rig_carry(b);
    CHECK_I64(batch_of(&v).persons, 0);
    CHECK_I64(batch_of(&v).ties, 3);
    i64 people = rig_count(b, &persons_n, 0);
    /* A relation of another hand: the batch is held. */
    const char *home = id_text(b->a, rig_count(b, &home_by_key, BED_ESTATE)).p;
    str result = { 0 };
    CHECK(rig_do(b, RIG_COMMUNITY, BED_ESTATE, "estate.tie.add",
                 RIG("home_id", home, "kind", "tenant", "name", "某租户", "phone", "13800138077", "basis",
                     "租赁合同"),
                 &ff, &result) == OK);
    CHECK(on_batch(&u, RIG_COMMUNITY, "estate.import.withdraw", &ff) == E_STATE);
    CHECK(ff.n == 1 && str_has(ff.p[0].text, S("1号楼1单元102")));
    /* Withdrawn elsewhere: the persons stay, they are this estate's. */
    CHECK(on_batch(&v, RIG_COMMUNITY, "estate.import.withdraw", &ff) == OK);
    rig_carry(b);
    CHECK_I64(batch_of(&v).state, IMPORT_WITHDRAWN);
    CHECK_I64(rig_count(b, &persons_n, 0), people + 1);
    CHECK_I64(rig_count(b, &ties_n, BED_ESTATE_2), 0);
    CHECK_I64(rig_count(b, &lists_n, BED_ESTATE_2), 0);
    rig_checks(b);
}
TEST(what_others_know_stays) { rig_each(a, known); }

static void persons_stay(struct bed *b) {
    struct upload u = { .b = b, .estate = BED_ESTATE, .data = registered(b->a, 60, false) };
    struct upload v = { .b = b, .estate = BED_ESTATE_2, .data = registered(b->a, 4, false) };
    struct faults ff = { 0 };
    i64 before = rig_count(b, &persons_n, 0);
    CHECK(upload(&u, RIG_COMMUNITY) == OK && columns(&u, RIG_COMMUNITY, NULL, NULL) == OK);
    CHECK(on_batch(&u, RIG_COMMUNITY, "estate.import.confirm", &ff) == OK);
    rig_carry(b);
    CHECK(upload(&v, RIG_COMMUNITY) == OK && columns(&v, RIG_COMMUNITY, NULL, NULL) == OK);
    CHECK(on_batch(&v, RIG_COMMUNITY, "estate.import.confirm", &ff) == OK);
    rig_carry(b);
    CHECK(on_batch(&u, RIG_COMMUNITY, "estate.import.withdraw", &ff) == OK);
    rig_carry(b);
    CHECK_I64(batch_of(&u).state, IMPORT_WITHDRAWN);
    CHECK_I64(rig_count(b, &homes_n, BED_ESTATE), 0);
    CHECK_I64(rig_count(b, &persons_n, 0), before + 4);   /* those who own in the other estate */
    CHECK_I64(rig_count(b, &ties_n, BED_ESTATE_2), 4);
    rig_checks(b);
}
TEST(a_person_met_elsewhere_outlives_the_batch) { rig_each(a, persons_stay); }

/* ---- one document, two names ---- */

static void two_names(struct bed *b) {
    str taken = demo_id_no(b->a, RIG_OWNER, false);
    struct upload u = { .b = b, .estate = BED_ESTATE };
    struct faults ff = { 0 };
    u.data = str_fmt(b->a,
                     "楼号,房号,建筑面积,业主姓名,身份证号\r\n1,101,50,冒名人,%.*s\r\n1,102,50,张业主,%.*"
                     "s\r\n",
                     STR(taken), STR(taken));
    CHECK(upload(&u, RIG_MANAGER) == OK && columns(&u, RIG_MANAGER, NULL, NULL) == OK);
    struct import_batch row = batch_of(&u);
    /* The reader may see it in the file itself already; then there is nothing to confirm but the good row. */
    if (row.good == 0) return;
    CHECK(on_batch(&u, RIG_MANAGER, "estate.import.confirm", &ff) == OK);
    rig_carry(b);
    row = batch_of(&u);
    CHECK_I64(row.persons, 0);
    CHECK(row.homes <= 1);
    rig_checks(b);
}
TEST(a_document_has_one_name) { rig_each(a, two_names); }

/* ---- columns corrected by hand; a batch given up ---- */

static void corrected(struct bed *b) {
    struct upload u = { .b = b, .estate = BED_ESTATE };
    struct faults ff = { 0 };
    hash before = rig_digest(b);
    /* Only two columns have a usual heading: which is the door, a person must say. */
    u.data = S("楼号,单元,甲,乙,丙\r\n1号楼,1单元,101,50.5,王小明\r\n1号楼,1单元,102,60.5,李大海\r\n");
    CHECK(upload(&u, RIG_MANAGER) == OK);
    CHECK(columns(&u, RIG_MANAGER, NULL, NULL) == E_INPUT);
    CHECK(u.ff.n == 1);
    u.ff = (struct faults){ 0 };
    CHECK(columns(&u, RIG_MANAGER, "c12", "room") == OK);
    CHECK(columns(&u, RIG_MANAGER, "c14", "owner") == OK);
    CHECK(columns(&u, RIG_MANAGER, "c13", "area") == OK);   /* the first correction is kept */
    struct map_sheets m = { 0 };
    map_unpack(b->a, batch_of(&u).map, &m);
    CHECK(m.n == 1 && m.p[0].cols.n == 5);
    CHECK_STR(m.p[0].cols.p[3].field, S("area"));
    CHECK_STR(m.p[0].cols.p[4].field, S("owner"));
    CHECK(on_batch(&u, RIG_MANAGER, "estate.import.drop", &ff) == OK);
    CHECK(on_batch(&u, RIG_MANAGER, "estate.import.confirm", &ff) == E_STATE);
    hash after = rig_digest(b);
    CHECK(hash_eq(before, after));
}
TEST(columns_are_corrected_by_hand) { rig_each(a, corrected); }

static void no_register(struct bed *b) {
    struct upload u = { .b = b, .estate = BED_ESTATE, .data = S("<html><body>hello</body></html>") };
    CHECK(upload(&u, RIG_MANAGER) == E_INPUT);
    CHECK(fault_at(&u.ff, "file").n > 0);
    struct upload v = { .b = b, .estate = BED_STREET, .data = registered(b->a, 3, false) };
    CHECK(upload(&v, RIG_STREET) == E_STATE);
}
TEST(a_file_that_is_no_register_is_refused_in_words) { rig_each(a, no_register); }

/* ---- the memory of the request runs out while a register is read ---- */

static int files_open(void) {
    int n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (d && readdir(d)) n++;
    if (d) closedir(d);
    return n;
}

/* The n-th allocation of the request fails. What is caught here has jumped past the one who held the big memory. */
static err starved(struct fake *f, size_t n, err (*prepare)(struct prep *p, void *in), void *in) {
    struct arena *own = f->p.a;
    if (ARENA_CATCH(own)) return E_BROKEN;
    arena_fail_at(own, n);
    err e = prepare(&f->p, in);
    arena_fail_at(own, 0);
    CHECK(f->p.a == own);
    (void)arena_alloc(own, 8);   /* the target is this function's again */
    arena_uncatch(own);
    return e;
}

static int starve(struct upload *u, const char *path, err (*prepare)(struct prep *p, void *in), void *in) {
    struct http_file file;
    struct fake f = fake_of(u, &file, path);
    struct arena *own = arena_new(8 << 20);
    int failed = 0;
    f.p.a = own;
    for (size_t n = 1; n < 200; n++) {
        arena_reset(own);
        err e = starved(&f, n, prepare, in);
        CHECK(e == OK || e == E_FULL);
        if (e == OK) break;
        failed++;
    }
    arena_free(own);
    return failed;
}

static void hungry(struct bed *b) {
    struct upload u = { .b = b, .estate = BED_ESTATE, .data = registered(b->a, 30, true) };
    struct upload_in *first = NEW(b->a, struct upload_in);
    struct columns_in *in = NEW(b->a, struct columns_in);
    char path[300];
    snprintf(path, sizeof path, "/tmp/wuye-hungry-%d", (int)getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, u.data.p, u.data.n) == (ssize_t)u.data.n);
    close(fd);
    int before = files_open();
    CHECK(starve(&u, path, upload_prepare, first) > 0);
    unlink(path);
    CHECK(upload(&u, RIG_MANAGER) == OK);
    in->estate_id = u.estate;
    in->batch_id = u.batch;
    CHECK(starve(&u, path, columns_prepare, in) > 2);
    CHECK_I64(files_open(), before);
    /* A batch is looked at only under the address of its estate. */
    struct http_file file;
    struct fake f = fake_of(&u, &file, "");
    f.p.estate = BED_ESTATE_2;
    CHECK(columns_prepare(&f.p, in) == E_MISSING);
}
TEST(memory_that_runs_out_while_reading_gives_all_back) { rig_each(a, hungry); }

/* ---- files that programs really wrote ---- */

static i64 expected_good(str text) {
    str line;
    i64 n = -1;
    while (str_cut(&text, '\n', &line)) {
        i64 at = str_find(line, ' ');
        if (at > 0 && str_starts(str_from(line, (size_t)at), S(" good (")) &&
            str_i64(str_sub(line, 0, (size_t)at), &n))
            return n;
    }
    return -1;
}

static void fixtures(struct bed *b) {
    static const char *const files[] = {
        "dates-1904.xlsx",  "formats-formulas.xlsx", "fullwidth-address.xlsx",  "gb18030-quotes.csv",
        "gb18030-tabs.csv", "groups-once.xlsx",      "sheet-per-building.xlsx", "titles-merged.xlsx",
        "utf16.csv",        "utf8-bom-semicolon.csv"
    };
    hash before = rig_digest(b);
    int seen = 0;
    for (size_t i = 0; i < COUNT(files); i++) {
        struct upload u = { .b = b, .estate = BED_ESTATE };
        struct faults ff = { 0 };
        u.data = rig_file(b->a, str_fmt(b->a, "test/fixtures/register/%s", files[i]).p);
        str expect = rig_file(b->a, str_fmt(b->a, "test/fixtures/register/%s.expect", files[i]).p);
        if (!u.data.n) continue;
        seen++;
        CHECK(upload(&u, RIG_MANAGER) == OK);
        CHECK(columns(&u, RIG_MANAGER, NULL, NULL) == OK);
        CHECK_I64(batch_of(&u).good, expected_good(expect));
        CHECK(on_batch(&u, RIG_MANAGER, "estate.import.confirm", &ff) == OK);
        rig_carry(b);
        struct import_batch row = batch_of(&u);
        CHECK_I64(row.state, IMPORT_DONE);
        CHECK_I64(row.homes, row.good);
        rig_checks(b);
        CHECK(on_batch(&u, RIG_MANAGER, "estate.import.withdraw", &ff) == OK);
        rig_carry(b);
        hash after = rig_digest(b);
        CHECK(hash_eq(before, after));
    }
    CHECK_I64(seen, (i64)COUNT(files));
}
TEST(files_that_programs_wrote_come_in_and_go_out) { rig_each(a, fixtures); }

/* ---- packing ---- */

TEST(rows_survive_packing_and_damage_is_seen) {
    struct import_row row[3] = { 0 };
    for (int i = 0; i < 3; i++) {
        row[i] = (struct import_row){ .no = i + 2, .state = i, .why = i ? S("第一句\n第二句") : S("") };
        row[i].home = (struct home_new){ .building = S("3号楼"),
                                         .building_key = S("3"),
                                         .entrance = S(""),
                                         .entrance_key = S(""),
                                         .room = S("501"),
                                         .room_key = S("501"),
                                         .floor = { true, -1 },
                                         .area = { i == 1, { 8905 } },
                                         .area_source = BY_TITLE,
                                         .use = SHOP,
                                         .cert = S("京（2026）") };
        for (int k = 0; k < i; k++)
            *VEC_ADD(a, &row[i].owners) =
                (struct import_owner){ S("张三"), S("110101"), S("139"), ID_RESIDENT, 1, 2, k };
    }
    buf b = buf_in(a, 1 << 16);
    rows_pack(&b, row, 3);
    struct import_rows back = { 0 };
    CHECK(rows_unpack(a, buf_str(&b), &back) == OK);
    CHECK_I64((i64)back.n, 3);
    CHECK(back.p[2].owners.n == 2 && back.p[2].owners.p[1].org == 1);
    CHECK_STR(back.p[1].why, S("第一句\n第二句"));
    CHECK(back.p[1].home.area.has && back.p[1].home.area.v.dm2 == 8905 && back.p[1].home.floor.v == -1);
    for (size_t n = 0; n < b.n; n++) {   /* any shorter text is refused */
        struct import_rows torn = { 0 };
        CHECK(rows_unpack(a, str_sub(buf_str(&b), 0, n), &torn) == E_BROKEN);
    }
}
