/* breaks: wording as src/domain/x/x.c */
static const char *const x = "参数错误，请重试";
