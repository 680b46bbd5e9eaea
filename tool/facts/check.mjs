// Checks every table of facts in data/ by itself and against the others; prints each miss and ends with 1 if
// there is one. Needs no package: node tool/facts/check.mjs
import fs from 'node:fs'
import path from 'node:path'
import { dataDir, readTable } from './lib.mjs'

let misses = 0,
    checks = 0
function check(ok, text) {
    checks++
    if (ok) return
    misses++
    console.log(`MISS ${text}`)
}
const count = (name, rows, n) => check(rows.length === n, `${name}: ${rows.length} rows, not ${n}`)
function unique(name, rows, field) {
    const seen = new Set()
    for (const r of rows) {
        check(!seen.has(r[field]), `${name}: ${field} ${r[field]} twice`)
        seen.add(r[field])
    }
    return seen
}
const isDay = s => /^\d{4}-\d{2}-\d{2}$/.test(s) && new Date(s + 'T00:00:00Z').toISOString().startsWith(s)
const weekday = s => new Date(s + 'T00:00:00Z').getUTCDay()
const dated = (name, rows) =>
    rows.forEach(r =>
        check(
            isDay(r.from) && (r.to === '' || (isDay(r.to) && r.to >= r.from)),
            `${name}: dates of ${r.id ?? r.code}`
        )
    )

// ---- every file: UTF-8, a source, no stray blanks ----

const FACTS =
    'agencies appeal-kinds divisions holidays names outlines pinyin population roles rules statutory ' +
    'targets tasks'
for (const file of FACTS.split(' ').map(name => name + '.tsv')) {
    const bytes = fs.readFileSync(path.join(dataDir, file))
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    check(text.startsWith('# source: '), `${file}: the first line names no source`)
    check(!text.includes('\r') && !text.includes('\ufeff'), `${file}: carriage return or byte order mark`)
    for (const row of readTable(file))
        for (const [name, cell] of Object.entries(row))
            check(cell === cell.trim() && !cell.includes('  '), `${file}: blanks in ${name}: ${cell}`)
}

// ---- divisions ----

const divisions = readTable('divisions.tsv')
const level = n => divisions.filter(d => d.level === String(n))
const kind = k => divisions.filter(d => d.kind === k).length
const DIGITS = [0, 2, 6, 9, 12]
const codes = unique('divisions', divisions, 'code16')
;[1, 17, 349, 7535].forEach((n, i) => count(`divisions level ${i + 1}`, level(i + 1), n))
for (const [k, n] of Object.entries({
    city: 1,
    district: 17,
    street: 165,
    town: 143,
    township: 35,
    zone: 6,
    community: 3735,
    village: 3800
}))
    check(kind(k) === n, `divisions: ${kind(k)} of kind ${k}, not ${n}`)
const stats = new Map()
for (const d of divisions) {
    const own = DIGITS[d.level],
        parent = DIGITS[d.level - 1]
    check(/^11\d{14}$/.test(d.code16) && /^0*$/.test(d.code16.slice(own)), `divisions: code ${d.code16}`)
    check(
        own === 2 || codes.has(d.code16.slice(0, parent).padEnd(16, '0')),
        `divisions: ${d.code16} has no parent`
    )
    check(
        d.short !== '' && d.name !== '' && (d.name[0] !== '~' || d.name.length > 1),
        `divisions: name of ${d.code16}`
    )
    check(!/(居委会|居民委员会|村委会|村民委员会|办事处)$/.test(d.short), `divisions: short name ${d.short}`)
    check(/^[a-z0-9]+( [a-z0-9]+)*$/.test(d.pinyin), `divisions: pinyin of ${d.short}: ${d.pinyin}`)
    const letters = d.pinyin
        .split(' ')
        .map(s => (/^\d/.test(s) ? s : s[0]))
        .join('')
    check(letters === d.initials, `divisions: initials of ${d.short}: ${d.initials}`)
    const stat = d.stat_code === '=' ? d.code16.slice(0, 12) : d.stat_code
    check(
        /^\d{12}$/.test(stat) || (stat === '' && d.code16.startsWith('1101900000')),
        `divisions: statistical code of ${d.code16}`
    )
    if (stat) check(!stats.has(stat), `divisions: statistical code ${stat} twice`)
    if (stat) stats.set(stat, d)
}
for (const d of divisions)
    if (d.legal_parent) check(stats.has(d.legal_parent), `divisions: legal parent ${d.legal_parent}`)
const etown = divisions.filter(d => d.code16.startsWith('110190'))
count('divisions under 110190', etown, 1 + 3 + 17)
check(
    etown.filter(d => d.level === '3').every(d => d.legal_parent === '110115000000'),
    'divisions: legal parent in 110190'
)
const streetsOf = {
    110101: 17,
    110102: 15,
    110105: 43,
    110106: 26,
    110107: 9,
    110108: 29,
    110109: 13,
    110111: 28,
    110112: 22,
    110113: 25,
    110114: 22,
    110115: 26 - 3,
    110116: 17,
    110117: 18,
    110118: 21,
    110119: 18,
    110190: 3
}
for (const [district, n] of Object.entries(streetsOf))
    count(
        `divisions: streets of ${district}`,
        level(3).filter(d => d.code16.startsWith(district)),
        n
    )

