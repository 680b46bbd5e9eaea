/* api.c - OpenAPI 3.1 of all commands and queries, from their declarations. */
#include "app/app.h"

/* JSON written with single quotes, so that it can be read here. */
static void put(buf *o, const char *json) {
    for (; *json; json++) buf_c(o, *json == '\'' ? '"' : *json);
}

static void comma(buf *o, bool *first) {
    if (!*first) buf_c(o, ',');
    *first = false;
}

static void operation(buf *o, const char *room, const char *name, const char *title, bool estate) {
    put(o, "'operationId':");
    buf_json(o, str_of(name));
    put(o, ",'summary':");
    buf_json(o, str_of(title));
    put(o, ",'description':");
    buf_json(o, str_of(title));
    put(o, ",'tags':[");
    buf_json(o, str_of(room));
    put(o, "],'parameters':[");
    if (estate) put(o, "{'$ref':'#/components/parameters/Estate'}");
}

static void problems(buf *o) {
    static const char *const codes[] = { "401", "403", "404", "409", "422", "429", "503" };
    for (size_t i = 0; i < COUNT(codes); i++)
        buf_fmt(o, ",\"%s\":{\"$ref\":\"#/components/responses/Problem\"}", codes[i]);
}

static void put_command(buf *o, const char *room, const struct command *c) {
    bool estate = c->shard == SHARD_ESTATE;
    buf_fmt(o, "\"/api/%s%s\":{\"post\":{", estate ? "e/{estate}/" : "", c->name);
    operation(o, room, c->name, c->title, estate);
    if (estate) buf_c(o, ',');
    put(o, "{'$ref':'#/components/parameters/IdempotencyKey'}],'requestBody':{'required':true,'content':"
           "{'application/json':{'schema':");
    fields_schema(o, c->in, true);
    put(o, "}}},'responses':{'200':{'$ref':'#/components/responses/Done'}");
    problems(o);
    put(o, "}}}");
}

static void put_query(buf *o, const char *room, const struct query *q) {
    bool estate = q->shard == SHARD_ESTATE, first = !estate;
    buf_fmt(o, "\"/api/%s%s\":{\"get\":{", estate ? "e/{estate}/" : "", q->name);
    operation(o, room, q->name, q->title, estate);
    for (const struct field *f = q->in; f->name; f++) {
        comma(o, &first);
        buf_fmt(o, "{\"name\":\"%s\",\"in\":\"query\",\"required\":%s,\"description\":", f->name,
                f->flags & REQ ? "true" : "false");
        buf_json(o, str_of(f->hint ? f->hint : f->label));
        put(o, ",'schema':{'type':'string'}}");
    }
    put(o, "],'responses':{'200':{'$ref':'#/components/responses/Done'}");
    problems(o);
    put(o, "}}}");
}

static void put_tags(buf *o) {
    bool first = true;
    put(o, "'tags':[");
    for (const struct module *const *m = all_modules; *m; m++) {
        if (!(*m)->commands && !(*m)->queries) continue;
        comma(o, &first);
        put(o, "{'name':");
        buf_json(o, str_of((*m)->name));
        put(o, ",'description':");
        buf_json(o, str_of((*m)->label));
        buf_c(o, '}');
    }
    buf_c(o, ']');
}

static void put_paths(buf *o) {
    bool first = true;
    put(o, ",'paths':{");
    for (const struct module *const *m = all_modules; *m; m++) {
        for (const struct command *c = (*m)->commands; c && c->name; c++) {
            if (c->internal) continue;
            comma(o, &first);
            put_command(o, (*m)->name, c);
        }
        for (const struct query *q = (*m)->queries; q && q->name; q++) {
            comma(o, &first);
            put_query(o, (*m)->name, q);
        }
    }
    buf_c(o, '}');
}

void openapi_put(buf *o) {
    put(o, "{'openapi':'3.1.0','info':{'title':'北京物业','version':'2026.11',"
           "'description':'住宅小区物业管理服务平台的接口',"
           "'contact':{'name':'wuye','url':'https://wuye.example','email':'api@wuye.example'},"
           "'license':{'name':'Mulan PSL v2','identifier':'MulanPSL-2.0'}},"
           "'servers':[{'url':'/'}],'security':[{'session':[]}],");
    put_tags(o);
    put_paths(o);
    put(o, ",'components':{'securitySchemes':{'session':{'type':'http','scheme':'bearer'}},"
           "'parameters':{'Estate':{'name':'estate','in':'path','required':true,'description':'小区编号',"
           "'schema':{'type':'string','pattern':'^[0-9a-hjkmnp-tv-z]{13}$'}},"
           "'IdempotencyKey':{'name':'Idempotency-Key','in':'header','required':true,"
           "'description':'办理键：同一件事重发时不变',"
           "'schema':{'type':'string','minLength':8,'maxLength':64}}},"
           "'responses':{'Done':{'description':'办成了',"
           "'content':{'application/json':{'schema':{'type':'object'}}}},"
           "'Problem':{'description':'没有办成（RFC 9457）',"
           "'content':{'application/problem+json':{'schema':{'$ref':'#/components/schemas/Problem'}}}}},"
           "'schemas':{'Problem':{'type':'object','required':['type','status','title','fields'],'properties':{"
           "'type':{'type':'string'},'status':{'type':'integer'},'code':{'type':'string'},"
           "'title':{'type':'string'},'fields':{'type':'array','items':{'type':'object','properties':{"
           "'name':{'type':'string'},'code':{'type':'string'},'text':{'type':'string'}}}}}}}}}");
}
