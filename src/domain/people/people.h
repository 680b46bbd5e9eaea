/* people.h - persons and the posts they hold. Rows are kit/party's and kit/grant's; finding, pages and law are here.
 *
 * A person is found by what is unique: the number of a document, else the telephone with the name. Both are directory
 * rows under blind hashes. A row that an import claims is provisional (bound 0) until somebody else meets the person;
 * so an import can be withdrawn exactly as long as nobody did. */
#ifndef WUYE_PEOPLE_H
#define WUYE_PEOPLE_H

#include "kit/grant/grant.h"
#include "kit/module/module.h"
#include "kit/party/party.h"

enum met { MET_NEW, MET_KNOWN };

/* Finds the person or makes a new one; `provisional`: by an import. Numbers are normal and checked (idcheck.h). When
 * the telephone is another's, the new person goes without one of his own in the directory. E_CONFLICT: the document
 * belongs to somebody of another name. */
err person_meet(struct tx *tx, const struct person_new *p, bool provisional, i64 *ret_id, enum met *ret) MUST;
/* Whether a person an import made is still known to nobody else. */
err person_is_provisional(struct tx *tx, i64 person, bool *ret) MUST;
/* Takes a provisional person away with his directory rows. */
err person_forget(struct tx *tx, i64 person) MUST;

err person_name_of(struct tx *tx, i64 person, str *ret) MUST;
/* Gives a post without a form: seeds only. */
err people_post(struct tx *tx, const struct post *p) MUST;

extern const struct module people_module;

#endif
