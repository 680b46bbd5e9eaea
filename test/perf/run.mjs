// Goals as ratios: product and anchor in one run, in alternating rounds, by median. A benchmark, never a timed test.
//
//   node test/perf/run.mjs [--rounds N] [--seconds S] [--dir D] [--earlier N] [P1 ...]
//
// Prints goal, ratio and both raw figures; exits 1 when a goal is missed.
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { must, root, sleep, start, until } from '../lib/sh.mjs';
import { House, goals, median, unsealed } from './house.mjs';

const order = ['P19', 'P20', 'P1', 'P2', 'P4', 'P6', 'P8', 'P9'];
const args = process.argv.slice(2);
const option = (name, standard) => {
  const i = args.indexOf(`--${name}`);
  return i < 0 ? standard : args.splice(i, 2)[1];
};
const rounds = Number(option('rounds', 5));
const seconds = Number(option('seconds', 2));
const dir = resolve(option('dir', join(root, 'var/bench')));
const earlier = Number(option('earlier', 1000000));
const unknown = args.filter((a) => !order.includes(a));
if (unknown.length) {
  console.error(`no such goal: ${unknown.join(' ')}\ngoals: ${order.join(' ')}`);
  process.exit(2);
}
const wanted = args.length ? order.filter((p) => args.includes(p)) : order;

const wuye = join(root, process.env.WUYE_BUILD ?? 'build', 'src/app/wuye');
const client = join(dir, 'client');
const raw = join(dir, 'raw');
const nginxPort = 18999;
const port = 18998;
const KiB = 1024;

const load = async (options, urls = []) => {
  const flags = Object.entries(options).flatMap(([name, value]) => [value].flat().flatMap((v) => [`--${name}`, String(v)]));
  return JSON.parse(await must(client, ['load', ...flags, ...urls], { seconds: 300 }));
};

// ---- what stands beside the product ----

async function nginxStart(files) {
  mkdirSync(join(dir, 'static'), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(dir, 'static', name), bytes);
  const conf = readFileSync(join(root, 'test/perf/nginx.conf'), 'utf8').replace('@PORT@', nginxPort);
  writeFileSync(join(dir, 'nginx.conf'), conf);
  const child = start('nginx', ['-p', dir, '-c', join(dir, 'nginx.conf')]);
  const children = `/proc/${child.pid}/task/${child.pid}/children`;
  const workers = () => readFileSync(children, 'utf8').trim().split(' ');
  await until(5000, () => workers().length === 2);
  child.pids = workers().join(',');
  return child;
}

// Letters, so that nothing on the way could make them shorter.
const page = (n) => Buffer.alloc(n, 'abcdefghijklmnopqrstuvwxyz0123456789\n');

// ---- one goal after the other ----

const us = (r) => (r.cpu * 1e6) / r.requests;
const rps = (r) => r.requests / r.seconds;
const perSecond = (v) => `${Math.round(v).toLocaleString('en')} req/s`;
const micro = (v) => `${v.toFixed(1)} µs`;

// Alternates product and anchor; adds the two goals of requests a second and processor time.
async function against(id, what, product, anchor, leastRatio, mostCpu) {
  const got = [];
  await product(0.5);
  await anchor(0.5);
  for (let i = 0; i < rounds; i++) {
    const p = await product(seconds);
    const a = await anchor(seconds);
    if (p.errors || a.errors) throw new Error(`${id}: ${p.errors} errors, first status ${p.first_bad}; anchor ${a.errors}`);
    got.push({ speed: rps(p) / rps(a), cpu: us(p) / us(a), p, a });
  }
  const mid = (fn) => median(got.map(fn));
  goals.least(id, what, leastRatio, mid((g) => g.speed), perSecond(mid((g) => rps(g.p))), perSecond(mid((g) => rps(g.a))));
  goals.most(id, 'processor time a request', mostCpu, mid((g) => g.cpu), micro(mid((g) => us(g.p))), micro(mid((g) => us(g.a))));
}

