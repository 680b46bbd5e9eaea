// One accepted request for every command, kept in test/openapi/fixtures.json: who does it, at which page its form
// stands, with which fields. "$name" is an id of the stage, "@today" the day, "@code2" an invented credit code.
import { readFileSync } from 'node:fs';
import { creditCode } from './invent.mjs';
import { must, run } from './sh.mjs';
import { program, scratch } from './server.mjs';

export const fixtures = JSON.parse(readFileSync(new URL('../openapi/fixtures.json', import.meta.url), 'utf8'));

const today = () => new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);

function filled(value, x) {
  if (typeof value !== 'string') return value;
  if (value === '@today') return today();
  if (value.startsWith('@code')) return creditCode(700 + Number(value.slice(5)));
  if (!value.startsWith('$')) return value;
  if (x[value.slice(1)] === undefined) throw new Error(`the stage has no ${value}`);
  return x[value.slice(1)];
}

export const fieldsOf = (fixture, x) =>
  Object.fromEntries(Object.entries(fixture.fields).map(([name, value]) => [name, filled(value, x)]));

export const whereOf = (fixture, x) =>
  Object.fromEntries(Object.entries(fixture.where ?? {}).map(([name, value]) => [name, filled(value, x)]));

// "/e/{estate}/home/{home}" with ids of the stage; `other` gives further names for parameters.
export const address = (pattern, x, other = {}) =>
  pattern.replace(/\{(\w+)\}/g, (_, name) => {
    const found = x[other[name] ?? name];
    if (found === undefined) throw new Error(`${pattern}: the stage has no ${other[name] ?? name}`);
    return found;
  });

const bare = ['--db', `${scratch('bare')}/wuye.db`];

// What the program declares: [{ kind: 'page' | 'query', path, title, right }], right may be "open" or "login".
export async function routes() {
  const out = await must(program, ['schema', 'routes', ...bare]);
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'))
    .map(([kind, path, title, right]) => ({ kind, path, title, right }));
}

// [{ name, title, right, open }] without the internal ones.
export async function commands() {
  const { out } = await run(program, ['schema', 'commands', ...bare]);
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'))
    .filter(([, , , kind]) => kind !== 'internal')
    .map(([name, title, right, kind]) => ({ name, title, right, open: kind === 'open' }));
}
