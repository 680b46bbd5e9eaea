// Proves who may see and do what: every page, query and command of the program, asked by every role and relation of
// the stage, against expectations written by hand in test/access/*.tsv; a route without an expectation fails, and
// so does an expectation without a route. And that nothing leaks: canaries planted in rows of several estates are
// looked for in every answer; each must be read by somebody who may, and by nobody else. Controls: a wrong
// expectation and a leak are found; and the whole reading, done against a program in which one list is not cut to its
// area (test/access/meson.build), names those who read too much there, and nobody anywhere else.
import { readFileSync, readdirSync } from 'node:fs';
import { links } from '../lib/html.mjs';
import { address, commands, fieldsOf, fixtures, routes } from '../lib/fixtures.mjs';
import { built, engines } from '../lib/server.mjs';
import { Tally } from '../lib/tally.mjs';
import { canary, cast, stage } from '../lib/stage.mjs';

const folder = new URL('../access/', import.meta.url);
const roles = Object.keys(cast);
const everybody = ['anonymous', ...roles];
const FOLLOWED = 60;
const uncut = { program: 'test/access/wuye-no-scope', list: /^\/a\/\d+\/appeal$/ };

const table = (name) =>
  readFileSync(new URL(name, folder), 'utf8')
    .split('\n')
    .filter((l) => l && !l.startsWith('#'))
    .map((l) => l.split('\t'));
const groups = Object.fromEntries(table('groups.tsv').map(([name, who]) => [name, who]));

function people(cell = '') {
  return cell
    .split(' ')
    .filter(Boolean)
    .flatMap((word) => (word.startsWith('@') ? people(groups[word]) : [word]));
}

// [{ what, using, expect: role -> 'yes' | '403' | '404' | 'login' }]
export function expectations(t) {
  const rows = [];
  for (const file of readdirSync(folder).filter(
    (f) => f.endsWith('.tsv') && !['groups.tsv', 'canaries.tsv'].includes(f),
  ))
    for (const [what, using = '', yes, denied, missing] of table(file)) {
      const expect = {};
      for (const [verdict, cell] of [
        ['yes', yes],
        ['403', denied],
        ['404', missing],
      ])
        for (const who of people(cell)) {
          if (who === '*') continue;
          t.ok(everybody.includes(who), `${file}: ${what}: there is no ${who}`);
          t.ok(!expect[who], `${file}: ${what}: ${who} stands in two cells`);
          expect[who] = verdict;
        }
      const rest = [
        ['yes', yes],
        ['403', denied],
        ['404', missing],
      ].find(([, cell]) => people(cell).includes('*'))?.[0];
      for (const who of roles) {
        expect[who] ??= rest;
        t.ok(expect[who], `${file}: ${what}: ${who} stands in no cell`);
      }
      expect.anonymous ??= 'login';
      rows.push({
        what,
        using: Object.fromEntries(
          using
            .split(' ')
            .filter((u) => u && u !== '-')
            .map((u) => u.split('=')),
        ),
        expect,
        file,
      });
    }
  return rows;
}

const path = (what) => what.split(' ')[1].split('?')[0];

async function complete(t, rows) {
  const known = new Set(rows.map((r) => `${r.what.split(' ')[0]} ${path(r.what)}`));
  const real = [
    ...(await routes()).map((r) => `GET ${r.path}`),
    ...(await commands()).map((c) => `DO ${c.name}`),
  ];
  for (const r of real) t.ok(known.has(r), `no expectation for ${r}`);
  for (const k of known) t.ok(real.includes(k), `there is no ${k}`);
  for (const c of await commands())
    t.ok(fixtures[c.name], `no request for ${c.name} in test/openapi/fixtures.json`);
  t.note(`${real.length} routes and commands × ${everybody.length}`);
}

const login = (reply) =>
  (reply.status === 303 && (reply.to ?? '').startsWith('/login')) || reply.status === 401;
const refused = (status) => [401, 403, 404].includes(status);

function verdict(reply) {
  if (login(reply)) return 'login';
  if (refused(reply.status)) return String(reply.status);
  return reply.status < 400 || [409, 422, 429].includes(reply.status) ? 'yes' : `status ${reply.status}`;
}

class Watch {
  constructor() {
    this.list = table('canaries.tsv').map(([name, who]) => ({
      name,
      text: canary(name),
      who: people(who),
      seen: new Set(),
    }));
    this.answers = 0;
    this.leaks = [];
  }

  get readings() {
    return this.list.reduce((n, c) => n + c.seen.size, 0);
  }

  look(role, what, reply) {
    this.answers++;
    const text = reply.text + JSON.stringify(reply.headers);
    for (const c of this.list) {
      if (!text.includes(c.text)) continue;
      c.seen.add(role);
      const may = c.who.includes(role) || c.name === role || (c.who.includes('*') && role !== 'anonymous');
      if (!may) this.leaks.push({ role, text: c.text, at: what });
    }
  }
}

