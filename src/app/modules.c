/* modules.c - the whole dispatcher: the list of modules, and commands by name. */
#include "app/app.h"
#include "kit/area/area.h"
#include "kit/desk/desk.h"
#include "kit/grant/grant.h"
#include "kit/house/house.h"
#include "kit/module/data.h"
#include "kit/party/party.h"
#include "kit/rule/rule.h"

/* The rows of the kit that belong to no single part. */
static struct entity *const kit_entities[] = {
    &house_entity, &op_entity, &chain_entity, &metric_count_entity, &metric_area_entity, &metric_feed_entity,
    &area_entity, &area_past_entity, &person_entity, &org_entity, &login_entity, &directory_entity, &session_entity,
    &look_entity, &post_entity, &tie_entity, &person_home_entity, &desk_item_entity, NULL,
};

static err tree_run(struct tx *tx, const void *in) {
    (void)in;
    return area_load(tx);
}

static const struct command kit_commands[] = {
    { .name = "kit.tree.reload", .title = "重读区划", .shard = SHARD_HOUSE, .in = area_changed_fields,
      .in_size = sizeof(struct area_changed), .run = tree_run, .internal = true },
    COMMAND_END,
};
static const struct subscription kit_on[] = { { "area.changed", "kit.tree.reload" }, { NULL, NULL } };

static err kit_facts(struct tx *tx) {
    TRY(rule_seed(tx, data_text("rules.tsv")));
    return calendar_seed(tx, data_text("holidays.tsv"), data_text("statutory.tsv"));
}

const struct module kit_module = { .name = "kit", .label = "底座", .entities = kit_entities,
                                   .commands = kit_commands, .on = kit_on, .facts = kit_facts, .load = house_load };

#define MODULE(name) extern const struct module name##_module;
#include "app/modules.def"
#undef MODULE

#define MODULE(name) &name##_module,
const struct module *const all_modules[] = {
#include "app/modules.def"
    NULL,
};
#undef MODULE

static const struct command *commands[1024];
static size_t ncommands;

static int by_name(const void *a, const void *b) {
    return strcmp((*(const struct command *const *)a)->name, (*(const struct command *const *)b)->name);
}

static void collect(void) {
    for (const struct module *const *m = all_modules; *m; m++)
        for (const struct command *c = (*m)->commands; c && c->name; c++) {
            if (ncommands == COUNT(commands)) abort();
            commands[ncommands++] = c;
        }
    qsort(commands, ncommands, sizeof commands[0], by_name);
}

const struct command *module_command(str name) {
    if (!ncommands) collect();   /* the first call is app_init's, before any thread */
    size_t lo = 0, hi = ncommands;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = str_cmp(str_of(commands[mid]->name), name);
        if (c == 0) return commands[mid];
        if (c < 0) lo = mid + 1;
        else hi = mid;
    }
    return NULL;
}
