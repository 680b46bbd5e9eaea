// Proves that no parser falls over: every corpus is replayed under AddressSanitizer, and each parser is fed for a
// second more (20 with --full); a parser without an entry has failed.
import { join } from 'node:path';
import { root, run as sh } from '../lib/sh.mjs';
import { counted } from './unit.mjs';

export async function run(t, { full }) {
  const { code, out, err } = await sh(join(root, 'script/fuzz'), [full ? '20' : '1'], {
    seconds: full ? 7200 : 600,
  });
  counted(t, 'script/fuzz', code === 0 ? 'OK' : `ends with ${code}`, `${out}\n${err}`);
}
