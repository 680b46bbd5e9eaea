// Stories: a list of steps, told as people live them, run over HTTP (and the command line) against the real program.
//
//   story('title', { people: { owner: 'ye1' } }, [
//     as('owner').form('/demo', 'demo.clock.advance', { hours: 2 }).expect(303),
//     as('owner').get((s) => s.page).expect(200, '还剩', no('已超时')),
//     as('shi').json('division.area.rename', (s) => ({ ... })).expect(422, fault('basis', '请填写')),
//     time(24),
//     as('street').get('/a/110105001/desk').within(5).expect(200, (r) => r.words.includes('升级')),
//   ])
//
// A person is a login name of the demonstration or a name given in `people` (a login name, or a function of the house
// that returns an id). guest('x') is a browser in which nobody has logged in. Anything may be a function of the state
// `s`, into which keep() writes what later steps need.
import { Client } from './client.mjs';
import { idText } from './id.mjs';
import { sleep, until } from './sh.mjs';

class Step {
  constructor(who, verb, args, entered = true) {
    Object.assign(this, { who, verb, args, entered, checks: [], keeps: [], seconds: 0 });
  }

  expect(status, ...checks) {
    this.status = status;
    this.checks.push(...checks);
    return this;
  }

  // Remembers a piece of the answer: a pattern over the address and the body (first group), or a function of it.
  keep(name, from) {
    this.keeps.push([name, from]);
    return this;
  }

  // The answer may take so long to come true (background work).
  within(seconds) {
    this.seconds = seconds;
    return this;
  }

  get title() {
    return `${this.who} ${this.verb} ${this.args.filter((a) => typeof a === 'string').join(' ')}`;
  }
}

const ways = (who, entered) =>
  Object.fromEntries(
    ['get', 'form', 'json', 'cli', 'post'].map((verb) => [
      verb,
      (...args) => new Step(who, verb, args, entered),
    ]),
  );

export const as = (who) => ways(who, true);
export const guest = (who) => ways(who, false);
// Moves the clock of the house forward by whole hours.
export const time = (hours) => ({ time: () => hours, title: `${hours} hours pass` });
// Moves it to an instant ("2026-12-31T18:00") or just past it, by whole hours.
export const timeTo = (when) => ({
  time: async (s) =>
    Math.max(1, Math.ceil((Date.parse(`${value(when, s)}:00+08:00`) - (await now(s.house))) / 3600000)),
  title: `it becomes ${when}`,
});
// Something only the test can see or do: fn(s, tally).
export const look = (title, fn) => ({ look: fn, title });

const sentence = (check) =>
  typeof check === 'string' ? `does not say "${check}"` : `does not fit ${check.what ?? check}`;
export const no = (text) =>
  Object.assign((r) => !r.words.includes(text), { what: `"${text}" must not stand there` });
export const to = (want) =>
  Object.assign((r) => (want instanceof RegExp ? want.test(r.to ?? '') : r.to === want), {
    what: `Location ${want}`,
  });
export const fault = (field, text = '') =>
  Object.assign((r) => r.fault(field)?.includes(text), { what: `a fault at ${field}: "${text}"` });

const said = (reply) => `${reply.status}${reply.to ? ` to ${reply.to}` : ''}`;
const value = (x, s) => (typeof x === 'function' ? x(s) : x);

function holds(check, reply, s) {
  if (typeof check === 'string') return reply.words.includes(check) || reply.text.includes(check);
  if (check instanceof RegExp) return check.test(reply.text) || check.test(reply.words);
  return check(reply, s);
}

export const story = (title, options, steps) => ({ title, ...options, steps });

// Virtual time of a house in milliseconds.
export async function now(house) {
  return Date.now() + Number((await house.value("SELECT value FROM house WHERE name = 'clock'")) ?? 0) / 1000;
}

// Sets the clock of a resting house so that it will stand at that moment; stories do not depend on the day of the run.
export async function begin(house, when) {
  const us = BigInt(Date.parse(`${when}:00+08:00`) - Date.now()) * 1000n;
  await house.sql(
    `DELETE FROM house WHERE name = 'clock'; INSERT INTO house (name, value) VALUES ('clock', '${us}');`,
  );
}

class Play {
  constructor(tale, house, tally) {
    Object.assign(this, { tale, house, tally, clients: new Map(), s: { house } });
  }

  async person(name) {
    const known = this.tale.people?.[name] ?? name;
    if (typeof known === 'function') return known(this.house);
    const id = await this.house.value(`SELECT person_id FROM demo_person WHERE login = '${known}'`);
    if (!id) throw new Error(`the demonstration has nobody called ${known}`);
    return idText(id);
  }

  async client(step) {
    let client = this.clients.get(step.who);
    if (!client) {
      client = new Client(this.house, step.who);
      if (step.entered) await client.become(await this.person(step.who));
      this.clients.set(step.who, client);
    }
    return client;
  }

  async act(step) {
    const client = await this.client(step);
    const args = await Promise.all(step.args.map((a) => value(a, this.s)));
    return client[step.verb](...args);
  }

  missing(step, reply) {
    if (reply.status !== step.status)
      return `answers ${said(reply)}, not ${step.status}: ${reply.words.trim().slice(0, 300)}`;
    const bad = step.checks.find((check) => !holds(check, reply, this.s));
    return bad === undefined
      ? ''
      : `${sentence(bad)}${reply.to ? ` (Location ${reply.to})` : ''}: ${this.around(reply)}`;
  }

  around(reply) {
    const main = reply.text.match(/<main[\s\S]*<\/main>/)?.[0] ?? reply.text;
    return main
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 500);
  }

  async step(step) {
    let why = '';
    let reply;
    await until(
      1000 * (this.tale.hurry ? Math.min(step.seconds, 1) : step.seconds),
      async () => {
        reply = await this.act(step);
        why = this.missing(step, reply);
        return why === '';
      },
      100,
    );
    this.tally.ok(why === '', `${this.name}: ${step.title} ${why}`);
    for (const [name, from] of step.keeps) {
      const found =
        from instanceof RegExp
          ? (from.exec(reply.to ?? '') ?? from.exec(reply.text))?.[1]
          : from(reply, this.s);
      if (!this.tally.ok(found !== undefined, `${this.name}: ${step.title} shows no ${name}`)) return false;
      this.s[name] = found;
    }
    return why === '';
  }

  async passes(step) {
    const hours = await step.time(this.s);
    const clerk = new Client(this.house, 'clock');
    for (let left = hours; left > 0; left -= 8784)
      await clerk.form('/demo', 'demo.clock.advance', { hours: Math.min(left, 8784) });
    await sleep(20);
    return true;
  }

  async run() {
    this.name = `${this.tale.title} (${this.house.engine})`;
    for (const step of this.tale.steps) {
      try {
        const fine = step.time
          ? await this.passes(step)
          : step.look
            ? await step.look(this.s, this.tally)
            : await this.step(step);
        if (fine === false && !this.tale.goOn) return false;
      } catch (e) {
        this.tally.ok(false, `${this.name}: ${step.title}: ${e.message}`);
        return false;
      }
    }
    return true;
  }
}

export const play = (tale, house, tally) => new Play(tale, house, tally).run();
