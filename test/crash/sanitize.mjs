// The stories, the access matrix and a crowd of sixteen, against the program built with AddressSanitizer and
// UndefinedBehaviorSanitizer, and with ThreadSanitizer. Whatever a sanitizer says is a failure. What is suppressed
// stands, with its reason, in asan.supp, ubsan.supp and tsan.supp beside this. Controls: a read past the end, an
// overflow and a race must be told.
//
//   node test/crash/sanitize.mjs [asan|tsan] [seconds of the crowd]
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, gcc } from '../lib/build.mjs';
import { scratch } from '../lib/server.mjs';
import { Client } from '../lib/client.mjs';
import { audit, estateOf, house, login, main, program, Reporter, root, run as sh, Server, sleep } from './lib.mjs';

const here = (name) => join(root, 'test/crash', name);
const kinds = {
  asan: {
    tree: {
      dir: 'build-asan',
      env: { CC: 'clang-14', ASAN_OPTIONS: 'detect_leaks=0' },
      // What nobody set is 0 in the program as shipped; here it is rubbish, so that who reads it falls over.
      options: [
        ...['-Doptimization=1', '-Ddebug=true', '-Db_sanitize=address,undefined', '-Db_lundef=false'],
        '-Dc_args=-ftrivial-auto-var-init=pattern',
      ],
    },
    // The program makes itself undumpable, so that no core file holds personal data: the leak checker cannot look at
    // such a process, and the unit tests look for leaks instead.
    env: {
      ASAN_OPTIONS: `detect_leaks=0:abort_on_error=0:exitcode=99:suppressions=${here('asan.supp')}`,
      UBSAN_OPTIONS: `print_stacktrace=1:halt_on_error=0:suppressions=${here('ubsan.supp')}`,
    },
    flags: ['-fsanitize=address,undefined'],
    controls: { 'past.c': [/signed integer overflow/, /heap-buffer-overflow/] },
  },
  tsan: {
    tree: {
      dir: 'build-tsan',
      env: { CC: 'clang-14' },
      options: ['-Doptimization=1', '-Ddebug=true', '-Db_sanitize=thread', '-Db_lundef=false'],
    },
    env: { TSAN_OPTIONS: `halt_on_error=0:exitcode=99:second_deadlock_stack=1:suppressions=${here('tsan.supp')}` },
    flags: ['-fsanitize=thread'],
    controls: { 'race.c': [/data race/] },
    // The cages of the helpers forbid what this sanitizer does; they have one thread and need it least.
    plain: ['src/sys/image/wuye-image', 'src/sys/sheet/wuye-sheet'],
  },
};

const parts = ['story', 'access'];
const wrong = /ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error|SUMMARY: \w+Sanitizer/;

// The reports in a text, each once, by its summary.
export function reports(text) {
  const seen = new Map();
  for (const piece of text.split(/={18,}\n/)) {
    if (!wrong.test(piece)) continue;
    const name =
      piece.match(/SUMMARY: .*/)?.[0] ?? piece.split('\n').find((l) => wrong.test(l))?.trim() ?? piece.slice(0, 200);
    if (!seen.has(name)) seen.set(name, piece.trim());
  }
  return seen;
}

/* ---- the crowd: run in a process of its own, in which `program` is the sanitized one ---- */

async function crowd(engine, seconds) {
  const h = await house(engine);
  const server = new Server(h);
  await server.up();
  const place = await estateOf(h);
  const clerk = await login(server, place.person);
  const at = `/e/${place.estate}`;
  const pages = ['/', '/login', '/me', '/demo', '/a/11', at, `${at}/desk`, '/api/openapi.json'];
  const end = Date.now() + seconds * 1000;
  const reporters = [];
  let seen = 0;
  const bad = [];
  await Promise.all(
    Array.from({ length: 16 }, async (_, i) => {
      const r = new Reporter(clerk, place, i);
      reporters.push(r);
      const stranger = new Client(server, 'stranger');
      for (let k = i; Date.now() < end; k++) {
        if (k % 3 === 0) await r.report(undefined, 1);
        const who = k % 4 === 0 ? stranger : clerk;
        const reply = await who.get(pages[k % pages.length]).catch((e) => ({ status: e.message }));
        seen++;
        if (![200, 303, 404].includes(reply.status)) bad.push(`${pages[k % pages.length]}: ${reply.status}`);
        if (k % 40 === 39) await sleep(1);
      }
    }),
  );
  const code = await server.end('SIGTERM');
  const told = reporters.reduce((n, r) => n + r.told.size, 0);
  const checked = await audit(h);
  await h.remove();
  const said = `${server.said}\n${checked.said}`;
  return { engine, seen, told, code, bad: bad.slice(0, 5), said, clean: checked.clean };
}

