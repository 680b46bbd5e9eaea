// Guesses parameter values for a statement from its own text: a row that satisfies what the statement asks for
// besides its parameters is looked up, and the columns compared with the parameters give the values. What it cannot
// read stands in values.tsv. A wrong guess finds no row and fails the contract, so guessing proves nothing too
// much.

// Splits at a word on the outermost level: neither inside parentheses nor inside quotes.
function split(text, word) {
  const parts = [];
  const at = new RegExp(`^${word}\\b`, 'i');
  let depth = 0,
    from = 0,
    quoted = false,
    between = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "'") quoted = !quoted;
    if (quoted) continue;
    if (text[i] === '(') depth++;
    if (text[i] === ')') depth--;
    if (depth > 0 || (i > 0 && /[\w.]/.test(text[i - 1]))) continue;
    if (word === 'AND' && /^BETWEEN\b/i.test(text.slice(i))) between = true;
    if (!at.test(text.slice(i))) continue;
    if (between) {
      between = false;
      continue;
    }
    parts.push(text.slice(from, i));
    from = i + word.length;
    i = from - 1;
  }
  parts.push(text.slice(from));
  return parts.map((p) => p.trim());
}

const head = (text, ...words) => words.reduce((rest, word) => split(rest, word)[0], text);
const small = (type) => ({ i: '-1', t: "''", b: "x''" })[type];
const above = (column, type) => (type === 'i' ? `${column} + 1` : `${column} || '~'`);
const below = (column, type) => (type === 'i' ? `${column} - 1` : small(type));

// `column OP $n` of one conjunct, into value expressions by number.
function compared(conjunct, types, found) {
  const name = String.raw`((?:\w+\.)?\w+)`;
  for (const [, column, op, n] of conjunct.matchAll(
    new RegExp(`${name}\\s*(=|<>|<=|>=|<|>|LIKE)\\s*\\$(\\d+)`, 'gi'),
  )) {
    const type = types[n - 1];
    const value = {
      '=': column,
      LIKE: column,
      '<=': column,
      '>=': column,
      '<': above(column, type),
      '>': below(column, type),
    };
    found[n] ??= op === '<>' ? small(type) : value[op.toUpperCase()];
  }
  for (const [, column, list] of conjunct.matchAll(new RegExp(`${name} IN \\(([^()]*\\$[^()]*)\\)`, 'gi')))
    for (const [, n] of list.matchAll(/\$(\d+)/g)) found[n] ??= column;
  for (const [, op, list] of conjunct.matchAll(/\)\s*(>|<)\s*\(((?:\$\d+(?:,\s*)?)+)\)/g))
    for (const [, n] of list.matchAll(/\$(\d+)/g))
      found[n] ??=
        op === '>' ? small(types[n - 1]) : { i: '9223372036854775807', t: "'~'", b: "x'ff'" }[types[n - 1]];
}

// { table, query, before } or undefined: a SELECT that yields one row of parameter values, and what must be run
// before.
export function infer({ types, sql }) {
  if (!types) return { query: 'SELECT 1' };
  const insert = sql.match(/^INSERT INTO (\w+) \(([^)]*)\) VALUES \(([^)]*)\)/i);
  if (insert) return ofInsert(insert, types, sql);
  const limits = Object.fromEntries([...sql.matchAll(/LIMIT \$(\d+)/gi)].map(([, n]) => [n, '50']));
  const update = sql.match(/^UPDATE (\w+) SET ([\s\S]*?) WHERE ([\s\S]*)$/i);
  const drop = sql.match(/^DELETE FROM (\w+) WHERE ([\s\S]*)$/i);
  const found = limits;
  let from, where;
  if (update) [from, where] = [update[1], head(update[3], 'RETURNING')];
  else if (drop) [from, where] = [drop[1], head(drop[2], 'RETURNING')];
  else {
    const pieces = split(sql, 'FROM');
    if (pieces.length < 2) return undefined;
    const rest = head(pieces.slice(1).join(' FROM '), 'GROUP BY', 'HAVING', 'ORDER BY', 'LIMIT', 'UNION');
    [from, where] = [split(rest, 'WHERE')[0], split(rest, 'WHERE').slice(1).join(' WHERE ')];
  }
  if (/\$\d/.test(from)) return undefined;
  const kept = [],
    wanted = new Set();
  for (const conjunct of split(where ?? '', 'AND').filter(Boolean)) {
    const equal = conjunct.match(/^((?:\w+\.)?\w+) = \$\d+$/);
    if (equal) wanted.add(`${equal[1]} IS NOT NULL`);
    if (/\$\d/.test(conjunct)) compared(conjunct, types, found);
    else kept.push(conjunct);
  }
  if (update) compared(update[2].replace(/(\w+) = \w+ [-+] \$(\d+)/g, '$1 = $$$2'), types, found);
  compared(sql, types, found);
  for (const [, n] of sql.matchAll(/\$(\d+) = 0 OR/g)) found[n] ??= '0';
  return chosen(types, found, from, [...kept, ...wanted]);
}

function chosen(types, found, from, kept) {
  const values = [...types].map((_, i) => found[i + 1]);
  if (values.includes(undefined)) return undefined;
  return {
    query: `SELECT ${values.join(', ')} FROM ${from}${kept.length ? ` WHERE ${kept.join(' AND ')}` : ''} LIMIT 1`,
  };
}

// The values of a row that is there; it goes first, so that the insert can bring it back.
function ofInsert([, table, columns, values], types) {
  const names = columns.split(',').map((c) => c.trim());
  const places = split(values.replace(/,/g, ' COMMA '), 'COMMA');
  if (places.length !== names.length) return undefined;
  const found = {};
  places.forEach((place, i) => {
    const n = place.match(/^\$(\d+)$/)?.[1];
    if (n) found[n] ??= names[i];
  });
  const list = [...types].map((type, i) => found[i + 1] ?? small(type));
  const made = [...types].map((type) => ({ i: '1', t: "'x'", b: "x'00'" })[type]);
  return {
    table,
    query: `SELECT ${list.join(', ')} FROM ${table} LIMIT 1`,
    otherwise: `SELECT ${made.join(', ')}`,
  };
}
