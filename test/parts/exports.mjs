// Proves that a table program keeps every cell of every export: each XLSX that a page offers is opened and saved by
// LibreOffice, and every cell is compared with the product's own CSV of the same list; the product then reads what
// LibreOffice saved. Each CSV is opened with its columns as text. In the lists stand the texts that table programs like
// to change. Controls: one changed cell is seen, and so is what becomes of a CSV whose columns are guessed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { address } from '../lib/fixtures.mjs';
import { convert, csv, flat, unguarded } from '../lib/office.mjs';
import { built, scratch } from '../lib/server.mjs';
import { must, run as sh } from '../lib/sh.mjs';
import { stage } from '../lib/stage.mjs';
import { Tally } from '../lib/tally.mjs';
import { expectations } from './access.mjs';

const tool = built('test/exports/export-table');
const helper = built('src/sys/sheet/wuye-sheet');
const types = { csv: 'text/csv', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' };
const readers = ['city', 'street', 'community', 'project_manager', 'owner', 'sysadmin', 'anonymous'];
// UTF-8, commas, quotes, and every column a text, as table programs offer when they open a CSV. One whose columns are
// guessed has lost zeros and digits, and no writer of a CSV can help it: that is what the XLSX is for.
const asText = `CSV:44,34,76,1,${Array.from({ length: 40 }, (_, i) => `${i + 1}/2`).join('/')}`;
const guessed = 'CSV:44,34,76,1';

const planted = [
  ...['=1+1', '+8613800000001', '-1-2', '@SUM(A1)', '＝1+1', "'=1+1", "'0012", '=HYPERLINK("http://x","y")'],
  ...['0012', '00', '110105199001011234', '9007199254740993', '1.50', '1e5', '2026-11-24', '1-2', '3/4', '12:30'],
  ...['TRUE', '50%', '￥1,234.50', '1,234', '１２３', '_x0041_', '_x005F_x0041_', '逗,号;"引号"', '中  间', '#N/A'],
  ...['<b>&amp;', '𠮷𡈽䶮㛃', 'e\u0301', '\u200b零宽', '\u00a0不断', '👨‍👩‍👧', 'ﾃｽﾄ', '٣٤', 'NaN', '#REF!'],
];

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

// Organisations, estates and areas get names that table programs like to change, one each.
async function plant(house, p) {
  const sql = [];
  const rows = async (from, order) => (await house.sql(`SELECT id FROM ${from} ORDER BY ${order}`)).map(([id]) => id);
  const put = (table, ids, columns) =>
    ids.slice(0, planted.length).forEach((id, i) => {
      const set = columns.map((c, k) => `${c} = ${quoted(planted[(i + k) % planted.length])}`);
      sql.push(`UPDATE ${table} SET ${set.join(', ')} WHERE id = ${id};`);
    });
  const orgs = await rows('org', 'name, id');
  for (let i = orgs.length; i < planted.length; i++)
    sql.push(`INSERT INTO org (id, name, kind, code, phone, address, made_at)
      SELECT ${i + 1}, name, kind, code, phone, address, made_at FROM org WHERE id = ${orgs[0]};`);
  put('org', [...orgs, ...planted.map((_, i) => i + 1).slice(orgs.length)], ['name', 'code', 'phone']);
  put('estate', await rows('estate', 'kind, code'), ['name', 'address', 'duty_phone']);
  put('area', await rows('area WHERE level = 5', 'code'), ['name', 'short_name']);
  const street = BigInt(p.codes.street);
  put('area', await rows(`area WHERE level = 4 AND code > ${street} AND code < ${street + 10000000n}`, 'code'), ['name']);
  put('area', (await rows('area WHERE level = 4', 'code')).slice(0, 200), ['name', 'short_name', 'stat_code']);
  await house.sql(sql.join('\n'));
}

const offered = (html) =>
  [...html.matchAll(/href="([^"]*\bformat=(?:csv|xlsx)\b[^"]*)"/g)].map(([, href]) => href.replaceAll('&amp;', '&'));
const other = (at, format) => at.replace(/\bformat=\w+/, `format=${format}`);
const plus = (at, format) => `${at}${at.includes('?') ? '&' : '?'}format=${format}`;

// Every export: what pages offer, and what a page answers that is asked for one. address as CSV -> who may.
async function found(s) {
  const all = new Map();
  const rows = expectations(new Tally('rows')).filter((r) => /^GET \/(?!api\/)/.test(r.what));
  for (const row of rows)
    for (const role of readers.filter((who) => row.expect[who] === 'yes')) {
      const client = await s.as(role);
      const at = address(row.what.split(' ')[1], s.x, row.using);
      const page = await client.get(at);
      for (const href of offered(page.text)) all.set(other(href, 'csv'), role);
      const asked = await client.get(plus(at, 'csv'));
      if (asked.status === 200 && asked.headers['content-type'].startsWith(types.csv)) all.set(plus(at, 'csv'), role);
    }
  return all;
}

// The same table twice, from the product: { name, at, csv: path, xlsx: path }.
async function fetched(t, s) {
  const files = [];
  const dir = scratch('exports');
  for (const [at, role] of await found(s)) {
    const name = `list${files.length + 1}`;
    const file = { name, at };
    for (const format of ['csv', 'xlsx']) {
      const reply = await (await s.as(role)).get(other(at, format));
      const type = reply.headers['content-type'] ?? '';
      if (!t.ok(reply.status === 200 && type.startsWith(types[format]), `${at}: ${format}: ${reply.status} ${type}`)) break;
      file[format] = join(dir, `${name}-${format}.${format}`);
      writeFileSync(file[format], reply.bytes);
    }
    if (file.xlsx) files.push(file);
  }
  return files;
}

async function hostile() {
  const dir = scratch('table');
  const file = { name: 'table', at: 'test/exports/table.c', csv: join(dir, 'own-csv.csv'), xlsx: join(dir, 'own-xlsx.xlsx') };
  await must(tool, ['write', helper, file.xlsx, file.csv]);
  return file;
}

// 1.50 and 1.5 are one number; 0012 and 12 are not one text.
const decimal = (text) => text.replace(/^(-?\d+)\.(\d*?)0*$/, (_, whole, part) => (part ? `${whole}.${part}` : whole));

function kept(cell, want) {
  if (!cell || cell.type === 'blank') return want === '';
  if (cell.formula !== undefined) return false;
  if (cell.type === 'string') return cell.text === want;
  if (cell.type === 'date') return cell.value === want && cell.text === want;
  return cell.type === 'float' && cell.value === decimal(want) && cell.text.replaceAll(',', '') === want;
}

// What differs between the rows of a table program and those that should be there.
function changes(rows, want, same) {
  const wrong = [];
  if (rows.length !== want.length) wrong.push(`${rows.length} rows, not ${want.length}`);
  want.forEach((line, r) => {
    const width = Math.max(line.length, rows[r]?.cells.length ?? 0);
    for (let c = 0; c < width; c++) {
      const cell = rows[r]?.cells[c];
      if (!same(cell, line[c] ?? '')) wrong.push(`row ${r + 1}, column ${c + 1}: ${JSON.stringify(line[c])} is ${show(cell)}`);
    }
  });
  return wrong;
}

const show = (cell) => (typeof cell === 'string' ? cell : JSON.stringify(cell ?? null)).slice(0, 160);
const cells = (rows) => rows.reduce((n, line) => n + line.length, 0);

function judge(t, what, wrong, want) {
  for (const line of wrong.slice(0, 12)) t.ok(false, `${what}: ${line}`);
  t.count(Math.max(0, cells(want) - wrong.length), Math.max(0, wrong.length - 12));
  return cells(want);
}

// A workbook has the names of its fields in a hidden second row, which a CSV has not.
function visible(t, what, rows) {
  t.ok(rows[1]?.hidden && rows.filter((r) => r.hidden).length === 1, `${what}: the second row alone is hidden`);
  return rows.filter((r) => !r.hidden);
}

async function readBack(file) {
  const { code, out, err } = await sh('sh', ['-c', 'exec "$0" read "$1" <"$2"', tool, helper, file]);
  if (code !== 0) throw new Error(`${file} is not read: ${err}`);
  return csv(out)
    .filter((_, i) => i !== 1)
    .map((line) => ({ cells: line.map(unguarded) }));
}
// LibreOffice itself takes _x005F_ for an underscore when it reads what it has saved; what it opened was right.
const resaved = (text) => text.replaceAll('_x005F_', '_');
const sameText = (text = '', want) => text === want || decimal(text) === decimal(want);

export async function run(t) {
  const s = await (await stage('sqlite')).copy();
  await plant(s.house, s.p);
  await s.house.start();
  const files = [await hostile(), ...(await fetched(t, s))];
  await s.house.stop();
  await s.house.remove();
  const books = files.map((f) => f.xlsx);
  const opened = await convert(books, 'fods');
  const saved = await convert(books, 'xlsx');
  const again = await convert(saved, 'fods');
  const texts = await convert(files.map((f) => f.csv), 'fods', asText);
  const seen = new Set();
  let compared = 0;
  for (const [i, f] of files.entries()) {
    const raw = csv(readFileSync(f.csv, 'utf8'));
    const want = raw.map((line) => line.map(unguarded));
    const rows = visible(t, f.at, flat(opened[i]));
    compared += judge(t, `${f.at} opened`, changes(rows, want, kept), want);
    const after = want.map((line) => line.map(resaved));
    compared += judge(t, `${f.at} saved`, changes(visible(t, f.at, flat(again[i])), after, kept), after);
    compared += judge(t, `${f.at} read back`, changes(await readBack(saved[i]), after, sameText), after);
    const plain = (cell, text) => (cell?.text ?? '') === text && !cell?.formula;
    compared += judge(t, `${f.at} as CSV`, changes(flat(texts[i]), raw, plain), raw);
    if (i > 0) for (const row of rows) for (const cell of row.cells) if (cell.type === 'string') seen.add(cell.text);
  }
  for (const text of planted) t.ok(seen.has(text), `${JSON.stringify(text)} stands in no list as it was planted`);
  await control(t, files[0], opened[0]);
  t.note(`${files.length - 1} exports, ${compared} cells`);
}

async function control(t, file, opened) {
  const want = csv(readFileSync(file.csv, 'utf8')).map((line) => line.map(unguarded));
  const rows = flat(opened).filter((r) => !r.hidden);
  rows[1].cells[0].text += ' ';
  t.is(changes(rows, want, kept).length, 1, 'one changed cell');
  const [plain] = await convert([file.csv], 'fods', guessed);
  t.ok(changes(flat(plain), want, kept).length > 10, 'columns that are guessed change nothing');
}
