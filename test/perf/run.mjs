// Goals as ratios: product and anchor in one run, in alternating rounds, by median. A benchmark, never a timed test.
//
//   node test/perf/run.mjs [--rounds N] [--seconds S] [--dir FOLDER] [--earlier N] [P1 ...]
//
// Prints goal, ratio and both raw figures; exits 1 when a goal is missed.
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { must, root, sleep, start, until } from '../lib/sh.mjs';
import { least, median, most, summary } from './goals.mjs';
import { House } from './house.mjs';

const order = ['P19', 'P20', 'P1', 'P2', 'P4', 'P6', 'P8', 'P9'];
const args = process.argv.slice(2);
const option = (name, standard) => {
  const i = args.indexOf(`--${name}`);
  return i < 0 ? standard : args.splice(i, 2)[1];
};
const rounds = Number(option('rounds', 15));
const seconds = Number(option('seconds', 1));
const dir = resolve(option('dir', join(root, 'var/bench')));
const earlier = Number(option('earlier', 1000000));
const unknown = args.filter((a) => !order.includes(a));
if (unknown.length) {
  console.error(`no such goal: ${unknown.join(' ')}\ngoals: ${order.join(' ')}`);
  process.exit(2);
}
const wanted = args.length ? order.filter((p) => args.includes(p)) : order;

const program = join(root, process.env.WUYE_BUILD ?? 'build', 'src/app/wuye');
const client = join(dir, 'client');
const raw = join(dir, 'raw');
const port = 18998;
const nginxPort = 18999;

const load = async (options, urls = []) => {
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return JSON.parse(await must(client, ['load', ...flags, ...urls], { seconds: 300 }));
};

// ---- the anchors ----

async function nginxStart(files) {
  mkdirSync(join(dir, 'static'), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(dir, 'static', name), bytes);
  const conf = readFileSync(join(root, 'test/perf/nginx.conf'), 'utf8').replace('@PORT@', nginxPort);
  writeFileSync(join(dir, 'nginx.conf'), conf);
  // As root its workers would be another user, who may not read this folder.
  const user = process.getuid() === 0 ? ['-g', 'user root;'] : [];
  const child = start('nginx', ['-p', dir, '-c', join(dir, 'nginx.conf'), ...user]);
  const workers = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
  await until(5000, () => workers().length === 2);
  child.pids = workers().join(',');
  return child;
}

const text = (n) => Buffer.alloc(n, 'abcdefghijklmnopqrstuvwxyz0123456789\n');

// SQLite alone, `batch` reports to a commit, on the copy that `anchor` names.
const disk = async (house, batch) => {
  const report = join(root, 'test/perf/report.tsv');
  const flags = ['run', house.anchor, join(dir, 'statements.tsv'), report, house.reporters, batch, seconds];
  return JSON.parse(await must(raw, flags.map(String), { seconds: 120 }));
};

// ---- figures ----

const cpu = (r) => (r.cpu * 1e6) / r.requests;
const rate = (r) => r.requests / r.seconds;
const perSecond = (v) => `${Math.round(v).toLocaleString('en')}/s`;
const micro = (v) => `${v.toFixed(1)} µs`;
const milli = (v) => `${(v / 1000).toFixed(2)} ms`;
const sound = (id, ...list) => {
  for (const r of list) if (r.errors) throw new Error(`${id}: ${r.errors} errors, first status ${r.first_bad}`);
};

// Alternates product and anchor; adds the goals of requests a second and of processor time.
async function beside(id, what, product, anchor, leastRate, mostCpu) {
  const got = [];
  await product(0.5);
  await anchor(0.5);
  for (let i = 0; i < rounds; i++) {
    const p = await product(seconds);
    const a = await anchor(seconds);
    sound(id, p, a);
    got.push({ rate: rate(p) / rate(a), cpu: cpu(p) / cpu(a), p, a });
  }
  const mid = (fn) => median(got.map(fn));
  least(leastRate, {
    id,
    what,
    ratio: mid((g) => g.rate),
    product: perSecond(mid((g) => rate(g.p))),
    anchor: `nginx ${perSecond(mid((g) => rate(g.a)))}`,
  });
  most(mostCpu, {
    id,
    what: 'processor time of a request',
    ratio: mid((g) => g.cpu),
    product: micro(mid((g) => cpu(g.p))),
    anchor: `nginx ${micro(mid((g) => cpu(g.a)))}`,
  });
}

