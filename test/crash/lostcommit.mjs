// Loses the answer to fifty COMMITs between the server and PostgreSQL: each had been committed, and nobody was told.
// The lane asks the op row and gives the same answer; nothing is there twice. The control does not look at op rows.
//
//   node test/crash/lostcommit.mjs [losses]
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { postgres } from '../lib/postgres.mjs';
import { audit, built, compare, estateOf, house, login, main, program } from './lib.mjs';
import { Reporter, Server, start, until } from './lib.mjs';

const CLIENTS = 8;

async function losses(want, binary) {
  const h = await house('postgres');
  const direct = await h.where();
  const folder = decodeURIComponent(direct.match(/host=([^&]*)/)[1]);
  const mine = join(folder, 'lose');
  const { mkdirSync } = await import('node:fs');
  mkdirSync(mine, { recursive: true });
  const socket = '.s.PGSQL.5432';
  const proxy = start(built('proxy'), [join(mine, socket), join(folder, socket), '40', '9', String(want)]);
  await until(5000, () => proxy.out.includes('ready'), 5);
  const lost = () => (proxy.out.match(/lost/g) ?? []).length;
  const where = async () => direct.replace(/host=[^&]*/, `host=${encodeURIComponent(mine)}`);
  const through = Object.assign(Object.create(h), { where });
  const server = new Server(through, { binary });
  await server.up();
  const place = await estateOf(h);
  const clerk = await login(server, place.person);
  const reporters = Array.from({ length: CLIENTS }, (_, i) => new Reporter(clerk, place, i));
  const end = Date.now() + 120000;
  await Promise.all(
    reporters.map(async (r) => {
      /* A report is sent once: the lane, not the client, must find out. */
      while (lost() < want && Date.now() < end) {
        const reply = await r.report(undefined, 1);
        if (!reply) r.refused.push('no answer');
      }
    }),
  );
  const figures = await server.metrics();
  const code = await server.end('SIGTERM');
  await proxy.stop('SIGTERM');
  rmSync(mine, { recursive: true, force: true });
  const wrong = await compare(h, place, reporters);
  if (code !== 0) wrong.push(`the server ends with ${code}`);
  if (lost() < want) wrong.push(`only ${lost()} answers were lost`);
  return { h, wrong, figures, lost: lost(), told: reporters.reduce((n, r) => n + r.told.size, 0) };
}

export async function run(tally, [want = '50'] = []) {
  const began = Date.now();
  const got = await losses(Number(want), program);
  for (const line of got.wrong) tally.ok(false, line);
  tally.count(got.lost, 0);
  tally.is(got.figures.write_given_up_total, 0, 'given up');
  const checked = await audit(got.h);
  tally.ok(checked.clean, `wuye audit ends with ${checked.code}: ${checked.said.slice(-600)}`);
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  tally.note(
    `${got.lost} COMMIT answers lost, ${got.told} reports acknowledged, ` +
      `${got.figures.write_retries_total} runs again, ${seconds} s`,
  );
  await got.h.remove();
  const bad = await losses(Number(want), built('wuye-no-op'));
  const doubled = bad.wrong.filter((l) => /is there [2-9] times/.test(l)).length;
  tally.ok(doubled > 0, `the control without op rows doubled nothing in ${bad.lost} losses`);
  tally.note(`control without op rows: ${doubled} reports doubled in ${bad.lost} losses`);
  await bad.h.remove();
}

await main(import.meta.url, run);
