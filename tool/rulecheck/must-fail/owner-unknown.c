/* breaks: owner as src/sys/file/file.c */
#include <glib.h>
