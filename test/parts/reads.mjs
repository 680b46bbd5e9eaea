// Proves that looking changes nothing: the whole database is the same, byte for byte of every row, before and after
// every page and query has been read by every role that may, with the links they lead to. Control: one write is
// seen.
import { createHash } from 'node:crypto';
import { links } from '../lib/html.mjs';
import { address, routes } from '../lib/fixtures.mjs';
import { cast, stage } from '../lib/stage.mjs';
import { run as sh, until } from '../lib/sh.mjs';
import { postgres } from '../lib/postgres.mjs';

const FOLLOWED = 40;

async function digest(house) {
  const text =
    house.engine === 'sqlite'
      ? (await sh('sqlite3', ['-readonly', house.file, '.dump'], { seconds: 60 })).out
      : await (await postgres()).dump(house.name, ['--data-only', '--inserts']);
  /* pg_dump writes a token of its own into every dump. */
  const rows = text
    .split('\n')
    .filter((line) => !/^\\(un)?restrict /.test(line))
    .sort()
    .join('\n');
  return { hash: createHash('sha256').update(rows).digest('hex'), bytes: text.length };
}

const quiet = (house) =>
  until(
    10000,
    async () =>
      (await house.value(`SELECT (SELECT count(*) FROM op WHERE seq IS NULL) + (SELECT count(*) FROM chain
    LEFT JOIN metric_feed     ON metric_feed.shard = chain.shard WHERE chain.seq > coalesce(metric_feed.seq, 0))`)) ===
      '0',
    200,
  );

export async function run(t, { full }) {
  for (const engine of full ? ['sqlite', 'postgres'] : ['sqlite']) {
    const s = await (await stage(engine)).copy();
    await s.house.start();
    for (const role of Object.keys(cast)) await s.as(role);
    await quiet(s.house);
    const before = await digest(s.house);
    const read = await crawl(t, s);
    const after = await digest(s.house);
    t.ok(before.bytes > 1000000, `the dump has ${before.bytes} bytes`);
    t.is(after.hash, before.hash, `${engine}: the database after ${read} answers`);
    await (await s.as('owner')).json('notice.inbox.seen', {});
    t.ok((await digest(s.house)).hash !== before.hash, 'one write is not seen');
    t.note(`${engine} ${read} answers`);
    await s.house.stop();
    await s.house.remove();
  }
}

async function crawl(t, s) {
  let read = 0;
  const all = await routes();
  for (const role of Object.keys(cast)) {
    const client = await s.as(role);
    const found = new Set();
    for (const route of all) {
      const area = route.path.includes('{area}') ? 'community_code' : undefined;
      const reply = await client.get(
        address(route.path, s.x, { area, person: route.path.includes('{post}') ? 'post_person' : 'person' }),
      );
      read++;
      if (reply.status === 200 && reply.headers['content-type']?.startsWith('text/html'))
        links(reply.text).forEach((l) => found.add(l));
      t.ok(reply.status < 500, () => `${role}: ${route.path}: ${reply.status}`);
    }
    for (const link of [...found].sort().slice(0, FOLLOWED)) {
      const reply = await client.get(link);
      read++;
      t.ok(reply.status < 500, () => `${role}: ${link}: ${reply.status}`);
    }
  }
  return read;
}
