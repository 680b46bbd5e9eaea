// Proves that a form, a JSON call and the command line are three faces of one command: each command is done through
// each in a copy of the same stage with the same fields, and the audit digest of its input is the same; a repeated
// key gets the first answer and changes nothing; the same key with other fields is refused.
import { address, commands, fieldsOf, fixtures, whereOf } from '../lib/fixtures.mjs';
import { engines } from '../lib/server.mjs';
import { cast, stage } from '../lib/stage.mjs';

const transport = ['csrf', 'key', 'do', 'back'];
const every = ['form', 'json', 'cli'];

export async function run(t, { full }) {
  for (const engine of full ? engines : ['sqlite']) await on(t, engine);
}

async function on(t, engine) {
  const model = await stage(engine);
  const houses = {};
  for (const face of every) {
    houses[face] = await model.copy();
    await houses[face].house.start();
  }
  let compared = 0;
  for (const { name } of await commands()) {
    const fixture = fixtures[name];
    if (!t.ok(fixture, `no request for ${name} in test/openapi/fixtures.json`)) continue;
    const faces = (fixture.faces ?? every).filter((face) => face !== 'form' || fixture.page);
    try {
      compared += await same(t, name, fixture, faces, houses);
    } catch (e) {
      t.ok(false, `${name}: ${e.message}`);
    }
  }
  t.note(`${engine}: ${compared} digests of ${(await commands()).length} commands`);
  for (const face of every) {
    const code = await houses[face].house.stop();
    t.is(code, 0, `the server of ${face} ends`);
    const audit = await houses[face].house.cli(['audit']);
    t.ok(audit.out.includes('不符 0 条'), `${face}: the chain: ${audit.out.slice(0, 300)}`);
    await houses[face].house.remove();
  }
}

async function same(t, name, fixture, faces, houses) {
  const key = `same-key-${name}`;
  let fields = fieldsOf(fixture, houses.json.x);
  const digests = {};
  for (const face of faces) {
    const s = houses[face];
    const client = await s.as(fixture.as);
    const options = { estate: fixture.estate && s.x[fixture.estate], key };
    for (const [command, more] of fixture.before ?? [])
      await client.json(command, more, { estate: options.estate });
    if (face === 'form') {
      const reply = await client.form(address(fixture.page, s.x), name, upload(fixture, fields), {
        where: whereOf(fixture, s.x),
        key,
      });
      t.ok(
        reply.status === 303,
        () => `${name}: the form answers ${reply.status}: ${reply.words.trim().slice(0, 300)}`,
      );
      if (!reply.sent) continue;
      /* Who has entered has another token in his forms than the one he entered with. */
      if (!fixture.once && !reply.headers['set-cookie']) {
        const again = await reply.again();
        t.is(`${again.status} ${again.to}`, `303 ${reply.to}`, `${name}: form: where a repeated key leads`);
      }
      if (!fixture.faces)
        fields = Object.fromEntries(
          reply.sent.filter(([n, v]) => !transport.includes(n) && typeof v !== 'object'),
        );
    } else {
      await answered(t, s, client, face, name, fields, options, fixture);
    }
    digests[face] = await s.house
      .value(`SELECT ${s.house.hex('input')} || ':' || (SELECT count(*) FROM op WHERE command = '${name}')
      FROM op WHERE command = '${name}' AND key = '${key}'`);
    if (!t.ok(digests[face], `${name}: ${face} leaves no op row of its key`))
      return Object.keys(digests).length - 1;
  }
  const all = faces.map((face) => digests[face]?.split(':')[0]);
  t.ok(
    all.every((d) => d === all[0]),
    () => `${name}: the digests differ: ${faces.map((f, i) => `${f} ${all[i]}`).join(', ')}`,
  );
  return all.length;
}

/* Only a form carries a file. */
function upload(fixture, fields) {
  if (!('file' in fields)) return fields;
  const bytes = Buffer.from('楼号,房号,建筑面积,业主姓名\n1,101,89.05,某甲\n');
  return { ...fields, file: { name: '台账.csv', type: 'text/csv', bytes } };
}

async function answered(t, s, client, face, name, fields, options, fixture) {
  const call = (f) =>
    face === 'cli'
      ? client.cli(name, f, { ...options, person: person(s, fixture) })
      : client.json(name, f, { ...options, headers: await_csrf(client) });
  if (client.name === 'anonymous')
    client.csrf = (await client.get('/login')).text.match(/name="csrf" value="([^"]*)"/)[1];
  const first = await call(fields);
  if (
    !t.ok(first.status === 200, () => `${name}: ${face} answers ${first.status}: ${first.text.slice(0, 300)}`)
  )
    return;
  if (fixture.once) return;
  const again = await call(fields);
  const replayed = face === 'cli' ? again.json.replay === true : again.headers['idempotent-replay'] === 'true';
  const result = (r) => JSON.stringify(face === 'cli' ? r.json.result : r.json);
  t.ok(
    again.status === 200 && replayed,
    () => `${name}: ${face}: a repeated key is done again (${again.status} ${again.text.slice(0, 200)})`,
  );
  t.is(result(again), result(first), `${name}: ${face}: the answer to a repeated key`);
  const changed = Object.entries(fields).find(
    ([, v]) => typeof v === 'string' && !/^[0-9a-z]{13}$|^\d/.test(v) && v.length > 3,
  );
  if (!changed || /_/.test(changed[1])) return;
  const other = await call({ ...fields, [changed[0]]: `${changed[1]}x` });
  t.ok(
    other.status === 409 || other.status === 422,
    () => `${name}: ${face}: a used key with other fields answers ${other.status}`,
  );
}

const await_csrf = (client) => (client.csrf ? { 'x-csrf': client.csrf } : {});
const person = (s, fixture) => (fixture.as in cast ? s.people[fixture.as] : undefined);
