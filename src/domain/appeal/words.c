/* words.c - time and state in the words people use. */
#include "domain/appeal/pages.h"
#include "kit/rule/rule.h"
#include "sys/crypt/idcheck.h"

/* Hours of the day as they are spoken. */
static const char *part_of_day(int h) {
    if (h < 5) return "凌晨";
    if (h < 9) return "早上";
    if (h < 12) return "上午";
    if (h < 14) return "中午";
    if (h < 18) return "下午";
    return "晚上";
}

static void put_clock(buf *b, int h, int m, bool elder) {
    if (!elder) {
        buf_fmt(b, "%02d:%02d", h, m);
        return;
    }
    if (h == 24) {
        buf_lit(b, "夜里12点");
        return;
    }
    buf_fmt(b, "%s%d点", part_of_day(h), h > 12 ? h - 12 : h);
    if (m == 30) buf_lit(b, "半");
    else if (m) buf_fmt(b, "%d分", m);
}

static str put_when(struct arena *a, day d, int h, int m, instant now, bool elder) {
    buf b = buf_in(a, 64);
    i64 away = d.n - day_of(now).n;
    struct ymd x = day_ymd(d), today = day_ymd(day_of(now));
    if (away == 0) buf_lit(&b, "今天");
    else if (away == 1) buf_lit(&b, "明天");
    else if (away == -1) buf_lit(&b, "昨天");
    else {
        if (x.y != today.y) buf_fmt(&b, "%d年", x.y);
        buf_fmt(&b, "%d月%d日", x.m, x.d);
    }
    if (!elder) buf_c(&b, ' ');
    put_clock(&b, h, m, elder);
    return buf_str(&b);
}

str appeal_when(struct arena *a, instant t, instant now, bool elder) {
    struct hms c = instant_clock(t);
    return put_when(a, day_of(t), c.h, c.m, now, elder);
}

str appeal_short(struct arena *a, instant t, instant now, bool elder) {
    struct hms c = instant_clock(t);
    struct ymd x = day_ymd(day_of(t));
    buf b = buf_in(a, 40);
    if (day_of(t).n == day_of(now).n) put_clock(&b, c.h, c.m, elder);
    else if (day_month(day_of(t)) == day_month(day_of(now))) buf_fmt(&b, "%d日", x.d);
    else buf_fmt(&b, "%d月%d日", x.m, x.d);
    return buf_str(&b);
}

str appeal_due(struct arena *a, instant due, instant now, bool elder) {
    struct hms c = instant_clock(due);
    if (c.h || c.m || c.s) return put_when(a, day_of(due), c.h, c.m, now, elder);
    return put_when(a, (day){ day_of(due).n - 1 }, 24, 0, now, elder);
}

/* Whole units, the largest that fits: nobody plans by seconds. */
static str span(struct arena *a, i64 us) {
    if (us >= DAY_US) return str_fmt(a, "%lld天", (long long)(us / DAY_US));
    if (us >= HOUR_US) return str_fmt(a, "%lld小时", (long long)(us / HOUR_US));
    return str_fmt(a, "%lld分钟", (long long)(us / MINUTE_US > 0 ? us / MINUTE_US : 1));
}

struct remaining appeal_remaining(struct arena *a, instant due, instant now, bool elder, bool provisional) {
    i64 left = due.us - now.us;
    if (left <= 0)
        return (struct remaining){ str_fmt(a, "已超时%.*s", STR(span(a, -left))), "tone-red", "triangle-alert", true };
    const char *tone = left < HOUR_US ? "tone-red" : left < DAY_US ? "tone-gold" : "tone-green";
    return (struct remaining){ str_fmt(a, "还剩%.*s，%.*s止%s", STR(span(a, left)), STR(appeal_due(a, due, now, elder)),
                                       provisional ? "（暂定）" : ""),
                               tone, left < DAY_US ? "hourglass" : "clock", false };
}

