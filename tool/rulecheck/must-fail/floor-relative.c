/* breaks: floor as src/kit/page/page.c */
#include "field.h"
