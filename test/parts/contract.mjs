// Proves that every statement of the program does the same on both engines: one database (the demonstration after all
// stories, and a few rows more) is loaded into SQLite and PostgreSQL, each statement is executed on both with the same
// values inside a transaction that is rolled back; a query must return something, a write must touch something, and
// what they return must be equal. Queries that check the house (check_...) are given a row that breaks what they
// check, so each is shown to bite. Values come from the statement's own text or from test/contract/values.tsv:
//
//   name <tab> SELECT of one row of parameter values [<tab> SQL run before, in the same transaction]
import { readFileSync, readdirSync } from 'node:fs';
import { infer } from '../contract/infer.mjs';
import { postgres } from '../lib/postgres.mjs';
import { copy, House, program, scratch } from '../lib/server.mjs';
import { must, run as sh } from '../lib/sh.mjs';
import { play } from '../lib/story.mjs';

const folder = new URL('../contract/', import.meta.url);

export async function run(t) {
  const statements = await registered();
  const given = values(t, statements);
  const lite = await filled();
  const pg = await loaded(lite);
  const asked = statements.map((s) => ({ ...s, ...(given.get(s.key) ?? infer(s)) }));
  await find(lite, asked);
  const ready = asked.filter((s) =>
    t.ok(s.literals, () => `${s.key}: no values (${s.why ?? 'not to be read from its text'}): ${s.sql}`),
  );
  const here = await executeSqlite(lite, ready);
  const there = await executePostgres(pg, ready);
  let same = 0;
  for (const s of ready) same += compare(t, s, here.get(s.key), there.get(s.key)) ? 1 : 0;
  t.ok(
    compare(
      { ok: (x) => x },
      { ...ready[0], order: true },
      { rows: [['1']], n: 1 },
      { rows: [['2']], n: 1 },
    ) === false,
    'unequal rows are not seen',
  );
  t.note(
    `${statements.length} statements, ${statements.length - same} do not hold, ${given.size} with values by hand`,
  );
  await lite.remove();
  await pg.remove();
}

async function registered() {
  const out = await must(program, ['schema', 'statements', '--db', `${scratch('bare')}/wuye.db`]);
  const seen = new Map();
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [name, types, columns, ...sql] = line.split('\t');
      const again = (seen.get(name) ?? 0) + 1;
      seen.set(name, again);
      const text = sql.join('\t');
      return {
        key: again > 1 ? `${name}#${again}` : name,
        types,
        columns,
        sql: text,
        order: /ORDER BY/i.test(text),
      };
    });
}

function values(t, statements) {
  const given = new Map();
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.tsv')))
    for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
      if (!line || line.startsWith('#')) continue;
      const [key, query, before] = line.split('\t');
      t.ok(
        statements.some((s) => s.key === key),
        `${file}: there is no statement ${key}`,
      );
      given.set(key, { query, before });
    }
  return given;
}

// The demonstration after all stories have been told in it, and the rows of rows.sql.
async function filled() {
  const house = await (await copy('sqlite')).start();
  const deaf = { ok: (fine) => fine, is: () => true };
  const stories = new URL('../stories/', import.meta.url);
  for (const file of readdirSync(stories)
    .filter((f) => f.endsWith('.mjs'))
    .sort())
    for (const tale of [(await import(new URL(file, stories))).default].flat())
      await play({ ...tale, goOn: true, hurry: true }, house, deaf);
  await house.stop();
  await house.sql(readFileSync(new URL('rows.sql', folder), 'utf8'));
  return house;
}

// The same rows in PostgreSQL, table by table.
async function loaded(lite) {
  const db = await postgres();
  const house = new House('postgres', scratch('contract'), 'contract');
  await db.create(house.name);
  await must(program, ['migrate', '--db', await house.where()], { cwd: house.dir });
  const columns =
    await lite.sql(`SELECT m.name, p.name, p.type FROM sqlite_schema AS m, pragma_table_info(m.name) AS p
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, p.cid;`);
  const tables = [...new Set(columns.map((c) => c[0]))];
  let script = `SET session_replication_role = replica;\nTRUNCATE ${tables.map((x) => `"${x}"`).join(', ')};\n`;
  for (const table of tables) {
    const own = columns.filter((c) => c[0] === table);
    const shown = own.map(([, name, type]) => `coalesce(${copied(name, type)}, '\\N')`).join(` || char(9) || `);
    const { out } = await sh('sqlite3', [lite.file], { input: `SELECT ${shown} FROM "${table}";\n` });
    const names = own.map((c) => `"${c[1]}"`).join(', ');
    script += `COPY "${table}" (${names}) FROM STDIN;\n${out}\\.\n`;
  }
  const { code, err } = await db.psql(house.name, script);
  if (code !== 0) throw new Error(`loading PostgreSQL: ${err.slice(0, 600)}`);
  return house;
}

