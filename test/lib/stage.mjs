// The stage on which rights, faces and pages are tried: the demonstration city with a cast of people, one for each
// role and each relation to one home and one estate, with cases and registers in every state, and with canaries:
// strings that stand in one row only, so that whoever reads one has read that row. Made once per engine; tests take
// copies.
import { Client } from './client.mjs';
import { areaText, idNumber, idText } from './id.mjs';
import { idCard, phone } from './invent.mjs';
import { photo } from './photo.mjs';
import { copy } from './server.mjs';
import { until } from './sh.mjs';

// alias -> what the person is. A: the estate on stage; B: another of the same street; Z: one of another district.
export const cast = {
  owner: { tie: 1, home: 'A1' },
  co_owner: { tie: 2, home: 'A1' },
  tenant: { tie: 3, home: 'A1' },
  family: { tie: 4, home: 'A1' },
  representative: { tie: 5, home: 'A1' },
  ended_owner: { tie: 1, home: 'A1', ended: true },
  neighbour: { tie: 1, home: 'A2' },
  owner_b: { tie: 1, home: 'B1' },
  owner_z: { tie: 1, home: 'Z1' },
  committee_member: { post: 'committee_member', at: 'A' },
  clerk: { post: 'clerk', at: 'A' },
  clerk_b: { post: 'clerk', at: 'B' },
  ended_clerk: { post: 'clerk', at: 'A', ended: true },
  project_manager: { post: 'project_manager', at: 'A' },
  project_manager_b: { post: 'project_manager', at: 'B' },
  community: { post: 'community', at: 'community' },
  community_b: { post: 'community', at: 'community_b' },
  street: { post: 'street', at: 'street' },
  street_b: { post: 'street', at: 'street_b' },
  district: { post: 'district', at: 'district' },
  district_z: { post: 'district', at: 'district_z' },
  city: { post: 'city', at: 'city' },
  department_officer: { post: 'department_officer', at: 'district' },
  auditor: { post: 'auditor', at: 'district' },
  sysadmin: { post: 'sysadmin', at: 'city' },
  secadmin: { post: 'secadmin', at: 'city' },
  auditadmin: { post: 'auditadmin', at: 'city' },
};
/* Somebody whose relation is ended in a test; he has no part of his own. */
const lodger = 999;

// A canary stands in one row; it is told from any other text by its brackets of rare characters.
export const canary = (name) => `〔雀${name}〕`;

const first = async (house, sql) => {
  const row = (await house.sql(sql))[0];
  if (!row) throw new Error(`the demonstration has no row for: ${sql}`);
  return row;
};

async function places(house) {
  const [estate, code] = await first(
    house,
    `SELECT p.area_id, a.code FROM demo_person AS d
    JOIN post AS p ON p.person_id = d.person_id JOIN area AS a ON a.id = p.area_id WHERE d.login = 'kefu'`,
  );
  const at = async (c) => (await first(house, `SELECT id FROM area WHERE code = ${c} AND to_day IS NULL`))[0];
  const up = (c, zeros) => String(c).slice(0, 16 - zeros) + '0'.repeat(zeros);
  const other = (where) =>
    first(
      house,
      `SELECT e.id, e.code FROM estate AS e WHERE e.kind <> 9 AND ${where}
    AND EXISTS (SELECT 1 FROM home WHERE home.estate_id = e.id) ORDER BY e.code LIMIT 1`,
    );
  const street = up(code, 7),
    district = up(code, 10);
  const [b, codeB] = await other(
    `e.code >= ${street} AND e.code < ${BigInt(street) + 10000000n} AND e.code / 10000 <> ${code} / 10000`,
  );
  const [z, codeZ] = await other(`(e.code < ${district} OR e.code >= ${BigInt(district) + 10000000000n})`);
  const streetB = (
    await first(
      house,
      `SELECT code FROM area WHERE level = 3 AND to_day IS NULL AND code > ${district}
    AND code < ${BigInt(district) + 10000000000n} AND code <> ${street} ORDER BY code LIMIT 1`,
    )
  )[0];
  const home = async (e, nth) => {
    const sql = `SELECT id FROM home WHERE estate_id = ${e} AND use = 1 ORDER BY place LIMIT 1 OFFSET ${nth}`;
    return (await first(house, sql))[0];
  };
  const codes = {
    A: code,
    B: codeB,
    Z: codeZ,
    community: up(code, 4),
    community_b: up(codeB, 4),
    street,
    street_b: streetB,
    district,
    district_z: up(codeZ, 10),
    city: '1100000000000000',
  };
  const ids = { A: estate, B: b, Z: z };
  for (const [name, c] of Object.entries(codes)) ids[name] ??= await at(c);
  return {
    codes,
    ids,
    homes: {
      A1: [estate, await home(estate, 3)],
      A2: [estate, await home(estate, 40)],
      B1: [b, await home(b, 3)],
      Z1: [z, await home(z, 3)],
    },
  };
}

