/* seed.c - two years of invented appeals: seasons, a few estates that make half of them, about fifty that are open. */
#include "domain/appeal/seed.h"
#include "kit/rule/rule.h"

enum { PER_ESTATE = 82, MAIN = 8, HEAVY_EACH = 10 };

static u64 roll(struct sower *w, u64 n) {
    u64 x = w->dice;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    w->dice = x;
    return (x >> 11) % n;
}

/* ---- what people say ---- */

enum season { ALWAYS, COLD, RAIN, WARM };
struct saying { i64 category, place; int weight; enum season season; const char *spot, *words, *answer; };
static const struct saying sayings[] = {
    { 101, PLACE_YARD, 9, ALWAYS, "地面车位", "租的固定车位被外来车占了，打不通挪车电话。", "联系车主挪走了，地锁换了新的。" },
    { 102, PLACE_GATE, 6, ALWAYS, "东门口", "一辆货车堵在出入口，后面的车都出不来。", "当场劝离，出入口划了禁停线。" },
    { 103, PLACE_GARAGE, 5, ALWAYS, "", "车位费这个月多扣了，想看看标准。", "核对后退回多扣的，收费标准贴在岗亭。" },
    { 105, PLACE_GATE, 5, ALWAYS, "北门道闸", "道闸抬不起来，刷卡没反应。", "换了控制板，试了二十次都正常。" },
    { 106, PLACE_YARD, 5, ALWAYS, "3号楼前", "一辆车停了快一年没动过，落满灰。", "联系上车主，约定月底前移走。" },
    { 107, PLACE_YARD, 6, WARM, "车棚", "充电口坏了一排，晚上抢不到位置。", "修好六个充电口，又加了八个。" },
    { 201, PLACE_HOME, 4, COLD, "卫生间", "水管接头爆了，地上都是水。", "换了接头和软管，打压试过不漏。" },
    { 202, PLACE_HOME, 8, COLD, "", "暖气不热，屋里只有十五度，家里有老人。", "放了气、清了过滤器，回访室温二十一度。" },
    { 205, PLACE_HOME, 5, RAIN, "顶层北卧", "一下雨屋顶就渗，墙皮掉了一大片。", "重做了防水，浇水试了一天不渗。" },
    { 206, PLACE_HOME, 5, RAIN, "厨房", "下水道返水，味道很大。", "主管道疏通了，加了防返水的存水弯。" },
    { 207, PLACE_STAIRS, 8, ALWAYS, "四层到五层", "楼道灯不亮好几天了，晚上看不见台阶。", "换了三盏感应灯。" },
    { 208, PLACE_STAIRS, 6, ALWAYS, "单元门", "单元门关不上，对讲也没声音。", "换了闭门器和对讲主机。" },
    { 209, PLACE_YARD, 2, RAIN, "西山墙", "外墙瓷砖鼓起来了，怕掉下来砸到人。", "围挡后敲掉空鼓，补了新砖。" },
    { 210, PLACE_YARD, 4, ALWAYS, "健身区", "健身器材松了，孩子玩不安全。", "紧固了螺栓，换了两个垫片。" },
    { 301, PLACE_OTHER, 6, ALWAYS, "", "物业费按哪个面积算的，和房本对不上。", "按房本面积重新算，多收的退了。" },
    { 302, PLACE_OTHER, 4, ALWAYS, "", "收费项目和标准没看到公示。", "公示栏和群里都贴了。" },
    { 304, PLACE_OTHER, 4, ALWAYS, "", "保洁一周来不了两次，费用一分没少。", "恢复每天一次，签到表挂在楼道。" },
    { 305, PLACE_OTHER, 3, ALWAYS, "", "交费两个月了还没有发票。", "发票已开好，前台可取。" },
    { 307, PLACE_OTHER, 2, WARM, "", "装修完三个月，押金还没退。", "验收后押金退回原卡。" },
    { 401, PLACE_STAIRS, 7, ALWAYS, "一层大堂", "楼道好几天没打扫了。", "当天清扫，排班表贴在大堂。" },
    { 402, PLACE_YARD, 6, WARM, "南侧桶站", "垃圾桶满出来了，味道大。", "加了一趟清运，桶站冲洗了。" },
    { 405, PLACE_YARD, 4, WARM, "中心花园", "草长得很高，树枝挡了窗户。", "修剪完了，枯枝也清走了。" },
    { 406, PLACE_YARD, 4, WARM, "", "蚊子很多，孩子一下楼就被咬。", "消杀了三遍，积水都清了。" },
    { 408, PLACE_STAIRS, 4, WARM, "楼下饭馆", "晚上油烟味和吵闹声到十一点。", "社区约了店主，装了净化器，十点收摊。" },
    { 502, PLACE_STAIRS, 5, ALWAYS, "2单元电梯", "电梯停了，楼上老人下不来。", "维保到场换了接触器，已恢复。" },
    { 503, PLACE_STAIRS, 4, ALWAYS, "1单元电梯", "电梯运行有响声，停的时候一顿一顿。", "调了导靴和平层，试运行正常。" },
    { 504, PLACE_STAIRS, 3, ALWAYS, "轿厢", "八层的按键按不亮。", "换了按键板。" },
    { 507, PLACE_STAIRS, 3, ALWAYS, "", "总有人推电动自行车进电梯。", "装了识别器，推车进来电梯不走。" },
    { 602, PLACE_YARD, 4, ALWAYS, "4号楼前", "消防车通道停满了车。", "清走了，划了线，装了隔离桩。" },
    { 603, PLACE_STAIRS, 6, ALWAYS, "六层", "楼道堆着旧家具，走不过去。", "贴了通知，三天后清走了。" },
    { 607, PLACE_STAIRS, 2, WARM, "二层窗口", "有人从窗户拉线下来充电。", "上门劝导，线已收回。" },
    { 701, PLACE_OTHER, 3, ALWAYS, "", "公共收益上半年的账没有公示。", "账目补公示了，凭证可以来看。" },
    { 703, PLACE_STAIRS, 2, ALWAYS, "", "电梯里的广告收入去哪儿了。", "合同和到账单都贴出来了。" },
    { 902, PLACE_GATE, 4, ALWAYS, "南门岗亭", "门岗夜里没人，外人随便进。", "夜班加了一人，监控也修好了。" },
    { 903, PLACE_YARD, 2, ALWAYS, "一层西侧", "有人在公共地方搭棚子。", "街道下了通知，已自行拆除。" },
    { 906, PLACE_HOME, 3, ALWAYS, "", "楼上漏水，找了几次都不管。", "社区约了两家，查清是楼上地漏，已修好。" },
    { 907, PLACE_OTHER, 3, ALWAYS, "", "希望多装几把长椅，老人能歇脚。", "装了四把长椅。" },
};

