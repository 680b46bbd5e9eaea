// The register of an estate: a home is written in, a relation begins and ends, and from that moment the page of the
// home opens and closes for the person; a register comes in from a file, row by row checked, and is withdrawn as a
// whole.
import { as, fault, look, no, story, time, to } from '../lib/story.mjs';
import { idText } from '../lib/id.mjs';
import { idCard, phone } from '../lib/invent.mjs';

const E = (s) => `/e/${s.estate}`;
const places = look('estate, community, homes and people', async (s) => {
  const one = async (sql) => (await s.house.sql(sql))[0];
  const [estate, code] =
    await one(`SELECT p.area_id, a.code FROM demo_person AS d JOIN post AS p ON p.person_id = d.person_id
    JOIN area AS a ON a.id = p.area_id WHERE d.login = 'jingli'`);
  s.estate = idText(estate);
  s.community = code.slice(0, 12);
  const [home, zhou] =
    await one(`SELECT t.home_id, t.person_id FROM demo_person AS d JOIN tie AS t ON t.person_id = d.person_id
    WHERE d.login = 'zhou'`);
  s.home = idText(home);
  s.zhou = idText(zhou);
  s.area = idText(
    (
      await one(`SELECT area_id FROM post AS p JOIN demo_person AS d ON d.person_id = p.person_id
    WHERE d.login = 'shequ'`)
    )[0],
  );
});

const homes = story('homes and relations', {}, [
  places,
  as('zhou')
    .get((s) => `${E(s)}/home/${s.home}`)
    .expect(200, no('孙丽娟')),
  as('sun')
    .get((s) => `${E(s)}/home/${s.home}`)
    .expect(200, '周*', no('周晓东')),
  as('wang')
    .get((s) => `${E(s)}/home/${s.home}`)
    .expect(404),
  as('zhou')
    .get((s) => `${E(s)}/homes`)
    .expect(404),
  as('kefu')
    .get((s) => `${E(s)}/homes`)
    .expect(200, '5号楼'),
  as('kefu')
    .get((s) => `${E(s)}/homes/new`)
    .expect(403),

  as('jingli')
    .form((s) => `${E(s)}/homes/new`, 'estate.home.add', { building: '', room: '' })
    .expect(422, fault('building', '请填写'), fault('room', '请填写'), fault('area_source', '请选择')),
  as('jingli')
    .form((s) => `${E(s)}/homes/new`, 'estate.home.add', {
      building: '99号楼',
      entrance: '１',
      room: '101',
      floor: 1,
      area: '89.05',
      area_source: 'BY_TITLE',
      use: 'DWELLING',
    })
    .expect(303)
    .keep('new', /\/home\/([0-9a-z]{13})/),
  as('jingli')
    .form((s) => `${E(s)}/homes/new`, 'estate.home.add', {
      building: '99',
      entrance: '1单元',
      room: '101室',
      area_source: 'BY_TITLE',
      use: 'DWELLING',
    })
    .expect(422),
  as('jingli')
    .get((s) => `${E(s)}/home/${s.new}`)
    .expect(200, '89.05'),

  as('jingli')
    .form((s) => `${E(s)}/home/${s.new}/tie`, 'estate.tie.add', {
      kind: 'OWNER',
      name: '周晓东',
      phone: phone(1),
      basis: '不动产证演示1号',
      id_no: '110101199003071234',
    })
    .expect(422, fault('id_no')),
  as('jingli')
    .form((s) => `${E(s)}/home/${s.new}/tie`, 'estate.tie.add', {
      kind: 'OWNER',
      name: '褚见微',
      phone: phone(1),
      basis: '不动产证演示1号',
      id_no: idCard('19900307', 123),
      share_num: 1,
      share_den: 2,
    })
    .expect(303),
  as('jingli')
    .form((s) => `${E(s)}/home/${s.new}/tie`, 'estate.tie.add', {
      kind: 'CO_OWNER',
      name: '褚知著',
      phone: phone(2),
      basis: '不动产证演示1号',
      id_no: idCard('19910308', 124),
      share_num: 2,
      share_den: 3,
    })
    .expect(422),
  as('jingli')
    .form((s) => `${E(s)}/home/${s.new}/tie`, 'estate.tie.add', {
      kind: 'CO_OWNER',
      name: '褚知著',
      phone: phone(2),
      basis: '不动产证演示1号',
      id_no: idCard('19910308', 124),
      share_num: 1,
      share_den: 2,
    })
    .expect(303),
  as('jingli')
    .get((s) => `${E(s)}/home/${s.new}`)
    .expect(200, '褚见微', (r) => !r.text.includes(phone(1)) && !r.text.includes('19900307')),

  as('zhou')
    .json(
      'appeal.case.report',
      { place: 'place_yard', category: 402, words: '退租以前报的', contact: 'contact_here' },
      (s) => ({ estate: s.estate }),
    )
    .expect(200)
    .keep('old', (r) => r.json.case),

  // The tenancy ends: today's page is gone, his own appeals of that time stay his.
  as('sun')
    .get((s) => `${E(s)}/home/${s.home}`)
    .expect(200)
    .keep('tie', /\/tie\/([0-9a-z]{13})/),
  as('zhou')
    .json(
      'estate.tie.end',
      (s) => ({ tie_id: s.tie, basis: '退租协议' }),
      (s) => ({ estate: s.estate }),
    )
    .expect(403),
  as('jingli')
    .form((s) => `${E(s)}/home/${s.home}/tie/${s.tie}`, 'estate.tie.end', { basis: '' })
    .expect(422, fault('basis', '请填写')),
  as('jingli')
    .form((s) => `${E(s)}/home/${s.home}/tie/${s.tie}`, 'estate.tie.end', { basis: '退租协议' })
    .expect(303),
  as('zhou')
    .get((s) => `${E(s)}/home/${s.home}`)
    .expect(404),
  as('zhou')
    .get((s) => `${E(s)}/appeal/new`)
    .expect(404),
  as('zhou')
    .get((s) => `${E(s)}/appeal/${s.old}`)
    .expect(200, '退租以前报的'),
  as('zhou')
    .json(
      'appeal.case.report',
      { place: 'place_yard', category: 402, words: '退租以后报的', contact: 'contact_here' },
      (s) => ({ estate: s.estate }),
    )
    .expect(404),
  as('zhou').get('/me').within(3).expect(200, '已结束'),
]);

