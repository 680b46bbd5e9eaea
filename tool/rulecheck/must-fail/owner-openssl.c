/* breaks: owner as src/kit/session/session.c */
#include <openssl/evp.h>
