// Proves the rules of the house over the whole tree, that each rule bites (every file of the must-fail corpora is
// refused), and that the tables of facts in data/ fit together.
import { join } from 'node:path';
import { build, gcc } from '../lib/build.mjs';
import { root, run } from '../lib/sh.mjs';

async function all(t) {
  await build(t, gcc, ['tool/rulecheck/rulecheck']);
  const rulecheck = join(root, gcc.dir, 'tool/rulecheck/rulecheck');
  await tree(t, rulecheck);
  await corpus(t, rulecheck);
  await facts(t);
}
export { all as run };

async function tree(t, rulecheck) {
  const { code, out, err } = await run(rulecheck, [root]);
  const [, files, findings] = (out + err).match(/rulecheck: (\d+) files, (\d+) findings/) ?? [];
  for (const line of (out + err).split('\n').filter((l) => /^\S+:\d+: /.test(l))) t.ok(false, line);
  t.ok(Number(files) > 100, `rulecheck has read ${files} files`);
  t.ok(code === 0 && findings === '0', `rulecheck ends with ${code}, ${findings} findings`);
  t.note(`${files} files`);
}

async function corpus(t, rulecheck) {
  const { code, out, err } = await run(rulecheck, ['--must-fail', join(root, 'tool/rulecheck/must-fail')]);
  const [, files, wrong] = (out + err).match(/(\d+) files, (\d+) wrong/) ?? [];
  t.count(Number(files ?? 0) - Number(wrong ?? 0), 0);
  t.ok(code === 0 && wrong === '0' && Number(files) > 0, `must-fail: ${(out + err).trim()}`);
  t.note(`${files} must fail`);
}

async function facts(t) {
  const { code, out, err } = await run('node', ['tool/facts/check.mjs']);
  const missed = (out + err).split('\n').filter((l) => l.startsWith('MISS'));
  for (const line of missed) t.ok(false, line);
  t.ok(code === 0, `tool/facts/check.mjs ends with ${code}: ${(out + err).trim().slice(-400)}`);
}