const districts = new Set(level(2).map(d => d.code16.slice(0, 6)))

// ---- population, outlines ----

const population = readTable('population.tsv')
count('population', population, 17)
unique('population', population, 'district')
population.forEach(p => check(districts.has(p.district), `population: no district ${p.district}`))
const people = population.reduce((sum, p) => sum + Number(p.residents), 0)
check(people === 21893095, `population: the sum is ${people}, not 21893095`)
check(
    population.find(p => p.district === '110190').residents === '',
    'population: 110190 has no figure of its own'
)

const outlines = readTable('outlines.tsv')
count('outlines', outlines, 17)
unique('outlines', outlines, 'code6')
for (const o of outlines) {
    check(districts.has(o.code6), `outlines: no district ${o.code6}`)
    check(/^(M-?\d+ -?\d+[lhv][-\d lhv]+Z)+$/.test(o.path), `outlines: path of ${o.name}`)
    check(
        o.label_x > 0 && o.label_x < 800 && o.label_y > 0 && o.label_y < 900,
        `outlines: label of ${o.name}`
    )
}

// ---- calendar ----

const holidays = readTable('holidays.tsv')
unique('holidays', holidays, 'day')
holidays.forEach((h, i) => {
    check(isDay(h.day) && ['holiday', 'workday'].includes(h.kind) && h.name !== '', `holidays: ${h.day}`)
    check(i === 0 || holidays[i - 1].day < h.day, `holidays: order at ${h.day}`)
    if (h.kind === 'workday') check([0, 6].includes(weekday(h.day)), `holidays: ${h.day} is worked anyhow`)
})
for (const [year, free, worked] of [
    ['2024', 28, 8],
    ['2025', 28, 5],
    ['2026', 33, 6]
]) {
    const of = k => holidays.filter(h => h.day.startsWith(year) && h.kind === k).length
    check(
        of('holiday') === free && of('workday') === worked,
        `holidays: ${year} has ${of('holiday')} free, ${of('workday')} worked`
    )
}
check(!holidays.some(h => h.day > '2026-12-31'), 'holidays: a year beyond 2026: update the checks')
const statutory = readTable('statutory.tsv')
unique('statutory', statutory, 'day')
for (let year = 2027; year <= 2040; year++) {
    const own = statutory.filter(s => s.day.startsWith(String(year)))
    const named = own.reduce((sum, s) => sum + s.name.split('、').length, 0)
    check(named === 13, `statutory: ${named} days in ${year}, not 13`)
}

// ---- roles, kinds, rules ----

const RIGHTS = new Set(
    (
        'division.view division.edit people.view people.reveal people.edit org.view org.edit estate.view ' +
        'estate.edit estate.import home.view home.relations appeal.report appeal.view appeal.handle ' +
        'appeal.confirm appeal.supervise board.view board.cases grant.view grant.edit audit.view admin.jobs'
    ).split(' ')
)
const roles = readTable('roles.tsv')
unique('roles', roles, 'id')
const granted = new Set()
for (const r of roles) {
    check(/^[a-z][a-z_]*$/.test(r.id) && r.title !== '', `roles: ${r.id}`)
    check(
        ['owner', 'enterprise', 'grassroots', 'government', 'other'].includes(r.kind),
        `roles: kind of ${r.id}`
    )
    check(
        ['public', 'home', 'estate', 'community', 'street', 'district', 'city'].includes(r.level),
        `roles: level of ${r.id}`
    )
    const rights = r.rights.split(' ')
    check(new Set(rights).size === rights.length, `roles: a right of ${r.id} twice`)
    rights.forEach(x => check(RIGHTS.has(x), `roles: ${r.id} has the unknown right ${x}`))
    rights.forEach(x => granted.add(x))
    if (['sysadmin', 'secadmin', 'auditadmin'].includes(r.id))
        check(
            !rights.some(x => /^(people|home|appeal|estate|org)\./.test(x)),
            `roles: ${r.id} reads personal data`
        )
}
RIGHTS.forEach(x => check(granted.has(x), `roles: nobody has ${x}`))
const admins = ['sysadmin', 'secadmin', 'auditadmin'].map(id =>
    roles
        .find(r => r.id === id)
        .rights.split(' ')
        .filter(x => x !== 'division.view')
)
check(new Set(admins.flat()).size === admins.flat().length, 'roles: two administrators share a right')

const kinds = readTable('appeal-kinds.tsv')
const kindCodes = unique('appeal-kinds', kinds, 'code')
dated('appeal-kinds', kinds)
const tops = kinds
    .filter(k => k.parent === '')
    .map(k => k.name)
    .join(' ')