const many = { conns: 64 };
const onNginx = (nginx, url, more = {}) => (s) => load({ port: nginxPort, ...many, seconds: s, pids: nginx.pids, ...more }, [url]);
const onHouse = (house, url, more = {}) => (s) => load({ port, ...many, seconds: s, pids: house.pid, ...more }, [url]);

const run = {
  // From exec to the first answer read from the database: near-empty and with all the earlier commands.
  async P19({ house, small }) {
    for (const [what, where] of [['demonstration city', small], [`${earlier.toLocaleString('en')} earlier commands`, house]]) {
      const ms = [];
      for (let i = 0; i < 2 * rounds + 1; i++) {
        const flags = ['start', '--port', port, house.point, wuye, ...where.args(port)].map(String);
        ms.push(JSON.parse(await must(client, flags, { cwd: where.dir })).ms);
      }
      goals.most('P19', `start to first answer, ${what}`, 20, median(ms), `${median(ms).toFixed(1)} ms`, '', 'ms');
    }
  },

  // Anonymous and shared memory of the process; mapped file pages (program, libraries, index of the log) apart.
  async P20({ house }) {
    await sleep(1500);
    const idle = house.memory();
    goals.most('P20', 'RssAnon + RssShmem, idle', 16, idle.own, `${idle.own.toFixed(1)} MiB`, `${idle.file.toFixed(1)} MiB mapped`, 'MiB');
    let most = house.memory();
    const over = load({ port, ...many, seconds: Math.max(3, seconds), head: house.cookie() }, ['/', house.point, house.publicPage]);
    const sample = setInterval(() => {
      const now = house.memory();
      if (now.own > most.own) most = now;
    }, 50);
    await over;
    clearInterval(sample);
    goals.most('P20', 'the same with 64 connections at work', 32, most.own, `${most.own.toFixed(1)} MiB`, `${most.file.toFixed(1)} MiB mapped`, 'MiB');
  },

  async P1({ house, nginx, sizes }) {
    const what = `public page ${house.publicPage}, ${(sizes.public / KiB).toFixed(1)} KiB`;
    await against('P1', what, onHouse(house, house.publicPage), onNginx(nginx, '/public.html'), 0.95, 1.1);
  },

  async P2({ house, nginx, sizes }) {
    const what = `owner's home, ${(sizes.home / KiB).toFixed(1)} KiB of HTML, beside static 20 KiB`;
    await against('P2', what, onHouse(house, '/', { head: house.cookie() }), onNginx(nginx, '/20k.html'), 0.25, 6);
  },

  async P4({ house, nginx }) {
    await against('P4', 'JSON point read, beside static 1 KiB', onHouse(house, house.point), onNginx(nginx, '/1k.html'), 0.75, 1.6);
  },

  // The measured connections open first; then 4 clients call the slowest page and 4 log in, while nginx is measured too.
  async P6({ house, nginx }) {
    const got = [];
    for (let i = 0; i < rounds; i++) {
      const pair = {};
      for (const name of i % 2 ? ['a', 'p'] : ['p', 'a']) {
        const measured = name === 'p' ? onHouse(house, house.publicPage) : onNginx(nginx, '/public.html');
        const over = measured(seconds + 0.6);
        await sleep(300);
        const beside = [
          load({ port, conns: 4, seconds, head: house.slow.cookie, expect: 200 }, [house.slow.url]),
          load({ port, conns: 4, seconds, posts: house.logins(), expect: 422 }),
        ];
        pair[name] = await over;
        [pair.slow, pair.login] = await Promise.all(beside);
        if (pair.slow.errors || pair.login.errors || pair[name].errors) throw new Error(`P6: ${JSON.stringify(pair)}`);
      }
      got.push({ ratio: pair.p.p99 / pair.a.p99, ...pair });
    }
    const mid = (fn) => median(got.map(fn));
    const show = (k) => `p99 ${(mid((g) => g[k].p99) / 1000).toFixed(2)} ms, max ${(Math.max(...got.map((g) => g[k].max)) / 1000).toFixed(1)} ms`;
    const slow = `${house.slow.url} ${(mid((g) => g.slow.p50) / 1000).toFixed(1)} ms, ${mid((g) => rps(g.login)).toFixed(0)} logins/s`;
    goals.most('P6', `p99 at 64 connections beside 4 × ${slow}`, 2, mid((g) => g.ratio), show('p'), show('a'));
  },

  async P8({ house, disk }) {
    const got = [];
    for (let i = 0; i < rounds; i++) {
      const anchor = await disk(1);
      const get = await load({ port, conns: 1, seconds }, [house.point]);
      const p = await load({ port, conns: 1, seconds, posts: house.reports });
      if (p.errors) throw new Error(`P8: ${p.errors} errors, first status ${p.first_bad}`);
      got.push({ ratio: p.mean / (anchor.mean + get.mean), p, anchor, get });
      await house.quiet();
    }
    const mid = (fn) => median(got.map(fn));
    goals.most('P8', 'one durable report over HTTP, 1 client', 1.5, mid((g) => g.ratio), micro(mid((g) => g.p.mean)),
      `${micro(mid((g) => g.anchor.mean))} raw commit + ${micro(mid((g) => g.get.mean))} one GET`);
  },

  async P9({ house, disk }) {
    const got = [];
    for (let i = 0; i < rounds; i++) {
      const group = await disk(64);
      const one = await disk(1);
      const p = await load({ port, ...many, seconds, posts: house.reports, pids: house.pid });
      got.push({ group: rps(p) / rps(group), one: rps(p) / rps(one), p, raw: group, single: one });
      await house.quiet();
    }
    const mid = (fn) => median(got.map(fn));
    const errors = got.reduce((sum, g) => sum + g.p.errors, 0);
    const product = `${Math.round(mid((g) => rps(g.p)))} reports/s, ${micro(mid((g) => us(g.p)))} CPU`;
    const anchor = (k) => `${Math.round(mid((g) => rps(g[k])))} commands/s, ${micro(mid((g) => us(g[k])))} CPU`;
    goals.least('P9', '64 clients, every answer durable; raw group commit', 0.6, mid((g) => g.group), product, anchor('raw'));
    goals.least('P9', 'the same, raw with one commit each', 1.8, mid((g) => g.one), product, anchor('single'));
    goals.most('P9', 'errors', 0, errors, String(errors), '');
  },
};

