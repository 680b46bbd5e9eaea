// A division's name is corrected: the city may, a district may not, an anonymous visitor must log in; the change shows
// on the page at once, it carries its basis, and both the old tree and the audit record know it.
import { as, fault, guest, look, story, to } from '../lib/story.mjs';

const page = '/division/110105/edit';
const fill = (name) => ({ name, short_name: '朝阳', basis: '京民区划〔2026〕1号' });

export default [
  story('the city corrects a name', {}, [
    guest('x')
      .get(page)
      .expect(303, to(/^\/login/)),
    guest('x')
      .json('division.area.rename', { ...fill('朝阳区'), area_id: '0000000000000' })
      .expect(403),
    as('chaoyang').get(page).expect(403, '不在您的权限里'),
    as('xitong').get(page).expect(403),
    as('shi')
      .form(page, 'division.area.rename', { name: '', short_name: '朝阳', basis: '' })
      .expect(422, fault('name', '请填写'), fault('basis', '请填写')),
    as('shi')
      .form(page, 'division.area.rename', { name: '朝'.repeat(100), short_name: '朝阳', basis: '甲' })
      .expect(422, fault('name', '最多写 60 个字，现在是 100 个')),
    as('shi')
      .get(page)
      .expect(200)
      .keep('area', /name="area_id" value="([0-9a-z]{13})"/),
    as('chaoyang')
      .json('division.area.rename', (s) => ({ ...fill('朝阳新区'), area_id: s.area }))
      .expect(403),
    as('shi')
      .form(page, 'division.area.rename', fill('朝阳<新>区'))
      .expect(303, to(/^\/division\/110105/)),
    guest('x')
      .get('/division/110105')
      .within(2)
      .expect(200, '朝阳<新>区', (r) => r.text.includes('朝阳&lt;新&gt;区')),
    as('shi')
      .json('division.area.rename', (s) => ({ ...fill('朝阳区'), area_id: s.area }), {
        key: 'the-same-key-twice',
      })
      .expect(200),
    as('shi')
      .json('division.area.rename', (s) => ({ ...fill('朝阳区'), area_id: s.area }), {
        key: 'the-same-key-twice',
      })
      .expect(200, (r) => r.headers['idempotent-replay'] === 'true'),
    as('shi')
      .json('division.area.rename', (s) => ({ ...fill('朝阳甲区'), area_id: s.area }), {
        key: 'the-same-key-twice',
      })
      .expect(409),
    as('shi')
      .cli('division.area.rename', (s) => ({ ...fill('朝阳区'), area_id: s.area }))
      .expect(200),
    guest('x').get('/division/110105').within(2).expect(200, '朝阳区'),
    look('three of them are in the audit record', async (s, t) => {
      const rows = await s.house.sql(
        "SELECT face, change FROM op WHERE command = 'division.area.rename' ORDER BY id",
      );
      t.is(rows.map((r) => r[0]).join(), '1,2,3', 'faces of the op rows');
      t.ok(JSON.parse(rows[0][1])[2].name[1] === '朝阳<新>区', `the change is ${rows[0][1]}`);
    }),
  ]),
];
