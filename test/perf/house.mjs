// The product under measurement: a demonstration city with 64 owners who are logged in; and the table of goals.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, sleep, start, until } from '../lib/sh.mjs';
import { freshKey, request } from '../lib/client.mjs';
import { idNumber, idText } from '../lib/id.mjs';

export const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

export const goals = {
  rows: [],
  add(id, what, want, ok, ratio, product, anchor, unit) {
    this.rows.push({ id, what, want, ok, ratio: unit ? `${ratio.toFixed(1)} ${unit}` : ratio.toFixed(2), product, anchor });
    console.log(line(this.rows.at(-1)));
  },
  least(id, what, want, ratio, product, anchor, unit = '') {
    this.add(id, what, `≥ ${want} ${unit}`.trim(), ratio >= want, ratio, product, anchor, unit);
  },
  most(id, what, want, ratio, product, anchor, unit = '') {
    this.add(id, what, `≤ ${want} ${unit}`.trim(), ratio <= want, ratio, product, anchor, unit);
  },
  print() {
    const missed = this.rows.filter((r) => !r.ok);
    console.log(`\n${this.rows.length - missed.length} of ${this.rows.length} goals reached`);
    for (const r of missed) console.log(`missed: ${r.id} ${r.what}: ${r.ratio}, wanted ${r.want}`);
    return missed.length;
  },
};

const line = (r) =>
  `${r.ok ? 'ok  ' : 'MISS'} ${r.id.padEnd(4)} ${r.want.padEnd(9)} ${r.ratio.padStart(9)}  ${r.what}\n` +
  `                               ${r.product}${r.anchor ? `   |   ${r.anchor}` : ''}`;

const sql = (file, text) => must('sqlite3', ['-bail', '-batch', '-separator', ' ', file, `.timeout 10000`, text]);

// Owners of exactly one home, two of each estate at most, and what each of them reports: a lamp in the stairs.
const OWNERS = `WITH one AS (SELECT person_id FROM person_home WHERE ended = 0 GROUP BY person_id HAVING count(*) = 1 AND min(kind) = 1),
  owner AS (SELECT tie.estate_id AS estate, tie.person_id AS person, tie.home_id AS home,
    row_number() OVER (PARTITION BY tie.estate_id ORDER BY tie.id) AS turn FROM tie JOIN one ON one.person_id = tie.person_id
    WHERE tie.kind = 1 AND tie.to_at IS NULL AND NOT EXISTS (SELECT 1 FROM demo_person AS d WHERE d.person_id = tie.person_id))
  SELECT estate, person, home FROM owner ORDER BY turn, estate LIMIT 64`;
const REPORT = { place: 'place_stairs', category: 207, words: '三层到四层的灯不亮，晚上看不见台阶。', contact: 'contact_here' };

export class House {
  constructor(wuye, dir, port, like = {}) {
    Object.assign(this, { wuye, dir, port, file: join(dir, 'wuye.db'), url: `http://127.0.0.1:${port}` });
    this.reporters = join(dir, 'reporters');
    this.reports = join(dir, 'reports.tsv');
    this.owners = like.owners;
    this.point = like.point ?? '/api/division.area.get?code=110105';
    this.publicPage = '/public/board?area=110105';   // a district: about 20 KiB
  }

  args(port) {
    return ['serve', '--db', this.file, '--port', String(port), '--log', join(this.dir, 'wuye.log')];
  }

  // A fresh city. A few reports are made, so that every chain and every subscriber has begun.
  static async make(wuye, dir, port) {
    mkdirSync(dir, { recursive: true });
    const house = new House(wuye, dir, port);
    await must(wuye, ['seed', '--db', house.file], { cwd: dir, seconds: 300 });
    await house.choose();
    await house.start();
    await house.login();
    await house.send();
    await house.quiet();
    await house.stop();
    await sql(house.file, 'PRAGMA wal_checkpoint(TRUNCATE)');
    return house;
  }

  async choose() {
    this.owners = (await sql(this.file, OWNERS)).trim().split('\n').map((l) => l.split(' '));
    if (this.owners.length !== 64) throw new Error(`only ${this.owners.length} owners to choose from`);
    const values = this.owners.map(([, person], i) => `(${person}, ${1000 + i}, 'bench', '', '', 'bench${i}')`);
    await sql(this.file, `INSERT INTO demo_person (person_id, no, name, title, about, login) VALUES ${values.join(', ')}`);
  }