const rows = [
  '楼号,单元,房号,建筑面积,业主姓名,联系电话,证件号码',
  `88号楼,1,101,89.05,欧阳若愚,${phone(11)},${idCard('19800101', 11)}`,
  `88号楼,1,102,60.1,𠮷田文,${phone(12)},${idCard('19800102', 12)}`,
  `88号楼,1,201,89.05,李·买买提,${phone(13)},${idCard('19800103', 13)}`,
  `88号楼,1,202,六十,李四,${phone(14)},${idCard('19800104', 14)}`,
  `88号楼,1,203,89.05,李五,${phone(15)},110101198001051234`,
];
const file = { name: '台账.csv', type: 'text/csv', bytes: Buffer.from(`\ufeff${rows.join('\r\n')}\r\n`) };
const batch = (s) => `${E(s)}/import/${s.batch}`;

const register = story('a register comes in and is withdrawn', {}, [
  places,
  as('kefu')
    .get((s) => `${E(s)}/import`)
    .expect(403),
  as('jingli')
    .form((s) => `${E(s)}/import`, 'estate.import.upload', {
      file: { ...file, bytes: Buffer.from([0, 1, 2, 255, 254, 0, 77, 90]) },
      source: 'BY_REGISTER',
    })
    .expect(422, fault('file')),
  as('jingli')
    .form((s) => `${E(s)}/import`, 'estate.import.upload', { file, source: 'BY_REGISTER' })
    .expect(303)
    .keep('batch', /\/import\/([0-9a-z]{13})/),
  as('jingli').get(batch).expect(200, '业主姓名', '建筑面积'),
  as('jingli').form(batch, 'estate.import.columns').expect(303),
  as('jingli')
    .get(batch)
    .expect(200, '可导入 4', '有误 1', '88号楼1单元101', (r) => !r.text.includes(phone(11))),
  as('jingli').form(batch, 'estate.import.confirm').expect(303),
  as('jingli').get(batch).within(10).expect(200, '写入房屋', no('正在办理')),
  as('jingli')
    .get((s) => `${E(s)}/homes?find=88-1-101`)
    .expect(200, '88号楼1单元101'),
  as('jingli').form(batch, 'estate.import.withdraw', { note: '' }).expect(422, fault('note', '请填写')),
  as('jingli').form(batch, 'estate.import.withdraw', { note: '传错了小区' }).expect(303),
  as('jingli').get(batch).within(10).expect(200, '整批撤回', no('正在办理')),
  as('jingli')
    .get((s) => `${E(s)}/homes?find=88-1-101`)
    .expect(200, no('88号楼1单元101')),
  look('nothing is left of it but the batch', async (s, t) => {
    t.is(await s.house.value("SELECT count(*) FROM home WHERE no LIKE '88%'"), '0', 'homes of the file');
    t.is(
      await s.house.value("SELECT count(*) FROM person WHERE name = '欧阳若愚'"),
      '0',
      'persons of the file',
    );
  }),
]);