const quoted = (value) => (typeof value === 'string' ? `'${value}'` : value === null ? 'NULL' : String(value));
const insert = (table, row) =>
  `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).map(quoted).join(', ')});`;

// Rows of the cast, written before the house opens.
function castRows(p, now) {
  const day = Math.floor((Date.now() + 8 * 3600000) / 86400000);
  const long = now - 200n * 86400000000n,
    yesterday = now - 86400000000n;
  const person = (id, name) =>
    insert('person', { id, name, name_key: name, id_kind: 0, elder: 0, made_at: now });
  const tie = (id, kind, home, basis, to = null) =>
    insert('tie', {
      estate_id: p.homes[home][0],
      id,
      home_id: p.homes[home][1],
      person_id: id,
      kind,
      share_num: 0,
      share_den: 0,
      from_at: long,
      to_at: to,
      basis,
    });
  const sql = [person(lodger, '房客'), tie(lodger, 3, 'A1', '租赁合同')];
  Object.entries(cast).forEach(([alias, who], i) => {
    const id = 1000 + i;
    sql.push(person(id, canary(alias)));
    sql.push(
      insert('demo_person', {
        person_id: id,
        no: 500 + i,
        name: alias,
        title: alias,
        about: '',
        login: `cast-${alias}`,
      }),
    );
    if (who.post)
      sql.push(
        insert('post', {
          person_id: id,
          id,
          role: who.post,
          area_id: BigInt(p.ids[who.at]),
          function: '',
          title: canary(`post-${alias}`),
          from_day: day - 100,
          to_day: who.ended ? day - 1 : null,
          basis: canary(`basis-${alias}`),
        }),
      );
    if (!who.tie) return;
    const [estate, home] = p.homes[who.home];
    sql.push(tie(id, who.tie, who.home, canary(`tie-${alias}`), who.ended ? yesterday : null));
    sql.push(
      insert('person_home', {
        person_id: id,
        estate_id: estate,
        home_id: home,
        kind: who.tie,
        estate: '小区',
        home: '房屋',
        ended: who.ended ? 1 : 0,
      }),
    );
  });
  for (const estate of ['A', 'B', 'Z'])
    sql.push(`UPDATE estate SET address = '${canary(`address-${estate}`)}' WHERE id = ${p.ids[estate]};`);
  sql.push(
    insert('look', {
      person_id: 1000,
      id: 1,
      at: now,
      viewer_id: 1015,
      viewer: '社区',
      role: '社区工作者',
      what: '手机',
      reason: canary('reason'),
    }),
  );
  sql.push(
    insert('notice', { person_id: 1000, id: 1, at: now, title: canary('notice'), words: '', url: '', seen: 0 }),
  );
  sql.push(
    `UPDATE home SET cert = '${canary('cert')}' WHERE estate_id = ${p.homes.A1[0]} AND id = ${p.homes.A1[1]};`,
  );
  return sql.join('\n');
}

class Stage {
  constructor(house, p) {
    this.house = house;
    this.p = p;
    this.people = Object.fromEntries(Object.keys(cast).map((alias, i) => [alias, idText(1000 + i)]));
    this.x = {
      estate: idText(p.ids.A),
      estate_b: idText(p.ids.B),
      estate_z: idText(p.ids.Z),
      home: idText(p.homes.A1[1]),
      home_2: idText(p.homes.A2[1]),
      home_b: idText(p.homes.B1[1]),
      home_z: idText(p.homes.Z1[1]),
      person: this.people.owner,
      person_z: this.people.owner_z,
      ...Object.fromEntries(Object.keys(p.ids).map((k) => [`${k}_id`, idText(p.ids[k])])),
      ...Object.fromEntries(Object.keys(p.codes).map((k) => [`${k}_code`, areaText(p.codes[k])])),
      ...Object.fromEntries(Object.entries(this.people).map(([k, v]) => [`person_${k}`, v])),
    };
    this.clients = {};
  }