check(
    tops === '停车管理 设施维修 物业收费 环境卫生 电梯 消防通道 公共收益 其他',
    `appeal-kinds: first level ${tops}`
)
for (const k of kinds) {
    check(k.parent === '' || kindCodes.has(k.parent), `appeal-kinds: ${k.code} has no parent`)
    check(['urgent', 'ordinary', 'complicated'].includes(k.urgency), `appeal-kinds: urgency of ${k.code}`)
    check(['enterprise', 'community', 'street'].includes(k.side), `appeal-kinds: side of ${k.code}`)
    check(
        k.phones === '' || k.phones.split(';').every(p => /^\d{3,8}=\S+$/.test(p)),
        `appeal-kinds: telephone of ${k.code}`
    )
    check(/^[a-z0-9-]+$/.test(k.icon), `appeal-kinds: icon of ${k.code}`)
    check(
        k.emergency === '' ||
            (k.emergency === 'y' && k.phones !== '' && k.advice !== '' && k.urgency === 'urgent'),
        `appeal-kinds: emergency ${k.code}`
    )
}
for (const top of kinds.filter(k => k.parent === '')) {
    const n = kinds.filter(k => k.parent === top.code).length
    check(n >= 4 && n <= 10, `appeal-kinds: ${n} under ${top.name}`)
}

const rules = readTable('rules.tsv')
dated('rules', rules)
unique(
    'rules',
    rules.map(r => ({ id: `${r.id} ${r.from}` })),
    'id'
)
for (const r of rules) {
    check(/^[a-z]+(\.[a-z0-9]+)+$/.test(r.id) && r.name !== '' && r.basis !== '', `rules: ${r.id}`)
    check(/^\d+$/.test(r.value), `rules: value of ${r.id}`)
    check(
        [
            'minute',
            'hour',
            'day',
            'workday',
            'month',
            'person',
            'home',
            'estate',
            'tenth',
            'count', 'permille'
        ].includes(r.unit),
        `rules: unit of ${r.id}`
    )
}

// ---- the plan ----

const agencies = readTable('agencies.tsv')
count('agencies', agencies, 24)
const agencyCodes = unique('agencies', agencies, 'code')
const tasks = readTable('tasks.tsv')
count('tasks', tasks, 32)
tasks.forEach((t, i) => {
    check(t.no === String(i + 1), `tasks: number ${t.no} at place ${i + 1}`)
    const named = [...t.lead.split(' '), ...t.joint.split(' ')]
    named.forEach(a => check(agencyCodes.has(a), `tasks: ${t.no} names the unknown agency ${a}`))
    check(new Set(named).size === named.length, `tasks: ${t.no} names an agency twice`)
})
check(
    [1, 2, 3, 4, 5, 6].map(s => tasks.filter(t => t.section_no === String(s)).length).join('+') ===
        '4+6+4+6+8+4',
    'tasks: sections'
)
const targets = readTable('targets.tsv')
unique('targets', targets, 'id')
for (const t of targets) {
    check(Number(t.task) >= 0 && Number(t.task) <= 32, `targets: task of ${t.id}`)
    check(
        /^\d+$/.test(t.value) && /^\d{4}(-\d{4})?$/.test(t.period) && (t.due === '' || isDay(t.due)),
        `targets: ${t.id}`
    )
}

// ---- names and readings ----

const names = readTable('names.tsv')
unique(
    'names',
    names.map(n => ({ id: `${n.kind} ${n.text} ${n.sex}` })),
    'id'
)
const surnames = new Map(names.filter(n => n.kind === 'surname').map(n => [n.text, n.pinyin]))
for (const [s, p] of Object.entries({
    单: 'shan',
    仇: 'qiu',
    区: 'ou',
    曾: 'zeng',
    解: 'xie',
    任: 'ren',
    查: 'zha',
    朴: 'piao',
    尉迟: 'yu chi',
    万俟: 'mo qi'
}))
    check(surnames.get(s) === p, `names: ${s} is ${surnames.get(s)}, not ${p}`)
names.forEach(n =>
    check(
        /^[a-z]+( [a-z]+)*$/.test(n.pinyin) && n.pinyin.split(' ').length === [...n.text].length,
        `names: pinyin of ${n.text}`
    )
)
const readings = readTable('pinyin.tsv')
unique('pinyin', readings, 'reading')
const usual = new Set()
for (const r of readings)
    for (const c of r.first) {
        check(!usual.has(c), `pinyin: ${c} has two usual readings`)
        usual.add(c)
    }
readings.forEach(r =>
    [...r.also].forEach(c => check(usual.has(c) && !r.first.includes(c), `pinyin: ${c} under ${r.reading}`))
)
for (const d of divisions)
    for (const c of d.short)
        if (/\p{Script=Han}/u.test(c)) check(usual.has(c), `pinyin: ${c} of ${d.short} is missing`)
check(usual.size > 6800, `pinyin: ${usual.size} characters only`)

console.log(`${checks - misses} passed, ${misses} failed`)
process.exit(misses ? 1 : 0)
