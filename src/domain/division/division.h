/* division.h - the room that gives the tree of kit/area its pages, its facts and its changes. */
#ifndef WUYE_DIVISION_H
#define WUYE_DIVISION_H

#include "kit/area/area.h"
#include "kit/module/module.h"

#define RENAME_IN(F)                                                                                             \
    F(area_id, REF, "区域", .flags = REQ)                                                                        \
    F(name, TEXT, "名称", .flags = REQ, .max = 60)                                                               \
    F(short_name, TEXT, "简称", .flags = REQ, .max = 40, .hint = "地图和列表上用的短名")                         \
    F(basis, TEXT, "依据文件", .flags = REQ, .min = 4, .max = 120, .hint = "例如：京政字〔2026〕1号")
struct rename_in { FIELD_STRUCT(RENAME_IN) };
extern const struct field rename_in_fields[];

/* Makes the areas of levels 1 to 4 from data/divisions.tsv and data/population.tsv. */
err division_facts(struct tx *tx) MUST;

err division_list_page(struct rq *rq);
err division_one_page(struct rq *rq);
err division_edit_page(struct rq *rq);

extern const struct module division_module;

#endif
