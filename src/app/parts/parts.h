/* parts.h - /parts: every part of the interface in every state, in a demonstration only. */
#ifndef WUYE_PARTS_H
#define WUYE_PARTS_H

#include "kit/module/module.h"

struct parts_view { struct page_head page; };
extern const struct module parts_module;

#endif
