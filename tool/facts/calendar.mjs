// data/holidays.tsv and data/statutory.tsv from chinese-days@1.5.7.
//
// holidays.tsv is what the State Council has published: free days (weekends inside a holiday too) and the
// weekends worked in exchange. statutory.tsv is for the years after it: the thirteen days that the law itself
// names (amended with effect from 2025-01-01), so that a deadline can be computed, marked provisional, before
// the year's notice appears. The lunar days are checked against the calendar of ICU inside Node; one that the
// two place differently is an error here, not a guess.
import { load, loadJson, writeTable } from './lib.mjs'

const PUBLISHED = ['2024', '2025', '2026']
const FIRST = 2027,
    LAST = 2040
const days = load('chinese-days')
const all = loadJson('chinese-days/dist/chinese-days.json')

const rows = []
for (const [kind, table] of [
    ['holiday', all.holidays],
    ['workday', all.workdays]
])
    for (const [day, text] of Object.entries(table))
        if (PUBLISHED.includes(day.slice(0, 4))) rows.push([day, kind, text.split(',')[1]])
rows.sort((a, b) => (a[0] < b[0] ? -1 : 1))
writeTable(
    'holidays.tsv',
    [
        'source: 国务院办公厅关于 2024、2025、2026 年部分节假日安排的通知, by chinese-days 1.5.7; 2027 is not published yet',
        'holiday: a free day; workday: a Saturday or Sunday that is worked'
    ],
    ['day', 'kind', 'name'],
    rows
)

const iso = date => date.toISOString().slice(0, 10)
const utc = (year, month, day) => new Date(Date.UTC(year, month - 1, day))

// New moons within minutes of midnight in Beijing (2027-02-06 23:56, 2030-02-03 00:07), which the approximate
// astronomy of ICU puts on the other side; the almanac has the days on the left.
const NEAR_MIDNIGHT = { '2027-02-06': '2027-02-07', '2030-02-03': '2030-02-02' }

const icu = new Intl.DateTimeFormat('en-u-ca-chinese', { timeZone: 'UTC', month: 'numeric', day: 'numeric' })
function icuDay(year, month, day) {
    for (let date = utc(year, 1, 15); ; date = new Date(+date + 864e5)) {
        if (date.getUTCFullYear() > year) throw new Error(`ICU: no ${month}/${day} in ${year}`)
        if (icu.format(date) === `${month}/${day}`) return iso(date)
    }
}
function lunar(year, month, day) {
    const one = days.getSolarDateFromLunar(`${year}-${month}-${day}`).date
    const two = icuDay(year, month, day)
    if (one !== two && NEAR_MIDNIGHT[one] !== two)
        throw new Error(`${year} lunar ${month}-${day}: ${one} or ${two}`)
    return one
}
const shift = (day, n) => iso(new Date(+new Date(day + 'T00:00:00Z') + n * 864e5))

const fixed = []
for (let year = FIRST; year <= LAST; year++) {
    const spring = lunar(year, 1, 1)
    const qingming = days.getSolarTermDate(year, 4, 'pure_brightness')
    const list = [
        [`${year}-01-01`, '元旦'],
        [shift(spring, -1), '春节'],
        [spring, '春节'],
        [shift(spring, 1), '春节'],
        [shift(spring, 2), '春节'],
        [qingming, '清明'],
        [`${year}-05-01`, '劳动节'],
        [`${year}-05-02`, '劳动节'],
        [lunar(year, 5, 5), '端午'],
        [lunar(year, 8, 15), '中秋'],
        [`${year}-10-01`, '国庆节'],
        [`${year}-10-02`, '国庆节'],
        [`${year}-10-03`, '国庆节']
    ]
    // 中秋 can fall into 国庆节: one row per day, both names.
    const names = new Map()
    for (const [day, name] of list) names.set(day, names.has(day) ? `${name}、${names.get(day)}` : name)
    fixed.push(...[...names].sort((a, b) => (a[0] < b[0] ? -1 : 1)))
}
writeTable(
    'statutory.tsv',
    [
        'source: 全国年节及纪念日放假办法 (国务院令第 795 号, in force 2025-01-01), article 2: thirteen days a year',
        'provisional, for years without a notice yet; lunar days by chinese-days 1.5.7, checked with ICU'
    ],
    ['day', 'name'],
    fixed
)