const many = { conns: 64 };
const onNginx = (nginx, url) => (s) => load({ port: nginxPort, ...many, seconds: s, pids: nginx.pids }, [url]);
const onHouse = (house, url, more) => (s) => load({ port, ...many, seconds: s, pids: house.pid, ...more }, [url]);
const size = (bytes) => `${(bytes.length / 1024).toFixed(1)} KiB`;

// ---- one goal after the other ----

const run = {
  // From exec to the first answer read from the database: near-empty and with all the earlier commands.
  async P19({ house, small }) {
    const cases = [['the demonstration city', small], [`${earlier.toLocaleString('en')} earlier commands`, house]];
    for (const [what, where] of cases) {
      const ms = [];
      for (let i = 0; i < 2 * rounds + 1; i++) {
        const flags = ['start', '--port', String(port), house.point, program, ...where.args()];
        ms.push(JSON.parse(await must(client, flags, { cwd: where.dir })).ms);
      }
      const product = `least ${Math.min(...ms).toFixed(1)} ms, most ${Math.max(...ms).toFixed(1)} ms`;
      most(20, { id: 'P19', what: `start to first answer, ${what}`, ratio: median(ms), product, unit: 'ms' });
    }
  },

  // Anonymous and shared memory of the process; mapped file pages (program, libraries, index of the log) apart.
  async P20({ house }) {
    const show = (m) => ({ ratio: m.own, product: `${m.file.toFixed(1)} MiB mapped beside it`, unit: 'MiB' });
    await sleep(1500);
    most(16, { id: 'P20', what: 'RssAnon + RssShmem, idle', ...show(house.memory()) });
    let highest = house.memory();
    const urls = ['/', house.point, house.publicPage];
    const over = load({ port, ...many, seconds: Math.max(3, seconds), head: house.cookie() }, urls);
    const sample = setInterval(() => {
      const now = house.memory();
      if (now.own > highest.own) highest = now;
    }, 50);
    await over;
    clearInterval(sample);
    most(32, { id: 'P20', what: 'the same with 64 connections at work', ...show(highest) });
  },

  async P1({ house, nginx }) {
    const what = `public page ${house.publicPage}, ${size(house.publicBytes)}; nginx: the same bytes`;
    await beside('P1', what, onHouse(house, house.publicPage), onNginx(nginx, '/public.html'), 0.95, 1.1);
  },

  async P2({ house, nginx }) {
    const what = `owner's home with session check, ${size(house.homeBytes)}; nginx: 20 KiB`;
    const home = onHouse(house, '/', { head: house.cookie() });
    await beside('P2', what, home, onNginx(nginx, '/20k.html'), 0.25, 6);
  },

  async P4({ house, nginx }) {
    const read = onHouse(house, house.point);
    await beside('P4', 'JSON point read; nginx: 1 KiB', read, onNginx(nginx, '/1k.html'), 0.75, 1.6);
  },

  // The measured connections open first; then 4 clients call the slowest page and 4 log in, also beside nginx.
  async P6({ house, nginx }) {
    const got = [];
    for (let i = 0; i < rounds; i++) {
      const pair = {};
      for (const name of i % 2 ? ['a', 'p'] : ['p', 'a']) {
        const measured = name === 'p' ? onHouse(house, house.publicPage) : onNginx(nginx, '/public.html');
        const over = measured(seconds + 0.6);
        await sleep(300);
        const slow = load({ port, conns: 4, seconds, head: house.slow.cookie }, [house.slow.url]);
        const logins = load({ port, conns: 4, seconds, posts: house.logins(), expect: 422 });
        [pair[name], pair.slow, pair.logins] = await Promise.all([over, slow, logins]);
        sound('P6', pair[name], pair.slow, pair.logins);
      }
      got.push({ ratio: pair.p.p99 / pair.a.p99, ...pair });
    }
    const mid = (fn) => median(got.map(fn));
    const highest = (k) => Math.max(...got.map((g) => g[k].max));
    const show = (k) => `p99 ${milli(mid((g) => g[k].p99))}, max ${milli(highest(k))}`;
    const slow = `${house.slow.url} of ${milli(mid((g) => g.slow.p50))}`;
    const logins = `4 logins, ${mid((g) => rate(g.logins)).toFixed(0)}/s`;
    most(2, {
      id: 'P6',
      what: `p99 at 64 connections beside 4 × ${slow} and ${logins}`,
      ratio: mid((g) => g.ratio),
      product: show('p'),
      anchor: `nginx ${show('a')}`,
    });
  },

  async P8({ house }) {
    const got = [];
    for (let i = 0; i < rounds; i++) {
      const a = await disk(house, 1);
      const get = await load({ port, conns: 1, seconds }, [house.point]);
      const p = await load({ port, conns: 1, seconds, posts: house.reports });
      sound('P8', get, p);
      got.push({ ratio: p.mean / (a.mean + get.mean), p, a, get });
      await house.quiet();
    }
    const mid = (fn) => median(got.map(fn));
    most(1.5, {
      id: 'P8',
      what: 'one durable report over HTTP, 1 client: mean time',
      ratio: mid((g) => g.ratio),
      product: micro(mid((g) => g.p.mean)),
      anchor: `${micro(mid((g) => g.a.mean))} raw commit + ${micro(mid((g) => g.get.mean))} one GET`,
    });
  },

  async P9({ house }) {
    const got = [];
    for (let i = 0; i < rounds; i++) {
      const group = await disk(house, 64);
      const one = await disk(house, 1);
      const p = await load({ port, ...many, seconds, posts: house.reports, pids: house.pid });
      got.push({ p, group, one });
      await house.quiet();
    }
    const mid = (fn) => median(got.map(fn));
    const show = (k) => `${perSecond(mid((g) => rate(g[k])))}, ${micro(mid((g) => cpu(g[k])))} of processor time`;
    const goal = (want, what, k) =>
      least(want, {
        id: 'P9',
        what,
        ratio: mid((g) => rate(g.p) / rate(g[k])),
        product: show('p'),
        anchor: `raw ${show(k)}`,
      });
    goal(0.6, '64 clients, every answer durable; raw: 64 to a commit', 'group');
    goal(1.8, 'the same; raw: one to a commit', 'one');
    const errors = got.reduce((sum, g) => sum + g.p.errors, 0);
    const answers = got.reduce((sum, g) => sum + g.p.requests, 0);
    most(0, { id: 'P9', what: 'errors', ratio: errors, product: `${answers} answers` });
  },
};

