// What the drivers of this folder share: a server that may die at any instant and is started again at the same port,
// clients that report and ask again with their key until they have an answer, and the count of what the database says.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { copy, program } from '../lib/server.mjs';
import { Client, freshKey } from '../lib/client.mjs';
import { idText } from '../lib/id.mjs';
import { root, run, sleep, start, until } from '../lib/sh.mjs';

export { program, sleep, until, root, start, run };

// Programs of test/crash/meson.build.
export const built = (name) => {
  const path = join(root, process.env.WUYE_BUILD ?? 'build', 'test/crash', name);
  if (!existsSync(path)) throw new Error(`${path} is missing: ninja -C build`);
  return path;
};

// A server over a house that may be killed.
export class Server {
  constructor(house, { binary = program, args = [], cwd = house.dir } = {}) {
    Object.assign(this, { house, binary, args, cwd, port: 0, said: '', starts: 0, slowest: 0 });
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  async up() {
    const began = Date.now();
    const child = start(
      this.binary,
      ['serve', '--port', String(this.port), '--db', await this.house.where(), ...this.args],
      { cwd: this.cwd },
    );
    this.child = child;
    let over = false;
    child.ended.then(() => (over = true));
    await until(30000, () => over || /http:\/\/\S+/.test(child.out), 2);
    const found = child.out.match(/http:\/\/[\d.]+:(\d+)/);
    if (!found) throw new Error(`the server did not start: ${(child.err || child.out).trim().slice(0, 500)}`);
    this.port = Number(found[1]);
    this.starts++;
    this.slowest = Math.max(this.slowest, Date.now() - began);
  }

  async end(signal) {
    const code = await this.child.stop(signal);
    this.said += this.child.err;
    return code;
  }

  async metrics() {
    const reply = await new Client(this, 'metrics').get('/metrics');
    const lines = [...reply.text.matchAll(/^(?:wuye_)?(\w+) (-?\d+)$/gm)];
    return Object.fromEntries(lines.map(([, n, v]) => [n, Number(v)]));
  }
}

export const house = (engine = 'sqlite') => copy(engine);

// The estate of the enterprise's clerk, and somebody who may report there.
export async function estateOf(h, login = 'kefu') {
  const [[area, person]] = await h.sql(`SELECT p.area_id, d.person_id FROM demo_person AS d
    JOIN post AS p ON p.person_id = d.person_id WHERE d.login = '${login}'`);
  return { estate: idText(area), number: area, person: idText(person) };
}

export async function login(server, person) {
  const client = new Client(server, 'clerk');
  await client.become(person);
  return client;
}

// Somebody who reports one thing after the other. A report without an answer is sent again, with the same key, until
// there is one: that is the promise that is tested.
export class Reporter {
  constructor(client, place, name) {
    Object.assign(this, { client, place, name, told: new Map(), again: 0, refused: [] });
  }

  words(key) {
    return `试验 ${key}`;
  }

  async report(key = freshKey(), patience = Infinity) {
    const fields = { place: 'place_stairs', category: 208, words: this.words(key), contact: 'contact_here' };
    for (let tries = 0; tries < patience; tries++) {
      if (tries === 1) this.again++;
      const where = { estate: this.place.estate, key };
      const reply = await this.client.json('appeal.case.report', fields, where).catch(() => null);
      if (reply?.status === 200) {
        this.told.set(key, reply.text);
        return reply;
      }
      if (reply && reply.status < 500) {
        this.refused.push(`${key}: ${reply.status} ${reply.text.slice(0, 200)}`);
        return reply;
      }
      await sleep(reply ? 20 : 5);
    }
    return null;
  }
}

// What the database holds of these reporters: for each key how many op rows, how many cases, and whether the stored
// answer is the one that was given. Returns the list of what is wrong.
export async function compare(h, place, reporters) {
  const wrong = [];
  const ops = new Map();
  for (const [key, result] of await h.sql(
    `SELECT key, result FROM op WHERE shard = ${place.number} AND command = 'appeal.case.report'`,
  ))
    ops.set(key, [...(ops.get(key) ?? []), result]);
  const cases = new Map();
  for (const [words] of await h.sql(
    `SELECT words FROM case_text WHERE estate_id = ${place.number} AND words LIKE '试验 %'`,
  ))
    cases.set(words, (cases.get(words) ?? 0) + 1);
  let asked = 0;
  for (const r of reporters)
    for (const [key, answer] of r.told) {
      asked++;
      const rows = ops.get(key) ?? [];
      const n = cases.get(r.words(key)) ?? 0;
      if (rows.length !== 1) wrong.push(`${key} was acknowledged and has ${rows.length} op rows`);
      else if (rows[0] !== answer) wrong.push(`${key} was answered ${answer}, the record says ${rows[0]}`);
      if (n !== 1) wrong.push(`${key} was acknowledged and is there ${n} times`);
    }
  const total = [...cases.values()].reduce((a, b) => a + b, 0);
  if (total !== asked) wrong.push(`${asked} reports were acknowledged, ${total} are there`);
  for (const r of reporters) for (const line of r.refused) wrong.push(`refused: ${line}`);
  return wrong;
}

export async function audit(h, binary = program) {
  const { code, out, err } = await run(binary, ['audit', '--db', await h.where()], { cwd: h.dir, seconds: 120 });
  return { clean: code === 0, code, said: (out + err).trim() };
}

// Runs a driver as a program: prints its lines, ends with the counts.
export async function main(url, fn) {
  if (process.argv[1] !== new URL(url).pathname) return;
  const { Tally } = await import('../lib/tally.mjs');
  const tally = new Tally(url.replace(/.*\//, '').replace('.mjs', ''));
  try {
    await fn(tally, process.argv.slice(2));
  } catch (e) {
    tally.ok(false, e.stack ?? String(e));
  }
  if (tally.passed + tally.failed === 0) tally.ok(false, 'nothing was proved');
  for (const note of tally.notes) console.log(note);
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  process.exit(tally.failed ? 1 : 0);
}
