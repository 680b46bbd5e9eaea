// One estate that everybody reports in at once: 64 clients on PostgreSQL. Every report is answered 200 and none was
// given up by the lanes, which keep the commands of one estate from racing. The control sends the same reports through
// two servers on one database: there they do race, and the engine has to tell.
//
//   node test/crash/hot.mjs [clients] [reports each]
import { cpSync, rmSync } from 'node:fs';
import { audit, compare, estateOf, house, login, main, Reporter, Server } from './lib.mjs';

async function rush(servers, place, clients, each) {
  const reporters = [];
  const times = [];
  for (const server of servers) {
    const clerk = await login(server, place.person);
    for (let i = 0; i < clients / servers.length; i++) reporters.push(new Reporter(clerk, place, i));
  }
  const began = Date.now();
  await Promise.all(
    reporters.map(async (r) => {
      for (let i = 0; i < each; i++) {
        const from = performance.now();
        const reply = await r.report(undefined, 1);
        times.push(performance.now() - from);
        if (!reply) r.refused.push('no answer, or 5xx');
      }
    }),
  );
  const seconds = (Date.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const figures = await Promise.all(servers.map((s) => s.metrics()));
  const sum = (name) => figures.reduce((n, f) => n + f[name], 0);
  return {
    reporters,
    rate: Math.round(times.length / seconds),
    p99: Math.round(times[Math.floor(times.length * 0.99)]),
    sent: times.length,
    retried: sum('write_retries_total'),
    given: sum('write_given_up_total'),
  };
}

export async function run(tally, [clients = '64', each = '30'] = []) {
  const h = await house('postgres');
  const server = new Server(h);
  await server.up();
  const place = await estateOf(h);
  const got = await rush([server], place, Number(clients), Number(each));
  tally.note(
    `${clients} clients, ${got.sent} reports in one estate: ${got.rate}/s, p99 ${got.p99} ms, ` +
      `${got.retried} runs again, ${got.given} given up`,
  );
  for (const line of await compare(h, place, got.reporters)) tally.ok(false, line);
  const told = got.reporters.reduce((n, r) => n + r.told.size, 0);
  tally.count(told, 0);
  tally.is(told, Number(clients) * Number(each), 'answered with 200');
  tally.is(got.given, 0, 'given up');

  /* A second machine: its own folder and node number, the same keys, the same database. */
  const cwd = `${h.dir}-second`;
  cpSync(h.dir, cwd, { recursive: true, filter: (path) => !path.endsWith('.sock') && !path.endsWith('.lock') });
  const second = new Server(h, { cwd, args: ['--node', '1'] });
  await second.up();
  const before = got.retried;
  const two = await rush([server, second], place, Number(clients), Number(each));
  tally.note(`control, two servers: ${two.rate}/s, ${two.retried - before} runs again, ${two.given} given up`);
  tally.ok(two.retried - before > before, 'two servers on one estate met no more often than one with itself');
  for (const s of [server, second]) tally.is(await s.end('SIGTERM'), 0, 'the server ends with');
  for (const line of await compare(h, place, [...got.reporters, ...two.reporters]))
    if (!line.startsWith('refused')) tally.ok(false, line);
  const checked = await audit(h);
  tally.ok(checked.clean, `wuye audit ends with ${checked.code}: ${checked.said.slice(-600)}`);
  await h.remove();
  rmSync(cwd, { recursive: true, force: true });
}

await main(import.meta.url, run);
