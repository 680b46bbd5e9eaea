// Kills the server at random instants while eight clients report. What was acknowledged is there once, nothing is there
// twice, and the auditor finds the records whole. The control is a server that does not look at its op rows: what its
// clients ask again is done again.
//
//   node test/crash/kill.mjs [kills] [seed]
import { audit, built, compare, estateOf, house, login, main, program, Reporter, Server, sleep } from './lib.mjs';

const CLIENTS = 8;

function dice(seed) {
  let s = BigInt(seed);
  return (below) => {
    s = (s * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((s >> 33n) % BigInt(below));
  };
}

// Returns what was found wrong, and the figures.
async function spree(h, kills, seed, binary, enough = () => false) {
  const roll = dice(seed);
  const server = new Server(h, { binary });
  await server.up();
  const place = await estateOf(h);
  const clerk = await login(server, place.person);
  const reporters = Array.from({ length: CLIENTS }, (_, i) => new Reporter(clerk, place, i));
  let over = false;
  const busy = reporters.map(async (r) => {
    while (!over) await r.report();
  });
  let done = 0;
  for (; done < kills; done++) {
    await sleep(15 + roll(220));
    await server.end('SIGKILL');
    await server.up();
    if (done % 10 === 9 && (await enough(reporters))) break;
  }
  over = true;
  await Promise.all(busy);
  const code = await server.end('SIGTERM');
  const wrong = await compare(h, place, reporters);
  if (code !== 0) wrong.push(`the server ends with ${code}`);
  const told = reporters.reduce((n, r) => n + r.told.size, 0);
  const again = reporters.reduce((n, r) => n + r.again, 0);
  return { wrong, told, again, kills: done, slowest: server.slowest, said: server.said };
}

export async function run(tally, [kills = '200', seed = '20261124'] = []) {
  const began = Date.now();
  const h = await house('sqlite');
  const got = await spree(h, Number(kills), seed, program);
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  tally.note(
    `${got.kills} kills, ${got.told} reports acknowledged, ${got.again} asked again, ` +
      `slowest start ${got.slowest} ms, ${seconds} s`,
  );
  for (const line of got.wrong) tally.ok(false, line);
  tally.count(got.kills, 0);
  tally.ok(got.told > got.kills, `only ${got.told} reports in ${got.kills} kills`);
  tally.ok(got.again > got.kills / 4, `only ${got.again} reports were in flight when the server died`);
  const checked = await audit(h);
  tally.ok(checked.clean, `wuye audit ends with ${checked.code}: ${checked.said.slice(-600)}`);
  tally.note(checked.said.split('\n').slice(-2).join(' '));
  await h.remove();

  const other = await house('sqlite');
  const bad = await spree(other, 120, seed, built('wuye-no-op'), async (reporters) => {
    const again = reporters.reduce((n, r) => n + r.again, 0);
    return again > 60;
  });
  const doubled = bad.wrong.filter((l) => /is there [2-9] times/.test(l)).length;
  tally.ok(doubled > 0, `the control without op rows doubled nothing in ${bad.kills} kills`);
  tally.note(`control without op rows: ${doubled} reports doubled in ${bad.kills} kills`);
  await other.remove();
}

await main(import.meta.url, run);
