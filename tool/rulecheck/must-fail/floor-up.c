/* breaks: floor as src/kit/page/page.c */
#include "domain/fee/fee.h"