function copied(name, type) {
  if (type === 'BLOB') return `CASE WHEN "${name}" IS NULL THEN NULL ELSE '\\\\x' || hex("${name}") END`;
  if (type !== 'TEXT') return `"${name}"`;
  const escapes = [
    ["'\\'", "'\\\\'"],
    ['char(9)', "'\\t'"],
    ['char(10)', "'\\n'"],
    ['char(13)', "'\\r'"],
  ];
  return escapes.reduce((inside, [from, to]) => `replace(${inside}, ${from}, ${to})`, `"${name}"`);
}

/* A check may wait until nothing is on its way. */
const settled = 'DELETE FROM op WHERE seq IS NULL; DELETE FROM chain';
const before = (s) => (s.before ? `${s.before.replace('@settled', settled)};\n` : '');

// Evaluates the queries for parameter values; an insert removes the row it takes them from.
async function find(lite, asked) {
  const wanted = asked.filter((s) => s.query);
  const script = wanted.map((s) => ['BEGIN', before(s) + s.query].join(';\n') + ';\nROLLBACK;\n');
  const answers = await batchSqlite(lite, wanted, script);
  for (const s of wanted) {
    const { rows, why } = answers.get(s.key);
    s.why = why ?? `no row: ${s.query}`;
    s.literals = rows[0] ?? (s.otherwise && !why ? s.otherwise.slice(7).split(', ') : undefined);
    if (s.types && s.literals && s.literals.length !== s.types.length) s.literals = undefined;
    if (s.table && rows[0]) s.removes = `DELETE FROM ${s.table}`;
  }
}

const filledIn = (s, literal = (x) => x) => s.sql.replace(/\$(\d+)/g, (_, n) => literal(s.literals[n - 1]));

/* ---- SQLite: literals in their places, one script, each statement on lines of its own ---- */

async function executeSqlite(house, ready) {
  const script = ready.map((s) => {
    const count = /^(INSERT|UPDATE|DELETE)/i.test(s.sql) ? "\n.print '@changes'\nSELECT changes();\n" : '';
    return `BEGIN;\n${before(s)}${s.removes ? `${s.removes};\n` : ''}${filledIn(s)};${count}\nROLLBACK;\n`;
  });
  return batchSqlite(house, ready, script);
}

async function batchSqlite(house, list, script) {
  const starts = [];
  let text = '.mode quote\nPRAGMA foreign_keys = OFF;\n';
  list.forEach((s, i) => {
    text += `.print '@@${i}'\n`;
    starts.push(text.split('\n').length);
    text += script[i];
  });
  const { out, err } = await sh('sqlite3', [house.file], { input: text });
  const faults = [...err.matchAll(/near line (\d+): (.*)/g)].map(([, line, what]) => [Number(line), what]);
  const answers = new Map(list.map((s) => [s.key, { rows: [], n: 0 }]));
  for (const piece of `\n${out}`.split('\n@@').slice(1)) {
    const [no, ...rest] = piece.split('\n');
    const [shown, changes] = rest.join('\n').split('@changes\n');
    const rows = quoted(shown);
    answers.set(list[no].key, { rows, n: changes === undefined ? rows.length : Number(changes) });
  }
  for (const [line, what] of faults) {
    const i = starts.findLastIndex((start) => start <= line);
    if (i >= 0) answers.get(list[i].key).why ??= what;
  }
  return answers;
}