  // A copy of the stage for one test; the words and ids are the same.
  async copy() {
    const other = new Stage(await copy(this.house.engine, this.house), this.p);
    Object.assign(other.x, this.x);
    return other;
  }

  async as(alias, house = this.house) {
    if (alias === 'anonymous') return new Client(house, alias);
    return (this.clients[alias] ??= new Client(house, alias).become(this.people[alias]));
  }
}

const want = (reply, status, what) => {
  if (reply.status !== status) throw new Error(`${what}: ${reply.status} ${reply.words.trim().slice(0, 400)}`);
  return reply;
};

// Cases of the home on stage, one for each state, by what people do.
async function cases(s) {
  const act = async (who, command, fields, status = 200) =>
    want(
      await (await s.as(who)).json(`appeal.case.${command}`, fields, { estate: s.x.estate }),
      status,
      command,
    );
  const report = async (name, category = 401, who = 'owner', estate = s.x.estate) =>
    want(
      await (
        await s.as(who)
      ).json(
        'appeal.case.report',
        {
          place: 'PLACE_YARD',
          category,
          words: canary(`words-${name}`),
          spot: canary(`spot-${name}`),
          contact: 'CONTACT_PHONE',
          phone: phone(90001),
        },
        { estate },
      ),
      200,
      'report',
    ).json.case;
  const kept = [
    'waiting',
    'working',
    'urgent',
    'arrived',
    'done',
    'closed',
    'solved',
    'paused',
    'followed',
    'handed',
    'spare',
  ];
  const category = { urgent: 206, arrived: 206, spare: 407 };
  for (const [i, name] of kept.entries())
    s.x[`case_${name}`] = await report(name, category[name] ?? 401 + (i % 5));
  /* Of no kind that is listed: their words are the title, and so stand in every list that has them. */
  s.x.case_b = await report('case-b', 908, 'owner_b', s.x.estate_b);
  s.x.case_z = await report('case-z', 908, 'owner_z', s.x.estate_z);
  s.x.case_neighbour = await report('neighbour', 908, 'neighbour');
  for (const name of ['working', 'urgent', 'arrived', 'done', 'closed', 'solved', 'paused', 'handed'])
    await act('clerk', 'accept', { case_id: s.x[`case_${name}`] });
  await act('clerk', 'arrive', { case_id: s.x.case_arrived });
  for (const name of ['done', 'closed', 'solved'])
    await act('clerk', 'done', { case_id: s.x[`case_${name}`], words: canary(`answer-${name}`) });
  for (const name of ['closed', 'solved']) await act('owner', 'confirm', { case_id: s.x[`case_${name}`] });
  await act('clerk', 'pause', { case_id: s.x.case_paused, words: '等配件到货' });
  await act('neighbour', 'follow', { case_id: s.x.case_followed });
  await act('clerk', 'note', { case_id: s.x.case_working, words: canary('note') });
}

// One report through the pages, with a photo, so that a photo and a draft exist.
async function photos(s) {
  const owner = await s.as('owner');
  const at = `/e/${s.x.estate}/appeal/new`;
  const steps = async () => {
    want(await owner.form(at, 'appeal.draft.place', { place: 'PLACE_GATE' }), 303, 'place');
    want(await owner.form(`${at}/kind?of=200`, 'appeal.draft.kind', { category: 208 }), 303, 'kind');
    want(
      await owner.form(`${at}/words`, 'appeal.draft.words', {
        words: canary('draft'),
        spot: '东门',
        photos: [photo()],
      }),
      303,
      'words',
    );
    want(
      await owner.form(`${at}/contact`, 'appeal.draft.contact', { contact: 'CONTACT_HERE' }),
      303,
      'contact',
    );
  };
  await steps();
  const sent = want(await owner.form(`${at}/check`, 'appeal.case.report'), 303, 'report');
  s.x.case = sent.to.match(/appeal\/([0-9a-z]{13})/)[1];
  const shown = await owner.get(`/e/${s.x.estate}/appeal/${s.x.case}`);
  s.x.entry = shown.text.match(/\/photo\/([0-9a-z]{13})\/1/)[1];
  await steps();
  s.x.n = '1';
}

