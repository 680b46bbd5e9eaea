// Proves that the stories of test/stories/ come true on both engines, through pages, JSON and the command line of the
// real program, and that after each the auditor finds nothing: chain whole, every check of the house holding, a clean
// end.
import { readdirSync } from 'node:fs';
import { begin, play } from '../lib/story.mjs';
import { copy, engines } from '../lib/server.mjs';

const folder = new URL('../stories/', import.meta.url);

export async function run(t) {
  let told = 0;
  for (const file of readdirSync(folder)
    .filter((f) => f.endsWith('.mjs'))
    .sort()) {
    const tales = (await import(new URL(file, folder))).default;
    for (const tale of [tales].flat())
      for (const engine of tale.engines ?? engines) {
        await tell(t, tale, engine);
        told++;
      }
  }
  await control(t);
  t.note(`${told} tellings`);
}

async function tell(t, tale, engine) {
  const house = await copy(engine);
  if (tale.begin) await begin(house, tale.begin);
  if (tale.prepare) await tale.prepare(house);
  await house.start();
  await play(tale, house, t);
  const code = await house.stop();
  t.ok(code === 0, `${tale.title} (${engine}): the server ends with ${code}`);
  for (const line of house.said
    .split('\n')
    .filter((l) => /ERROR|Sanitizer|runtime error|abort|statement /.test(l)))
    t.ok(false, `${tale.title} (${engine}): the server says ${line}`);
  const audit = await house.cli(['audit']);
  t.ok(
    audit.code === 0,
    `${tale.title} (${engine}): wuye audit ends with ${audit.code}: ${(audit.out + audit.err).trim().slice(-400)}`,
  );
  await house.remove();
}

/* A story that does not come true must be seen. */
async function control(t) {
  const { as, story } = await import('../lib/story.mjs');
  const house = await (await copy('sqlite')).start();
  const quiet = {
    failed: 0,
    ok(fine) {
      this.failed += fine ? 0 : 1;
      return fine;
    },
  };
  await play(story('control', {}, [as('shi').get('/me').expect(200, 'this stands on no page')]), house, quiet);
  t.is(quiet.failed, 1, 'a story that is not true');
  await house.remove();
}