// ---- the run ----

async function build() {
  mkdirSync(dir, { recursive: true });
  const flags = ['-std=gnu17', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra'];
  await must('cc', [...flags, '-o', client, join(root, 'test/perf/client.c')]);
  await must('cc', [...flags, '-o', raw, join(root, 'test/perf/raw.c'), '-lsqlite3']);
}

// Two houses and the copy for the anchor: the city as it was made, and with the earlier commands.
async function houses() {
  for (const name of ['small', 'house', 'anchor']) rmSync(join(dir, name), { recursive: true, force: true });
  console.error('making the city …');
  const small = await House.make(program, join(dir, 'small'), port);
  cpSync(small.dir, join(dir, 'house'), { recursive: true });
  const house = new House(program, join(dir, 'house'), port, small);
  if (earlier > 0) await must(raw, ['fill', house.file, String(earlier)], { seconds: 900 });
  house.anchor = join(dir, 'anchor', 'wuye.db');
  mkdirSync(join(dir, 'anchor'));
  copyFileSync(house.file, house.anchor);
  const statements = await must(program, ['schema', 'statements', '--db', house.file], { cwd: house.dir });
  writeFileSync(join(dir, 'statements.tsv'), statements);
  return { small, house };
}

async function main() {
  await build();
  const { small, house } = await houses();
  if (wanted.includes('P19')) await run.P19({ house, small });
  await house.start();
  await house.look();
  const files = { 'public.html': house.publicBytes, '20k.html': text(20 << 10), '1k.html': text(1 << 10) };
  const nginx = await nginxStart(files);
  for (const id of wanted.filter((p) => p !== 'P19')) await run[id]({ house, nginx });
  await house.stop();
  await nginx.stop();
  return summary();
}

main().then(
  (missed) => process.exit(missed ? 1 : 0),
  (e) => {
    console.error(e.stack ?? String(e));
    process.exit(2);
  },
);
