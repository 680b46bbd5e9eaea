// Runs the parts of the suite in order, with counts and times. The last line is "N passed, N failed"; what was skipped
// counts as failed, and so does a part that proved nothing.
//
//   node test/run.mjs [--full] [part ...]
import { existsSync } from 'node:fs';
import { Tally } from './lib/tally.mjs';
import { must, root } from './lib/sh.mjs';
import { closeAll, program } from './lib/server.mjs';

const order = [
  ...['rules', 'build', 'clang', 'unit', 'doctor', 'migrations', 'contract', 'story', 'faces', 'openapi'],
  ...['access', 'reads', 'privacy', 'tamper', 'exports', 'browser', 'crash', 'fuzz'],
];
// LibreOffice, and feeding parsers for long: asked for by name or by --full.
const long = ['exports', 'fuzz'];
const needsProgram = (name) => !['rules', 'build', 'clang', 'unit', 'fuzz'].includes(name);

const args = process.argv.slice(2);
const full = args.includes('--full');
const named = args.filter((a) => !a.startsWith('--'));
const unknown = [
  ...named.filter((a) => !order.includes(a)),
  ...args.filter((a) => a.startsWith('--') && a !== '--full'),
];
if (unknown.length) {
  console.error(`no such part: ${unknown.join(' ')}\nparts: ${order.join(' ')}`);
  process.exit(2);
}

async function part(name) {
  const tally = new Tally(name);
  const began = Date.now();
  try {
    if (needsProgram(name) && !existsSync(program)) throw new Error(`${program} is missing`);
    const { run } = await import(`./parts/${name}.mjs`);
    await run(tally, { full });
  } catch (e) {
    tally.ok(false, e.stack ?? e.message ?? String(e));
  }
  await closeAll();
  if (tally.passed + tally.failed === 0) tally.ok(false, 'nothing was proved');
  const seconds = `${((Date.now() - began) / 1000).toFixed(1)} s`.padStart(9);
  const notes = tally.notes.length ? `   ${tally.notes.join(', ')}` : '';
  const counts = `${String(tally.passed).padStart(6)} passed ${String(tally.failed).padStart(4)} failed`;
  console.log(`${name.padEnd(11)} ${counts} ${seconds}${notes}`);
  return tally;
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])
  process.on(signal, () => {
    console.log(`stopped by ${signal}; what was not run counts as failed`);
    process.exit(code);
  });
process.on('exit', (code) => code === 13 && console.log('stopped: a part waits for nothing'));
process.chdir(root);

const began = Date.now();
let passed = 0,
  failed = 0;
// Parts by name test what the tree is now, too.
if (named.length && !process.env.WUYE_BUILD && !named.includes('build') && named.some((n) => n !== 'rules' && n !== 'clang')) {
  if (!existsSync('build/build.ninja')) await must('meson', ['setup', 'build'], { seconds: 120 });
  await must('ninja', ['-C', 'build'], { seconds: 900 });
}
const chosen = named.length ? named : order.filter((n) => full || !long.includes(n));
for (const name of order.filter((n) => chosen.includes(n))) {
  const tally = await part(name);
  passed += tally.passed;
  failed += tally.failed;
}
console.log(`${((Date.now() - began) / 1000).toFixed(0)} s in all`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
