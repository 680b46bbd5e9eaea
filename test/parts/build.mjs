// Proves that everything builds with gcc as it is shipped, without a warning, and that the program and its helpers
// exist.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, gcc } from '../lib/build.mjs';
import { root } from '../lib/sh.mjs';

export async function run(t) {
  const steps = await build(t, gcc);
  for (const file of ['src/app/wuye', 'src/sys/image/wuye-image', 'src/sys/sheet/wuye-sheet'])
    t.ok(existsSync(join(root, gcc.dir, file)), `${gcc.dir}/${file} was not made`);
  t.note(`${steps} steps`);
}