// Rows as the quote mode of sqlite3 prints them: numbers, 'text', X'bytes', NULL.
function quoted(text) {
  const rows = [];
  let row = [];
  for (const [, cell, end] of text.matchAll(/((?:[Xx]?'(?:[^']|'')*')|[^,\n']+)(,|\n|$)/g)) {
    row.push(cell);
    if (end !== ',') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

/* ---- PostgreSQL: prepared with the declared types, executed with the same values ---- */

const pgTypes = { i: 'int8', t: 'text', b: 'bytea' };
const pgLiteral = (x) => x.replace(/^[Xx]'(.*)'$/s, "'\\x$1'");

async function executePostgres(house, ready) {
  let text = 'SET session_replication_role = replica;\n\\set ON_ERROR_STOP 0\n';
  const starts = [];
  ready.forEach((s, i) => {
    text += `\\echo @@${i}\n`;
    starts.push(text.split('\n').length);
    const list = s.types ? `(${[...s.types].map((x) => pgTypes[x]).join(', ')})` : '';
    const literals = s.types ? `(${s.literals.map(pgLiteral).join(', ')})` : '';
    text += `PREPARE p ${list} AS ${s.sql};\nBEGIN;\n${before(s)}${s.removes ? `${s.removes};\n` : ''}\\echo @@run\n`;
    text += `EXECUTE p ${literals};\n\\echo @@end\nROLLBACK;\nDEALLOCATE p;\n`;
  });
  const { out, err } = await (
    await postgres()
  ).psql(house.name, text, ['-A', '-t', '-F', '\u001f', '-P', 'null=\u0001', '-v', 'QUIET=off']);
  const answers = new Map(ready.map((s) => [s.key, { rows: [], n: 0 }]));
  for (const piece of `\n${out}`.split(/\n@@(?=\d)/).slice(1)) {
    const no = piece.match(/^\d+/)[0];
    const shown = piece.split('\n@@run\n')[1]?.split('@@end')[0] ?? '';
    answers.set(ready[no].key, read(ready[no], shown));
  }
  for (const [, line, what] of err.matchAll(/psql:<stdin>:(\d+): ERROR: +(.*)/g)) {
    const i = starts.findLastIndex((start) => start <= Number(line));
    if (i >= 0) answers.get(ready[i].key).why ??= what;
  }
  return answers;
}

function read(s, shown) {
  const tag = shown.match(/(?:^|\n)(?:INSERT \d+|UPDATE|DELETE) (\d+)\n$/);
  const body = tag ? shown.slice(0, tag.index + (shown[tag.index] === '\n' ? 1 : 0)) : shown;
  const cells = body === '' ? [] : body.replace(/\n$/, '').split('\u001f');
  return { cells, n: tag ? Number(tag[1]) : undefined, width: s.columns.length };
}

/* ---- the comparison ---- */

function compare(t, s, here, there) {
  if (!t.ok(!here.why, () => `${s.key}: SQLite: ${here.why}`)) return false;
  if (!t.ok(!there.why, () => `${s.key}: PostgreSQL: ${there.why}`)) return false;
  const a = here.rows.map((row) => row.map(plain).join('\u001f'));
  const b = there.rows?.map((row) => row.join('\u001f')) ?? lines(there, a.length);
  const n = there.n ?? b.length;
  const fine =
    t.ok(here.n > 0, () => `${s.key}: nothing on SQLite with ${s.literals.join(', ')}: ${s.sql}`) &&
    t.ok(n === here.n, () => `${s.key}: ${here.n} rows on SQLite, ${n} on PostgreSQL`);
  if (!s.order) [a, b].forEach((list) => list.sort());
  return t.ok(a.join('\n') === b.join('\n'), () => `${s.key}: differs\n    ${difference(a, b)}`) && fine;
}

function difference(a, b) {
  const i = a.findIndex((row, at) => row !== b[at]);
  return `SQLite      ${a[i]}\n    PostgreSQL  ${b[i]}`.replaceAll('\u001f', ' | ');
}

function plain(cell) {
  if (cell === 'NULL') return '\u0001';
  if (/^[Xx]'/.test(cell)) return `\\x${cell.slice(2, -1).toLowerCase()}`;
  return cell.startsWith("'") ? cell.slice(1, -1).replaceAll("''", "'") : cell;
}

// Text of PostgreSQL into rows: a text may hold line ends, so cells are counted.
function lines({ cells, width }) {
  if (cells.length === 0) return [];
  if (width <= 1) return cells[0].split('\n');
  const rows = [];
  let row = [];
  cells.forEach((cell, i) => {
    const at = row.length === width - 1 && i < cells.length - 1 ? cell.lastIndexOf('\n') : -1;
    row.push(at < 0 ? cell : cell.slice(0, at));
    if (at >= 0) {
      rows.push(row.join('\u001f'));
      row = [cell.slice(at + 1)];
    }
  });
  rows.push(row.join('\u001f'));
  return rows;
}
