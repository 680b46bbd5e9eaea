/* breaks: wording as src/domain/x/x.c */
static const char *const x = "非法的手机号";
