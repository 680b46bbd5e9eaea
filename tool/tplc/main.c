/* tplc - compiles page templates to C.
 *
 *     tplc list.htm tpl_fee_list.c [--name fee_list] [--icons icons.txt]
 *     tplc --header tpl.h list.htm bill.htm ...
 *
 * Messages are "file:line:column: text"; nothing is written if there is one. */
#include "tplc.h"

enum { MEMORY_MAX = 256 << 20, FILE_MAX = 8 << 20, INPUTS_MAX = 1000 };

struct job {
    bool header;
    const char *output, *name, *icons;
    const char *files[INPUTS_MAX];
    int n_files;
};

static bool read_file(struct arena *a, const char *path, str *ret) {
    FILE *f = fopen(path, "rb");
    buf b = buf_in(a, FILE_MAX);
    char piece[8192];
    size_t n;
    while (f && (n = fread(piece, 1, sizeof piece, f)) > 0) buf_put(&b, piece, n);
    bool ok = f && !ferror(f) && !b.over;
    if (f) fclose(f);
    if (!ok) fprintf(stderr, "%s: cannot be read\n", path);
    *ret = b.n ? buf_str(&b) : S("");
    return ok;
}

static bool write_file(const char *path, const buf *b) {
    FILE *f = fopen(path, "wb");
    bool ok = f && !b->over && fwrite(b->p, 1, b->n, f) == b->n;
    if (f && fclose(f) != 0) ok = false;
    if (!ok) fprintf(stderr, "%s: cannot be written\n", path);
    return ok;
}

/* Parses one file and prints its errors; NULL if there are any. */
static struct tpl *parse_file(struct arena *a, const struct job *j, const char *path) {
    struct tplc_options o = { .file = str_of(path) };
    str source;
    if (j->icons && !read_file(a, j->icons, &o.icons)) return NULL;
    if (!read_file(a, path, &source)) return NULL;
    o.name = j->name ? str_of(j->name) : tplc_name(a, str_of(path));
    struct tpl *t = tplc_parse(a, source, &o);
    const struct tplc_error *e;
    size_t n = tplc_errors(t, &e);
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "%s:%d:%d: %.*s\n", path, e[i].line, e[i].col, STR(e[i].text));
    return n ? NULL : t;
}

static bool compile(struct arena *a, const struct job *j) {
    buf out = buf_in(a, MEMORY_MAX / 4);
    struct tpl *t = parse_file(a, j, j->files[0]);
    if (!t) return false;
    tplc_emit(t, &out);
    return write_file(j->output, &out);
}

static bool header(struct arena *a, const struct job *j) {
    buf out = buf_in(a, MEMORY_MAX / 4);
    str name = tplc_name(a, str_of(j->files[0]));
    size_t room = 0;
    while (room < name.n && name.p[room] != '_') room++;
    buf_fmt(&out,
            "/* Made by tplc: the templates of a folder. */\n#ifndef TPL_%.*s_H\n#define TPL_%.*s_H\n\n",
            (int)room, name.p, (int)room, name.p);
    buf_lit(&out, "struct buf;\n");
    bool ok = true;
    for (int i = 0; i < j->n_files; i++) {
        struct tpl *t = parse_file(a, j, j->files[i]);
        if (t)
            tplc_prototypes(t, &out);
        else
            ok = false;
    }
    buf_lit(&out, "\n#endif\n");
    return ok && write_file(j->output, &out);
}

static bool read_arguments(int argc, char **argv, struct job *j) {
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--name") == 0    ? &j->name
                             : strcmp(argv[i], "--icons") == 0 ? &j->icons
                                                               : NULL;
        if (value) {
            if (++i == argc) return false;
            *value = argv[i];
        } else if (strcmp(argv[i], "--header") == 0) {
            j->header = true;
        } else if (argv[i][0] == '-' || j->n_files == INPUTS_MAX) {
            return false;
        } else {
            j->files[j->n_files++] = argv[i];
        }
    }
    if (j->n_files < 2 || (!j->header && j->n_files != 2) || (j->header && j->name)) return false;
    /* The output stands first with --header and second without. */
    j->output = j->files[j->header ? 0 : 1];
    if (j->header) memmove(j->files, j->files + 1, sizeof j->files[0] * (size_t)--j->n_files);
    return true;
}

int main(int argc, char **argv) {
    static struct job j;
    if (!read_arguments(argc, argv, &j)) {
        fputs("usage: tplc IN.htm OUT.c [--name NAME] [--icons FILE]\n"
              "       tplc --header OUT.h IN.htm...\n",
              stderr);
        return 2;
    }
    struct arena *a = arena_new(MEMORY_MAX);
    if (!a || ARENA_CATCH(a)) {
        fputs("tplc: out of memory\n", stderr);
        return 1;
    }
    bool ok = j.header ? header(a, &j) : compile(a, &j);
    arena_free(a);
    return ok ? 0 : 1;
}
