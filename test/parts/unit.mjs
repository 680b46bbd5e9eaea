// Proves the unit tests that stand beside the code, floor by floor, on SQLite and on PostgreSQL.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gcc } from '../lib/build.mjs';
import { postgres } from '../lib/postgres.mjs';
import { root, run as sh } from '../lib/sh.mjs';

const floors = ['base', 'sys', 'kit', 'domain'];

export const run = (t) => units(t, gcc, {}, ['--no-suite', 'crash'], floors);

// Runs the tests meson knows (but the rules, a part of their own) and adds up what each says it has counted.
export async function units(t, tree, env, suite, wanted) {
  const pg = await postgres();
  const name = `unit_${tree.dir.replace(/\W/g, '_')}_${suite.join('_').replace(/\W/g, '_')}`;
  await pg.create(name);
  const meson = ['test', '-C', tree.dir, '--no-rebuild', ...suite];
  const list = await sh('meson', [...meson, '--list']);
  const names = list.out
    .split('\n')
    .filter((l) => l && !l.startsWith('ninja:') && !l.includes('rulecheck'))
    .map((l) => l.replace(/^.* \/ /, ''));
  if (!t.ok(names.length > 0, `${tree.dir}: meson knows no tests of ${suite.join(' ')}`)) return;
  await sh('meson', [...meson, '--num-processes', '2', '--timeout-multiplier', '1', ...names], {
    env: { ...tree.env, ...env, WUYE_TEST_PG: pg.url(name) },
    seconds: 600,
  });
  const log = readFileSync(join(root, tree.dir, 'meson-logs/testlog.json'), 'utf8');
  const results = log
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l));
  for (const one of results)
    counted(t, `${tree.dir}: ${one.name}`, one.result, `${one.stdout ?? ''}\n${one.stderr ?? ''}`);
  for (const floor of wanted)
    t.ok(
      results.some((one) => one.name.split(/[:/]/).pop().trim() === floor),
      `${tree.dir}: the tests of ${floor} did not run`,
    );
  t.ok(results.length === names.length, `${tree.dir}: ${results.length} of ${names.length} test programs ran`);
  t.note(`${results.length} programs`);
  await pg.drop(name);
}

// Adds up the lines "N passed, N failed" a program has printed; shows what it says about failures.
export function counted(t, name, result, said) {
  let good = 0,
    bad = 0;
  for (const [, passed, failed] of said.matchAll(/(\d+) passed, (\d+) failed/g)) {
    good += Number(passed);
    bad += Number(failed);
  }
  t.count(good, 0);
  const lines = said.trim().split('\n');
  const telling = lines.filter((line) =>
    /^\S+\.[ch]:\d+: |^FAILED|runtime error|ERROR: \w+Sanitizer|^\s+#\d|^fuzz: /.test(line),
  );
  const shown = (telling.length ? telling.slice(0, 14) : lines.slice(-25)).join('\n    ');
  t.ok(result === 'OK' && bad === 0, `${name} ${result}, ${bad} failed\n    ${shown}`);
}
