// Proves the unit tests that stand beside the code, floor by floor, on SQLite and on PostgreSQL.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gcc } from '../lib/build.mjs';
import { postgres } from '../lib/postgres.mjs';
import { root, run as sh } from '../lib/sh.mjs';

export const run = (t) => units(t, gcc, {});

// Runs every test meson knows but the rules (a part of their own) and adds up what each says it has counted.
export async function units(t, tree, env) {
  const pg = await postgres();
  const name = `unit_${tree.dir.replace(/\W/g, '_')}`;
  await pg.create(name);
  const list = await sh('meson', ['test', '-C', tree.dir, '--no-rebuild', '--list']);
  const names = list.out.split('\n').filter((l) => l && !l.startsWith('ninja:') && !l.includes('rulecheck'));
  await sh(
    'meson',
    ['test', '-C', tree.dir, '--no-rebuild', '--num-processes', '2', '--timeout-multiplier', '3', ...names],
    { env: { ...tree.env, ...env, WUYE_TEST_PG: pg.url(name) }, seconds: 600 },
  );
  const results = readFileSync(join(root, tree.dir, 'meson-logs/testlog.json'), 'utf8')
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l));
  for (const one of results) judge(t, tree, one);
  for (const wanted of ['base', 'sys', 'kit'])
    t.ok(
      results.some((one) => one.name === wanted),
      `${tree.dir}: the tests of ${wanted} did not run`,
    );
  t.ok(results.length === names.length, `${tree.dir}: ${results.length} of ${names.length} test programs ran`);
  t.note(`${results.length} programs`);
  await pg.drop(name);
}

function judge(t, tree, one) {
  const said = `${one.stdout ?? ''}\n${one.stderr ?? ''}`;
  let good = 0,
    bad = 0;
  for (const [, passed, failed] of said.matchAll(/(\d+) passed, (\d+) failed/g)) {
    good += Number(passed);
    bad += Number(failed);
  }
  t.count(good, bad);
  const lines = said.trim().split('\n');
  const telling = lines.filter((line) =>
    /^\S+\.[ch]:\d+: |^FAILED|runtime error|ERROR: \w+Sanitizer|^\s+#\d/.test(line),
  );
  const shown = (telling.length ? telling.slice(0, 40) : lines.slice(-25)).join('\n    ');
  t.ok(one.result === 'OK' && bad === 0, `${tree.dir}: ${one.name} ${one.result}\n    ${shown}`);
}
