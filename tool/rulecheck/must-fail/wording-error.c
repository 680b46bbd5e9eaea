/* breaks: wording as src/domain/x/x.c */
static const char *const x = "发生系统异常";
