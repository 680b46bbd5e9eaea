/* api.c - OpenAPI 3.1 of all commands and queries, from their declarations. */
#include "app/app.h"

static void operation(buf *o, const char *name, const char *title, bool estate) {
    buf_lit(o, "\"operationId\":");
    buf_json(o, str_of(name));
    buf_lit(o, ",\"summary\":");
    buf_json(o, str_of(title));
    buf_lit(o, ",\"description\":");
    buf_json(o, str_of(title));
    str room = str_of(name), head;
    (void)str_cut(&room, '.', &head);
    buf_lit(o, ",\"tags\":[");
    buf_json(o, head);
    buf_lit(o, "],\"parameters\":[");
    if (estate)
        buf_lit(o, "{\"name\":\"estate\",\"in\":\"path\",\"required\":true,\"description\":\"小区编号\","
                   "\"schema\":{\"type\":\"string\",\"pattern\":\"^[0-9a-hjkmnp-tv-z]{13}$\"}}");
}

static void problems(buf *o) {
    static const char *const codes[] = { "401", "403", "404", "409", "422", "429", "503" };
    for (size_t i = 0; i < COUNT(codes); i++)
        buf_fmt(o, ",\"%s\":{\"$ref\":\"#/components/responses/Problem\"}", codes[i]);
}

static void put_command(buf *o, const struct command *c) {
    bool estate = c->shard == SHARD_ESTATE;
    buf_fmt(o, "\"/api/%s%s\":{\"post\":{", estate ? "e/{estate}/" : "", c->name);
    operation(o, c->name, c->title, estate);
    buf_fmt(o, "%s{\"$ref\":\"#/components/parameters/IdempotencyKey\"}],\"requestBody\":{\"required\":true,\"content\":"
               "{\"application/json\":{\"schema\":", estate ? "," : "");
    fields_schema(o, c->in, true);
    buf_lit(o, "}}},\"responses\":{\"200\":{\"$ref\":\"#/components/responses/Done\"}");
    problems(o);
    buf_lit(o, "}}}");
}

static void put_query(buf *o, const struct query *q) {
    bool estate = q->shard == SHARD_ESTATE, first = !estate;
    buf_fmt(o, "\"/api/%s%s\":{\"get\":{", estate ? "e/{estate}/" : "", q->name);
    operation(o, q->name, q->title, estate);
    for (const struct field *f = q->in; f->name; f++) {
        buf_fmt(o, "%s{\"name\":\"%s\",\"in\":\"query\",\"required\":%s,\"description\":", first ? "" : ",", f->name,
                f->flags & REQ ? "true" : "false");
        first = false;
        buf_json(o, str_of(f->hint ? f->hint : f->label));
        buf_lit(o, ",\"schema\":{\"type\":\"string\"}}");
    }
    buf_lit(o, "],\"responses\":{\"200\":{\"description\":\"结果\",\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"}}}}");
    problems(o);
    buf_lit(o, "}}}");
}

static void put_components(buf *o) {
    buf_lit(o, "\"components\":{\"securitySchemes\":{\"session\":{\"type\":\"http\",\"scheme\":\"bearer\"}},"
               "\"parameters\":{\"IdempotencyKey\":{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"required\":true,"
               "\"description\":\"办理键：同一件事重发时不变\",\"schema\":{\"type\":\"string\",\"minLength\":8,\"maxLength\":64}}},"
               "\"responses\":{\"Done\":{\"description\":\"办成了\",\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"}}}},"
               "\"Problem\":{\"description\":\"没有办成（RFC 9457）\",\"content\":{\"application/problem+json\":{\"schema\":"
               "{\"$ref\":\"#/components/schemas/Problem\"}}}}},"
               "\"schemas\":{\"Problem\":{\"type\":\"object\",\"required\":[\"type\",\"status\",\"title\",\"fields\"],\"properties\":{"
               "\"type\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},\"code\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
               "\"fields\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
               "\"code\":{\"type\":\"string\"},\"text\":{\"type\":\"string\"}}}}}}}}");
}

static void put_tags(buf *o) {
    bool first = true;
    buf_lit(o, "\"tags\":[");
    for (const struct module *const *m = all_modules; *m; m++) {
        if (!(*m)->commands && !(*m)->queries) continue;
        buf_fmt(o, "%s{\"name\":\"%s\",\"description\":", first ? "" : ",", (*m)->name);
        buf_json(o, str_of((*m)->label));
        buf_c(o, '}');
        first = false;
    }
    buf_c(o, ']');
}

void openapi_put(buf *o) {
    bool first = true;
    buf_lit(o, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"北京物业\",\"version\":\"2026.11\",\"description\":"
               "\"住宅小区物业管理服务平台的接口\",\"contact\":{\"name\":\"wuye\",\"url\":\"https://wuye.example\",\"email\":\"api@wuye.example\"},"
               "\"license\":{\"name\":\"Mulan PSL v2\",\"identifier\":\"MulanPSL-2.0\"}},"
               "\"servers\":[{\"url\":\"/\"}],\"security\":[{\"session\":[]}],");
    put_tags(o);
    buf_lit(o, ",\"paths\":{");
    for (const struct module *const *m = all_modules; *m; m++) {
        for (const struct command *c = (*m)->commands; c && c->name; c++) {
            if (c->internal) continue;
            if (!first) buf_c(o, ',');
            first = false;
            put_command(o, c);
        }
        for (const struct query *q = (*m)->queries; q && q->name; q++) {
            if (!first) buf_c(o, ',');
            first = false;
            put_query(o, q);
        }
    }
    buf_lit(o, "},");
    put_components(o);
    buf_c(o, '}');
}
