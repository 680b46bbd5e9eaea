#include "sys/sheet/parse.h"

static bool has_wide(str file, const char *ascii) {
    char wide[64];
    size_t n = strlen(ascii);
    for (size_t i = 0; i < n && i < 32; i++) wide[2 * i] = ascii[i], wide[2 * i + 1] = 0;
    return str_has(file, (str){ wide, 2 * n });
}

static bool has_tag(str head, const char *tag) {
    size_t n = strlen(tag);
    for (size_t i = 0; i + n <= head.n; i++) {
        size_t k = 0;
        while (k < n && (head.p[i + k] == tag[k] || head.p[i + k] == tag[k] - 32)) k++;
        if (k == n) return true;
    }
    return false;
}

/* Word, Excel 97 and encrypted files of today share one container; its directory has the names in UTF-16. */
static err old_office(str file, struct sheet_book *ret) {
    if (has_wide(file, "EncryptedPackage"))
        return refuse(ret, E_INPUT, "这个文件设了密码，打不开。请在表格软件里去掉密码，另存后再上传。");
    if (has_wide(file, "WordDocument"))
        return refuse(ret, E_INPUT, "这是文字文档，不是表格文件。请把内容放进表格，存为 xlsx 再上传。");
    return refuse(ret, E_INPUT, "这是老格式的表格（xls 或 et）。请用表格软件打开它，另存为 xlsx 再上传。");
}

err table_parse(struct arena *a, str file, struct sheet_book *ret) {
    *ret = (struct sheet_book){ 0 };
    str head = str_trim(str_sub(file, 0, 1024));
    if (file.n == 0) return refuse(ret, E_INPUT, "这个文件是空的，里面没有表格内容。");
    if (file.n > SHEET_FILE_MAX) return refuse(ret, E_TOOBIG, "这个文件太大了，超过 32 MB。请分成几个文件上传。");
    if (str_starts(file, S("PK\x03\x04"))) return xlsx_parse(a, file, ret);
    if (str_starts(file, S("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))) return old_office(file, ret);
    static const struct { str magic; const char *why; } others[] = {
        { S_INIT("%PDF"), "这是 PDF，不是表格文件。请上传 xlsx 或 CSV 文件。" },
        { S_INIT("\x89PNG"), "这是图片，不是表格文件。请上传 xlsx 或 CSV 文件。" },
        { S_INIT("\xFF\xD8\xFF"), "这是图片，不是表格文件。请上传 xlsx 或 CSV 文件。" },
        { S_INIT("GIF8"), "这是图片，不是表格文件。请上传 xlsx 或 CSV 文件。" },
        { S_INIT("Rar!"), "这是压缩包。请先解压，再上传里面的表格文件。" },
        { S_INIT("7z\xBC\xAF"), "这是压缩包。请先解压，再上传里面的表格文件。" },
        { S_INIT("\x1F\x8B"), "这是压缩包。请先解压，再上传里面的表格文件。" },
        { S_INIT("PK"), "这是压缩包。请先解压，再上传里面的表格文件。" },
        { S_INIT("{\\rtf"), "这是文字文档，不是表格文件。请把内容放进表格，存为 xlsx 再上传。" },
    };
    for (size_t i = 0; i < COUNT(others); i++)
        if (str_starts(file, others[i].magic)) return refuse(ret, E_INPUT, others[i].why);
    /* Web pages and XML under the name .xls are what many systems export. */
    if (head.n > 0 && head.p[0] == '<' &&
        (has_tag(head, "<html") || has_tag(head, "<table") || has_tag(head, "<?xml") ||
         has_tag(head, "<!doctype")))
        return refuse(ret, E_INPUT, "这个文件其实是网页或 XML，只是名字像表格。请用表格软件打开它，另存为 xlsx 再上传。");
    return csv_parse(a, file, ret);
}