const estates = story('an estate is registered and gets its enterprise', {}, [
  places,
  as('shequ')
    .form((s) => `/a/${s.community}/estates/new`, 'estate.estate.add', {
      name: '试建小区',
      address: '劲松中街 99 号',
      households: 300,
      kind: 'COMMODITY',
    })
    .expect(303),
  as('shequ')
    .get((s) => `/a/${s.community}/estates`)
    .within(5)
    .expect(200, '试建小区')
    .keep('added', (r) => r.text.slice(0, r.text.indexOf('试建小区')).match(/.*\/e\/([0-9a-z]{13})/s)?.[1]),
  as('shequ')
    .get((s) => `/e/${s.added}`)
    .within(5)
    .expect(200, '试建小区'),
  as('jingli')
    .get((s) => `/e/${s.added}`)
    .expect(404),
  as('shequ')
    .form((s) => `/e/${s.added}/edit`, 'estate.estate.edit', { name: '试建新村', duty_phone: '010-00009999' })
    .expect(303),
  as('shequ')
    .get((s) => `/e/${s.added}`)
    .within(3)
    .expect(200, '试建新村'),
  as('shequ')
    .get((s) => `/e/${s.added}/edit`)
    .expect(200, 'type="tel"')
    .keep('shown', (r) => r),
  as('shequ')
    .form((s) => `/e/${s.added}/edit`, 'estate.estate.edit', { households: 320 })
    .expect(303),
  look('the form was open while somebody else saved', async (s) => void (s.late = { again: s.shown })),
  as('shequ')
    .form(
      (s) => `/e/${s.added}/edit`,
      'estate.estate.edit',
      { address: '劲松中街 98 号', households: 310 },
      (s) => s.late,
    )
    .expect(409, '别人改过这些资料', fault('households', '现在登记的是：320'), 'value="劲松中街 98 号"', 'value="310"')
    .keep('told', (r) => r),
  look('the page that told him is sent again', async (s) => void (s.late = { again: s.told })),
  as('shequ')
    .form((s) => `/e/${s.added}/edit`, 'estate.estate.edit', { duty_phone: '前台' }, (s) => s.late)
    .expect(422, fault('duty_phone', '请写手机号')),
  as('shequ')
    .form((s) => `/e/${s.added}/edit`, 'estate.estate.edit', {}, (s) => s.late)
    .expect(303),
  as('shequ')
    .get((s) => `/e/${s.added}`)
    .expect(200, '劲松中街 98 号'),
  as('shequ')
    .get((s) => `/e/${s.added}/manager`)
    .expect(200)
    .keep('org', /name="org_id"[^]*?value="([0-9a-z]{13})"/),
  as('shequ')
    .form(
      (s) => `/e/${s.added}/manager`,
      'estate.manager.set',
      (s) => ({ org_id: s.org, from_day: '2026-01-01', basis: '物业服务合同 1 号' }),
    )
    .expect(303),
  as('shequ')
    .get((s) => `/e/${s.added}`)
    .expect(200, '物业企业'),
]);

export default [homes, register, estates];
