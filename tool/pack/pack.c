/* pack - puts the files of the pages and the data tables into the program.
 *
 *     pack --out DIR [--depfile FILE] --icons web/icons.txt --mark web/mark --lucide DIR
 *          [--data DIR] [--kit DIR] [--rooms DIR] FILE...
 *
 * All .css files, in the order given, become app.css; the icons become the sprite icons.svg; other files keep their
 * names. "asset:NAME" inside css and webmanifest files becomes the address of that asset.
 * Writes DIR/assets.bin (all bytes), DIR/bytes.S (takes them in) and DIR/table.c (where each one lies). */
#include <brotli/encode.h>
#include <dirent.h>
#include <zlib.h>
#include "pack.h"

enum { MEMORY_MAX = 512 << 20, FILE_MAX = 32 << 20, BLOB_MAX = 128 << 20 };

struct file {
    str name, type, body;
    const char *url;                       /* NULL: data, never compressed */
    size_t raw_at, gz_at, br_at, gz_n, br_n;
};

struct pack {
    struct arena *a;
    const char *out, *depfile, *icons, *mark, *lucide, *data, *kit, *rooms;
    VEC(const char *) inputs;
    VEC(struct file) assets, tables;
    VEC(str) read;                         /* everything looked at, for the depfile */
    buf blob;
};

static bool say(const char *what, const char *name)
{
    fprintf(stderr, "pack: %s: %s\n", name, what);
    return false;
}

static bool read_file(struct pack *k, const char *path, str *ret)
{
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    buf b = buf_in(k->a, FILE_MAX);
    static char piece[1 << 16];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;) buf_put(&b, piece, n);
    bool ok = !ferror(f) && !b.over;
    fclose(f);
    *ret = b.n ? buf_str(&b) : S("");
    *VEC_ADD(k->a, &k->read) = str_dup(k->a, str_of(path));
    return ok;
}

static bool write_file(const struct pack *k, const char *name, str s)
{
    str path = str_fmt(k->a, "%s/%s", k->out, name);
    FILE *f = fopen(path.p, "wb");
    bool ok = f && fwrite(s.p, 1, s.n, f) == s.n;
    if (f && fclose(f) != 0) ok = false;
    return ok || say("cannot be written", path.p);
}

static str type_of(str name)
{
    static const struct { const char *end, *type; } types[] = {
        { ".css", "text/css; charset=utf-8" },
        { ".js", "text/javascript; charset=utf-8" },
        { ".svg", "image/svg+xml" },
        { ".webmanifest", "application/manifest+json" },
        { ".tsv", "text/tab-separated-values; charset=utf-8" },
    };
    for (size_t i = 0; i < COUNT(types); i++)
        if (str_ends(name, str_of(types[i].end))) return str_of(types[i].type);
    return (str){ 0 };
}

static str base_name(str path)
{
    i64 slash;
    while ((slash = str_find(path, '/')) >= 0) path = str_from(path, (size_t)slash + 1);
    return path;
}

static bool add_asset(struct pack *k, str name, str body)
{
    size_t dot = name.n;
    while (dot > 0 && name.p[dot - 1] != '.') dot--;
    str type = type_of(name);
    if (!type.n || dot < 2) return say("what kind of file is this?", str_c(k->a, name));
    for (size_t i = 0; i < k->assets.n; i++)
        if (str_eq(k->assets.p[i].name, name)) return say("this name stands twice", str_c(k->a, name));
    hash h = sm3_of(body.p, body.n);
    str url = str_fmt(k->a, "/assets/%.*s%.*s.%.*s", STR(str_sub(name, 0, dot)), STR(str_hex(k->a, h.b, 5)),
                      STR(str_from(name, dot)));
    *VEC_ADD(k->a, &k->assets) =
        (struct file){ .name = str_dup(k->a, name), .type = type, .body = str_dup(k->a, body), .url = url.p };
    return true;
}

/* The sprite, in the order of the list. A drawing of ours goes before one of lucide. */
static bool add_sprite(struct pack *k)
{
    str list, line, svg;
    if (!read_file(k, k->icons, &list)) return say("cannot be read", k->icons);
    buf out = buf_in(k->a, FILE_MAX);
    buf_lit(&out, "<svg xmlns=\"http://www.w3.org/2000/svg\"><!-- Most drawings: Lucide, ISC licence, "
                  "https://lucide.dev/license -->");
    bool ok = true;
    while (str_cut(&list, '\n', &line)) {
        str name = str_trim(line);
        if (!name.n || name.p[0] == '#') continue;
        const char *ours = str_fmt(k->a, "%s/%.*s.svg", k->mark, STR(name)).p;
        const char *theirs = str_fmt(k->a, "%s/%.*s.svg", k->lucide, STR(name)).p;
        if (!read_file(k, ours, &svg) && !read_file(k, theirs, &svg))
            ok = say("there is no such icon (has npm ci run?)", str_c(k->a, name));
        else if (!pack_symbol(k->a, svg, name, &out))
            ok = say("this is no drawing", str_c(k->a, name));
    }
    buf_lit(&out, "</svg>");
    return ok && add_asset(k, S("icons.svg"), buf_str(&out));
}

