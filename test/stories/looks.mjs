// Looks at personal data, by the page's way and by the command line: each is kept in the list of the person concerned,
// in his shard, and the auditor misses the one that is taken out.
import { idText } from '../lib/id.mjs';
import { as, look, story } from '../lib/story.mjs';

const asked = (s) => ({ person_id: s.chen, area_id: s.estate, what: 'look_phone', reason: '约时间上门' });

export default [
  story('nobody takes out of the list that he was there', {}, [
    as('chen')
      .get('/')
      .expect(200)
      .keep('estate', /\/e\/([0-9a-z]{13})/),
    look('who is looked at', async (s) => {
      s.id = await s.house.value("SELECT person_id FROM demo_person WHERE login = 'chen'");
      s.chen = idText(s.id);
    }),
    as('jingli').json('people.person.reveal', asked).expect(200),
    as('jingli').cli('people.person.reveal', asked).expect(200),
    as('chen').get('/me/looks').expect(200, '约时间上门', '刘伟'),
    look('both rows lie with him', async (s, t) => {
      const n = await s.house.value(
        `SELECT count(*) FROM op WHERE shard = ${s.id} AND command = 'people.person.reveal'`,
      );
      t.ok(Number(n) === 2, `${n} rows, not 2`);
    }),
  ]),
];
