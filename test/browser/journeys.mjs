// Journeys as people make them: a report without scripts, from the home page to the number; logging in with the
// keyboard alone, with a visible focus at every stop; elder mode that stays; dark that stays.

export async function journeys(t, browser, s) {
  await step(t, 'a report without scripts', () => withoutScripts(t, browser, s));
  await step(t, 'logging in by keyboard', () => byKeyboard(t, browser, s));
  await step(t, 'elder and dark stay', () => looksStay(t, browser, s));
  await step(t, 'nothing old is shown', () => nothingOld(t, browser, s));
}

async function step(t, title, fn) {
  try {
    await fn();
  } catch (e) {
    t.ok(false, `${title}: ${e.message.split('\n').slice(0, 3).join(' ')}`);
  }
}

const phone = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
};

async function withoutScripts(t, browser, s) {
  const context = await browser.newContext({ ...phone, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${s.house.url}/login`);
  await page.getByLabel('登录名').fill('wang');
  await page.getByLabel('口令').fill('wuye2026');
  await page.getByRole('button', { name: '登录' }).click();
  t.is(new URL(page.url()).pathname, '/', 'no scripts: after login');
  await page.goto(`${s.house.url}/e/${s.x.estate}/appeal/new`);
  await page.getByText('院子、道路').click();
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByRole('link', { name: '环境卫生' }).click();
  await page.getByRole('button', { name: '垃圾分类问题' }).click();
  await page.getByLabel('请说说情况').fill('没有脚本也能报');
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByText('在这里回复就行').click();
  await page.getByRole('button', { name: /下一步/ }).click();
  t.ok(
    (await page.locator('main').innerText()).includes('没有脚本也能报'),
    'no scripts: the last page shows what was written',
  );
  await page.getByRole('button', { name: /提交/ }).click();
  t.ok(/\/sent/.test(page.url()), `no scripts: the report ends at ${page.url()}`);
  t.ok(/[0-9a-z]{5}-\d{6}-\d{4}/.test(await page.locator('main').innerText()), 'no scripts: a number is given');
  await context.close();
}

async function byKeyboard(t, browser, s) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(`${s.house.url}/login`);
  const stops = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      const style = getComputedStyle(e);
      return {
        tag: e.tagName,
        id: e.id,
        name: e.getAttribute('name'),
        text: e.textContent.trim().slice(0, 10),
        shown: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
      };
    });
    if (at.tag === 'BODY') break;
    stops.push(at);
    t.ok(at.shown, `keyboard: no visible focus at ${at.tag} ${at.id} ${at.text}`);
    if (at.name === 'login') await page.keyboard.type('shi');
    if (at.name === 'password') {
      await page.keyboard.type('wuye2026');
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.pathname !== '/login', { timeout: 10000 });
      break;
    }
  }
  t.is(stops[0]?.text, '跳到主要内容', 'keyboard: the first stop');
  t.is(new URL(page.url()).pathname, '/', 'keyboard: after login');
  await context.close();
}

async function looksStay(t, browser, s) {
  const context = await browser.newContext(phone);
  const page = await context.newPage();
  await page.goto(`${s.house.url}/login`);
  await page.getByRole('button', { name: '长辈模式' }).click();
  t.ok(await page.locator('html.elder').count(), 'elder: the page that comes back');
  await page.goto(`${s.house.url}/division`);
  t.ok(await page.locator('html.elder').count(), 'elder: another page');
  await page.getByRole('button', { name: '深色' }).click();
  t.is(await page.locator('html').getAttribute('data-theme'), 'dark', 'dark: the page that comes back');
  await page.goto(`${s.house.url}/login`);
  t.is(await page.locator('html').getAttribute('data-theme'), 'dark', 'dark: another page');
  await context.close();
}

// A visitor looks at the home page, then logs in: he must not be shown the visitor's page that his browser has kept.
async function nothingOld(t, browser, s) {
  const context = await browser.newContext(phone);
  const page = await context.newPage();
  await page.goto(`${s.house.url}/`);
  await page.goto(`${s.house.url}/login`);
  await page.getByLabel('登录名').fill('shi');
  await page.getByLabel('口令').fill('wuye2026');
  await page.getByRole('button', { name: '登录' }).click();
  t.ok(
    !(await page.locator('header').innerText()).includes('登录'),
    'the home page after login is the one kept from before',
  );
  await page.goto(`${s.house.url}/public/board`);
  await page.getByRole('button', { name: '长辈模式' }).click();
  t.ok(
    await page.locator('html.elder').count(),
    'the page after switching to elder is the one kept from before',
  );
  await context.close();
}