// ---- the run ----

async function build() {
  mkdirSync(dir, { recursive: true });
  const flags = ['-std=gnu17', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra'];
  await must('cc', [...flags, '-o', client, join(root, 'test/perf/client.c')]);
  await must('cc', [...flags, '-o', raw, join(root, 'test/perf/raw.c'), '-lsqlite3']);
}

async function main() {
  await build();
  for (const name of ['small', 'house', 'anchor']) rmSync(join(dir, name), { recursive: true, force: true });
  console.error('making the city …');
  const small = await House.make(wuye, join(dir, 'small'), port);
  cpSync(small.dir, join(dir, 'house'), { recursive: true });
  const house = new House(wuye, join(dir, 'house'), port, small);
  if (earlier > 0) await must(raw, ['fill', house.file, String(earlier)], { seconds: 600 });
  const anchorFile = join(dir, 'anchor/wuye.db');
  mkdirSync(join(dir, 'anchor'));
  copyFileSync(house.file, anchorFile);
  writeFileSync(join(dir, 'statements.tsv'), await must(wuye, ['schema', 'statements', ...house.args(port).slice(1, 3)]));
  const report = join(root, 'test/perf/report.tsv');
  const disk = async (batch) =>
    JSON.parse(await must(raw, ['run', anchorFile, join(dir, 'statements.tsv'), report, house.reporters, String(batch), String(seconds)],
      { seconds: 120 }));

  if (wanted.includes('P19')) await run.P19({ house, small });
  await house.start();
  const sizes = await house.look();
  const nginx = await nginxStart({ 'public.html': house.publicBytes, '20k.html': page(20 * KiB), '1k.html': page(KiB) });
  for (const id of wanted.filter((p) => p !== 'P19')) await run[id]({ house, small, nginx, sizes, disk });
  await house.stop();
  await nginx.stop();
  return goals.print();
}

main().then(
  (missed) => process.exit(missed ? 1 : 0),
  (e) => {
    console.error(e.stack ?? String(e));
    process.exit(2);
  },
);
