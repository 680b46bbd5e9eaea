/* settings.c - one table: wuye.conf, then WUYE_NAME in the environment, then --name on the command line. */
#include <ctype.h>
#include "app/app.h"
#include "sys/file/file.h"

static const struct setting {
    const char *name, *standard, *help;
    size_t off;
} table[] = {
    { "db", "var/wuye.db", "数据库：SQLite 文件，或 postgres://…", offsetof(struct settings, db) },
    { "address", "127.0.0.1", "监听地址", offsetof(struct settings, address) },
    { "port", "8080", "监听端口，0 表示任选", offsetof(struct settings, port) },
    { "files", "", "照片与导入文件的目录（默认 <db>.files）", offsetof(struct settings, files) },
    { "key", "", "密钥文件（默认与数据库同目录的 wuye.key）", offsetof(struct settings, key) },
    { "mail", "", "短信与邮件落盘目录（默认 <db>.mail）", offsetof(struct settings, mail) },
    { "node", "0", "本机编号 0–127", offsetof(struct settings, node) },
    { "log", "", "日志文件（默认标准错误）", offsetof(struct settings, log) },
    { "proxy", "", "前置代理的地址，信任它报的客户地址", offsetof(struct settings, proxy) },
};

static void set(struct settings *s, const struct setting *t, const char *value) {
    *(const char **)((char *)s + t->off) = value;
}

static const struct setting *find(str name) {
    for (size_t i = 0; i < COUNT(table); i++)
        if (str_is(name, table[i].name)) return &table[i];
    return NULL;
}

static bool from_file(struct settings *s, const char *path) {
    static char text[8192];   /* the values point into it for the life of the program */
    FILE *f = fopen(path, "r");
    if (!f) return true;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    str rest = { text, n }, line, name;
    while (str_cut(&rest, '\n', &line)) {
        line = str_trim(line);
        if (!line.n || line.p[0] == '#') continue;
        const struct setting *t = str_cut(&line, '=', &name) ? find(str_trim(name)) : NULL;
        if (!t) {
            fprintf(stderr, "wuye: %s: 不认识的设置 %.*s\n", path, STR(name));
            return false;
        }
        str value = str_trim(line);
        ((char *)(uintptr_t)value.p)[value.n] = 0;
        set(s, t, value.p);
    }
    return true;
}

static void from_environment(struct settings *s) {
    for (size_t i = 0; i < COUNT(table); i++) {
        char name[64] = "WUYE_";
        for (size_t k = 0; table[i].name[k]; k++) name[5 + k] = (char)toupper((unsigned char)table[i].name[k]);
        const char *v = getenv(name);
        if (v && *v) set(s, &table[i], v);
    }
}

bool settings_read(struct settings *s, int *argc, char **argv) {
    int kept = 1;
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < COUNT(table); i++) set(s, &table[i], table[i].standard);
    if (!from_file(s, "wuye.conf")) return false;
    from_environment(s);
    for (int i = 1; i < *argc; i++) {
        const struct setting *t = strncmp(argv[i], "--", 2) == 0 ? find(str_of(argv[i] + 2)) : NULL;
        /* After `do` and `get` a --name is a field of the command; only the database may still be named there. */
        bool fields = kept > 1 && (!strcmp(argv[1], "do") || !strcmp(argv[1], "get"));
        if (!t || (fields && strcmp(t->name, "db") != 0)) {
            argv[kept++] = argv[i];
        } else if (i + 1 < *argc) {
            set(s, t, argv[++i]);
        } else {
            fprintf(stderr, "wuye: --%s 后面要写一个值\n", t->name);
            return false;
        }
    }
    *argc = kept;
    return true;
}

void settings_help(FILE *out) {
    for (size_t i = 0; i < COUNT(table); i++)
        fprintf(out, "  --%-10s %s%s%s%s\n", table[i].name, table[i].help, *table[i].standard ? "（默认 " : "",
                table[i].standard, *table[i].standard ? "）" : "");
}

void settings_man(FILE *out) {
    for (size_t i = 0; i < COUNT(table); i++)
        fprintf(out, ".TP\n.BI \\-\\-%s \" VALUE\"\n%s%s%s%s\n", table[i].name, table[i].help,
                *table[i].standard ? "（默认 " : "", table[i].standard, *table[i].standard ? "）" : "");
}

const char *settings_path(struct settings *s, char *into, size_t n, const char *suffix) {
    bool pg = strncmp(s->db, "postgres", 8) == 0;
    snprintf(into, n, "%s%s", pg ? "var/wuye" : s->db, suffix);
    return into;
}
