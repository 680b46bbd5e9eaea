// Readings of place names: what pinyin-pro says, put right where Beijing says it otherwise.

/** Parts of names whose reading a dictionary of single characters gets wrong. */
export const PLACE_READINGS = {
    大栅栏: 'da shi lan',
    栅子: 'zha zi',
    什刹海: 'shi cha hai',
    什坊院: 'shi fang yuan',
    西什库: 'xi shi ku',
    里堡: 'li pu',
    马家堡: 'ma jia pu',
    么铺: 'yao pu',
    达么: 'da mo',
    演乐: 'yan yue',
    饶乐府: 'rao le fu',
    永乐店: 'yong le dian',
    单店: 'shan dian',
    单家: 'shan jia',
    仇庄: 'qiu zhuang',
    仇家: 'qiu jia',
    曾庄: 'zeng zhuang',
    查家: 'zha jia',
    薄各庄: 'bo ge zhuang',
    解村: 'xie cun',
    解州: 'xie zhou',
    重兴: 'chong xing',
    重聚: 'chong ju',
    长子营: 'zhang zi ying',
    漷县: 'huo xian',
    牛房圈: 'niu fang juan',
    牛圈子: 'niu juan zi',
    孛罗营: 'bo luo ying',
    树行: 'shu hang',
    柳行: 'liu hang',
    都: 'du',
    绿: 'lv',
    朝来: 'chao lai',
    垡: 'fa',
    疃: 'tuan',
    坨: 'tuo',
    坞: 'wu'
}

const overrides = Object.entries(PLACE_READINGS).sort(([a], [b]) => [...b].length - [...a].length)

/** The syllables of a name in lower-case ASCII (ü is v, as people type it) without signs and brackets. */
export function reading(name, pinyin) {
    const chars = [...name]
    const syllables = pinyin(name, { toneType: 'none', type: 'array', v: true })
    if (syllables.length !== chars.length) throw new Error(`${name}: ${syllables.length} syllables`)
    const done = new Set()
    for (const [part, text] of overrides)
        for (let at = name.indexOf(part); at >= 0; at = name.indexOf(part, at + 1)) {
            const first = [...name.slice(0, at)].length
            text.split(' ').forEach((syllable, i) => {
                if (!done.has(first + i)) syllables[first + i] = syllable
                done.add(first + i)
            })
        }
    return join(syllables.map(s => s.toLowerCase()).filter(s => /^[a-z0-9]+$/.test(s)))
}

// Digits and letters of one number stay one word: 「187号」 is "187 hao", not "1 8 7 hao".
function join(syllables) {
    const out = []
    for (const s of syllables) {
        if (/^\d$/.test(s) && out.length && /^\d+$/.test(out.at(-1))) out[out.length - 1] += s
        else out.push(s)
    }
    return out
}

/** The first letter of each syllable; numbers whole. */
export const initials = syllables => syllables.map(s => (/^\d/.test(s) ? s : s[0])).join('')
