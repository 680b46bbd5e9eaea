// Proves in Chromium that every page of the route table, filled, empty, with faults and with names of a hundred
// characters, in standard, elder and dark, at 320, 390 and 1440 px, passes axe, does not scroll sideways, has
// targets large enough to tap and logs no error; that reporting works without scripts; and that logging in works by
// keyboard alone. Control: a page with a fault of each kind is found out.
import { chromium } from 'playwright-core';
import { address, routes } from '../lib/fixtures.mjs';
import { Client } from '../lib/client.mjs';
import { stage } from '../lib/stage.mjs';
import { more, pages } from '../browser/pages.mjs';
import { inspect, listen } from '../browser/inspect.mjs';
import { journeys } from '../browser/journeys.mjs';

const WORKERS = 2;
const sizes = { 320: 640, 390: 844, 1440: 900 };
const contrast = ['color-contrast', 'link-in-text-block'];
/* mode -> what is looked at: [width, with axe, in the dark] */
const modes = {
  standard: [[390, true], [320], [390, contrast, true], [1440, contrast, true], [1440, true]],
  elder: [[390, true], [320]],
  long: [[320], [390], [1440]],
  empty: [[390, true], [1440]],
  faults: [[390, true], [320]],
};

async function tasks(t) {
  const list = [];
  const shown = (await routes()).filter((r) => r.kind === 'page' && !r.path.includes('/photo/'));
  for (const r of shown) t.ok(pages[r.path], `test/browser/pages.mjs does not name ${r.path}`);
  for (const path of Object.keys(pages))
    t.ok(
      shown.some((r) => r.path === path),
      `there is no page ${path}`,
    );
  for (const [path, page] of [
    ...Object.entries(pages).filter(([p]) => shown.some((r) => r.path === p)),
    ...more,
  ]) {
    for (const mode of ['standard', 'elder', 'long']) list.push({ path, page, mode });
    if (page.empty)
      list.push({
        path,
        page: { ...page, ...page.empty, query: page.empty.query ?? (page.empty.using ? '' : page.query) },
        mode: 'empty',
      });
    if (page.faults) list.push({ path, page, mode: 'faults' });
  }
  /* Open pages may be kept by the browser for half a minute: nobody enters after a visitor. */
  const rank = (x) => `${x.mode} ${x.page.as === 'anonymous' ? 1 : 0}`;
  return list.sort((a, b) => rank(a).localeCompare(rank(b)));
}

// Names of a hundred characters wherever people write names.
async function longNames(house) {
  const long = (text) => `${text}`.repeat(100).slice(0, 100);
  await house.sql(`UPDATE area SET name = '${long('长安街')}', short_name = '${long('长安')}' WHERE level > 2;
    UPDATE estate SET name = '${long('望京西园')}', address = '${long('Wangjing-')}';
    UPDATE org SET name = '${long('北京市第一物业')}'; UPDATE post SET title = '${long('项目负责人')}', basis = '${long('A')}';
    UPDATE person SET name = '${long('阿不都热合曼·')}';
    UPDATE person_home SET estate = '${long('望京')}', home = '${long('楼')}';
    UPDATE case_text SET title = '${long('电梯')}', spot = '${long('x')}', words = '${long('https://example/')}';
    UPDATE case_entry SET words = '${long('换了')}', actor_name = '${long('买买提·')}';
    UPDATE notice SET title = '${long('通知')}', words = '${long('y')}'; UPDATE home SET no = '${long('楼')}' || id;
    UPDATE look SET viewer = '${long('社区')}', reason = '${long('z')}'; UPDATE import_batch SET name = '${long('台账')}';
    UPDATE demo_person SET name = '${long('王')}', title = '${long('经理')}', about = '${long('看')}';
    UPDATE desk_item SET title = '${long('电梯')}', note = '${long('n')}';
    UPDATE search_doc SET label = '${long('地')}', note = '${long('处')}';`);
}

class Look {
  constructor(t, browser, base) {
    Object.assign(this, { t, browser, base, seen: 0 });
  }

  async open(elder) {
    this.context = await this.browser.newContext({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      reducedMotion: 'reduce',
      colorScheme: 'light',
    });
    this.elder = elder;
    this.page = await this.context.newPage();
    this.said = listen(this.page);
    return this;
  }

  /* The page before is left first: it looks for news by itself, and would do so as somebody else. */
  async enter(token) {
    await this.page.goto('about:blank');
    this.said();
    await this.context.clearCookies();
    const cookies = [...(token ? [['wuye', token]] : []), ...(this.elder ? [['elder', '1']] : [])];
    await this.context.addCookies(cookies.map(([name, value]) => ({ name, value, url: this.base })));
  }