static int weight_in(const struct saying *s, int month) {
    bool cold = month >= 11 || month <= 3, rain = month == 7 || month == 8, warm = month >= 5 && month <= 9;
    switch (s->season) {
    case COLD: return cold ? s->weight * 5 : s->weight / 3;
    case RAIN: return rain ? s->weight * 6 : s->weight / 2;
    case WARM: return warm ? s->weight * 2 : s->weight / 2;
    default: return s->weight;
    }
}

static const struct saying *pick_saying(struct sower *w, int month) {
    i64 all = 0, at;
    for (size_t i = 0; i < COUNT(sayings); i++) all += weight_in(&sayings[i], month);
    at = (i64)roll(w, (u64)all);
    for (size_t i = 0; i < COUNT(sayings); i++)
        if ((at -= weight_in(&sayings[i], month)) < 0) return &sayings[i];
    return &sayings[0];
}

static const struct saying *saying_of(i64 category) {
    for (size_t i = 0; i < COUNT(sayings); i++)
        if (sayings[i].category == category) return &sayings[i];
    return &sayings[0];
}

/* ---- where, and who lives there ---- */

SQL(seed_estates, "", "iitti",
    "SELECT estate.id, estate.code, estate.sign, coalesce(org.name, ''), coalesce(estate.manager_id, 0) FROM estate "
    "LEFT JOIN org ON org.id = estate.org_id WHERE estate.kind <> 9 ORDER BY estate.id")
