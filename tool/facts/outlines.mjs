// data/outlines.tsv from echarts@4.9.0, map/json/province/beijing.json.
//
// Simplified so that neighbours stay neighbours: a border that two districts share is cut once, into arcs
// between the points where three meet, each arc is simplified in one direction, and both districts use the
// result.
import { loadJson, writeTable } from './lib.mjs'

const TOLERANCE = 3 // thousandths of a degree
const WIDTH = 800,
    HEIGHT = 900,
    MARGIN = 12
const LABEL_WIDE = 1.35 // a name is wider than high

/** ECharts writes differences of 1/1024 degree, zigzag, one UTF-16 unit each. Returns points on that grid. */
function decode(text, offset) {
    const ring = []
    let [x, y] = offset
    for (let i = 0; i < text.length; i += 2) {
        const dx = text.charCodeAt(i) - 64,
            dy = text.charCodeAt(i + 1) - 64
        x += (dx >> 1) ^ -(dx & 1)
        y += (dy >> 1) ^ -(dy & 1)
        ring.push([x, y])
    }
    return ring
}

const source = loadJson('echarts/map/json/province/beijing.json')
const districts = source.features.map(f => {
    const { coordinates, encodeOffsets, type } = f.geometry
    const rings =
        type === 'Polygon'
            ? coordinates.map((c, i) => decode(c, encodeOffsets[i]))
            : coordinates.flatMap((p, i) => p.map((c, k) => decode(c, encodeOffsets[i][k])))
    return { code: String(f.id), name: f.properties.name, rings: rings.map(clean) }
})

// Without the closing repetition and without points that stand still.
function clean(ring) {
    const out = ring.filter((p, i) => i === 0 || p[0] !== ring[i - 1][0] || p[1] !== ring[i - 1][1])
    const last = out.at(-1)
    if (out[0][0] === last[0] && out[0][1] === last[1]) out.pop()
    return out
}

const key = p => `${p[0]},${p[1]}`

// ---- welding: the source leaves slivers where neighbours draw their border through different points ----

// Every edge of a border is drawn twice, of the outside once. Edges drawn once form closed loops: the
// outside, and a small one around each sliver. Where a district has its side of a loop in one piece, it takes
// the other side instead: it gets the gap, or gives up the overlap. A few slivers that touch each other stay;
// they are smaller than the tolerance.
function weld() {
    const edges = new Map()
    for (const d of districts)
        for (const ring of d.rings)
            ring.forEach((a, i) => {
                const b = ring[(i + 1) % ring.length]
                const id = [key(a), key(b)].sort().join(' ')
                edges.set(id, [...(edges.get(id) ?? []), { ring, a, b }])
            })
    const next = new Map()
    for (const use of edges.values())
        if (use.length === 1)
            for (const [p, q] of [
                [use[0].a, use[0].b],
                [use[0].b, use[0].a]
            ])
                next.set(key(p), [...(next.get(key(p)) ?? []), { to: q, ring: use[0].ring }])
    for (const start of next.keys()) {
        const loop = walk(next, start)
        if (loop && loop.length < 20 && takeOtherSide(loop)) return true
    }
    return false
}

// The loop through a point as [{ p, ring of the edge to the next point }]; null unless it is a plain loop.
function walk(next, start) {
    const loop = []
    let at = start,
        from = ''
    do {
        const ways = next.get(at)
        if (ways.length !== 2) return null
        const way = key(ways[0].to) === from ? ways[1] : ways[0]
        loop.push({ p: at.split(',').map(Number), ring: way.ring })
        from = at
        at = key(way.to)
    } while (at !== start)
    return loop
}

function takeOtherSide(loop) {
    const n = loop.length
    const at = loop.findIndex((e, i) => e.ring !== loop[(i + n - 1) % n].ring)
    if (at < 0) return false
    const turned = [...loop.slice(at), ...loop.slice(0, at)]
    const ring = turned[0].ring
    const mine = turned.findIndex(e => e.ring !== ring)
    if (mine < 0 || turned.slice(mine).some(e => e.ring === ring)) return false
    let side = turned.slice(0, mine + 1).map(e => e.p) // my side, u .. v
    let other = [turned[0], ...turned.slice(mine).reverse()].map(e => e.p) // the other, u .. v
    const place = p => ring.findIndex(q => key(q) === key(p))
    if (key(ring[(place(side[0]) + 1) % ring.length]) !== key(side[1]))
        [side, other] = [side.reverse(), other.reverse()]
    const u = place(side[0])
    const rest = [...ring.slice(u), ...ring.slice(0, u)].slice(side.length)
    ring.splice(0, ring.length, ...other, ...rest)
    return true
}

while (weld());

// ---- borders: nodes, arcs, simplification ----

const near = new Map()
for (const d of districts)
    for (const ring of d.rings)
        ring.forEach((p, i) => {
            const set = near.get(key(p)) ?? near.set(key(p), new Set()).get(key(p))
            set.add(key(ring[(i + 1) % ring.length]))
            set.add(key(ring[(i + ring.length - 1) % ring.length]))
        })
const isNode = p => near.get(key(p)).size !== 2

function farther(a, b, p) {
    // squared distance of p from the segment a-b
    const dx = b[0] - a[0],
        dy = b[1] - a[1],
        length = dx * dx + dy * dy
    const t = length ? Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length)) : 0
    return (p[0] - a[0] - t * dx) ** 2 + (p[1] - a[1] - t * dy) ** 2
}

