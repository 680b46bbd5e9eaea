/* main.c - one program: web site, JSON interface, command line, worker. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include "app/cli.h"
#include "kit/house/house.h"
#include "sys/clock/clock.h"

static int run_serve(struct app *app, int argc, char **argv) {
    (void)argc;
    (void)argv;
    return serve_main(app);
}

static int run_version(struct app *app, int argc, char **argv) {
    (void)app;
    (void)argc;
    (void)argv;
    puts("wuye 2026.11");
    return 0;
}

static int run_help(struct app *app, int argc, char **argv);
static int run_man(struct app *app, int argc, char **argv);

static const struct verb {
    const char *name, *args, *help;
    int (*run)(struct app *app, int argc, char **argv);
    enum { NO_HOUSE, ANY_HOUSE, OLD_HOUSE } house;   /* OLD_HOUSE: what is there; a wrong path is no empty house */
    int least, most;       /* words it takes */
    const char *options;   /* its own; a '=' behind one that takes a value. "*": any, each with a value: fields */
} verbs[] = {
    { "serve", "", "运行网站、接口和后台任务", run_serve, ANY_HOUSE, 0, 0, "" },
    { "do", "<事项> --字段 值 … --as 人员编号", "办一件事，与网页、接口同一套规则", cli_do, OLD_HOUSE, 1, 1, "*" },
    { "get", "<查询> --字段 值 …", "查一项数据", cli_get, OLD_HOUSE, 1, 1, "*" },
    { "seed", "[--scale N] [--if-empty]", "建立演示城市（只能用在空库上）", cli_seed, ANY_HOUSE, 0, 0, "--if-empty --scale=" },
    { "migrate", "", "建立或升级表结构", cli_migrate, ANY_HOUSE, 0, 0, "" },
    { "doctor", "", "检查声明、表结构、全部语句、各项应当为空的检查", cli_doctor, OLD_HOUSE, 0, 0, "" },
    { "audit", "", "重算存证链与各项计数，指出第一处不符", cli_audit, OLD_HOUSE, 0, 0, "" },
    { "schema", "[ddl [模块]|commands|routes|statements]", "打印表结构、事项、地址或语句", cli_schema, ANY_HOUSE, 0, 2, "" },
    { "backup", "<目标文件>", "在线备份（SQLite）", cli_backup, OLD_HOUSE, 1, 1, "" },
    { "version", "", "版本", run_version, NO_HOUSE, 0, 0, "" },
    { "help", "", "本说明", run_help, NO_HOUSE, 0, 1, "" },
    { "man", "", "手册页（troff）", run_man, NO_HOUSE, 0, 0, "" },
};

static int run_help(struct app *app, int argc, char **argv) {
    (void)app;
    (void)argc;
    (void)argv;
    puts("北京物业 wuye —— 住宅小区物业管理服务平台\n\n用法：wuye <动作> [参数] [设置]\n\n动作：");
    for (size_t i = 0; i < COUNT(verbs); i++) printf("  %-8s %-40s %s\n", verbs[i].name, verbs[i].args, verbs[i].help);
    puts("\n设置（wuye.conf、环境变量 WUYE_名称、命令行，后者优先）：");
    settings_help(stdout);
    return 0;
}

static int run_man(struct app *app, int argc, char **argv) {
    (void)app;
    (void)argc;
    (void)argv;
    puts(".TH WUYE 1 2026-11 \"wuye 2026.11\" \"北京物业\"\n.SH 名称\nwuye \\- 住宅小区物业管理服务平台\n.SH 用法\n"
         ".B wuye\n.I 动作\n[参数] [设置]\n.SH 动作");
    for (size_t i = 0; i < COUNT(verbs); i++)
        printf(".TP\n.B %s %s\n%s\n", verbs[i].name, verbs[i].args, verbs[i].help);
    puts(".SH 设置\n写在 wuye.conf（每行 name = value）、环境变量 WUYE_NAME 或命令行里，后者优先。");
    settings_man(stdout);
    puts(".SH 文件\nwuye.db 数据库；wuye.key 密钥（0400）；wuye.db.files 照片与导入文件；wuye.db.sock 命令行入口；wuye.db.mail 发出的短信与邮件");
    return 0;
}

/* Whether the verb knows the option, and whether a value follows it. */
static bool option_known(const struct verb *v, const char *option, bool *ret_value) {
    str rest = str_of(v->options), one;
    *ret_value = true;
    if (str_is(rest, "*")) return option[2] != 0;
    while (str_cut(&rest, ' ', &one)) {
        *ret_value = str_ends(one, S("="));
        if (str_is(str_sub(one, 0, one.n - *ret_value), option)) return true;
    }
    return false;
}

/* Looks at the words behind the verb before anything is opened; one line says what is wrong with them. */
static bool words_fine(const struct verb *v, int argc, char **argv) {
    int words = 0;
    for (int i = 0; i < argc; i++) {
        bool option = strncmp(argv[i], "--", 2) == 0, value = false;
        if (option && !option_known(v, argv[i], &value)) {
            fprintf(stderr, "wuye %s: 不认识 %s，看看 wuye help\n", v->name, argv[i]);
            return false;
        }
        if (value && ++i == argc) {
            fprintf(stderr, "wuye %s: %s 后面要写一个值\n", v->name, argv[i - 1]);
            return false;
        }
        /* The name of a command comes before its fields. */
        if (!option && (++words > v->most || (str_is(str_of(v->options), "*") && i > 0))) {
            fprintf(stderr, "wuye %s: 多了“%s”，用法：wuye %s %s\n", v->name, argv[i], v->name, v->args);
            return false;
        }
    }
    if (words < v->least) fprintf(stderr, "用法：wuye %s %s\n", v->name, v->args);
    return words >= v->least;
}

/* Personal data must not be left behind in a core file. */
static void guard_process(void) {
    struct rlimit none = { 0, 0 };
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv) {
    static struct app app;
    guard_process();
    if (!settings_read(&app.set, &argc, argv)) return 2;
    const char *name = argc > 1 ? argv[1] : "help";
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) name = "help";
    for (size_t i = 0; i < COUNT(verbs); i++) {
        if (strcmp(name, verbs[i].name) != 0) continue;
        if (!words_fine(&verbs[i], argc - 2, argv + 2)) return 2;
        if (verbs[i].house == OLD_HOUSE && !db_there(app.set.db)) {
            fprintf(stderr, "wuye %s: 没有数据库 %s，用 --db 指定\n", name, app.set.db);
            return 2;
        }
        if (verbs[i].house != NO_HOUSE && !app_init(&app)) return 1;
        int rc = verbs[i].run(&app, argc - 2, argv + 2);
        return rc;
    }
    fprintf(stderr, "wuye: 没有“%s”这个动作，看看 wuye help\n", name);
    return 2;
}