SQL(seed_staff_of, "i", "itt",
    "SELECT post.person_id, person.name, post.role FROM post JOIN person ON person.id = post.person_id WHERE "
    "post.area_id = $1 ORDER BY post.id")
SQL(seed_people_of, "i", "iiit",
    "SELECT tie.person_id, tie.home_id, tie.from_at, person.name FROM tie JOIN person ON person.id = tie.person_id "
    "WHERE tie.estate_id = $1 AND tie.to_at IS NULL ORDER BY tie.id")

static err load_plot(struct sower *w, const val *v, size_t no) {
    struct rows rows;
    struct plot *p = VEC_ADD(w->tx->a, &w->plots);
    bool heavy = no % HEAVY_EACH == MAIN;
    *p = (struct plot){ .id = v[0].i, .code = v[1].i, .sign = v[2].s, .enterprise = v[3].s };
    p->weight = heavy ? 80 + (i64)roll(w, 30) : 5 + (i64)roll(w, 10);
    TRY(db_all(w->tx, &rows, &seed_staff_of, vi(p->id)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *x = rows.p[i].v;
        bool clerk = str_is(x[2].s, "clerk");
        *(clerk ? &p->clerk_id : &p->manager_id) = x[0].i;
        *(clerk ? &p->clerk : &p->manager) = x[1].s;
    }
    TRY(db_all(w->tx, &rows, &seed_people_of, vi(p->id)));
    for (size_t i = 0; i < rows.n; i++) {
        const val *x = rows.p[i].v;
        *VEC_ADD(w->tx->a, &p->people) = (struct resident){ x[0].i, x[1].i, { x[2].i }, x[3].s };
    }
    return OK;
}

static err load_plots(struct sower *w) {
    struct rows rows;
    TRY(db_all_n(w->tx, &rows, &seed_estates, NULL, 0));
    for (size_t i = 0; i < rows.n; i++) TRY(load_plot(w, rows.p[i].v, i));
    return OK;
}

/* Somebody who already lived there; sometimes a caller. */
static const struct resident *pick_person(struct sower *w, const struct plot *p, instant at) {
    for (int tries = 0; p->people.n && tries < 8; tries++) {
        const struct resident *r = &p->people.p[roll(w, p->people.n)];
        if (r->from.us < at.us) return r;
    }
    return NULL;
}

static struct plot *pick_plot(struct sower *w) {
    i64 all = 0, at;
    for (size_t i = 0; i < w->plots.n; i++) all += w->plots.p[i].weight;
    at = (i64)roll(w, (u64)all);
    for (size_t i = 0; i < w->plots.n; i++)
        if ((at -= w->plots.p[i].weight) < 0) return &w->plots.p[i];
    return &w->plots.p[0];
}

/* ---- what is over ---- */

static instant after(instant t, i64 us) { return (instant){ t.us + us }; }
static i64 minutes(struct sower *w, i64 from, i64 to) {
    return (from + (i64)roll(w, (u64)(to - from + 1))) * MINUTE_US;
}

static void fill(struct sower *w, struct life *c, struct plot *p, const struct saying *s, instant opened) {
    const struct appeal_kind *k = appeal_kind(s->category);
    *c = (struct life){ .at = p,
                        .who = pick_person(w, p, opened),
                        .category = s->category,
                        .place = s->place,
                        .opened = opened,
                        .urgency = k ? k->urgency : ORDINARY,
                        .side = k ? (i64)k->side : SIDE_ENTERPRISE,
                        .words = str_of(s->words),
                        .spot = str_of(s->spot),
                        .answer = str_of(s->answer) };
    if (roll(w, 25) == 0) c->who = NULL;   /* by telephone */
}

/* How long each part took; a few take too long, and more of them where there is much to do. */
static void live(struct sower *w, struct life *c) {
    u64 slow = c->at->weight > 50 ? 9 : 6;
    bool late = roll(w, 100) < slow, late_accept = roll(w, 100) < slow / 2;
    switch (c->urgency) {
    case URGENT:
        c->accepted = after(c->opened, late_accept ? minutes(w, 35, 90) : minutes(w, 2, 26));
        c->arrived = after(c->accepted, late ? minutes(w, 125, 240) : minutes(w, 12, 75));
        c->done = after(c->arrived, late && roll(w, 3) == 0 ? minutes(w, 1450, 2900) : minutes(w, 20, 900));
        break;
    case COMPLICATED:
        c->accepted = after(c->opened, late_accept ? minutes(w, 1500, 2200) : minutes(w, 20, 900));
        c->done = after(c->accepted, late ? minutes(w, 16 * 1440, 24 * 1440) : minutes(w, 2 * 1440, 12 * 1440));
        break;
    default:
        c->accepted = after(c->opened, late_accept ? minutes(w, 1500, 2200) : minutes(w, 6, 600));
        c->done = after(c->accepted, late ? minutes(w, 8 * 1440, 13 * 1440) : minutes(w, 120, 5 * 1440));
    }
    instant end = c->done;
    if (c->who && roll(w, 100) < 7) {
        c->reopened = after(c->done, minutes(w, 60, 2000));
        c->accepted2 = after(c->reopened, minutes(w, 3, 20));
        c->done2 = end = after(c->accepted2, minutes(w, 90, 1300));
    }
    c->outcome = !c->who || roll(w, 100) < 22 ? OUTCOME_UNANSWERED : OUTCOME_SOLVED;
    c->closed = after(end, minutes(w, 30, 3000));
    if (c->outcome == OUTCOME_SOLVED && roll(w, 100) < 40)
        c->stars = 5 - (i64)(roll(w, 10) < 6 ? 0 : roll(w, 10) < 7 ? 1 : 1 + roll(w, 4));
    if (c->stars && c->reopened.us && c->stars > 3) c->stars = 3;
    if (c->who && !c->reopened.us && roll(w, 100) < 3) {
        c->outcome = OUTCOME_WITHDRAWN;
        c->closed = after(c->accepted, minutes(w, 5, 60));
        c->arrived = c->done = (instant){ 0 };
        c->stars = 0;
    }
}

static void squeeze(instant *t, instant from, i64 num, i64 den) {
    if (t->us) t->us = from.us + (i64)((__int128)(t->us - from.us) * num / den);
}

/* Whoever does not answer is waited for five working days; what would end after today ends sooner. */
static void end_in_time(struct sower *w, struct life *c) {
    struct rule_value rule;
    i64 last = w->now.us - 20 * MINUTE_US, whole;
    if (c->outcome == OUTCOME_UNANSWERED && rule_at(S("appeal.confirm"), day_of(c->done), &rule) == OK) {
        instant until = rule_deadline(&rule, c->done2.us ? c->done2 : c->done, NULL);
        if (until.us <= last) {
            c->closed = until;
            return;
        }
        c->outcome = OUTCOME_SOLVED;
        if (!c->who) c->who = pick_person(w, c->at, c->opened);
    }
    if (c->closed.us <= last) return;
    whole = c->closed.us - c->opened.us;
    squeeze(&c->accepted, c->opened, last - c->opened.us, whole);
    squeeze(&c->arrived, c->opened, last - c->opened.us, whole);
    squeeze(&c->done, c->opened, last - c->opened.us, whole);
    squeeze(&c->reopened, c->opened, last - c->opened.us, whole);
    squeeze(&c->accepted2, c->opened, last - c->opened.us, whole);
    squeeze(&c->done2, c->opened, last - c->opened.us, whole);
    squeeze(&c->closed, c->opened, last - c->opened.us, whole);
}

/* A time of the month at which people report. */
static instant pick_time(struct sower *w, i64 yyyymm, instant last) {
    day first = month_first(yyyymm), end = month_last(yyyymm);
    for (;;) {
        i64 d = first.n + (i64)roll(w, (u64)(end.n - first.n + 1));
        i64 minute = roll(w, 10) < 9 ? 7 * 60 + (i64)roll(w, 15 * 60) : (i64)roll(w, 24 * 60);
        instant t = { day_start((day){ d }).us + minute * MINUTE_US + (i64)roll(w, 60) * SECOND_US };
        if (t.us < last.us) return t;
        if (day_start(first).us >= last.us) return (instant){ last.us - HOUR_US };
    }
}

/* Fewer from month to month, more in the cold and in the rain; the month at hand as far as it has come. */
static i64 month_weight(i64 i, i64 yyyymm, instant now) {
    int m = (int)(yyyymm % 100);
    i64 season = m == 12 || m <= 2 ? 118 : m == 7 || m == 8 ? 112 : m == 11 || m == 3 ? 97 : 92;
    i64 share = (130 - i) * season;
    if (yyyymm == day_month(day_of(now))) share = share * day_ymd(day_of(now)).d / 30;
    return share;
}

static void make_history(struct sower *w, struct life *all, size_t n) {
    i64 weights[SEED_MONTHS], sum = 0;
    instant last = after(w->now, -26 * HOUR_US);
    for (i64 i = 0; i < SEED_MONTHS; i++)
        sum += weights[i] = month_weight(i, month_next(w->first_month, (int)i), w->now);
    for (size_t k = 0; k < n; k++) {
        i64 at = (i64)roll(w, (u64)sum), i = 0;
        while (i < SEED_MONTHS - 1 && (at -= weights[i]) >= 0) i++;
        i64 month = month_next(w->first_month, (int)i);
        struct plot *p = pick_plot(w);
        fill(w, &all[k], p, pick_saying(w, (int)(month % 100)), pick_time(w, month, last));
        live(w, &all[k]);
        end_in_time(w, &all[k]);
    }
}

/* ---- what is open: a spread of remaining times ---- */

struct open_plan { i64 category, opened_ago, accepted_after, arrived_after, done_after; };   /* minutes; 0: not yet */
static const struct open_plan open_plans[] = {
    { 207, 30, 0, 0, 0 },
    { 401, 190, 0, 0, 0 },
    { 101, 640, 0, 0, 0 },
    { 301, 1300, 0, 0, 0 },
    { 603, 1500, 0, 0, 0 },
    { 106, 2600, 400, 0, 0 },
    { 208, 5 * 1440, 300, 0, 0 },
    { 402, 6 * 1440, 200, 0, 0 },
    { 504, 9200, 150, 0, 0 },
    { 302, 7 * 1440 + 1600, 90, 0, 0 },
    { 705, 1100, 500, 0, 0 },
    { 205, 14 * 1440, 700, 0, 0 },
    { 701, 6 * 1440, 900, 0, 0 },
    { 304, 17 * 1440, 300, 0, 0 },
    { 506, 11 * 1440, 600, 0, 0 },
    { 502, 50, 8, 0, 0 },
    { 202, 85, 20, 0, 0 },
    { 201, 100, 12, 55, 0 },
    { 602, 260, 20, 80, 0 },
    { 105, 20, 0, 0, 0 },
    { 206, 170, 25, 0, 0 },
    { 902, 3 * 1440, 100, 0, 0 },
    { 107, 4300, 240, 0, 0 },
    { 207, 2 * 1440, 60, 0, 1900 },
    { 405, 4 * 1440, 300, 0, 5000 },
    { 503, 1700, 15, 70, 900 },
    { 103, 3 * 1440, 200, 0, 2700 },
    { 210, 5 * 1440, 90, 0, 6800 },
    { 305, 2 * 1440, 30, 0, 2300 },
    { 408, 4000, 500, 0, 0 },
    { 903, 9 * 1440, 800, 0, 0 },
    { 906, 3 * 1440, 300, 0, 0 },
    { 304, 2 * 1440, 200, 0, 0 },
    { 603, 9 * 1440 + 700, 400, 0, 0 },
    { 206, 3 * 1440, 20, 60, 0 },
    { 404, 1900, 100, 0, 0 },
    { 507, 4 * 1440, 600, 0, 0 },
    { 901, 26 * 60, 700, 0, 0 },
    { 403, 700, 300, 0, 0 },
    { 202, 34, 0, 0, 0 },
    { 605, 200, 28, 100, 0 },
    { 907, 4 * 1440, 900, 0, 0 },
};

static instant later(const struct sower *w, instant opened, i64 after_minutes) {
    instant t = { opened.us + after_minutes * MINUTE_US };
    return after_minutes && t.us < w->now.us ? t : (instant){ 0 };
}

static void plan_open(struct sower *w, struct life *c, struct plot *p, const struct open_plan *o) {
    fill(w, c, p, saying_of(o->category), after(w->now, -o->opened_ago * MINUTE_US));
    const struct appeal_kind *k = appeal_kind(o->category);
    if (saying_of(o->category)->category != o->category) {
        c->category = o->category;
        c->words = k ? k->name : S("");
        c->spot = S("");
        c->urgency = k ? k->urgency : ORDINARY;
        c->side = k ? (i64)k->side : SIDE_ENTERPRISE;
    }
    c->who = pick_person(w, p, c->opened);
    c->accepted = later(w, c->opened, o->accepted_after);
    c->arrived = later(w, c->opened, o->arrived_after);
    c->done = later(w, c->opened, o->done_after);
}

static size_t make_open(struct sower *w, struct life *all) {
    size_t n = 0;
    for (size_t i = 0; i < COUNT(open_plans); i++) {
        struct plot *p = &w->plots.p[(i * 11 + 3) % w->plots.n];
        plan_open(w, &all[n++], p, &open_plans[i]);
    }
    return n;
}

/* ---- the estate of the demonstration ---- */

SQL(seed_offered, "", "it", "SELECT demo_person.person_id, demo_person.login FROM demo_person ORDER BY demo_person.no")

static const struct resident *find_person(const struct plot *p, const struct rows *offered, const char *login) {
    for (size_t i = 0; i < offered->n; i++)
        for (size_t k = 0; str_is(offered->p[i].v[1].s, login) && k < p->people.n; k++)
            if (p->people.p[k].person == offered->p[i].v[0].i) return &p->people.p[k];
    return NULL;
}

struct scene {
    const char *who;
    i64 category, place;
    const char *spot, *words, *answer, *again, *why;
    i64 opened_ago, accepted_after, arrived_after, done_after, reopened_after, accepted2_after, paused_after;
    i64 closed_after, stars;
    int followers;
};
static const struct scene scenes[] = {
    { "chen", 206, PLACE_HOME, "厨房水池", "厨房下水道返水，柜子底下已经湿了，味道很大。", NULL, NULL, NULL,
      66, 4, 0, 0, 0, 0, 0, 0, 0, 0 },
    { "chen", 207, PLACE_STAIRS, "3号楼2单元五层", "五层楼道灯不亮，老人上下楼看不清。",
      "换了两盏感应灯，晚上试过都亮。", NULL, NULL, 2900, 35, 0, 2600, 0, 0, 0, 0, 0, 2 },
    { "chen", 403, PLACE_YARD, "3号楼北侧桶站", "桶站没人管，分错的都堆在地上。", "加了值守，当天清干净了。",
      "又堆起来了，值守的人下午就不见了。", NULL, 11 * 1440, 200, 0, 5000, 12900, 14100, 0, 0, 0, 0 },
    { "chen", 301, PLACE_OTHER, "", "公摊面积和合同写的不一样，想核对一下。",
      "按合同面积重算，多收的 86.40 元已退回。", NULL, NULL, 40 * 1440, 300, 0, 4000, 0, 0, 0, 6000, 5, 0 },
    { "wang", 208, PLACE_STAIRS, "1号楼1单元门", "单元门太重，推不动，夹过一次手。",
      "换了轻的闭门器，一只手就能推开。", NULL, NULL, 3 * 1440, 50, 0, 3900, 0, 0, 0, 0, 0, 1 },
    { "zhao", 101, PLACE_YARD, "地面 27 号车位", "车位被外来车占了，电话打不通。", NULL, NULL, NULL, 130, 0,
      0, 0, 0, 0, 0, 0, 0, 0 },
    { "zhou", 502, PLACE_STAIRS, "5号楼1单元电梯", "电梯停在三层不动，楼上老人下不来。", NULL, NULL, NULL, 95,
      6, 48, 0, 0, 0, 0, 0, 0, 4 },
    { "sun", 205, PLACE_HOME, "顶层北卧", "下雨屋顶渗水，租客说墙皮掉了一片。", NULL, NULL, NULL, 18 * 1440,
      700, 0, 0, 0, 0, 0, 0, 0, 0 },
    { NULL, 602, PLACE_YARD, "4号楼前", "消防车通道停满了车，大车进不来。", NULL, NULL, NULL, 190, 0, 0, 0, 0,
      0, 0, 0, 0, 3 },
    { NULL, 504, PLACE_STAIRS, "2号楼2单元电梯", "八层的按键按不亮。", NULL, NULL,
      "配件厂家发货，约周五到，到了就换。", 2 * 1440, 100, 0, 0, 0, 0, 1300, 0, 0, 0 },
    { NULL, 304, PLACE_OTHER, "", "保洁一周来不了两次，费用一分没少。", NULL, NULL, NULL, 4 * 1440, 600, 0, 0,
      0, 0, 0, 0, 0, 0 },
    { NULL, 902, PLACE_GATE, "南门岗亭", "门岗夜里没人，外人随便进。", NULL, NULL, NULL, 6 * 1440, 200, 0, 0,
      0, 0, 0, 0, 0, 2 },
    { NULL, 408, PLACE_STAIRS, "底商饭馆", "晚上油烟味和吵闹声到十一点。", NULL, NULL, NULL, 3 * 1440, 800, 0,
      0, 0, 0, 0, 0, 0, 0 },
};

static str text_or_none(const char *s) { return str_of(s ? s : ""); }

static err make_scenes(struct sower *w, struct life *all, size_t *n) {
    struct rows offered;
    struct plot *p = &w->plots.p[MAIN % w->plots.n];
    TRY(db_all_n(w->tx, &offered, &seed_offered, NULL, 0));
    for (size_t i = 0; i < COUNT(scenes); i++) {
        const struct scene *s = &scenes[i];
        struct life *c = &all[*n];
        const struct appeal_kind *k = appeal_kind(s->category);
        instant opened = after(w->now, -s->opened_ago * MINUTE_US);
        const struct resident *who = s->who ? find_person(p, &offered, s->who) : pick_person(w, p, opened);
        if (!k || (s->who && !who)) continue;
        *c = (struct life){ .at = p,
                            .who = who,
                            .category = s->category,
                            .urgency = k->urgency,
                            .place = s->place,
                            .side = (i64)k->side,
                            .words = text_or_none(s->words),
                            .spot = text_or_none(s->spot),
                            .answer = text_or_none(s->answer),
                            .again = text_or_none(s->again),
                            .why = text_or_none(s->why),
                            .opened = opened,
                            .accepted = later(w, opened, s->accepted_after),
                            .arrived = later(w, opened, s->arrived_after),
                            .done = later(w, opened, s->done_after),
                            .reopened = later(w, opened, s->reopened_after),
                            .accepted2 = later(w, opened, s->accepted2_after),
                            .paused = later(w, opened, s->paused_after),
                            .closed = later(w, opened, s->closed_after),
                            .stars = s->stars,
                            .followers = s->followers,
                            .outcome = OUTCOME_SOLVED,
                            .told = true };
        ++*n;
    }
    return OK;
}

/* ---- all of it, in order of opening ---- */

static int by_opening(const void *a, const void *b) {
    i64 x = ((const struct life *)a)->opened.us, y = ((const struct life *)b)->opened.us;
    return x < y ? -1 : x > y;
}

err appeal_seed(struct seed *s) {
    struct sower w = { .s = s, .tx = s->tx, .now = s->now, .dice = s->dice * 2654435761u + 19 };
    TRY(appeal_kinds_load());
    TRY(load_plots(&w));
    if (w.plots.n == 0) return OK;
    w.first_month = month_next(day_month(day_of(s->now)), 1 - SEED_MONTHS);
    size_t n = w.plots.n * PER_ESTATE, most = n + COUNT(open_plans) + COUNT(scenes);
    struct life *all = NEW_N(s->tx->a, struct life, most);
    w.ids = id_reserve(most * 40);
    make_history(&w, all, n);
    n += make_open(&w, all + n);
    TRY(make_scenes(&w, all, &n));
    qsort(all, n, sizeof *all, by_opening);
    for (size_t i = 0; i < n; i++) TRY(sow_case(&w, &all[i]));
    return sow_finish(&w);
}
