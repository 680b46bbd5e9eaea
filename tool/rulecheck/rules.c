#include "rules.h"

/* ---- whose header is it -------------------------------------------------------------------------------------- */

/* A header that ends in "/" stands for a folder. */
const struct owner owners[] = {
    { "microhttpd.h", "src/sys/http/" },
    { "sqlite3.h", "src/sys/db/ test/" },
    { "libpq-fe.h", "src/sys/db/ test/" },
    { "gcrypt.h", "src/sys/crypt/" },
    { "sodium.h", "src/sys/crypt/" },
    { "openssl/", "src/sys/crypt/" },
    { "jansson.h", "src/kit/form/ src/kit/event/ src/sys/" },
    { "zip.h", "src/sys/sheet/ test/fuzz/" },
    { "expat.h", "src/sys/sheet/" },
    { "xlsxwriter.h", "src/sys/sheet/" },
    { "jpeglib.h", "src/sys/image/" },
    { "jerror.h", "src/sys/image/" },
    { "png.h", "src/sys/image/" },
    { "webp/", "src/sys/image/" },
    { "libheif/", "src/sys/image/" },
    { "seccomp.h", "src/sys/image/ src/sys/sheet/" },
    { "cairo", "src/sys/pdf/" },
    { "pango/", "src/sys/pdf/" },
    { "qrencode.h", "src/sys/qr/" },
    { "curl/", "src/sys/fetch/ src/sys/mail/ src/sys/sms/ src/sys/notify/" },
    { "mosquitto.h", "src/sys/mqtt/" },
    { "utf8proc.h", "src/kit/search/" },
    { "zlib.h", "src/sys/ tool/pack/" },
    { "brotli/", "src/sys/ tool/pack/" },
    { "linux/", "src/sys/" },
    { "sanitizer/", "src/base/arena.c" },
};
const size_t owners_n = COUNT(owners);

/* The C library of Debian: free for all floors. */
const char libc_headers[] =
    "assert.h ctype.h dirent.h dlfcn.h endian.h errno.h fcntl.h fenv.h float.h fnmatch.h ftw.h getopt.h glob.h grp.h "
    "iconv.h inttypes.h langinfo.h limits.h link.h locale.h malloc.h math.h netdb.h poll.h pthread.h pwd.h regex.h "
    "sched.h semaphore.h setjmp.h signal.h spawn.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h "
    "stdio.h stdio_ext.h stdlib.h stdnoreturn.h string.h strings.h syslog.h termios.h threads.h time.h uchar.h "
    "unistd.h wchar.h wctype.h arpa/inet.h netinet/in.h netinet/tcp.h sys/auxv.h sys/epoll.h sys/eventfd.h "
    "sys/file.h sys/ioctl.h sys/mman.h sys/prctl.h sys/random.h sys/resource.h sys/select.h sys/sendfile.h "
    "sys/signalfd.h sys/socket.h sys/stat.h sys/statvfs.h sys/syscall.h sys/sysinfo.h sys/time.h sys/timerfd.h "
    "sys/times.h sys/types.h sys/uio.h sys/un.h sys/utsname.h sys/wait.h sys/xattr.h";

/* ---- words --------------------------------------------------------------------------------------------------- */

/* In two pieces, because this file is checked too. */
const struct word words[] = {
    { "TO" "DO", false },
    { "FIX" "ME", false },
    { "X" "XX", false },
    { "HA" "CK", false },
    { "not " "implemented", true },
};
const size_t words_n = COUNT(words);

const struct wording wordings[] = {
    { "非" "法", "say what to change, without a judgement" },
    { "系统" "异常", "say what happened and what to do now" },
    { "参数" "错误", "name the field and what it needs" },
    { "点击" "此处", "a link says where it leads" },
    { "亲" "，", "您" },
};
const size_t wordings_n = COUNT(wordings);

/* ---- calls --------------------------------------------------------------------------------------------------- */

const struct call calls[] = {
    { "clock", "time gettimeofday clock_gettime clock timespec_get ftime", "src/sys/ tool/ test/", NULL,
      "rules read rq->now or tx->now, the rest sys/clock" },
    { "env", "getenv secure_getenv",
      "src/sys/ src/app/ src/base/test_main.c src/kit/event/bed.test.c tool/ test/", NULL,
      "the environment is read at the door only" },
    { "heap", "malloc calloc realloc reallocarray free strdup strndup asprintf vasprintf",
      "src/base/ src/sys/ tool/ test/",
      "heap:", "allocate from the arena, or say why not: /* heap: reason */" },
};
const size_t calls_n = COUNT(calls);

/* ---- SQL that differs between the engines, or lies ------------------------------------------------------------ */

/* A pattern is a row of elements separated by blanks: A|B one of these words or signs, JSON_* a word that begins so,
 * % anything, ' a literal, " a quoted name, ... a gap at the same depth of brackets, ...!WHERE one without that word.
 * `unless` names what may stand before the match and makes it harmless, alternatives separated by semicolons. */
