/* breaks: wording as src/domain/x/x.c */
static const char *const x = "您好！亲，请登录";
