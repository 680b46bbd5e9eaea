// What every reducer needs: reading the source package, writing a table of data/.
//
// The reducers run by hand, never in a build: npm install the package named in the head of each somewhere
// outside the tree, point FACTS at that folder, then `node tool/facts/<name>.mjs`.
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
export const dataDir = path.join(here, '..', '..', 'data')

const packages = createRequire(path.join(path.resolve(process.env.FACTS ?? '.'), 'package.json'))

/** Load a module of the package folder; `name` may be a package or a file inside one. */
export const load = name => packages(name)

/** Read a JSON file of a package. */
export const loadJson = name => JSON.parse(fs.readFileSync(packages.resolve(name), 'utf8'))

/** Write data/<file>: comment lines, the header row, the rows; a tab or newline in a cell is an error. */
export function writeTable(file, comments, header, rows) {
    const lines = comments.map(c => `# ${c}`)
    for (const row of [header, ...rows]) {
        if (row.length !== header.length) throw new Error(`${file}: ${row.length} cells: ${row.join('|')}`)
        for (const cell of row)
            if (/[\t\r\n]/.test(String(cell)))
                throw new Error(`${file}: control character in ${row.join('|')}`)
        lines.push(row.join('\t'))
    }
    fs.writeFileSync(path.join(dataDir, file), lines.join('\n') + '\n')
    console.log(`${file}: ${rows.length} rows, ${fs.statSync(path.join(dataDir, file)).size} bytes`)
}

/** Read data/<file> back: an array of objects keyed by the header row. */
export function readTable(file) {
    const lines = fs.readFileSync(path.join(dataDir, file), 'utf8').split('\n')
    if (lines.pop() !== '') throw new Error(`${file}: the last line does not end`)
    const body = lines.filter(l => !l.startsWith('#'))
    const header = body.shift().split('\t')
    return body.map((line, i) => {
        const cells = line.split('\t')
        if (cells.length !== header.length) throw new Error(`${file}: row ${i + 1} has ${cells.length} cells`)
        return Object.fromEntries(header.map((name, k) => [name, cells[k]]))
    })
}
