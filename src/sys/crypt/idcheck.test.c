#include "sys/crypt/idcheck.h"
#include "base/test.h"

/* Every right number must become wrong when one digit changes or two neighbours swap. */
static i64 slips_missed(struct arena *a, str right, const char *(*fault)(str), const char *alphabet) {
    i64 missed = 0;
    for (size_t i = 0; i < right.n; i++) {
        char *p = str_c(a, right);
        for (const char *c = alphabet; *c != 0; c++) {
            p[i] = *c;
            missed += *c != right.p[i] && fault((str){ p, right.n }) == NULL;
        }
        p[i] = right.p[i];
        if (i == 0 || p[i] == p[i - 1]) continue;
        p[i] = right.p[i - 1];
        p[i - 1] = right.p[i];
        missed += fault((str){ p, right.n }) == NULL;
    }
    return missed;
}

TEST(idcard_right_ones) {
    const char *right[] = { "11010519491231002X", "440524188001010014", "810000199408230021",
                            "830000199201300022" };
    for (size_t i = 0; i < COUNT(right); i++) {
        const char *fault = idcard_fault(str_of(right[i]));
        CHECK_STR(str_of(fault), S(""));
        CHECK_I64(slips_missed(a, str_of(right[i]), idcard_fault, "0123456789X"), 0);
    }
    CHECK_I64(idcard_birth(S("11010519491231002X")).n, day_from(1949, 12, 31).n);
    CHECK(idcard_female(S("11010519491231002X")));
    CHECK(!idcard_female(S("440524188001010014")));
}

TEST(idcard_wrong_ones) {
    const char *wrong[] = { "", "110105491231002", "11010519491231002x", "110105194912310021",
                            "11010519490231002X", "110105194902290000", "990105194912310020",
                            "1101051949123100２X", "11010519491231002X ", "X1010519491231002X",
                            "110105194913310029", "00010519491231002X" };
    for (size_t i = 0; i < COUNT(wrong); i++) CHECK(idcard_fault(str_of(wrong[i])) != NULL);
    /* Each with a right check digit, so that it is the day or the place that is refused. */
    CHECK(str_has(str_of(idcard_fault(S("110105200102290002"))), S("出生日期")));
    CHECK(str_has(str_of(idcard_fault(S("110105200004310006"))), S("出生日期")));
    CHECK(str_has(str_of(idcard_fault(S("010105194912310026"))), S("前两位")));
    CHECK(idcard_fault(S("110105200002290005")) == NULL); /* 2000 had a 29 February */
}

TEST(idcard_tidy_takes_what_people_type) {
    CHECK_STR(idcard_tidy(a, S(" 110105 19491231 002x ")), S("11010519491231002X"));
    CHECK_STR(idcard_tidy(a, S("１１０１０５　１９４９１２３１　００２ｘ")), S("11010519491231002X"));
    CHECK_STR(idcard_tidy(a, S("11010519491231002Ｘ\t\n")), S("11010519491231002X"));
    CHECK_STR(idcard_tidy(a, S("\xEF\xBB\xBF" "11010519491231002X\xC2\xA0")), S("11010519491231002X"));
    CHECK_STR(idcard_tidy(a, S("")), S(""));
}

TEST(mobile_numbers) {
    CHECK_STR(mobile_tidy(a, S("+86 138-0000-1234")), S("13800001234"));
    CHECK_STR(mobile_tidy(a, S("0086 13800001234")), S("13800001234"));
    CHECK_STR(mobile_tidy(a, S("8613800001234")), S("13800001234"));
    CHECK_STR(mobile_tidy(a, S("１３８　００００　１２３４")), S("13800001234"));
    CHECK_STR(mobile_tidy(a, S("138‐0000–1234")), S("13800001234"));
    CHECK(mobile_fault(S("13800001234")) == NULL);
    CHECK(mobile_fault(S("19912345678")) == NULL);
    const char *wrong[] = { "", "1380000123", "138000012345", "12800001234", "03800001234", "1380000123a",
                            "010-68001234", "+8613800001234" };
    for (size_t i = 0; i < COUNT(wrong); i++) CHECK(mobile_fault(str_of(wrong[i])) != NULL);
}

TEST(hotlines) {
    const char *right[] = { "12345", "110", "96156", "67001234", "13800001234", "138-0000-1234", "010-67001234",
                            "01067001234", "0311-8600123", "010-67001234-801", "01067001234-1", "400-810-0000",
                            "4008100000", "400-8100000" };
    const char *wrong[] = { "", "-", "物业前台", "12", "12800001234", "010-", "010-6700", "-01067001234", "010--67001234",
                            "010-67001234-", "010-67001234-801-2", "010-67001234 转 2", "400-810-000", "1380000123",
                            "0106700123456", "67001234567890123456789", "tel:110" };
    CHECK_STR(hotline_tidy(a, S(" ０１０-6700 1234")), S("010-67001234"));
    for (size_t i = 0; i < COUNT(right); i++) CHECK_STR(str_of(hotline_fault(str_of(right[i]))), S(""));
    for (size_t i = 0; i < COUNT(wrong); i++) CHECK(hotline_fault(str_of(wrong[i])) != NULL);
}

TEST(credit_codes) {
    const char *right[] = { "91350100M000100Y43", "91110000101623741K", "911101066976941872" };
    for (size_t i = 0; i < COUNT(right); i++) {
        const char *fault = credit_fault(str_of(right[i]));
        CHECK_STR(str_of(fault), S(""));
        CHECK_I64(slips_missed(a, str_of(right[i]), credit_fault, "0123456789ABCDEFGHJKLMNPQRTUWXY"), 0);
    }
    CHECK_STR(credit_tidy(a, S("91350100 m000100y43")), S("91350100M000100Y43"));
    CHECK_STR(credit_tidy(a, S("９１３５０１００Ｍ０００１００Ｙ４３")), S("91350100M000100Y43"));
    const char *wrong[] = { "", "91350100M000100Y4", "91350100M000100Y433", "91350100I000100Y43",
                            "91350100M000100Y4!", "91350100m000100y43", "91350100M000100Y44" };
    for (size_t i = 0; i < COUNT(wrong); i++) CHECK(credit_fault(str_of(wrong[i])) != NULL);
}

TEST(account_numbers) {
    CHECK_STR(account_tidy(a, S("6222 0200-1234 5678")), S("6222020012345678"));
    CHECK(account_fault(S("6222020012345678")) == NULL);
    CHECK(account_fault(S("62220200")) != NULL);
    CHECK(account_fault(S("62220200X2345678")) != NULL);
}

TEST(masks_show_no_more_than_they_say) {
    CHECK_STR(idcard_mask(a, S("11010519491231002X")), S("110***********002X"));
    CHECK_STR(idcard_mask(a, S("12345")), S("****"));
    CHECK_STR(mobile_mask(a, S("13800001234")), S("138****1234"));
    CHECK_STR(mobile_mask(a, S("1234")), S("****"));
    CHECK_STR(account_mask(a, S("6222020012345678")), S("****5678"));
    CHECK_STR(account_mask(a, S("")), S("****"));
    CHECK_STR(name_mask(a, S("张三丰")), S("张*"));
    CHECK_STR(name_mask(a, S("𠮷田")), S("𠮷*"));
    CHECK_STR(name_mask(a, S("")), S(""));
}