const struct sql_ban sql_bans[] = {
    { "sql-deferrable", "DEFERRABLE|DEFERRED", "BEGIN", NULL, "a late failure breaks the shared commit" },
    { "sql-or", "INSERT|UPDATE OR ROLLBACK|REPLACE|IGNORE|ABORT|FAIL", NULL, NULL, "ON CONFLICT" },
    { "sql-replace", "REPLACE INTO", "OR", NULL, "ON CONFLICT ... DO UPDATE" },
    { "sql-raise", "RAISE (", NULL, NULL, "a check or an assertion in the command" },
    { "sql-trigger", "CREATE TRIGGER", NULL, NULL, "a command writes what it must" },
    { "sql-trigger", "CREATE TEMP|TEMPORARY|CONSTRAINT TRIGGER", NULL, NULL, "a command writes what it must" },
    { "sql-trigger", "CREATE OR REPLACE TRIGGER", NULL, NULL, "a command writes what it must" },
    { "sql-concat", "STRING_AGG|GROUP_CONCAT|ARRAY_AGG", NULL, NULL, "aggregate in C" },
    { "sql-greatest", "GREATEST|LEAST (", NULL, NULL, "CASE" },
    { "sql-position", "INSTR|STRPOS|POSITION|CHARINDEX (", NULL, NULL, "LIKE, or in C" },
    { "sql-ifnull", "IFNULL|NVL|IIF (", NULL, NULL, "coalesce or CASE" },
    { "sql-json", "->|->>|#>|#>>|@>|<@", NULL, NULL, "columns, or read JSON in C" },
    { "sql-json", "JSON_*|JSONB_*|JSON|JSONB (", NULL, NULL, "columns, or read JSON in C" },
    { "sql-avg", "AVG (", NULL, NULL, "sum and count, divided in C" },
    { "sql-sum", "SUM (", "CAST ( COALESCE (;CAST (", NULL, "CAST(coalesce(sum(x), 0) AS BIGINT)" },
    { "sql-sum", "TOTAL (", NULL, NULL, "CAST(coalesce(sum(x), 0) AS BIGINT)" },
    { "sql-now", "CURRENT_TIMESTAMP|CURRENT_DATE|CURRENT_TIME|LOCALTIME|LOCALTIMESTAMP", NULL, NULL, "bind rq->now" },
    { "sql-now", "NOW|CLOCK_TIMESTAMP|STATEMENT_TIMESTAMP|TRANSACTION_TIMESTAMP (", NULL, NULL, "bind rq->now" },
    { "sql-date", "DATETIME|STRFTIME|JULIANDAY|UNIXEPOCH|DATE|TIME (", NULL, NULL, "base/day.h" },
    { "sql-date", "EXTRACT|DATE_PART|DATE_TRUNC|TO_CHAR|TO_TIMESTAMP|AGE (", NULL, NULL, "base/day.h" },
    { "sql-lock", "FOR UPDATE|SHARE|NO|KEY", NULL, NULL, "the transaction is serial already" },
    { "sql-delete-using", "DELETE ... USING", NULL, NULL, "WHERE ... IN (SELECT ...)" },
    { "sql-upsert-where", "INSERT ... SELECT ...!WHERE ON CONFLICT", NULL, NULL,
      "WHERE 1 = 1 before ON CONFLICT, or SQLite reads ON as a join" },
    { "sql-collate", "COLLATE", NULL, NULL, "a stored key column that sorts by bytes" },
    { "sql-like", "ILIKE", NULL, NULL, "a folded key column and LIKE" },
    { "sql-like", "SIMILAR TO", NULL, NULL, "LIKE" },
    { "sql-like", "GLOB|REGEXP|MATCH '|$*", NULL, NULL, "LIKE" },
    { "sql-boolean", "TRUE|FALSE", NULL, NULL, "flag = 1, flag = 0" },
    { "sql-boolean", "IS NOT TRUE|FALSE", NULL, NULL, "flag = 1, flag = 0" },
    { "sql-quoted-name", "\"", NULL, NULL, "names that need no quotes, 'text' in single ones" },
    { "sql-parameter", "?*", NULL, NULL, "$1, $2" },
    { "sql-parameter", ":*|@*", NULL, NULL, "$1, $2" },
    { "sql-cast", "::", NULL, NULL, "CAST(x AS BIGINT)" },
    { "sql-star", "SELECT|RETURNING|ALL|DISTINCT|. *", NULL, NULL, "name the columns" },
    { "sql-star", "RETURNING|SELECT ... , *", NULL, NULL, "name the columns" },
    { "sql-blob", "X '", NULL, NULL, "bind the bytes" },
    { "sql-ddl", ") STRICT|WITHOUT", NULL, NULL, ") NARROW; or ) WIDE;" },
    { "sql-ddl", "WITHOUT ROWID", NULL, NULL, ") NARROW;" },
    { "sql-ddl", "AUTOINCREMENT|BIGSERIAL|SMALLSERIAL|IDENTITY", NULL, NULL, "ids are made by sys/clock" },
    { "sql-ddl", "ADD CONSTRAINT", NULL, NULL, "constraints stand in CREATE TABLE" },
    { "sql-type", "INTEGER|INT|SMALLINT|INT4|INT8|REAL|FLOAT|DOUBLE|NUMERIC|DECIMAL|BOOLEAN|BLOB|VARCHAR|TIMESTAMP"
      "|TIMESTAMPTZ|JSONB", NULL, NULL, "BIGINT, TEXT or BYTEA" },
};
const size_t sql_bans_n = COUNT(sql_bans);

/* ---- lists --------------------------------------------------------------------------------------------------- */

bool list_has(const char *list, str word) {
    str rest = str_of(list), piece;
    while (str_cut(&rest, ' ', &piece)) {
        if (str_eq(piece, word)) return true;
    }
    return false;
}

bool list_leads(const char *list, str path) {
    str rest = str_of(list), piece;
    while (str_cut(&rest, ' ', &piece)) {
        if (piece.n > 0 && str_starts(path, piece)) return true;
    }
    return false;
}
