/* utf8.h - code points at the border. Inside the house every str is already valid. */
#ifndef WUYE_UTF8_H
#define WUYE_UTF8_H

#include "base/base.h"

/* True for well-formed UTF-8 (no overlong forms, surrogates, or > U+10FFFF). */
bool utf8_valid(str s);
/* Valid, and free of NUL, C0/C1 controls (except \n \t when `lines`), bidi controls and noncharacters. */
bool utf8_clean(str s, bool lines);
/* Decodes one code point at *at of a valid str and moves *at; 0xFFFD on damage. */
u32 utf8_next(str s, size_t *at);
/* Writes one code point, 1-4 bytes; returns the count. */
size_t utf8_put(u32 cp, char out[4]);
/* Number of code points: all length limits of the house are in code points. */
size_t utf8_len(str s);
/* The longest prefix of at most n code points. */
str utf8_head(str s, size_t n);
/* Full-width ASCII, digits and blanks to ASCII (１２３ｘ－ -> 123x-); other code points untouched. */
str utf8_half(struct arena *a, str s);

#endif