function simplify(points, limit) {
    const keep = new Set([0, points.length - 1])
    const todo = [[0, points.length - 1]]
    while (todo.length) {
        const [from, to] = todo.pop()
        let best = limit * limit,
            at = -1
        for (let i = from + 1; i < to; i++) {
            const d = farther(points[from], points[to], points[i])
            if (d > best) [best, at] = [d, i]
        }
        if (at >= 0) {
            keep.add(at)
            todo.push([from, at], [at, to])
        }
    }
    return points.filter((_, i) => keep.has(i))
}

// One direction for both users of an arc, or they would keep different points.
function simplifyArc(arc) {
    const forward = arc.map(key).join(' ') <= [...arc].reverse().map(key).join(' ')
    const out = simplify(forward ? arc : [...arc].reverse(), TOLERANCE * 1.024)
    return forward ? out : out.reverse()
}

function simplifyRing(ring) {
    const nodes = ring.flatMap((p, i) => (isNode(p) ? [i] : []))
    if (nodes.length === 0) {
        // an enclave: nodes at two far ends, the same for both users
        const order = ring.map((p, i) => [key(p), i]).sort()
        nodes.push(order[0][1], order.at(-1)[1])
        nodes.sort((a, b) => a - b)
    }
    const out = []
    nodes.forEach((from, n) => {
        const to = nodes[(n + 1) % nodes.length]
        const arc = [ring[from]]
        for (let i = (from + 1) % ring.length; ; i = (i + 1) % ring.length) {
            arc.push(ring[i])
            if (i === to) break
        }
        out.push(...simplifyArc(arc).slice(0, -1))
    })
    return out
}

// ---- projection: equirectangular, shrunk by the cosine of the middle latitude ----

const every = districts.flatMap(d => d.rings.flat())
const west = Math.min(...every.map(p => p[0])),
    east = Math.max(...every.map(p => p[0]))
const south = Math.min(...every.map(p => p[1])),
    north = Math.max(...every.map(p => p[1]))
const squeeze = Math.cos((((south + north) / 2 / 1024) * Math.PI) / 180)
const scale = Math.min(
    (WIDTH - 2 * MARGIN) / ((east - west) * squeeze),
    (HEIGHT - 2 * MARGIN) / (north - south)
)
const left = (WIDTH - (east - west) * squeeze * scale) / 2,
    top = (HEIGHT - (north - south) * scale) / 2
const project = p => [
    Math.round(left + (p[0] - west) * squeeze * scale),
    Math.round(top + (north - p[1]) * scale)
]

const path = rings =>
    rings
        .map(ring => {
            const points = clean(ring.map(project))
            if (points.length < 3) return ''
            let [x, y] = points[0]
            let text = `M${x} ${y}l`
            points.slice(1).forEach(([u, v], i) => {
                text += `${i && u - x >= 0 ? ' ' : ''}${u - x}${v - y >= 0 ? ' ' : ''}${v - y}`
                ;[x, y] = [u, v]
            })
            return text + 'Z'
        })
        .join('')

// ---- labels: the point farthest from the border, measured in squashed distance ----

function inside(rings, [x, y]) {
    let odd = false
    for (const ring of rings)
        for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
            const [a, b] = [ring[i], ring[j]]
            if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) odd = !odd
        }
    return odd
}

function label(rings) {
    const flat = rings.map(ring => ring.map(project))
    const all = flat.flat()
    let best = -1,
        at = all[0]
    for (let x = Math.min(...all.map(p => p[0])); x <= Math.max(...all.map(p => p[0])); x += 2)
        for (let y = Math.min(...all.map(p => p[1])); y <= Math.max(...all.map(p => p[1])); y += 2) {
            if (!inside(flat, [x, y])) continue
            let room = Infinity
            for (const ring of flat)
                for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
                    const wide = p => [p[0] / LABEL_WIDE, p[1]]
                    room = Math.min(room, farther(wide(ring[i]), wide(ring[j]), wide([x, y])))
                }
            if (room > best) [best, at] = [room, [x, y]]
        }
    return at
}

const rows = districts
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map(d => {
        const rings = d.rings.map(simplifyRing)
        const [x, y] = label(rings)
        return [d.code, d.name, path(rings), x, y]
    })

// 经开区 has no published outline: a square where 大兴 and 通州 meet, with its own name.
const border = districts.find(d => d.code === '110115').rings.flat()
const other = new Set(
    districts
        .find(d => d.code === '110112')
        .rings.flat()
        .map(key)
)
const shared = border
    .filter(p => other.has(key(p)))
    .map(project)
    .sort((a, b) => a[1] - b[1])
const [ex, ey] = shared[Math.floor(shared.length / 4)]
const SIDE = 34
rows.push(['110190', '经开区', `M${ex - SIDE / 2} ${ey - SIDE / 2}h${SIDE}v${SIDE}h-${SIDE}Z`, ex, ey])

// The enlargement of the centre: 东城, 西城 and what touches them, as a viewBox.
const centre = districts
    .filter(d => d.code === '110101' || d.code === '110102')
    .flatMap(d => d.rings.flat().map(project))
const [x0, x1] = [Math.min(...centre.map(p => p[0])), Math.max(...centre.map(p => p[0]))]
const [y0, y1] = [Math.min(...centre.map(p => p[1])), Math.max(...centre.map(p => p[1]))]
const side = Math.max(x1 - x0, y1 - y0) + 16
const inset = `${Math.round((x0 + x1 - side) / 2)} ${Math.round((y0 + y1 - side) / 2)} ${side} ${side}`

writeTable(
    'outlines.tsv',
    [
        'source: echarts 4.9.0 map/json/province/beijing.json (Apache-2.0), changed; no basis of boundaries',
        `viewBox: 0 0 ${WIDTH} ${HEIGHT}`,
        `inset: ${inset}`
    ],
    ['code6', 'name', 'path', 'label_x', 'label_y'],
    rows
)
