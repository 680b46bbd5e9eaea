// Takes a picture of a page as a person would see it, and says what a look at the picture would miss.
//
//   node test/browser/shot.mjs URL out.png [width] [--nojs] [--dark] [--contrast] [--axe] [--part CSS] [--cookie name=value]
//
// --part takes one element only; --axe runs axe-core; --contrast asks for forced colours.
// Ends with 1 when the page scrolls sideways, logs an error, breaks the content security policy or fails axe.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const args = process.argv.slice(2);
const flag = (name) => {
  const i = args.indexOf(name);
  if (i >= 0) args.splice(i, 1);
  return i >= 0;
};
const option = (name) => {
  const i = args.indexOf(name);
  return i >= 0 ? args.splice(i, 2)[1] : undefined;
};
const nojs = flag('--nojs'), dark = flag('--dark'), contrast = flag('--contrast'), axe = flag('--axe');
const part = option('--part'), cookie = option('--cookie');
const [url, out, width = '390'] = args;
if (!url || !out) {
  console.error('usage: node test/browser/shot.mjs URL out.png [width] [--nojs] [--dark] [--contrast] [--axe] [--part CSS] [--cookie n=v]');
  process.exit(2);
}

const wide = Number(width);
const browser = await chromium.launch({
  executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext({
  viewport: { width: wide, height: wide < 700 ? 844 : 900 },
  deviceScaleFactor: wide < 700 ? 2 : 1,
  hasTouch: wide < 700,
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
  javaScriptEnabled: !nojs,
  colorScheme: dark ? 'dark' : 'light',
  forcedColors: contrast ? 'active' : 'none',
  reducedMotion: 'reduce',
});
if (cookie) {
  const [name, value] = cookie.split('=');
  await context.addCookies([{ name, value, url }]);
}
const page = await context.newPage();
const faults = [];
page.on('console', (m) => m.type() === 'error' && faults.push(`console: ${m.text()}`));
page.on('pageerror', (e) => faults.push(`script: ${e.message}`));
page.on('requestfailed', (r) => faults.push(`request: ${r.url()} ${r.failure()?.errorText}`));
const answer = await page.goto(url, { waitUntil: 'load' });

if (!nojs) {
  const room = await page.evaluate(() => {
    const root = document.documentElement;
    const beyond = [...document.querySelectorAll('body *')]
      .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest('.table-wrap, .spoken, .skip, svg'))
      .map((e) => `${e.tagName.toLowerCase()}.${String(e.className.baseVal ?? e.className).replaceAll(' ', '.')}`);
    const small = [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
      .filter((e) => !e.closest('p:not(.stat-foot), .hint, svg, .spoken') && !e.matches('.skip, .choice input'))
      .map((e) => [e, e.getBoundingClientRect()])
      .filter(([, r]) => r.width > 0 && (r.height < 43.5 || r.width < 43.5))
      .map(([e, r]) => `${e.tagName.toLowerCase()}.${e.className} "${e.textContent.trim().slice(0, 12)}" ${Math.round(r.width)}x${Math.round(r.height)}`);
    return { scroll: root.scrollWidth, client: root.clientWidth, beyond, small, wide: root.clientWidth >= 1120 };
  });
  if (room.scroll > room.client) faults.push(`scrolls sideways: ${room.scroll} > ${room.client}: ${room.beyond.slice(0, 8).join(' ')}`);
  if (!room.wide) for (const s of room.small) faults.push(`small to tap: ${s}`);
}
if (axe && !nojs) {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations, passes } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  console.log(`axe: ${passes.length} rules pass, ${violations.length} are broken`);
  for (const v of violations) faults.push(`axe ${v.id}: ${v.help}\n    ${v.nodes.slice(0, 6).map((n) => `${n.target.join(' ')}  ${n.any[0]?.message ?? n.all[0]?.message ?? ''}`).join('\n    ')}`);
}
if (part) {
  await page.locator(part).first().screenshot({ path: out });
} else {
  if (!nojs) await page.evaluate(() => document.querySelectorAll('.tabbar, .action-bar').forEach((e) => (e.style.position = 'static')));
  await page.screenshot({ path: out, fullPage: true });
}
console.log(`${answer?.status()} ${url} ${wide}px -> ${out}`);
for (const f of faults) console.log(f);
await browser.close();
process.exit(faults.length ? 1 : 0);
