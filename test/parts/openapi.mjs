// Proves that /api/openapi.json is what the program does: it lints without an error or a warning, and from the
// document alone requests are built for every command: one that is accepted, and one for each constraint that
// breaks only this and is refused with the field named. Ids come from the fixtures, which must fit the document
// too.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, fieldsOf, fixtures } from '../lib/fixtures.mjs';
import { request } from '../lib/client.mjs';
import { engines, scratch } from '../lib/server.mjs';
import { stage } from '../lib/stage.mjs';
import { root, run as sh } from '../lib/sh.mjs';

const asked = JSON.parse(readFileSync(new URL('../openapi/queries.json', import.meta.url), 'utf8'));

export async function run(t, { full }) {
  for (const engine of full ? engines : ['sqlite']) await on(t, engine);
}

async function on(t, engine) {
  const s = await (await stage(engine)).copy();
  await s.house.start();
  const reply = await request(s.house.url, 'GET', '/api/openapi.json');
  t.is(reply.status, 200, '/api/openapi.json');
  await lint(t, reply.bytes);
  const posts = Object.entries(reply.json.paths).filter(([, path]) => path.post);
  const known = (await commands()).map((c) => c.name);
  t.is(
    posts
      .map(([, p]) => p.post.operationId)
      .sort()
      .join(),
    [...known].sort().join(),
    'commands of the document',
  );
  let sent = await queries(
    t,
    s,
    Object.entries(reply.json.paths).filter(([, path]) => path.get),
  );
  const order = (p) => Object.keys(fixtures).indexOf(p.post.operationId);
  for (const [, path] of posts.sort(([, a], [, b]) => order(a) - order(b)))
    sent += await operation(t, s, path.post);
  t.note(`${posts.length} commands, ${sent} requests`);
  await s.house.stop();
  await s.house.remove();
}

async function lint(t, bytes) {
  const file = join(scratch('openapi'), 'openapi.json');
  writeFileSync(file, bytes);
  const { out, err } = await sh(
    'node',
    [
      join(root, 'node_modules/.bin/spectral'),
      'lint',
      file,
      '--ruleset',
      join(root, 'test/openapi/ruleset.yaml'),
      '--format',
      'json',
      '--fail-severity',
      'hint',
      '--quiet',
    ],
    { seconds: 120 },
  );
  let found;
  try {
    found = JSON.parse(out || '[]');
  } catch {
    return t.ok(false, `spectral: ${(out + err).slice(0, 400)}`);
  }
  for (const one of found) t.ok(false, `openapi: ${one.code} ${one.path.join('.')}: ${one.message}`);
  return t.ok(
    found.length === 0 && !/error/i.test(err),
    `spectral: ${found.length} findings ${err.slice(0, 300)}`,
  );
}

const length = (text) => [...text].length;

// What is wrong with a value by its schema, or undefined.
function wrong(schema, value) {
  if (schema.enum && !schema.enum.includes(value)) return 'enum';
  if (schema.type === 'integer') {
    if (!Number.isInteger(value)) return 'type';
    if (value < schema.minimum) return 'minimum';
    return value > schema.maximum ? 'maximum' : undefined;
  }
  if (schema.type === 'boolean') return typeof value === 'boolean' ? undefined : 'type';
  if (typeof value !== 'string') return 'type';
  if (schema.pattern && !new RegExp(schema.pattern, 'u').test(value)) return 'pattern';
  if (schema.minLength > length(value)) return 'minLength';
  return schema.maxLength < length(value) ? 'maxLength' : undefined;
}

// Values that break one constraint each: [what, value].
function broken(schema, value) {
  const list = [];
  if (schema.enum) list.push(['enum', 'no-such-choice']);
  if (schema.type === 'integer') list.push(['type', 'zwölf']);
  if (schema.minimum !== undefined) list.push(['minimum', schema.minimum - 1]);
  if (schema.maximum !== undefined) list.push(['maximum', schema.maximum + 1]);
  if (schema.type === 'boolean') list.push(['type', 'vielleicht']);
  if (schema.pattern) list.push(['pattern', '!']);
  if (schema.format === 'date') list.push(['format', '2026-02-30']);
  if (schema.format === 'date-time') list.push(['format', 'yesterday']);
  if (schema.minLength > 1) list.push(['minLength', (value ?? '文').slice(0, 1) || '文']);
  if (schema.maxLength !== undefined && !schema.pattern && !schema.enum)
    list.push(['maxLength', '长'.repeat(schema.maxLength + 1)]);
  return list;
}

