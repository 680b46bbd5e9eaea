// Proves on both engines that the declarations of all rooms fit together, that every statement can be prepared with
// the types it declares, that every check of the house holds in the demonstration city, and that its audit chain is
// whole. Control: a table without a column, and a row that breaks a check, are both found.
import { copy, engines } from '../lib/server.mjs';

export async function run(t) {
  const counts = {};
  for (const engine of engines) {
    counts[engine] = await healthy(t, engine);
    await broken(t, engine);
  }
  t.is(counts.postgres, counts.sqlite, 'statements and checks on the two engines');
}

async function healthy(t, engine) {
  const house = await copy(engine);
  const { code, out, err } = await house.cli(['doctor']);
  const [, statements, refused] = out.match(/语句 (\d+) 条，不通过 (\d+) 条/) ?? [];
  const [, checks, bad] = out.match(/检查 (\d+) 项，不符 (\d+) 项/) ?? [];
  for (const line of out.split('\n').filter((l) => /^(语句 \S+：|不符：|wuye: )/.test(l)))
    t.ok(false, `${engine}: ${line}`);
  t.ok(code === 0, `${engine}: wuye doctor ends with ${code}: ${err.trim()}`);
  t.count(Number(statements ?? 0) - Number(refused ?? 0) + Number(checks ?? 0) - Number(bad ?? 0), 0);
  t.ok(
    Number(statements) > 200 && Number(checks) > 10,
    `${engine}: ${statements} statements, ${checks} checks`,
  );
  const audit = await house.cli(['audit']);
  t.ok(audit.code === 0, `${engine}: wuye audit ends with ${audit.code}: ${audit.out.trim().slice(-300)}`);
  await house.remove();
  t.note(`${engine} ${statements} statements ${checks} checks`);
  return `${statements} and ${checks}`;
}

async function broken(t, engine) {
  const house = await copy(engine);
  await house.sql('ALTER TABLE demo_person RENAME COLUMN about TO gone;');
  const column = await house.cli(['doctor']);
  t.ok(
    column.code !== 0 && /demo_person|demo_people/.test(column.out),
    `${engine}: a missing column is not found`,
  );
  await house.sql('ALTER TABLE demo_person RENAME COLUMN gone TO about;');
  await house.sql('UPDATE area SET residents = residents + 1 WHERE level = 2;');
  const row = await house.cli(['doctor']);
  t.ok(row.code !== 0 && row.out.includes('不符：'), `${engine}: a broken check is not found`);
  await house.remove();
}
