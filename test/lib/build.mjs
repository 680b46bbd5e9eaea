// Building trees with meson and ninja: one configured folder for each compiler.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { must, root, run } from './sh.mjs';

export const gcc = {
  dir: 'build',
  env: { CC: 'gcc' },
  options: ['-Dwerror=true'],
};
export const clang = {
  dir: 'build-clang',
  env: { CC: 'clang-14' },
  options: [
    '-Doptimization=1',
    '-Ddebug=true',
    '-Db_sanitize=address,undefined',
    '-Db_lundef=false',
    '-Dwerror=true',
  ],
};

export async function configure({ dir, env, options }) {
  if (existsSync(join(root, dir, 'build.ninja'))) return;
  await must('meson', ['setup', dir, ...options], { env, seconds: 180 });
}

// Builds the named targets, or everything; warnings are errors, and one that slips through is counted.
export async function build(t, tree, targets = []) {
  await configure(tree);
  const { code, out, err } = await run('ninja', ['-C', tree.dir, '-k', '0', ...targets], {
    env: tree.env,
    seconds: 900,
  });
  const said = (out + err).split('\n');
  const wrong = said.filter((line) =>
    /\b(error|warning):|undefined reference|multiple definition|^ninja: error/.test(line),
  );
  for (const line of wrong.slice(0, 20)) t.ok(false, line);
  t.ok(code === 0, `${tree.dir}: ninja ends with ${code}\n${said.slice(-15).join('\n')}`);
  return said.filter((line) => /^\[\d+\/\d+\]/.test(line)).length;
}