const register = (name, n) => ({
  name,
  type: 'text/csv',
  bytes: Buffer.from(`楼号,单元,房号,建筑面积,业主姓名,联系电话,证件号码
${600 + n}号楼,1,101,89.05,雀台账${'甲乙丙丁戊'[n]},${phone(600 + n)},${idCard('19700101', 100 + n)}
${600 + n}号楼,1,102,90.05,路人,${phone(700 + n)},110101197001011234
`),
});

async function registers(s) {
  const manager = await s.as('project_manager');
  const at = `/e/${s.x.estate}/import`;
  const names = ['batch_columns', 'batch_drop', 'batch_checked', 'batch_done', 'batch'];
  for (const [i, name] of names.entries()) {
    const sent = await manager.form(at, 'estate.import.upload', {
      file: register(`${canary(`file-${i}`)}.csv`, i),
      source: 'BY_REGISTER',
    });
    s.x[name] = want(sent, 303, 'upload').to.match(/import\/([0-9a-z]{13})/)[1];
  }
  for (const name of names.slice(2))
    want(await manager.form(`${at}/${s.x[name]}`, 'estate.import.columns'), 303, 'columns');
  want(await manager.form(`${at}/${s.x.batch_done}`, 'estate.import.confirm'), 303, 'confirm');
  const done = await until(20000, async () =>
    (await manager.get(`${at}/${s.x.batch_done}`)).text.includes('estate.import.withdraw'),
  );
  if (!done) throw new Error('the register was not written');
}

async function others(s) {
  const street = await s.as('street');
  s.x.org = want(
    await street.json('org.org.add', {
      area_id: s.x.street_id,
      name: canary('org'),
      kind: 'ENTERPRISE',
      code: '91110105MA0000001X',
      code_note: canary('org-doubt'),
    }),
    200,
    'org',
  ).json.org;
  const given = want(
    await street.json('people.post.give', {
      area_id: s.x.street_id,
      name: canary('given'),
      phone: phone(80001),
      role: 'street',
      from_day: '2026-01-01',
      basis: canary('given-basis'),
    }),
    200,
    'give',
  ).json;
  s.x.post_person = given.person;
  s.x.post = given.post;
  s.x.tie = idText(1000);
  s.x.tie_end = idText(lodger);
  s.x.batch_file = `${'0'.repeat(64)}/台账.csv`;
  s.x.login = 'shi';
  s.x.chen = idText(await s.house.value("SELECT person_id FROM demo_person WHERE login = 'chen'"));
  s.x.look = want(
    await (
      await s.as('community')
    ).json('people.person.reveal', {
      person_id: s.x.chen,
      area_id: s.x.estate,
      what: 'look_phone',
      reason: '约上门时间',
    }),
    200,
    'reveal',
  ).json.look;
}

const made = {};

export function stage(engine) {
  return (made[engine] ??= make(engine));
}

async function make(engine) {
  const house = await copy(engine);
  const p = await places(house);
  await house.sql(castRows(p, BigInt(Date.now()) * 1000n));
  await house.start();
  const s = new Stage(house, p);
  await cases(s);
  await photos(s);
  await registers(s);
  await others(s);
  await until(5000, async () => (await house.value('SELECT count(*) FROM op WHERE seq IS NULL')) === '0');
  await house.stop();
  /* Two queues and a clock that have stopped, for those who start them again. */
  for (const [line, shard] of [21, 22].entries())
    await house.sql(
      insert('event_parked', {
        subscriber: 'people',
        shard,
        seq: 1,
        line,
        event: 'area.changed',
        command: 'kit.tree.reload',
        error: 'E_STATE',
        at: 1,
      }),
    );
  await house.sql(
    insert('clock', {
      estate_id: BigInt(p.ids.A),
      ref: 77,
      id: 77,
      due_at: 1,
      kind: 'test.none',
      armed_no: 1,
      running: 1,
      rule: 'x@2025-01-01',
      provisional: 0,
      started_at: 1,
      shift_us: 0,
      failed: 99,
    }),
  );
  Object.assign(s.x, {
    shard_retry: idText(21),
    shard_skip: idText(22),
    clock_ref: idText(77),
    clock_id: idText(77),
  });
  s.clients = {};
  return s;
}

export { idNumber };