static const char *address(void *arg, str name)
{
    const struct pack *k = arg;
    for (size_t i = 0; i < k->assets.n; i++)
        if (str_eq(k->assets.p[i].name, name)) return k->assets.p[i].url;
    return NULL;
}

static bool add_referring(struct pack *k, str name, str body)
{
    str missing;
    if (!pack_references(k->a, body, address, k, &body, &missing))
        return say("asset: names something that is not packed", str_c(k->a, missing));
    return add_asset(k, name, body);
}

/* Drawings and scripts first, then what may refer to them, then the style. */
static bool add_inputs(struct pack *k)
{
    buf css = buf_in(k->a, FILE_MAX);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < k->inputs.n; i++) {
            str name = base_name(str_of(k->inputs.p[i])), body;
            bool refers = str_ends(name, S(".webmanifest")), style = str_ends(name, S(".css"));
            if ((refers || style) != (round == 1)) continue;
            if (!read_file(k, k->inputs.p[i], &body)) return say("cannot be read", k->inputs.p[i]);
            if (style) {
                buf_s(&css, body);
                continue;
            }
            bool ready = str_ends(name, S(".min.js"));
            if (ready) name = str_cat(k->a, str_sub(name, 0, name.n - 7), S(".js"));
            else if (str_ends(name, S(".js"))) body = pack_js(k->a, body);
            else if (str_ends(name, S(".svg"))) body = pack_svg(k->a, body);
            if (!(refers ? add_referring(k, name, body) : add_asset(k, name, body))) return false;
        }
    str style = pack_css(k->a, buf_str(&css));
    if (!pack_same_dark(style)) return say("the two lists of dark colours differ", "app.css");
    return add_referring(k, S("app.css"), style);
}

/* Takes the files of one folder that end so. */
static bool add_folder(struct pack *k, const char *folder, str end)
{
    DIR *d = opendir(folder);
    if (!d) return say("cannot be read", folder);
    bool ok = true;
    for (struct dirent *e; ok && (e = readdir(d)) != NULL;) {
        str name = str_of(e->d_name), body;
        if (!str_ends(name, end) || name.p[0] == '.') continue;
        const char *path = str_fmt(k->a, "%s/%s", folder, e->d_name).p;
        if (!read_file(k, path, &body)) ok = say("cannot be read", path);
        else *VEC_ADD(k->a, &k->tables) = (struct file){ str_dup(k->a, name), type_of(name), .body = body };
    }
    closedir(d);
    /* A new table changes the folder, not the tables that were there. */
    *VEC_ADD(k->a, &k->read) = str_dup(k->a, str_of(folder));
    return ok;
}

/* The migrations stand in their rooms: every folder below `rooms`. */
static bool add_migrations(struct pack *k, const char *rooms)
{
    DIR *d = opendir(rooms);
    if (!d) return say("cannot be read", rooms);
    bool ok = true;
    for (struct dirent *e; ok && (e = readdir(d)) != NULL;)
        if (e->d_type == DT_DIR && e->d_name[0] != '.')
            ok = add_folder(k, str_fmt(k->a, "%s/%s", rooms, e->d_name).p, S(".sql"));
    closedir(d);
    return ok;
}

static bool add_tables(struct pack *k)
{
    return add_folder(k, k->data, S(".tsv")) && (!k->kit || add_migrations(k, k->kit)) &&
           (!k->rooms || add_migrations(k, k->rooms));
}

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const struct file *)x)->name, ((const struct file *)y)->name);
}

static size_t put_blob(struct pack *k, const void *p, size_t n)
{
    while (k->blob.n % 16) buf_c(&k->blob, '\0');
    size_t at = k->blob.n;
    buf_put(&k->blob, p, n);
    return at;
}

static bool gzip(struct pack *k, struct file *f)
{
    z_stream z = { 0 };
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return false;
    size_t room = deflateBound(&z, f->body.n);
    u8 *p = arena_alloc(k->a, room + 1);
    z.next_in = (z_const Bytef *)(uintptr_t)f->body.p;
    z.avail_in = (uInt)f->body.n;
    z.next_out = p;
    z.avail_out = (uInt)room;
    bool ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
    size_t n = z.total_out;
    deflateEnd(&z);
    if (ok && n < f->body.n) {
        f->gz_at = put_blob(k, p, n);
        f->gz_n = n;
    }
    return ok;
}

static bool brotli(struct pack *k, struct file *f)
{
    size_t n = BrotliEncoderMaxCompressedSize(f->body.n);
    u8 *p = arena_alloc(k->a, n + 1);
    if (!BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_MAX_WINDOW_BITS, BROTLI_MODE_TEXT, f->body.n,
                               (const u8 *)f->body.p, &n, p))
        return false;
    if (n < f->body.n) {
        f->br_at = put_blob(k, p, n);
        f->br_n = n;
    }
    return true;
}