struct state_view appeal_state(const struct case_head *h, bool owner) {
    if (h->state == CASE_CLOSED) {
        switch (h->outcome.v) {
        case OUTCOME_SOLVED: return (struct state_view){ "已解决", "tone-green" };
        case OUTCOME_UNANSWERED: return (struct state_view){ owner ? "已结案，您没有答复" : "按期未反馈", "tone-gray" };
        case OUTCOME_WITHDRAWN: return (struct state_view){ owner ? "您撤回了" : "报事人撤回", "tone-gray" };
        default: return (struct state_view){ item_label(case_outcomes, h->outcome.v), "tone-gray" };
        }
    }
    if (h->paused_at.has) return (struct state_view){ "先停一停", "tone-gray" };
    switch (h->state) {
    case CASE_WAITING:
        return (struct state_view){ h->reopened ? "重新办，等受理" : "等受理",
                                    h->late ? "tone-red" : "tone-gold" };
    case CASE_WORKING: return (struct state_view){ "办理中", h->late ? "tone-red" : "tone-blue" };
    case CASE_ARRIVED: return (struct state_view){ owner ? "师傅到了" : "已到场", h->late ? "tone-red" : "tone-blue" };
    default: return (struct state_view){ owner ? "等您确认" : "等报事人确认", "tone-gold" };
    }
}

const char *appeal_clock_label(str name, bool owner) {
    static const char *const labels[][2] = {
        { "accept", "受理" }, { "arrive", "到场" }, { "done", "办完" }, { "confirm", "等报事人确认" }, { "escalate", "不办就升级" },
    };
    if (owner && str_is(name, "confirm")) return "请您看看";
    for (size_t i = 0; i < COUNT(labels); i++)
        if (str_is(name, labels[i][0])) return labels[i][1];
    return "时限";
}

struct action_words appeal_action(str action, bool owner) {
    static const struct { const char *action; struct action_words words; } all[] = {
        { "report", { "报了事", "tone-blue" } },
        { "accept", { "受理了", "tone-green" } },
        { "arrive", { "到场了", "tone-green" } },
        { "done", { "办完了，请报事人看看", "tone-green" } },
        { "confirm", { "确认解决了", "tone-green" } },
        { "unanswered", { "按期未反馈，结案", "tone-gray" } },
        { "reopen", { "没修好，重新办", "tone-red" } },
        { "withdraw", { "撤回了", "tone-gray" } },
        { "rate", { "评了分", "tone-gold" } },
        { "pause", { "先停一停，时限停住", "tone-gray" } },
        { "resume", { "接着办，时限接着走", "tone-blue" } },
        { "hand", { "转给另一方办", "tone-blue" } },
        { "sort", { "改了类别", "tone-gray" } },
        { "note", { "有新进展", "tone-blue" } },
        { "supervise", { "督办", "tone-gold" } },
        { "follow", { "又有一位邻居遇到", "tone-blue" } },
        { "overdue", { "超过时限", "tone-red" } },
        { "escalate", { "升级", "tone-red" } },
    };
    if (owner && str_is(action, "done")) return (struct action_words){ "师傅说修好了，请您看看", "tone-green" };
    for (size_t i = 0; i < COUNT(all); i++)
        if (str_is(action, all[i].action)) return all[i].words;
    return (struct action_words){ "有变化", "tone-gray" };
}

str appeal_phone_mask(struct arena *a, str phone) {
    if (phone.n == 11 && phone.p[0] == '1') return mobile_mask(a, phone);
    return phone.n > 4 ? str_fmt(a, "****%.*s", STR(str_from(phone, phone.n - 3))) : S("****");
}

/* "（依据 appeal.urgent.accept@2025-01-01）" is exact; people read what the rule says, officers both. */
str appeal_rule_words(struct arena *a, str words, bool owner) {
    str head = S("（依据 "), tail = S("）");
    struct rule_value r;
    for (size_t i = 0; i + head.n < words.n; i++) {
        str rest = str_from(words, i);
        if (!str_starts(rest, head)) continue;
        str version = str_from(rest, head.n);
        if (!str_ends(version, tail)) return words;
        version.n -= tail.n;
        if (rule_by_version(version, &r) != OK) return words;
        str said = str_fmt(a, "%.*s依据“%.*s”：%lld %s", STR(str_sub(words, 0, i)), STR(r.title), (long long)r.value,
                           item_label(rule_units, r.unit));
        return owner ? str_cat(a, said, S("。")) : str_fmt(a, "%.*s（%.*s）。", STR(said), STR(version));
    }
    return words;
}