async function operation(t, s, op) {
  const name = op.operationId;
  const fixture = fixtures[name];
  if (!t.ok(fixture, `${name}: no request in test/openapi/fixtures.json`)) return 0;
  const schema = op.requestBody.content['application/json'].schema;
  const good = fieldsOf(fixture, s.x);
  for (const [field, value] of Object.entries(good)) {
    const why = schema.properties[field] ? wrong(schema.properties[field], value) : 'not in the document';
    t.ok(why === undefined, `${name}: the request's ${field} does not fit: ${why}`);
  }
  const client = await s.as(fixture.as);
  const csrf =
    fixture.as === 'anonymous'
      ? { 'x-csrf': (await client.get('/login')).text.match(/name="csrf" value="([^"]*)"/)[1] }
      : {};
  const call = (fields) =>
    client.json(name, fields, { estate: fixture.estate && s.x[fixture.estate], headers: csrf });
  let sent = 0;
  for (const [what, field, fields] of refusals(schema, good)) {
    const reply = await call(fields);
    sent++;
    t.ok(
      reply.status === 422 && reply.fault(field) !== undefined,
      () => `${name}: ${field} breaks ${what} and is answered ${reply.status}: ${reply.text.slice(0, 200)}`,
    );
  }
  if (fixture.faces && !fixture.faces.includes('json')) return sent;
  for (const [command, more] of fixture.before ?? [])
    await client.json(command, more, { estate: s.x[fixture.estate] });
  const reply = await call(good);
  t.ok(
    reply.status === 200,
    () => `${name}: the request is answered ${reply.status}: ${reply.text.slice(0, 300)}`,
  );
  return sent + 1;
}

function* refusals(schema, good) {
  for (const field of schema.required ?? []) {
    const { [field]: gone, ...rest } = good;
    if (gone !== undefined) yield ['required', field, rest];
  }
  for (const [field, of] of Object.entries(schema.properties))
    for (const [what, value] of broken(of, good[field])) yield [what, field, { ...good, [field]: value }];
  if (schema.additionalProperties === false)
    yield ['additionalProperties', 'no_such_field', { ...good, no_such_field: 'x' }];
}

// Every query answers somebody who may ask with JSON, and names a parameter it does not know or that is missing.
async function queries(t, s, gets) {
  for (const [path, { get }] of gets) {
    const wanted = asked[get.operationId];
    if (!t.ok(wanted, `${get.operationId}: no request in test/openapi/queries.json`)) continue;
    const client = await s.as(wanted.as);
    const headers = client.token ? { authorization: `Bearer ${client.token}` } : {};
    const at = path.replace('{estate}', s.x.estate);
    const call = (args) => request(s.house.url, 'GET', `${at}?${new URLSearchParams(args)}`, { headers });
    const good = fieldsOf({ fields: wanted.args }, s.x);
    const reply = await call(good);
    t.ok(
      reply.status === 200 && reply.json,
      () => `${get.operationId}: ${reply.status} ${reply.text.slice(0, 200)}`,
    );
    const odd = await call({ ...good, no_such_field: 'x' });
    t.ok(
      odd.status === 422 && odd.fault('no_such_field'),
      () => `${at}: an unknown parameter is answered ${odd.status}`,
    );
    for (const p of get.parameters.filter((one) => one.in === 'query' && one.required)) {
      const { [p.name]: gone, ...rest } = good;
      const without = await call(rest);
      t.ok(
        gone !== undefined && without.status === 422 && without.fault(p.name),
        () => `${get.operationId}: without ${p.name} the answer is ${without.status}`,
      );
    }
  }
  return gets.length * 2;
}
