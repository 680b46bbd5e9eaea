// Proves that no telephone or identity number of the demonstration, and none typed in the stage, lies in clear
// anywhere the program writes: database, WAL, stored files, messages' folder, log, backup, and a dump of
// PostgreSQL. Messages that leave for a telephone may name it; nothing else may. Control: a number written into a
// copy is found.
import { appendFileSync, cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { engines, scratch } from '../lib/server.mjs';
import { postgres } from '../lib/postgres.mjs';
import { stage } from '../lib/stage.mjs';

/* Mobile numbers of the demonstration begin with 139, those of the stage with 138; identity numbers with 110101. */
const mobile = /(?<![0-9])13[89]\d{8}(?![0-9])/g;
const identity = /(?<![0-9A-Za-z])110101(?:19|20)\d{9}[0-9X](?![0-9A-Za-z])/g;

function files(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) => {
    const at = join(dir, e.name);
    return e.isDirectory() ? files(at) : e.isFile() ? [at] : [];
  });
}

/* A dump writes bytes as hexadecimal digits, in which any number may stand. */
const bytea = /\\\\?x[0-9a-f]+/g;

// Numbers in clear, as they would stand in UTF-8 and in UTF-16.
export function found(bytes) {
  const text = bytes.toString('latin1').replace(bytea, '');
  const wide = text.includes('1\0') ? text.replace(/([0-9X])\0/g, '$1') : '';
  return [
    ...text.matchAll(mobile),
    ...text.matchAll(identity),
    ...wide.matchAll(mobile),
    ...wide.matchAll(identity),
  ].map((m) => m[0]);
}

export async function run(t) {
  let scanned = 0,
    bytes = 0;
  const known = {};
  for (const engine of engines) {
    const s = await (await stage(engine)).copy();
    await s.house.start(['--log', join(s.house.dir, 'the.log')]);
    await busy(s);
    if (engine === 'sqlite') {
      const backup = await s.house.cli(['backup', join(s.house.dir, 'backup.db')]);
      t.ok(backup.code === 0, `wuye backup ends with ${backup.code}: ${backup.err}`);
    } else {
      appendFileSync(join(s.house.dir, 'dump.sql'), await (await postgres()).dump(s.house.name));
    }
    for (const file of files(s.house.dir).filter((f) => !/\.mail\//.test(f))) {
      const content = readFileSync(file);
      scanned++;
      bytes += content.length;
      const hits = found(content);
      t.ok(
        hits.length === 0,
        () =>
          `${engine}: ${file.slice(s.house.dir.length + 1)}: ${hits.length} numbers in clear: ${hits[0].slice(0, 6)}`,
      );
    }
    known[engine] = await s.house.value('SELECT count(*) FROM person WHERE phone IS NOT NULL');
    t.ok(Number(known[engine]) > 1000, `${engine}: ${known[engine]} persons with a telephone`);
    await s.house.stop();
    t.ok(found(Buffer.from(s.house.said)).length === 0, `${engine}: standard error holds a number`);
    if (engine === 'sqlite') control(t, s.house);
    await s.house.remove();
  }
  t.note(`${scanned} files, ${(bytes / 1e6).toFixed(0)} MB, ${known.sqlite} sealed telephones`);
}

// What makes the program handle numbers: searching, looking, reporting, wrong input, an import.
async function busy(s) {
  const community = await s.as('community'),
    owner = await s.as('owner'),
    manager = await s.as('project_manager');
  await community.json('people.person.find', { area_id: s.x.estate, phone: '13800000603' });
  await community.json('people.person.find', { area_id: s.x.estate, phone: '13800000603x' });
  await community.json('people.person.reveal', {
    person_id: s.x.chen,
    area_id: s.x.estate,
    what: 'look_phone',
    reason: '漏水要联系本人',
  });
  await community.get(`/people/${s.x.chen}?shown=${s.x.look}`);
  await owner.json(
    'appeal.case.report',
    { place: 'place_yard', category: 401, words: '院子没扫', contact: 'contact_phone', phone: '13899990001' },
    { estate: s.x.estate },
  );
  await manager.json(
    'estate.tie.add',
    {
      home_id: s.x.home_2,
      kind: 'tenant',
      name: '南宫租',
      phone: '13899990002',
      id_no: '110101199003070119',
      basis: '租赁合同 9 号',
    },
    { estate: s.x.estate },
  );
  await manager.get(`/e/${s.x.estate}/import/${s.x.batch_checked}`);
  await manager.form('/login', 'account.session.open', { login: '13899990003', password: '13899990004' });
}

function control(t, house) {
  const copy = scratch('control');
  cpSync(house.file, join(copy, 'wuye.db'));
  appendFileSync(join(copy, 'wuye.db'), '\x0013912345678\x00');
  t.ok(found(readFileSync(join(copy, 'wuye.db'))).length > 0, 'a number written in clear');
  t.is(found(Buffer.from('110101199003070119')).length, 1, 'an identity number in clear');
  t.ok(statSync(house.file).size > 1000000, 'the database is too small to be the demonstration');
}
