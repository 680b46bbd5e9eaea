// data/names.tsv from @faker-js/faker@10.6.0 (zh_CN) and pinyin-pro@3.29.4; data/pinyin.tsv from pinyin-pro.
//
// Names serve the demonstration (invented people) and search by initials (surnames whose reading differs from
// the character's usual one). Weights of surnames are rounded shares per 100,000 people; 0: for its reading
// only.
import { load, readTable, writeTable } from './lib.mjs'

const { pinyin } = load('pinyin-pro')
const { fakerZH_CN } = load('@faker-js/faker')
const person = fakerZH_CN.rawDefinitions.person

const SHARES = `
7250王 7190李 6830张 5380刘 4530陈 3080杨 2290赵 2230黄 2120周 2050吴 1670徐 1540孙 1310胡 1260朱 1210高 1180林
1170何 1150郭 1050马 860罗 850梁 810宋 780郑 760谢 740韩 690唐 680冯 680于 660董 550肖 620程 600曹 580袁 570邓
560许 310傅 220付 520沈 520曾 490彭 470吕 460苏 460卢 460蒋 450蔡 440贾 430丁 420魏 420薛 420叶 330闫 80阎 410余
400潘 390杜 380戴 380夏 370钟 360汪 360田 350任 340姜 340范 340方 330石 330姚 320谭 310廖 300邹 290熊 290金 290陆
280郝 270孔 270白 260崔 260康 250毛 250邱 250秦 250江 240史 240顾 240侯 230邵 230孟 230龙 220万 220段 220雷 210钱
210汤 200尹 200黎 190易 190常 190武 180乔 180贺 180赖 180龚 170文 160庞 160樊 150殷 150施 150翟 140颜 140倪 130严
130牛 120温 120芦 110季 110俞 110章 110鲁 110葛 110伍 110韦 100申 100尤 100毕 100聂 100焦 100向 100柳 100邢 100岳
90齐 90梅 90莫 90庄 90耿 90关 90兰 80祝 80左 80涂 80柴 80麦 70蓝 70覃 70纪 70安 70洪 70成 60欧阳 60尚 50萧 50祁
50简 330陶 100骆 90包 60宁 40曲 40车 40单 40华
30牟 30卜 30柏 20仇 20应 20解 20褚 20盖 20缪 20查 10区 10朴
30上官 30司马 30诸葛 20皇甫 20尉迟 20令狐 20夏侯 10慕容 10长孙 10申屠 20司徒`

// How people with these names say them; the usual reading of the character is another.
const SURNAME_READINGS = {
    单: 'shan',
    仇: 'qiu',
    区: 'ou',
    曾: 'zeng',
    解: 'xie',
    任: 'ren',
    查: 'zha',
    朴: 'piao',
    尉迟: 'yu chi',
    万俟: 'mo qi',
    万: 'wan',
    盖: 'ge',
    缪: 'miao',
    翟: 'zhai',
    覃: 'qin',
    薄: 'bo',
    冼: 'xian',
    折: 'she',
    黑: 'he',
    员: 'yun',
    乐: 'yue',
    华: 'hua',
    宁: 'ning',
    令狐: 'ling hu',
    长孙: 'zhang sun',
    澹台: 'tan tai',
    呼延: 'hu yan',
    车: 'che',
    晁: 'chao',
    种: 'chong',
    秘: 'bi',
    逄: 'pang',
    召: 'shao',
    燕: 'yan',
    纪: 'ji',
    那: 'na',
    能: 'nai',
    祭: 'zhai',
    繁: 'po',
    隗: 'wei',
    郇: 'xun',
    会: 'gui',
    句: 'gou',
    谌: 'chen',
    相: 'xiang',
    应: 'ying',
    宓: 'mi',
    褚: 'chu',
    牟: 'mu',
    訾: 'zi',
    郗: 'xi',
    过: 'guo',
    幺: 'yao',
    钭: 'dou',
    鲜于: 'xian yu',
    宗政: 'zong zheng',
    濮阳: 'pu yang',
    闾丘: 'lv qiu',
    亓官: 'qi guan',
    於: 'yu',
    贲: 'ben',
    都: 'du',
    佴: 'nai',
    眭: 'sui',
    卜: 'bu',
    乜: 'nie',
    曲: 'qu',
    吕: 'lv',
    沈: 'shen',
    冯: 'feng',
    贾: 'jia',
    柏: 'bai'
}

const plain = (text, options = {}) => pinyin(text, { toneType: 'none', v: true, ...options })
const rows = []

const shares = new Map(
    SHARES.trim()
        .split(/\s+/)
        .map(cell => [cell.replace(/^\d+/, ''), Number.parseInt(cell, 10)])
)
const surnames = new Set([...person.last_name.generic, ...shares.keys(), ...Object.keys(SURNAME_READINGS)])
for (const s of surnames) {
    const weight = shares.get(s) ?? (person.last_name.generic.includes(s) ? 40 : 0)
    rows.push(['surname', s, '', weight, SURNAME_READINGS[s] ?? plain(s, { mode: 'surname' })])
}

