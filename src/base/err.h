/* err.h - the outcomes of a call. OK is zero; every err must be looked at. */
#ifndef WUYE_ERR_H
#define WUYE_ERR_H

/* X(name, HTTP status, sentence a person reads) */
#define ERR_LIST(X)                                                                                              \
    X(E_INPUT, 422, "有内容需要改一下。")                                                                   \
    X(E_DENIED, 403, "这件事不在您的权限里。")                                                              \
    X(E_MISSING, 404, "没有找到这一页，或者它不在您能看的范围里。")                                         \
    X(E_CONFLICT, 409, "别人刚刚改过同一件事，请看过最新内容再试。")                                       \
    X(E_STATE, 409, "这件事已经到了下一步，不能再这样办。")                                               \
    X(E_RETRY, 503, "同时办理的人较多，请再试一次。")                                                      \
    X(E_FULL, 503, "现在办理的人较多，请稍后再试。")                                                        \
    X(E_IO, 500, "系统暂时没有办成，您填的内容没有丢，请稍后再试。")                                       \
    X(E_LOGIN, 401, "请先登录。")                                                                            \
    X(E_TOOBIG, 413, "内容太大了。")                                                                          \
    X(E_RATE, 429, "次数太多了，请过一会儿再试。")                                                          \
    X(E_BROKEN, 500, "系统发现账实不符，已停止写入，正在处理。")

typedef enum err {
    OK = 0,
#define X(name, status, text) name,
    ERR_LIST(X)
#undef X
} err;

/* Returns the HTTP status of an outcome (OK is 200). */
int err_status(err e);
/* Returns the identifier, such as "E_INPUT"; never NULL. */
const char *err_name(err e);
/* Returns the plain Chinese sentence; never NULL. */
const char *err_text(err e);

/* Leaves the function with the error of `call`, if it has one. */
#define TRY(call)                                                                                                \
    do {                                                                                                         \
        err try_e_ = (call);                                                                                     \
        if (try_e_ != OK) return try_e_;                                                                         \
    } while (0)

#endif
