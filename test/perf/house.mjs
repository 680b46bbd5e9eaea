// The product under measurement: a demonstration city with 64 owners who are logged in.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, sleep, start, until } from '../lib/sh.mjs';
import { freshKey, request } from '../lib/client.mjs';
import { idNumber, idText } from '../lib/id.mjs';
import { median } from './goals.mjs';

const sql = async (file, text) =>
  (await must('sqlite3', ['-bail', '-batch', '-separator', ' ', file, '.timeout 10000', text])).trim();

// Owners of exactly one home, one of each estate before a second of any.
const OWNERS = `
  WITH one AS (
    SELECT person_id FROM person_home WHERE ended = 0 GROUP BY person_id HAVING count(*) = 1 AND min(kind) = 1),
  owner AS (
    SELECT tie.estate_id AS estate, tie.person_id AS person, tie.home_id AS home,
      row_number() OVER (PARTITION BY tie.estate_id ORDER BY tie.id) AS turn
    FROM tie JOIN one ON one.person_id = tie.person_id
    WHERE tie.kind = 1 AND tie.to_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM demo_person AS d WHERE d.person_id = tie.person_id))
  SELECT estate, person, home FROM owner ORDER BY turn, estate LIMIT 64`;

// What each of them reports: a lamp in the stairs.
const REPORT = {
  place: 'place_stairs',
  category: 207,
  words: '三层到四层的灯不亮，晚上看不见台阶。',
  contact: 'contact_here',
};

// Among these the slowest is looked for, as the city's officer sees them.
const PAGES = ['/', '/a/11/appeal', '/a/11/posts', '/a/11/estates', '/board?area=11', '/board/top', '/org', '/demo'];

export class House {
  constructor(program, dir, port, like = {}) {
    Object.assign(this, { program, dir, port, url: `http://127.0.0.1:${port}`, owners: like.owners });
    this.file = join(dir, 'wuye.db');
    this.reporters = join(dir, 'reporters');
    this.reports = join(dir, 'reports.tsv');
    this.point = '/api/division.area.get?code=110105';
    this.publicPage = '/public/board?area=110105';   // a district: about 20 KiB
  }

  args() {
    return ['serve', '--db', this.file, '--port', String(this.port), '--log', join(this.dir, 'wuye.log')];
  }

  // A fresh city. A few reports are made, so that every chain and every subscriber has begun.
  static async make(program, dir, port) {
    mkdirSync(dir, { recursive: true });
    const house = new House(program, dir, port);
    await must(program, ['seed', '--db', house.file], { cwd: dir, seconds: 300 });
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
    this.owners = (await sql(this.file, OWNERS)).split('\n').map((l) => l.split(' '));
    if (this.owners.length !== 64) throw new Error(`only ${this.owners.length} owners to choose from`);
    const rows = this.owners.map(([, person], i) => `(${person}, ${1000 + i}, 'bench', '', '', 'bench${i}')`);
    const columns = 'person_id, no, name, title, about, login';
    await sql(this.file, `INSERT INTO demo_person (${columns}) VALUES ${rows.join(', ')}`);
  }

  async start() {
    this.child = start(this.program, this.args(), { cwd: this.dir });
    this.pid = this.child.pid;
    await until(10000, () => /http:\/\//.test(this.child.out), 5);
    if (!/http:\/\//.test(this.child.out)) throw new Error(`the server did not start: ${this.child.err}`);
  }

  async stop() {
    const code = await this.child.stop();
    if (code !== 0) throw new Error(`the server ended with ${code}: ${this.child.err}`);
  }

  async get(path, headers = {}) {
    const reply = await request(this.url, 'GET', path, { headers });
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status}`);
    return reply;
  }

  async post(path, body, headers) {
    const all = { 'content-type': 'application/json', 'idempotency-key': freshKey(), ...headers };
    const reply = await request(this.url, 'POST', path, { headers: all, body });
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${reply.text}`);
    return reply;
  }

  // Enters as somebody of the demonstration; returns the token of the session.
  async become(person) {
    this.csrf ??= (await this.get('/login')).text.match(/name="csrf" value="([^"]+)"/)[1];
    const body = JSON.stringify({ person_id: idText(person) });
    const reply = await this.post('/api/demo.person.become', body, { 'x-csrf': this.csrf });
    return reply.headers['set-cookie'][0].match(/wuye=([^;]+)/)[1];
  }

  // A session for each owner; sessions live in the database and so in its copies, what belongs to them beside it.
  async login() {
    this.tokens = [];
    for (const [, person] of this.owners) this.tokens.push(await this.become(person));
    const sessions = this.tokens.map((t) => idNumber(t.split('.')[1]));
    writeFileSync(join(this.dir, 'sessions'), this.tokens.join('\n'));
    writeFileSync(this.reporters, this.owners.map((o, i) => `${o.join(' ')} ${sessions[i]}\n`).join(''));
    const line = ([estate, , home], i) => {
      const body = JSON.stringify({ ...REPORT, home_id: idText(home) });
      return `/api/e/${idText(estate)}/appeal.case.report\tAuthorization: Bearer ${this.tokens[i]}\t${body}\n`;
    };
    writeFileSync(this.reports, this.owners.map(line).join(''));
  }

  // One report of each owner, in turn.
  async send() {
    for (const one of readFileSync(this.reports, 'utf8').trim().split('\n')) {
      const [path, head, body] = one.split('\t');
      await this.post(path, body, { authorization: head.slice('Authorization: '.length) });
    }
  }

  cookie() {
    return `Cookie: wuye=${readFileSync(join(this.dir, 'sessions'), 'utf8').split('\n')[0]}`;
  }

  // Looks at the pages that will be measured.
  async look() {
    await this.get(this.point);
    this.publicBytes = (await this.get(this.publicPage)).bytes;
    this.homeBytes = (await this.get('/', { cookie: this.cookie().slice('Cookie: '.length) })).bytes;
    const officer = await sql(this.file, `SELECT person_id FROM demo_person WHERE login = 'shi'`);
    const cookie = `wuye=${await this.become(officer)}`;
    let worst = 0;
    for (const url of PAGES) {
      const times = [];
      for (let i = 0; i < 5; i++) {
        const began = performance.now();
        await this.get(url, { cookie });
        times.push(performance.now() - began);
      }
      if (median(times) <= worst) continue;
      worst = median(times);
      this.slow = { url, cookie: `Cookie: ${cookie}` };
    }
  }

  // Attempts to log in, each with a name of its own: the check of the password takes as long for an unknown one.
  logins() {
    const file = join(this.dir, 'logins.tsv');
    const body = JSON.stringify({ login: 'nobody{n}', password: 'not the password' });
    writeFileSync(file, `/api/account.session.open\tX-CSRF: ${this.csrf}\t${body}\n`);
    return file;
  }

  memory() {
    const text = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const mib = (name) => Number(text.match(new RegExp(`${name}:\\s+(\\d+) kB`))[1]) / 1024;
    return { own: mib('RssAnon') + mib('RssShmem'), file: mib('RssFile') };
  }

  // Until what commands leave to be done afterwards is done.
  async quiet() {
    const left = 'SELECT count(*) FROM op WHERE seq IS NULL';
    await until(120000, async () => (await sql(this.file, left)) === '0', 200);
    await sleep(500);
  }
}