static bool fill_blob(struct pack *k, struct file *files, size_t n)
{
    if (n > 1) qsort(files, n, sizeof *files, by_name);
    for (size_t i = 1; i < n; i++)
        if (str_eq(files[i - 1].name, files[i].name))
            return say("this name stands twice", str_c(k->a, files[i].name));
    for (size_t i = 0; i < n; i++) {
        struct file *f = &files[i];
        f->raw_at = put_blob(k, f->body.p, f->body.n);
        buf_c(&k->blob, '\0');
        if (f->url && (!gzip(k, f) || !brotli(k, f))) return say("cannot be compressed", str_c(k->a, f->name));
    }
    return true;
}

static void put_table(buf *out, const char *name, const struct file *files, size_t n)
{
    buf_fmt(out, "\nextern const struct asset %s_table[];\nextern const size_t %s_count;\n", name, name);
    buf_fmt(out, "const size_t %s_count = %zu;\nconst struct asset %s_table[] = {\n", name, n, name);
    for (size_t i = 0; i < n; i++) {
        const struct file *f = &files[i];
        buf_fmt(out, "    { \"%.*s\", ", STR(f->name));
        buf_fmt(out, f->url ? "\"%s\", " : "NULL, ", f->url);
        buf_fmt(out, "\"%.*s\", asset_bytes + %zu, ", STR(f->type), f->raw_at);
        buf_fmt(out, f->gz_n ? "asset_bytes + %zu, " : "NULL, ", f->gz_at);
        buf_fmt(out, f->br_n ? "asset_bytes + %zu, " : "NULL, ", f->br_at);
        buf_fmt(out, "%zu, %zu, %zu },\n", f->body.n, f->gz_n, f->br_n);
    }
    buf_lit(out, "    { NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0 },\n};\n");
}

static bool write_depfile(struct pack *k)
{
    FILE *f = fopen(k->depfile, "wb");
    if (!f) return say("cannot be written", k->depfile);
    fprintf(f, "%s/assets.bin:", k->out);
    for (size_t i = 0; i < k->read.n; i++) fprintf(f, " \\\n  %.*s", STR(k->read.p[i]));
    fputc('\n', f);
    return fclose(f) == 0 || say("cannot be written", k->depfile);
}

static bool write_all(struct pack *k)
{
    buf table = buf_in(k->a, FILE_MAX), bytes = buf_in(k->a, 8192);
    buf_lit(&table, "/* Made by pack. */\n#include \"assets.h\"\n\nextern const unsigned char asset_bytes[];\n");
    put_table(&table, "asset", k->assets.p, k->assets.n);
    put_table(&table, "data", k->tables.p, k->tables.n);
    buf_fmt(&bytes,
            "    .section .rodata\n    .balign 16\n    .global asset_bytes\n    .type asset_bytes, %%object\n"
            "asset_bytes:\n    .incbin \"%s/assets.bin\"\n    .byte 0\n    .size asset_bytes, . - asset_bytes\n"
            "    .section .note.GNU-stack,\"\",%%progbits\n",
            k->out);
    if (k->blob.over || table.over || bytes.over) return say("too large", k->out);
    return write_file(k, "assets.bin", buf_str(&k->blob)) && write_file(k, "bytes.S", buf_str(&bytes)) &&
           write_file(k, "table.c", buf_str(&table)) && (!k->depfile || write_depfile(k));
}

static bool read_arguments(struct pack *k, int argc, char **argv)
{
    const struct { const char *name; const char **value; } options[] = {
        { "--out", &k->out },   { "--depfile", &k->depfile }, { "--icons", &k->icons },
        { "--mark", &k->mark }, { "--lucide", &k->lucide },   { "--data", &k->data },
        { "--kit", &k->kit },   { "--rooms", &k->rooms },
    };
    for (int i = 1; i < argc; i++) {
        const char **value = NULL;
        for (size_t o = 0; o < COUNT(options); o++)
            if (strcmp(argv[i], options[o].name) == 0) value = options[o].value;
        if (value) {
            if (++i == argc) return false;
            *value = argv[i];
        } else if (argv[i][0] == '-') {
            return false;
        } else {
            *VEC_ADD(k->a, &k->inputs) = argv[i];
        }
    }
    return k->out && k->icons && k->mark && k->lucide;
}

static bool run(struct pack *k)
{
    k->blob = buf_in(k->a, BLOB_MAX);
    return add_sprite(k) && add_inputs(k) && (!k->data || add_tables(k)) &&
           fill_blob(k, k->assets.p, k->assets.n) && fill_blob(k, k->tables.p, k->tables.n) && write_all(k);
}

int main(int argc, char **argv)
{
    struct pack k = { .a = arena_new(MEMORY_MAX) };
    if (!k.a || ARENA_CATCH(k.a)) {
        fputs("pack: out of memory\n", stderr);
        return 1;
    }
    if (!read_arguments(&k, argc, argv)) {
        fputs("usage: pack --out DIR --icons FILE --mark DIR --lucide DIR [--depfile FILE]\n"
              "            [--data DIR] [--kit DIR] [--rooms DIR] FILE...\n", stderr);
        return 2;
    }
    bool ok = run(&k);
    arena_free(k.a);
    return ok ? 0 : 1;
}
