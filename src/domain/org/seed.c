/* seed.c - the agencies of the plan, and invented enterprises. */
#include "domain/org/org.h"
#include "kit/module/data.h"
#include "sys/clock/clock.h"
#include "sys/crypt/crypt.h"

static const char *const names[] = {
    "北京银杏物业服务有限公司（演示）", "北京松榆里物业管理有限公司（演示）", "北京安居家园物业有限公司（演示）",
    "北京永定物业服务集团有限公司（演示）", "北京潮白河物业管理有限公司（演示）", "北京燕山物业服务有限公司（演示）",
    "北京老城记物业管理有限公司（演示）", "北京西山物业服务有限公司（演示）", "北京通惠物业管理有限公司（演示）",
    "北京新航物业服务有限公司（演示）", "北京军都物业管理有限公司（演示）", "北京亦庄美居物业服务有限公司（演示）",
};

str org_demo_code(struct arena *a, int n) {
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    static const u8 weight[17] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
    char c[19];
    int sum = 0;
    snprintf(c, sizeof c, "91110000YA%07d", n);
    for (int i = 0; i < 17; i++) sum += weight[i] * (int)(strchr(alphabet, c[i]) - alphabet);
    c[17] = alphabet[(31 - sum % 31) % 31];
    c[18] = 0;
    return str_dup(a, str_of(c));
}

static err one(struct seed *s, struct org *o) {
    hash h = blind(BLIND_CODE, o->code);
    o->id = id_new();
    o->made_at = s->now;
    TRY(directory_claim(s->tx, DIR_USCC, &h, o->id));
    return entity_insert(s->tx, &org_entity, o);
}

err org_seed(struct seed *s) {
    str text = data_text("agencies.tsv"), cell[4];
    for (bool head = true; data_row(&text, cell, 4); head = false)
        if (!head)
            TRY(one(s, &(struct org){ .name = cell[1],
                                      .kind = AGENCY,
                                      .code = cell[0],
                                      .phone = S("12345"),
                                      .address = S("") }));
    for (int i = 0; i < (int)COUNT(names); i++)
        TRY(one(s, &(struct org){ .name = str_of(names[i]),
                                  .kind = ENTERPRISE,
                                  .code = org_demo_code(s->tx->a, 100 + i * 37),
                                  .phone = str_fmt(s->tx->a, "010-0000%04d", 1000 + i),
                                  .address = str_fmt(s->tx->a, "演示路 %d 号", 10 + i * 2) }));
    return OK;
}
