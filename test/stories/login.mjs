// Login: a wrong password and an unknown name get the same answer, ten tries are the limit, and after leaving neither
// the page nor the old token opens anything.
import { readdirSync } from 'node:fs';
import { request } from '../lib/client.mjs';
import { as, fault, guest, look, no, story, time, to } from '../lib/story.mjs';

const login = (who, name, password, more = {}) =>
  guest(who).form('/login', 'account.session.open', { login: name, password, ...more });
// All sessions have been open so many minutes longer.
const earlier = (minutes) =>
  look(`${minutes} minutes pass for every session`, async (s) => {
    await s.house.sql(`UPDATE session SET made_at = made_at - ${minutes * 60000000}`);
  });
const wrong = '登录名或口令不对';

export default [
  story('log in and out', {}, [
    guest('a')
      .get('/me')
      .expect(303, to(/^\/login\?back=\/me/)),
    guest('a').get('/login').expect(200, '登录', no('Fatal')),
    login('a', '', '').expect(422, fault('login', '请填写'), fault('password', '请填写')),
    login('a', 'shi', 'wrong-1').expect(
      422,
      fault('password', wrong),
      'value="shi"',
      (r) => !r.text.includes('wrong-1'),
    ),
    login('a', 'nobody-of-that-name', 'wrong-1').expect(422, fault('password', wrong)),
    guest('a').get('/me').expect(303),
    login('a', 'shi', 'wuye2026', { back: '/me' })
      .expect(303, to('/me'))
      .keep('cookie', (r) => r.headers['set-cookie']?.[0]),
    look('the cookie cannot be read by a page', (s, t) =>
      t.ok(/HttpOnly/.test(s.cookie) && /SameSite=Lax/.test(s.cookie) && /Path=\//.test(s.cookie), s.cookie),
    ),
    guest('a')
      .get('/me')
      .expect(200, '退出登录', '市级主管', (r) => /private/.test(r.headers['cache-control'])),
    guest('a').json('notice.inbox.seen', {}).expect(200),
    look('the old token is kept aside', async (s) => void (s.house.old = s.cookie.match(/wuye=([^;]+)/)[1])),
    guest('a')
      .form('/me', 'account.session.close')
      .expect(303, to(/^\/login/)),
    guest('a')
      .get('/me')
      .expect(303, to(/^\/login/)),
    guest('b')
      .json('notice.inbox.seen', {}, (s) => ({ headers: { authorization: `Bearer ${s.house.old}` } }))
      .expect(401),
  ]),

  story('nobody is sent elsewhere after login', {}, [
    guest('a')
      .form(
        '/login',
        'account.session.open',
        { login: 'shi', password: 'wuye2026', back: '//evil.example/' },
        { raw: true },
      )
      .expect(303, to('/')),
    guest('b')
      .form(
        '/login',
        'account.session.open',
        { login: 'shi', password: 'wuye2026', back: 'https://evil.example/' },
        { raw: true },
      )
      .expect(303, to('/')),
    guest('c')
      .form(
        '/login',
        'account.session.open',
        { login: 'shi', password: 'wuye2026', back: '/\\evil.example' },
        { raw: true },
      )
      .expect(303, to('/')),
  ]),

  story('ten tries in a quarter of an hour', {}, [
    ...Array.from({ length: 10 }, (_, i) =>
      login(`t${i}`, 'xitong', 'wrong-2').expect(422, fault('password', wrong)),
    ),
    login('t11', 'xitong', 'wuye2026').expect(429),
    login('t0', 'nobody-of-that-name', 'wrong-2').expect(422, fault('password', wrong)),
    look('every try is on record, also of a name that is none', async (s, t) => {
      const tried = async (where) =>
        Number(await s.house.value(`SELECT count(*) FROM op WHERE command = 'account.login.failed' AND ${where}`));
      const person = "(SELECT person_id FROM demo_person WHERE login = 'xitong')";
      t.is(await tried(`shard = ${person}`), 10, 'tries of the name');
      t.is(await tried('shard = 0'), 1, 'tries of a name that is none');
      t.is(await s.house.value(`SELECT failed FROM login WHERE person_id = ${person}`), '10', 'failures counted');
      const { text } = await request(s.house.url, 'GET', '/metrics');
      t.ok(/^wuye_logins_failed_total 11$/m.test(text), text);
    }),
    login('u1', 'XITONG', 'wuye2026').expect(429), // another way of writing it is no other name
    login('u2', 'ｘｉ tong', 'wuye2026').expect(429),
    login('t12', 'shi', 'wuye2026').expect(303),
    time(1),
    login('t13', 'xitong', 'wuye2026').expect(303),
    guest('t13').get('/me/inbox').within(5).expect(200, '有人多次用您的登录名试口令', '口令错了 10 次'),
    look('and the count begins again', async (s, t) => {
      const left = await s.house.value('SELECT max(failed) FROM login');
      t.is(left, '0', 'failures left');
    }),
  ]),

  story('a desk that was left is closed, and says why', {}, [
    login('left', 'shi', 'wuye2026').expect(303),
    as('chen').get('/me').expect(200, (r) => !r.headers['set-cookie']),
    as('jiedao')
      .get('/me')
      .expect(200, (r) => /wuye=[^;]+\.[0-9a-z]{13}\.[0-9a-z]{13};/.test(r.headers['set-cookie']?.[0])),
    as('jiedao')
      .get('/me')
      .expect(200, (r) => !r.headers['set-cookie']),
    earlier(31),
    time(1), // of the story: no session counts by it
    guest('left')
      .get('/me/inbox?of=all')
      .expect(303, to('/login?back=/me/inbox%3Fof%3Dall'))
      .keep('login', (r) => r.to),
    guest('left')
      .get((s) => s.login)
      .expect(200, '您有一段时间没有操作', 'value="/me/inbox?of=all"'),
    guest('left').json('notice.inbox.seen', {}).expect(401),
    guest('left')
      .form((s) => s.login, 'account.session.open', { login: 'shi', password: 'wuye2026' })
      .expect(303, to('/me/inbox?of=all')),
    guest('left').get('/me').expect(200),
    as('jiedao').get('/me').expect(200), // he was at work
    as('chen').get('/me').expect(200),
    earlier(480),
    time(1),
    as('jiedao').get('/me').expect(303),
    as('jiedao').get('/login').expect(200, '您这次登录的时间到了'),
    as('chen').get('/me').expect(200), // a resident
    guest('other').get('/login').expect(200, no('退出了登录')),
  ]),

  story('a form is only ours with its token', {}, [
    as('shi').get('/me').expect(200),
    as('shi')
      .post('/me', [
        ['do', 'account.session.close'],
        ['key', 'a-key-of-a-test'],
      ])
      .expect(403),
    as('shi')
      .post('/me', [
        ['do', 'account.session.close'],
        ['key', 'a-key-of-a-test'],
        ['csrf', 'x'.repeat(43)],
      ])
      .expect(403),
    as('shi')
      .form(
        '/me',
        'division.area.rename',
        {},
        { again: { text: '<form><input name="do" value="division.area.rename"></form>' } },
      )
      .expect(404),
    as('shi').get('/me').expect(200),
    look('an origin is this host, or it only ends in the same letters', async (s, t) => {
      const { text } = await request(s.house.url, 'GET', '/login');
      const csrf = text.match(/name="csrf" value="([^"]+)"/)[1];
      const { host } = new URL(s.house.url);
      const post = (more, key) =>
        request(s.house.url, 'POST', '/login', {
          headers: { 'content-type': 'application/x-www-form-urlencoded', ...more },
          body: new URLSearchParams({
            do: 'account.session.open',
            csrf,
            key,
            login: 'wang',
            password: 'wuye2026',
          }).toString(),
        });
      const want = [
        [{ origin: `http://${host}` }, 303],
        [{ origin: `http://evil${host}` }, 403],
        [{ origin: `http://x@${host}` }, 403],
        [{ origin: host }, 403],
        [{ origin: 'null' }, 403],
        [{ 'sec-fetch-site': 'cross-site' }, 403],
        [{ 'sec-fetch-site': 'same-site' }, 403],
      ];
      for (const [i, [more, status]] of want.entries()) {
        const reply = await post(more, `an-origin-of-a-test-${i}`);
        t.ok(reply.status === status, `${JSON.stringify(more)}: ${reply.status}, not ${status}`);
      }
    }),
  ]),

  story('a form that was open too long comes back with what was typed', {}, [
    as('shi')
      .get('/me')
      .expect(200, no('打开得太久')),
    as('shi')
      .post('/me', [
        ['do', 'account.session.close'],
        ['key', 'a-key-of-a-test'],
        ['csrf', 'x'.repeat(43)],
      ])
      .expect(403, '这一页打开得太久了', '再送一次', no('权限'), '退出登录'),
    guest('late')
      .post('/login', [
        ['do', 'account.session.open'],
        ['key', 'a-key-of-a-test'],
        ['login', 'some-name'],
        ['password', 'some-word'],
      ])
      .expect(403, '这一页打开得太久了', 'value="some-name"', (r) => !r.text.includes('some-word')),
    guest('late')
      .post('/me', [
        ['do', 'account.session.close'],
        ['key', 'a-key-of-a-test'],
      ])
      .expect(401, '请先登录', 'href="/login?back=/me"'),
    guest('late')
      .json('notice.inbox.seen', {}, { headers: { 'x-csrf': 'x' } })
      .expect(403),
  ]),

  story('a link says of nothing that it is done', {}, [
    as('shi').get('/me?done=account.session.close').expect(200, no('已经退出')),
    as('shi').get('/me?done=division.area.rename').expect(200, no('改好了')),
    as('shi')
      .form('/demo', 'demo.clock.advance', { hours: 1 })
      .expect(303, to(/^\/demo\?done=demo\.clock\.advance\.[0-9a-z]{13}$/))
      .keep('done', (r) => r.to),
    as('shi')
      .get((s) => s.done)
      .expect(200, '演示时间拨快了'),
    as('shi')
      .get((s) => s.done.replace('/demo', '/me'))
      .expect(200, no('演示时间拨快了')),
    as('chen')
      .get((s) => s.done)
      .expect(200, no('演示时间拨快了')),
  ]),

  story('only looking and sending is understood', {}, [
    look('other methods', async (s, t) => {
      for (const method of ['DELETE', 'PUT', 'PATCH', 'OPTIONS', 'WHATEVER']) {
        const reply = await request(s.house.url, method, '/me');
        t.ok(reply.status === 405 && reply.headers.allow === 'GET, HEAD, POST', `${method}: ${reply.status}`);
        t.ok(reply.words.includes('什么也没有改动') && !reply.words.includes('没有办成'), `${method}: ${reply.words}`);
      }
    }),
  ]),

  story('who may not act leaves no file behind', {}, [
    as('chen')
      .get('/')
      .expect(200)
      .keep('estate', /\/e\/([0-9a-z]{13})/),
    look('a file of a guest and of a stranger', async (s, t) => {
      const { text } = await request(s.house.url, 'GET', '/login');
      const csrf = text.match(/name="csrf" value="([^"]+)"/)[1];
      const kept = () => readdirSync(s.house.files, { recursive: true }).length;
      const before = kept();
      const pairs = { csrf, key: 'a-file-of-a-guest', source: 'by_register' };
      const parts = Object.entries(pairs).map(
        ([n, v]) => `--b\r\ncontent-disposition: form-data; name="${n}"\r\n\r\n${v}\r\n`,
      );
      const file =
        '--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n楼号,房号\n1,101\n\r\n--b--\r\n';
      const reply = await request(s.house.url, 'POST', `/api/e/${s.estate}/estate.import.upload`, {
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        body: parts.join('') + file,
      });
      t.ok(reply.status === 401, `${reply.status}: ${reply.text.slice(0, 200)}`);
      t.ok(kept() === before, `${before} files before, ${kept()} after`);
    }),
  ]),
];
