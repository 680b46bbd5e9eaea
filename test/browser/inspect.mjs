// What is wrong with a page as it stands in a browser: it scrolls sideways, something is too small to tap, it logs
// errors or breaks the content security policy, axe finds a violation, its title or words are not those of the
// house.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

// Listens for what a page logs; `take` returns it and forgets.
export function listen(page) {
  let said = [];
  page.on('console', (m) => m.type() === 'error' && said.push(`console: ${m.text()}`));
  page.on('pageerror', (e) => said.push(`script: ${e.message}`));
  page.on(
    'requestfailed',
    (r) =>
      r.failure()?.errorText !== 'net::ERR_ABORTED' &&
      said.push(`request: ${r.url()} ${r.failure()?.errorText}`),
  );
  return () => said.splice(0);
}

/* Runs in the page. */
function measure({ elder, small }) {
  const root = document.documentElement;
  const name = (e) =>
    `${e.tagName.toLowerCase()}.${String(e.className.baseVal ?? e.className)
      .trim()
      .replace(/\s+/g, '.')}`;
  const found = [];
  /* Of a kind only the first is named. A link is large enough if another to the same place is. */
  const targets = () => {
    const kinds = new Map();
    const large = (e) => {
      const r = e.getBoundingClientRect();
      const least = elder && e.matches('.button-main') ? 59.5 : 43.5;
      return r.width === 0 || (r.height >= least && r.width >= 43.5);
    };
    for (const e of document.querySelectorAll(
      'a, button, input:not([type=hidden]), select, textarea, summary',
    )) {
      if (
        e.closest('p:not(.stat-foot), .hint, svg, .spoken, dd, th, td') ||
        e.matches('.skip, .choice input') ||
        large(e)
      )
        continue;
      const twin =
        e.href && [...document.querySelectorAll('a')].some((a) => a !== e && a.href === e.href && large(a));
      if (twin) continue;
      const r = e.getBoundingClientRect();
      const kind = kinds.get(name(e)) ?? {
        n: 0,
        first: `"${e.textContent.trim().slice(0, 12)}" ${Math.round(r.width)}x${Math.round(r.height)}`,
      };
      kind.n++;
      kinds.set(name(e), kind);
    }
    return [...kinds].map(
      ([what, k]) => `small to tap: ${what} ${k.first}${k.n > 1 ? ` and ${k.n - 1} more` : ''}`,
    );
  };
  if (root.scrollWidth > root.clientWidth) {
    const beyond = [...document.querySelectorAll('body *')].filter(
      (e) =>
        e.getBoundingClientRect().right > root.clientWidth + 1 &&
        !e.closest('.table-wrap, .spoken, .skip, svg'),
    );
    found.push(
      `scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}: ${beyond.slice(0, 5).map(name).join(' ')}`,
    );
  }
  if (small) found.push(...targets());
  const words = document.querySelector('main')?.innerText ?? '';
  for (const banned of ['非法', '系统异常', '参数错误', '点击此处', 'undefined', 'null', 'NaN'])
    if (words.includes(banned)) found.push(`says ${banned}`);
  if (!/.+ · 北京物业$/.test(document.title)) found.push(`title: ${document.title}`);
  if (document.querySelectorAll('h1').length !== 1)
    found.push(`${document.querySelectorAll('h1').length} headings of the first level`);
  return found;
}

/* The bars that stay at the edge of the screen cover what can be scrolled from under them: no fault. */
const still = () =>
  document.querySelectorAll('.tabbar, .action-bar').forEach((e) => (e.style.position = 'static'));

// `withAxe`: true for all rules, or a list of rules.
export async function inspect(page, { elder = false, small = true, withAxe = true }) {
  const found = await page.evaluate(measure, { elder, small });
  if (!withAxe) return found;
  if (!(await page.evaluate('Boolean(window.axe)'))) await page.evaluate(axe);
  await page.evaluate(still);
  const runOnly = withAxe === true ? { type: 'tag', values: rules } : { type: 'rule', values: withAxe };
  const broken = await page.evaluate(async (only) => {
    const { violations } = await window.axe.run(document, { runOnly: only, resultTypes: ['violations'] });
    const where = (n) => `${n.target.join(' ')} ${n.any[0]?.message ?? n.all[0]?.message ?? ''}`;
    return violations.map(
      (v) => `axe ${v.id}: ${v.nodes.slice(0, 2).map(where).join(' | ')} (${v.nodes.length})`,
    );
  }, runOnly);
  return [...found, ...broken];
}
