/* error.h - the view of the refusal page. */
#ifndef WUYE_APP_ERROR_H
#define WUYE_APP_ERROR_H

#include "kit/page/page.h"

struct error_view { struct page_head head; int status; str what, why, no, login; bool server; };

#endif