export async function run(t, { full }) {
  for (const engine of full ? engines : ['sqlite']) await on(t, engine);
}

async function on(t, engine) {
  const rows = expectations(t);
  await complete(t, rows);
  const s = await (await stage(engine)).copy();
  await s.house.start();
  const watch = new Watch();
  await reading(
    t,
    s,
    rows.filter((r) => r.what.startsWith('GET ')),
    watch,
  );
  await following(s, watch);
  for (const leak of watch.leaks) t.ok(false, `${leak.role} reads ${leak.text} at ${leak.at}`);
  for (const c of watch.list)
    t.ok(c.seen.size > 0 || c.who.length === 0, `nobody reads ${c.text}, not even ${c.who.join(' ')}`);
  t.count(watch.list.length, 0);
  t.note(`${watch.list.length} canaries in ${watch.answers} answers, read ${watch.readings} times`);
  await doing(
    t,
    s,
    rows.filter((r) => r.what.startsWith('DO ')),
  );
  control(t, s);
  await s.house.stop();
  await s.house.remove();
  await withoutScope(
    t,
    engine,
    rows.filter((r) => r.what.startsWith('GET ')),
  );
}

async function reading(t, s, rows, watch) {
  for (const row of rows)
    for (const role of everybody) {
      const at = address(row.what.split(' ')[1], s.x, row.using);
      const reply = await (await s.as(role)).get(at);
      watch.look(role, at, reply);
      const got = verdict(reply);
      t.ok(
        got === row.expect[role],
        () =>
          `${row.what} ${JSON.stringify(row.using)}: ${role} gets ${got} (${reply.status}), not ${row.expect[role]}`,
      );
      if (got === 'yes')
        (s.pages ??= {})[role] = [
          ...(s.pages[role] ?? []),
          ...(reply.headers['content-type']?.startsWith('text/html') ? links(reply.text) : []),
        ];
    }
}

// Everybody follows the links he was shown, to look for canaries further on.
async function following(s, watch) {
  for (const role of everybody) {
    const client = await s.as(role);
    const wanted = [...new Set(s.pages[role] ?? [])].filter((l) => !l.startsWith('/assets/')).sort();
    const step = Math.max(1, wanted.length / FOLLOWED);
    for (let i = 0; i < wanted.length; i += step) {
      const at = wanted[Math.floor(i)];
      watch.look(role, at, await client.get(at));
    }
  }
}

async function doing(t, s, rows) {
  const last = (r) => (r.file === 'account.tsv' ? (r.what.endsWith('close') ? 2 : 1) : 0);
  for (const row of [...rows].sort((a, b) => last(a) - last(b))) {
    const fixture = fixtures[path(row.what)];
    if (!fixture) continue;
    const fields = fieldsOf(fixture, s.x);
    for (const role of everybody) {
      const client = await s.as(role);
      const csrf =
        role === 'anonymous'
          ? { 'x-csrf': (await client.get('/login')).text.match(/name="csrf" value="([^"]*)"/)[1] }
          : {};
      const reply = await client.json(path(row.what), fields, {
        estate: fixture.estate && s.x[fixture.estate],
        headers: csrf,
      });
      const got = verdict(reply);
      t.ok(
        got === row.expect[role],
        () =>
          `${row.what}: ${role} gets ${got} (${reply.status} ${reply.json?.code ?? ''}), not ${row.expect[role]}`,
      );
    }
  }
}

function control(t, s) {
  const watch = new Watch();
  watch.look('owner_z', 'control', { text: canary('words-waiting'), headers: {} });
  t.is(watch.leaks.length, 1, 'a leak that was planted');
  t.is(verdict({ status: 404 }), '404', 'a refusal');
  t.ok(s.x.estate !== s.x.estate_b, 'two estates are one');
}

// The matrix has to fail on that program: by canaries alone, because who may open the list has not changed.
async function withoutScope(t, engine, rows) {
  const s = await (await stage(engine)).copy();
  s.house.program = built(uncut.program);
  await s.house.start();
  const watch = new Watch();
  const aside = new Tally('access without scope');
  await reading(aside, s, rows, watch);
  await s.house.stop();
  await s.house.remove();
  t.is(aside.failed, 0, 'verdicts that changed with the scope');
  const there = watch.leaks.filter((leak) => uncut.list.test(leak.at));
  t.ok(there.length > 0, `${uncut.program}: a list is not cut to its area, and nobody is seen reading too much`);
  t.is(watch.leaks.length - there.length, 0, 'leaks of the control at other pages');
  /* Who stands above one community only has nothing to read of another district; who stands above all, everything. */
  const readers = new Set(there.map((leak) => leak.role));
  t.ok(readers.has('community'), 'the control: a community that reads the whole city is not found');
  t.ok(!readers.has('city'), 'the control: the city reads too much');
  t.note(`without scope ${there.length} leaks to ${readers.size} roles`);
}
