// Proves what the house does when power, disk, memory or a connection fails: the programs and drivers of
// test/crash, each with a control that must fail. With --full also the stories and the access matrix under the
// sanitizers.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gcc } from '../lib/build.mjs';
import { root, run as sh } from '../lib/sh.mjs';
import { counted, units } from './unit.mjs';

const folder = join(root, 'test/crash');
const long = ['sanitize.mjs'];

export async function run(t, { full }) {
  if (!t.ok(existsSync(folder), 'test/crash is missing')) return;
  await units(t, gcc, {}, ['--suite', 'crash'], []);
  const drivers = readdirSync(folder)
    .filter((f) => f.endsWith('.mjs') && f !== 'lib.mjs')
    .filter((f) => full || !long.includes(f));
  for (const file of drivers) {
    const { code, out, err } = await sh('node', [join(folder, file)], { seconds: full ? 3600 : 240 });
    counted(t, `test/crash/${file}`, code === 0 ? 'OK' : `ends with ${code}`, `${out}\n${err}`);
  }
  t.note(`${drivers.length} drivers`);
}
