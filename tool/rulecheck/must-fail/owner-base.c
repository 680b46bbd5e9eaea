/* breaks: owner as src/base/utf8.c */
#include <utf8proc.h>
