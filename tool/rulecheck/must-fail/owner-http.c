/* breaks: owner as src/app/serve.c */
#include <microhttpd.h>
