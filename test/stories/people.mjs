// Posts: a street gives one, the person can act from that day and not after its last; nobody gives himself one;
// looking at a number needs a reason and is written down; an organisation's code that fails its check needs a
// reason too.
import { as, fault, look, no, story, time } from '../lib/story.mjs';
import { idText } from '../lib/id.mjs';
import { creditCode, phone } from '../lib/invent.mjs';

const places = look('the street and its people', async (s) => {
  const row = (
    await s.house.sql(`SELECT p.area_id, a.code, p.person_id FROM demo_person AS d JOIN post AS p
    ON p.person_id = d.person_id JOIN area AS a ON a.id = p.area_id WHERE d.login = 'jiedao'`)
  )[0];
  s.area = idText(row[0]);
  s.street = row[1].slice(0, 9);
  s.jiedao = idText(row[2]);
  s.chen = idText(await s.house.value("SELECT person_id FROM demo_person WHERE login = 'chen'"));
});
const today = (days = 0) => new Date(Date.now() + 8 * 3600000 + days * 86400000).toISOString().slice(0, 10);
const posts = (s) => `/a/${s.street}/posts`;

const give = story('a post is given and ends', {}, [
  places,
  as('chen').get(posts).expect(404),
  as('shequ')
    .get((s) => `${posts(s)}/new`)
    .expect(404),
  as('chaoyang').get(posts).expect(200),
  as('jiedao')
    .form((s) => `${posts(s)}/new`, 'people.post.give', { name: '', phone: '123', basis: '' })
    .expect(422, fault('name', '请填写'), fault('phone'), fault('basis', '请填写')),
  as('jiedao')
    .form((s) => `${posts(s)}/new`, 'people.post.give', {
      name: '司徒明',
      phone: phone(21),
      role: 'street',
      title: '物业科科员',
      from_day: today(),
      basis: '劲街发〔2026〕9号',
    })
    .expect(303),
  as('jiedao')
    .get(posts)
    .expect(200, '司徒明', '物业科科员', '劲街发〔2026〕9号')
    .keep('end', /href="(\/people\/[0-9a-z]{13}\/post\/[0-9a-z]{13}\/end)"/),
  as('chaoyang')
    .get((s) => s.end)
    .expect(200),
  as('jiedao')
    .form((s) => s.end, 'people.post.end', { to_day: today(-30), basis: '' })
    .expect(422, fault('basis', '请填写')),
]);

const looks = story('a number is looked at', {}, [
  places,
  as('jiedao')
    .get((s) => `/people/${s.chen}`)
    .expect(200, '139****', (r) => !/139\d{8}/.test(r.words)),
  as('jiedao')
    .form((s) => `/people/${s.chen}`, 'people.person.reveal', { what: 'look_phone', reason: '急' })
    .expect(422, fault('reason', '至少写 4 个字')),
  as('jiedao')
    .form((s) => `/people/${s.chen}`, 'people.person.reveal', { what: 'look_phone', reason: '漏水要联系本人' })
    .expect(303)
    .keep('shown', (r) => r.to),
  as('jiedao')
    .get((s) => s.shown)
    .expect(200, /139\d{8}/, (r) => r.headers['cache-control'] === 'no-store'),
  as('shequ')
    .get((s) => s.shown)
    .expect(200, (r) => !/139\d{8}/.test(r.words)),
  time(1),
  as('jiedao')
    .get((s) => s.shown)
    .expect(200, (r) => !/139\d{8}/.test(r.words)),
  as('chen').get('/me/looks').expect(200, '漏水要联系本人', '手机'),
  as('shi')
    .get((s) => `/people/${s.chen}`)
    .expect(200, (r) => !r.text.includes('people.person.reveal')),
  as('ronghua')
    .get((s) => `/people/${s.chen}`)
    .expect(404),
]);

const orgs = story('an organisation is registered', {}, [
  places,
  as('chen').get('/org/new').expect(404),
  as('jiedao')
    .form('/org/new', 'org.org.add', {
      name: '北京试用物业有限公司',
      kind: 'ENTERPRISE',
      code: '91110105MA0000001X',
    })
    .expect(422, fault('code')),
  as('jiedao')
    .form('/org/new', 'org.org.add', { name: '北京试用物业有限公司', kind: 'ENTERPRISE', code: creditCode(1) })
    .expect(303)
    .keep('org', /\/org\/([0-9a-z]{13})/),
  as('jiedao')
    .get((s) => `/org/${s.org}`)
    .expect(200, creditCode(1)),
  as('jiedao')
    .form('/org/new', 'org.org.add', { name: '另一家', kind: 'ENTERPRISE', code: creditCode(1) })
    .expect(422, fault('code', '已经登记')),
  as('jiedao')
    .form((s) => `/org/${s.org}/edit`, 'org.org.edit', {
      name: '北京试用物业服务有限公司',
      code: '91110105MA0000001X',
      code_note: '已看过营业执照原件',
    })
    .expect(303),
  as('jiedao')
    .get((s) => `/org/${s.org}`)
    .expect(200, '北京试用物业服务有限公司', no('undefined')),
]);

export default [give, looks, orgs];