// Given names as they stand, and their characters for further combinations; a character weighs its count.
for (const [sex, list] of [
    ['m', person.first_name.male],
    ['f', person.first_name.female],
    ['', person.first_name.generic]
])
    for (const g of list) rows.push(['given', g, sex, 10, plain(g)])

const seen = new Map()
for (const [sex, list] of [
    ['m', [...person.first_name.male, ...person.first_name.generic]],
    ['f', person.first_name.female]
])
    for (const g of list)
        for (const c of g) {
            const entry = seen.get(c) ?? seen.set(c, { m: 0, f: 0 }).get(c)
            entry[sex]++
        }
for (const [c, n] of seen) rows.push(['char', c, n.m && n.f ? '' : n.m ? 'm' : 'f', n.m + n.f, plain(c)])

const order = { surname: 0, given: 1, char: 2 }
rows.sort((a, b) => order[a[0]] - order[b[0]] || b[3] - a[3] || (a[1] < b[1] ? -1 : 1))
writeTable(
    'names.tsv',
    [
        'source: @faker-js/faker 10.6.0 zh_CN (MIT); readings: pinyin-pro 3.29.4 (MIT); weights approximate',
        'sex m, f or empty for both; weight of a surname: per 100,000 people, 0: for its reading only'
    ],
    ['kind', 'text', 'sex', 'weight', 'pinyin'],
    rows
)

// ---- readings of single characters ----

const chars = new Set()
const gb = new TextDecoder('gb2312')
for (let hi = 0xb0; hi <= 0xf7; hi++)
    for (let lo = 0xa1; lo <= 0xfe; lo++) {
        const c = gb.decode(Uint8Array.of(hi, lo))
        if (/^\p{Script=Han}$/u.test(c)) chars.add(c)
    }
const add = text => {
    for (const c of text) if (/\p{Script=Han}/u.test(c)) chars.add(c)
}
readTable('divisions.tsv').forEach(d => add(d.short))
rows.forEach(r => add(r[1]))
// Frequent in names and places, outside GB 2312.
add(
    '喆堃淼昇玥珺璟翀煊锜瑄弢垚犇骉淏頔旻昉晞曈暐楀榳玚珅珣琤琬瑀瑢璠祎翾芃苡蓁詝赟钰铄镕镕韫驿骞鸢麴堉塬圐圙埗垕墕峣嵛峂崀洣浉涢湉溆滘滍漷潖灞烜焜熜邨邳鄚鄠陉隰屾岵峁嵎畲硚磏犨珙珽琎琯琰瑨瑗璎瓞甪皑眬砼礽祜祯'
)

const SYLLABLE = /^[a-z]*[aeiouv][a-z]*$/ // not the m, n and ng of interjections
// Where the usual reading in names of people and places is not the dictionary's first.
const FIRST = { 都: 'du', 栅: 'zha', 剥: 'bo' }
// Readings found in old books only; in a search they would match what nobody means.
const OLD = new Set(
    (
        '丁zheng 万mo 六lu 内na 冯ping 南na 家jie 彭bang 沈chen 石dan 见xian 信shen 屏bing 陆liu 陶yao 核hu 革ji ' +
        '泽shi 孙xun 朱shu 许hu 皋hao 思sai 贾gu 景ying 亨peng 县xuan 厂an 厂han 广an 红gong 虹jiang 苹peng 晟cheng 汤shang ' +
        '齐zi 齐zhai 竺du 郦zhi 伯bai 柏bo 休xu 爪zhao 渠ju 谷yu 甸tian 甸sheng 露lou 羊xiang 脉mo 暴bao 洞tong 度duo 佛bi'
    ).split(' ')
)

const first = new Map(),
    also = new Map()
const put = (map, key, c) => (map.get(key) ?? map.set(key, []).get(key)).push(c)
for (const c of [...chars].sort((a, b) => a.codePointAt(0) - b.codePointAt(0))) {
    const readings = [...new Set(plain(c, { multiple: true, type: 'array' }))].filter(
        r => SYLLABLE.test(r) && r !== FIRST[c] && !OLD.has(c + r)
    )
    if (FIRST[c]) readings.unshift(FIRST[c])
    if (readings.length === 0) {
        console.log(`left out, no syllable: ${c}`)
        continue
    }
    put(first, readings[0], c)
    readings.slice(1).forEach(r => put(also, r, c))
}
const syllables = [...new Set([...first.keys(), ...also.keys()])].sort()
writeTable(
    'pinyin.tsv',
    [
        'source: pinyin-pro 3.29.4 (MIT), GB 2312 and the characters of divisions.tsv and names.tsv; v is ü',
        'first: characters usually read so; also: characters read so at times (堡 is bao, at times pu)'
    ],
    ['reading', 'first', 'also'],
    syllables.map(s => [s, (first.get(s) ?? []).join(''), (also.get(s) ?? []).join('')])
)
console.log(`${chars.size} characters, ${syllables.length} syllables`)