  async look(name, path, { status = 200, faults } = {}, views) {
    const resize = (width) => this.page.setViewportSize({ width, height: sizes[width] });
    await resize(views[0][0]);
    const answer = await this.page.goto(this.base + path, { waitUntil: 'load' });
    if (faults) await this.send(faults);
    else this.t.is(answer.status(), status, `${name}: ${path}`);
    for (const [i, [width, withAxe = false, dark = false]] of views.entries()) {
      if (i && width !== views[i - 1][0]) await resize(width);
      if (dark !== Boolean(views[i - 1]?.[2]))
        await this.page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      const found = await inspect(this.page, { elder: this.elder, small: width < 1120, withAxe });
      const expected = (line) =>
        (status >= 400 || faults) && /the server responded with a status of 4/.test(line);
      const wrong = [...new Set([...found, ...this.said().filter((line) => !expected(line))])];
      this.seen++;
      for (const fault of wrong) this.t.ok(false, `${name} ${width}px${dark ? ' dark' : ''} ${path}: ${fault}`);
      this.t.count(wrong.length ? 0 : 1, 0);
    }
  }

  // Sends the form of a command with nothing in it.
  async send(command) {
    const form = this.page.locator(`form:has(input[name="do"][value="${command}"])`).first();
    await form.evaluate((f) => {
      f.closest('details')?.setAttribute('open', '');
      f.querySelectorAll(
        'input:not([type=hidden]):not([type=radio]):not([type=file]):not([type=checkbox]), textarea',
      ).forEach((e) => (e.value = ''));
      f.noValidate = true;
    });
    await Promise.all([
      this.page.waitForNavigation({ waitUntil: 'load' }),
      form.evaluate((f) => f.requestSubmit()),
    ]);
    this.t.ok(
      await this.page.locator('.faults, .field-error').count(),
      `${command} with nothing in it shows no fault`,
    );
  }
}

export async function run(t) {
  const s = await (await stage('sqlite')).copy();
  const wide = await (await stage('sqlite')).copy();
  await s.house.start();
  await longNames(wide.house);
  await wide.house.start();
  const browser = await chromium.launch({
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  try {
    const queue = await tasks(t);
    const count = queue.length;
    const seen = await Promise.all(Array.from({ length: WORKERS }, () => worker(t, browser, queue, s, wide)));
    t.note(`${count} pages, ${seen.reduce((a, b) => a + b, 0)} views`);
    await journeys(t, browser, s);
    await control(t, browser, s);
  } finally {
    await browser.close();
    await s.house.stop();
    await wide.house.stop();
  }
}

async function worker(t, browser, queue, s, wide) {
  const open = {};
  let seen = 0;
  for (let task = queue.shift(); task; task = queue.shift()) {
    const { path, page, mode } = task;
    const from = mode === 'long' ? wide : s;
    const eye = (open[mode] ??= await new Look(t, browser, from.house.url).open(mode === 'elder'));
    try {
      const client = page.as === 'anonymous' ? new Client(from.house, 'anonymous') : await from.as(page.as);
      await eye.enter(client.token);
      const at = address(path + (page.query ?? ''), from.x, page.using);
      const before = eye.seen;
      await eye.look(
        `${mode} ${page.as}`,
        at,
        { status: page.status, faults: mode === 'faults' ? page.faults : undefined },
        modes[mode],
      );
      seen += eye.seen - before;
    } catch (e) {
      t.ok(false, `${mode} ${page.as} ${path}: ${e.message.split('\n')[0]}`);
    }
  }
  return seen;
}

async function control(t, browser, s) {
  const eye = await new Look({ ok: () => true, is: () => true, count: () => {} }, browser, s.house.url).open(
    false,
  );
  await eye.page.goto(`${s.house.url}/login`);
  /* Styles are set by script: the content security policy refuses them in markup. */
  await eye.page.evaluate(() => {
    document.title = 'x';
    const main = document.querySelector('main');
    const add = (tag, style, text = '') =>
      Object.assign(main.appendChild(document.createElement(tag)).style, style) &&
      (main.lastChild.textContent = text);
    add('div', { width: '2000px' }, 'undefined');
    add('button', { width: '9px', height: '9px', minHeight: '0', padding: '0' });
    add('img', {});
    main.lastChild.src = 'data:,';
  });
  const found = await inspect(eye.page, {});
  for (const what of ['scrolls sideways', 'small to tap', 'says undefined', 'title', 'axe image-alt'])
    t.ok(
      found.some((f) => f.startsWith(what)),
      `a page that ${what} is not found out: ${found.join('; ').slice(0, 300)}`,
    );
}
