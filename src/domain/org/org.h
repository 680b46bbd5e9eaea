/* org.h - organisations: property enterprises and agencies. Rows are kit/party's; the pages and the checks are here. */
#ifndef WUYE_ORG_H
#define WUYE_ORG_H

#include "kit/module/module.h"
#include "kit/party/party.h"

/* E_MISSING when there is none. */
err org_get(struct tx *tx, i64 id, struct org *ret) MUST;
/* Property enterprises in order of name, for a choice; at most 200. */
struct orgs { struct org *p; size_t n, cap; };
err org_enterprises(struct tx *tx, struct orgs *ret) MUST;
/* The name, empty when there is none. */
err org_name_of(struct tx *tx, i64 id, str *ret) MUST;

extern const struct module org_module;

#endif
