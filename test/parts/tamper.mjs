// Proves that the audit tells a lie: in a copy of the stage one value of one op row is changed behind the program's
// back, each column in turn, a row is taken out, a link is moved; `wuye audit` must end with an error and say which
// row. Control: the untouched copy is clean.
import { copy } from '../lib/server.mjs';
import { stage } from '../lib/stage.mjs';

/* Column and what it becomes: one character, one bit, one unit. */
const lies = {
  key: "substr(key, 1, length(key) - 1) || CASE substr(key, -1) WHEN 'x' THEN 'y' ELSE 'x' END",
  id: 'id + 1',
  at: 'at + 1',
  actor: 'actor + 1',
  role: "role || 'x'",
  face: 'face % 3 + 1',
  command: "command || 'x'",
  input: "x'00' || substr(input, 2)",
  before: "x'00' || substr(before, 2)",
  after: "x'00' || substr(after, 2)",
  change: "change || ' '",
  result: "replace(result, '}', ' }')",
  counts: "counts || '0'",
  events: "events || ' '",
  link: "x'00' || substr(link, 2)",
};
const place = 'seq = 3 AND shard = (SELECT shard FROM op WHERE seq = 4 ORDER BY shard DESC LIMIT 1)';

export async function run(t) {
  const s = await stage('sqlite');
  const clean = await copy('sqlite', s.house);
  const [shard, id] = (await clean.sql(`SELECT shard, id FROM op WHERE ${place}`))[0];
  const first = await clean.cli(['audit']);
  const rows = first.out.match(/存证链 (\d+) 条，不符 (\d+) 条/);
  t.ok(rows && Number(rows[1]) > 50 && rows[2] === '0', `the untouched chain: ${first.out.slice(0, 300)}`);
  t.note(`${rows?.[1]} rows`);
  const before = await clean.sql(`SELECT shard, seq, quote(key) FROM op WHERE ${place}`);
  for (const [column, lie] of Object.entries(lies)) {
    await told(
      t,
      s,
      `${column} of one row`,
      `UPDATE op SET ${column} = CAST(${lie} AS ${type(column)}) WHERE ${place};`,
      [shard, id, before],
    );
  }
  await told(t, s, 'a row taken out', `DELETE FROM op WHERE ${place};`, [shard, id, before]);
  await told(
    t,
    s,
    'the last row taken out',
    `DELETE FROM op WHERE shard = ${shard} AND seq = (SELECT max(seq) FROM op WHERE shard = ${shard});`,
    [shard],
  );
  await told(
    t,
    s,
    'the head of the chain',
    `UPDATE chain SET link = CAST(x'00' || substr(link, 2) AS BLOB) WHERE shard = ${shard};`,
    [shard],
  );
  await told(
    t,
    s,
    'two rows that changed places',
    `UPDATE op SET seq = -1 WHERE shard = ${shard} AND seq = 3;
    UPDATE op SET seq = 3 WHERE shard = ${shard} AND seq = 4;
    UPDATE op SET seq = 4 WHERE shard = ${shard} AND seq = -1;`,
    [shard],
  );
  await clean.remove();
}

const type = (column) =>
  ['id', 'at', 'actor', 'face'].includes(column)
    ? 'INTEGER'
    : ['input', 'before', 'after', 'link'].includes(column)
      ? 'BLOB'
      : 'TEXT';

async function told(t, s, what, lie) {
  const house = await copy('sqlite', s.house);
  await house.sql(lie);
  const { code, out } = await house.cli(['audit']);
  const bad = Number(out.match(/不符 (\d+) 条/)?.[1] ?? 0);
  t.ok(
    code !== 0 && bad > 0,
    () => `${what}: the audit ends with ${code} and says ${out.trim().slice(0, 300)}`,
  );
  t.ok(
    out.split('\n')[0].length > 10 && !out.startsWith('存证链'),
    () => `${what}: the audit names no row: ${out.trim().slice(0, 300)}`,
  );
  await house.remove();
}