  async start() {
    this.child = start(this.wuye, this.args(this.port), { cwd: this.dir });
    this.pid = this.child.pid;
    await until(10000, () => /http:\/\//.test(this.child.out), 5);
    if (!/http:\/\//.test(this.child.out)) throw new Error(`the server did not start: ${this.child.err}`);
  }

  async stop() {
    const code = await this.child.stop();
    if (code !== 0) throw new Error(`the server ended with ${code}: ${this.child.err}`);
  }

  async csrf() {
    return (await request(this.url, 'GET', '/login')).text.match(/name="csrf" value="([^"]+)"/)[1];
  }

  // Enters as somebody of the demonstration; returns the token of the session.
  async become(person) {
    this.csrfText ??= await this.csrf();
    const headers = { 'content-type': 'application/json', 'idempotency-key': freshKey(), 'x-csrf': this.csrfText };
    const body = JSON.stringify({ person_id: idText(person) });
    const reply = await request(this.url, 'POST', '/api/demo.person.become', { headers, body });
    if (reply.status !== 200) throw new Error(`no session: ${reply.status} ${reply.text}`);
    return reply.headers['set-cookie'][0].match(/wuye=([^;]+)/)[1];
  }

  // A session for each owner, in the file `sessions`; sessions live in the database and so in its copies.
  async login() {
    const tokens = [];
    for (const [, person] of this.owners) tokens.push(await this.become(person));
    writeFileSync(join(this.dir, 'sessions'), tokens.join('\n'));
    writeFileSync(this.reporters, this.owners.map((o, i) => `${o.join(' ')} ${idNumber(tokens[i].split('.')[1])}\n`).join(''));
    writeFileSync(this.reports, this.owners.map(([estate, , home], i) =>
      `/api/e/${idText(estate)}/appeal.case.report\tAuthorization: Bearer ${tokens[i]}\t${JSON.stringify({ ...REPORT, home_id: idText(home) })}\n`).join(''));
  }

  tokens() {
    return readFileSync(join(this.dir, 'sessions'), 'utf8').split('\n');
  }

  cookie() {
    return `Cookie: wuye=${this.tokens()[0]}`;
  }

  // One report of each owner, in turn.
  async send() {
    for (const one of readFileSync(this.reports, 'utf8').trim().split('\n')) {
      const [path, head, body] = one.split('\t');
      const headers = { 'content-type': 'application/json', 'idempotency-key': freshKey(), authorization: head.slice(15) };
      const reply = await request(this.url, 'POST', path, { headers, body });
      if (reply.status !== 200) throw new Error(`no report: ${reply.status} ${reply.text}`);
    }
  }

  // Looks at the pages to be measured; picks the slowest of those that no one holds to be quick.
  async look() {
    const get = async (path, headers = {}) => {
      const reply = await request(this.url, 'GET', path, { headers });
      if (reply.status !== 200) throw new Error(`${path}: ${reply.status}`);
      return reply;
    };
    this.csrfText ??= await this.csrf();
    this.publicBytes = (await get(this.publicPage)).bytes;
    const home = (await get('/', { cookie: `wuye=${this.tokens()[0]}` })).bytes.length;
    await get(this.point);
    await this.findSlow();
    return { public: this.publicBytes.length, home };
  }

  // The slowest page of the city's officer.
  async findSlow() {
    const [officer] = (await sql(this.file, `SELECT person_id FROM demo_person WHERE login = 'shi'`)).trim().split('\n');
    const cookie = `Cookie: wuye=${await this.become(officer)}`;
    const headers = { cookie: cookie.slice(8) };
    let worst = 0;
    for (const url of ['/', '/a/11/appeal', '/a/11/posts', '/a/11/estates', '/board?area=11', '/board/top', '/org', '/division', '/demo']) {
      const times = [];
      for (let i = 0; i < 5; i++) {
        const began = performance.now();
        const reply = await request(this.url, 'GET', url, { headers });
        if (reply.status !== 200) throw new Error(`${url}: ${reply.status}`);
        times.push(performance.now() - began);
      }
      if (median(times) <= worst) continue;
      worst = median(times);
      this.slow = { url, cookie };
    }
  }

  // Attempts to log in, each with a name of its own: the check of the password takes as long for an unknown one.
  logins() {
    const file = join(this.dir, 'logins.tsv');
    writeFileSync(file, `/api/account.session.open\tX-CSRF: ${this.csrfText}\t{"login":"nobody{n}","password":"not the password"}\n`);
    return file;
  }

  memory() {
    const text = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const kib = (name) => Number(text.match(new RegExp(`${name}:\\s+(\\d+) kB`))[1]);
    return { own: (kib('RssAnon') + kib('RssShmem')) / 1024, file: kib('RssFile') / 1024 };
  }

  // Until what commands leave to be done afterwards is done.
  async quiet() {
    await until(120000, async () => (await unsealed(this.file)) === 0, 200);
    await sleep(500);
  }
}

export const unsealed = async (file) => Number(await sql(file, 'SELECT count(*) FROM op WHERE seq IS NULL'));
