/* json.c - a JSON body as name/value pairs; see json.h. */
#include <jansson.h>
#include "kit/form/json.h"

static bool text_of(struct arena *a, json_t *v, str *ret) {
    if (json_is_string(v)) *ret = str_dup(a, (str){ json_string_value(v), json_string_length(v) });
    else if (json_is_integer(v)) *ret = str_fmt(a, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    else if (json_is_boolean(v)) *ret = json_is_true(v) ? S("1") : S("0");
    else return false;
    return true;
}

static bool value_of(struct arena *a, json_t *v, str *ret) {
    if (!json_is_array(v)) return text_of(a, v, ret);
    buf b = buf_in(a, 1 << 16);
    for (size_t i = 0; i < json_array_size(v); i++) {
        str s;
        if (!text_of(a, json_array_get(v, i), &s)) return false;
        if (i) buf_c(&b, ' ');
        buf_s(&b, s);
    }
    *ret = buf_str(&b);
    return true;
}

static err read_object(struct arena *a, json_t *o, struct pairs *ret, const char **why) {
    struct { struct pair *p; size_t n, cap; } list = { 0 };
    const char *name;
    json_t *v;
    if (!json_is_object(o)) {
        *why = "请求正文应是一个 JSON 对象。";
        return E_INPUT;
    }
    json_object_foreach(o, name, v) {
        str text;
        if (json_is_null(v)) continue;
        if (!value_of(a, v, &text)) {
            *why = "每一项应是文字、整数、是否，或文字的列表；金额和面积写成文字。";
            return E_INPUT;
        }
        *VEC_ADD(a, &list) = (struct pair){ str_dup(a, str_of(name)), text };
    }
    *ret = (struct pairs){ list.p, list.n };
    return OK;
}

enum { DEEP_MAX = 8, PARTS_MAX = 1000 };   /* parts: as many as a form may have fields */

/* The parser recurses and makes a record of every part, on a thread that must not work long: what is nested too deep or
 * has too many parts is refused before it. */
static const char *too_much(str s) {
    int depth = 0, parts = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        if (quoted && s.p[i] == '\\') i++;
        else if (s.p[i] == '"') quoted = !quoted;
        else if (quoted) continue;
        else if ((s.p[i] == '[' || s.p[i] == '{') && ++depth > DEEP_MAX) return "请求正文嵌套太深。";
        else if (s.p[i] == ']' || s.p[i] == '}') depth--;
        else if (s.p[i] == ',' && ++parts > PARTS_MAX) return "请求正文的项目太多。";
    }
    return NULL;
}

err json_pairs(struct arena *a, str body, struct pairs *ret, const char **ret_why) {
    json_error_t error;
    *ret = (struct pairs){ 0 };
    *ret_why = too_much(body);
    if (*ret_why) return E_INPUT;
    json_t *o = json_loadb(body.p ? body.p : "", body.n, JSON_REJECT_DUPLICATES, &error);
    if (!o) {
        *ret_why = "请求正文不是完整的 JSON。";
        return E_INPUT;
    }
    err e = read_object(a, o, ret, ret_why);
    json_decref(o);
    return e;
}
