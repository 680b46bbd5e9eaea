// The demonstration city comes from its seed alone: made at another moment on another engine it is the same, but for
// running numbers and hours.
import { look, story } from '../lib/story.mjs';
import { template } from '../lib/server.mjs';

const facts = [
  'SELECT name, sign, kind, households FROM estate ORDER BY code',
  'SELECT name, count(*) FROM person GROUP BY name ORDER BY count(*) DESC, name LIMIT 500',
  'SELECT name, kind, code FROM org ORDER BY name, code',
  'SELECT no FROM home ORDER BY no LIMIT 500',
  'SELECT category, state, outcome, count(*) FROM case_head GROUP BY category, state, outcome ORDER BY 1, 2, 3',
  'SELECT login, name, title FROM demo_person ORDER BY login',
];

export default [
  story('the demonstration city made twice', { engines: ['postgres'] }, [
    look('is the same city', async (s, t) => {
      const first = await template('sqlite');
      for (const text of facts) {
        const one = JSON.stringify(await first.sql(text)), other = JSON.stringify(await s.house.sql(text));
        t.ok(one === other && one.length > 100, () => `${text}: ${one.slice(0, 200)} and ${other.slice(0, 200)}`);
      }
    }),
    look('is made in 15 seconds', async (s, t) => {
      const { seconds } = await template('sqlite');
      t.ok(seconds < 15, `${seconds} s`);
    }),
  ]),
];