/* ---- one kind ---- */

async function controls(tally, kind) {
  const dir = scratch('control');
  for (const [file, wanted] of Object.entries(kind.controls)) {
    const binary = join(dir, file.replace('.c', ''));
    const flags = ['-g', '-O1', '-w', ...kind.flags];
    const made = await sh('clang-14', [...flags, here(`control/${file}`), '-o', binary, '-lpthread']);
    const { err } = await sh(binary, []);
    for (const want of wanted) tally.ok(made.code === 0 && want.test(err), `the control ${file} was not told: ${want}`);
  }
}

async function one(tally, name, seconds) {
  const kind = kinds[name];
  const from = Date.now();
  await build(tally, kind.tree, ['src/app/wuye', 'helpers', 'test/access/wuye-no-scope']);
  if (kind.plain) await build(tally, gcc, kind.plain);
  for (const helper of kind.plain ?? []) copyFileSync(join(root, gcc.dir, helper), join(root, kind.tree.dir, helper));
  await controls(tally, kind);
  /* Every process writes what its sanitizer says into a file of its own, whole. */
  const logs = scratch('logs');
  const env = { WUYE_BUILD: kind.tree.dir };
  for (const [k, v] of Object.entries(kind.env)) env[k] = `${v}:log_path=${join(logs, 'said')}`;
  const suite = await sh('node', [join(root, 'test/run.mjs'), ...parts], { env, seconds: 1500 });
  const text = suite.out + suite.err;
  const counts = text.match(/(\d+) passed, (\d+) failed\s*$/);
  tally.ok(counts && suite.code === 0, `${name}: ${parts.join(' and ')} end with ${suite.code}: ${text.slice(-1500)}`);
  for (const part of parts) tally.ok(text.includes(`\n${part} `) || text.startsWith(`${part} `), `${part} did not run`);
  if (counts) tally.count(Number(counts[1]), 0);
  const mix = await sh('node', [here('sanitize.mjs'), '--crowd', String(seconds)], { env, seconds: 600 });
  const written = readdirSync(logs).map((f) => readFileSync(join(logs, f), 'utf8'));
  const found = reports([...written, text, mix.out, mix.err].join('\n'));
  for (const [title, piece] of found) tally.ok(false, `${name}: ${title}\n${piece.slice(0, 4000)}`);
  const figures = [...mix.out.matchAll(/^crowd (.*)$/gm)].map(([, json]) => JSON.parse(json));
  tally.ok(figures.length === 2, `${name}: the crowd ended early: ${(mix.out + mix.err).slice(-800)}`);
  for (const f of figures) {
    tally.ok(f.code === 0, `${name} (${f.engine}): the server ends with ${f.code}`);
    tally.ok(f.bad.length === 0, `${name} (${f.engine}): ${f.bad.join('; ')}`);
    tally.ok(f.clean, `${name} (${f.engine}): wuye audit is not content`);
    tally.ok(f.seen > 100 && f.told > 10, `${name} (${f.engine}): only ${f.seen} pages, ${f.told} reports`);
    tally.note(`${name} ${f.engine}: ${f.seen} pages and ${f.told} reports of sixteen clients`);
  }
  const took = ((Date.now() - from) / 1000).toFixed(0);
  const sums = counts?.[0].trim() ?? 'not told';
  tally.note(`${name}: ${parts.join(' and ')} ${sums}, ${found.size} findings, ${took} s`);
}

export async function run(tally, args = []) {
  const names = args.filter((a) => a in kinds);
  const seconds = Number(args.find((a) => /^\d+$/.test(a)) ?? 8);
  for (const name of names.length ? names : Object.keys(kinds)) await one(tally, name, seconds);
}

if (process.argv[2] === '--crowd') {
  for (const engine of ['sqlite', 'postgres']) {
    const { said, ...figures } = await crowd(engine, Number(process.argv[3]));
    console.log(`crowd ${JSON.stringify(figures)}\n${said}`);
  }
  process.exit(0);
}
await main(import.meta.url, run);
