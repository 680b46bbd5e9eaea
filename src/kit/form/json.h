/* json.h - a JSON body as the same name/value pairs that a form gives. */
#ifndef WUYE_JSON_H
#define WUYE_JSON_H

#include "kit/entity/field.h"

/* Takes one flat object: texts, integers, true/false, null (left out), arrays of texts (joined by blanks). Depth, size
 * and duplicate names are limited. E_INPUT with a sentence in *ret_why. */
err json_pairs(struct arena *a, str body, struct pairs *ret, const char **ret_why) MUST;

#endif
