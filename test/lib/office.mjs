// LibreOffice without a window: converts tables, and says of every cell what it has become.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { unescape } from './html.mjs';
import { scratch } from './server.mjs';
import { run } from './sh.mjs';

let profile;

// Converts files to `type` in a folder of their own; returns their new paths. `filter` says how to read them.
export async function convert(files, type, filter) {
  profile ??= scratch('office');
  const to = scratch(`office-${type}`);
  const args = ['--headless', '--norestore', `-env:UserInstallation=file://${profile}`];
  if (filter) args.push(`--infilter=${filter}`);
  args.push('--convert-to', type, '--outdir', to, ...files);
  const { code, out, err } = await run('soffice', args, { seconds: 300 });
  const made = files.map((f) => join(to, basename(f).replace(/\.\w+$/, `.${type}`)));
  const missing = made.filter((f) => !existsSync(f));
  if (code !== 0 || missing.length)
    throw new Error(`soffice: ${code}, not made: ${missing.join(' ')}\n${(out + err).slice(-1500)}`);
  return made;
}

const attribute = (head, name) => head.match(new RegExp(` ${name}="([^"]*)"`))?.[1];

const blanks = (head) => ' '.repeat(Number(attribute(head, 'text:c') ?? 1));

function shown(body) {
  return [...body.matchAll(/<text:p\b[^>]*?(?:\/>|>([\s\S]*?)<\/text:p>)/g)]
    .map(([, text = '']) =>
      unescape(
        text
          .replace(/<text:s\b([^>]*)\/>/g, (_, head) => blanks(head))
          .replace(/<text:tab\b[^>]*\/>/g, '\t')
          .replace(/<text:line-break\b[^>]*\/>/g, '\n')
          .replace(/<[^>]*>/g, ''),
      ),
    )
    .join('\n');
}

function cellOf(head, body = '') {
  return {
    type: attribute(head, 'office:value-type') ?? 'blank',
    value: attribute(head, 'office:value') ?? attribute(head, 'office:date-value'),
    text: shown(body),
    formula: attribute(head, 'table:formula'),
  };
}

// The rows of the first table of a flat OpenDocument: [{ hidden, cells: [{ type, value, text, formula }] }], without
// the blank cells and rows at the end that a table program counts as well.
export function flat(file) {
  const table = readFileSync(file, 'utf8').match(/<table:table [\s\S]*?<\/table:table>/)[0];
  const rows = [];
  for (const [, head, body] of table.matchAll(/<table:table-row\b([^>]*)>([\s\S]*?)<\/table:table-row>/g)) {
    const cells = [];
    const found = body.matchAll(
      /<table:(?:covered-)?table-cell\b([^>]*?)(?:\/>|>([\s\S]*?)<\/table:(?:covered-)?table-cell>)/g,
    );
    for (const [, at, inside] of found) {
      const repeated = Number(attribute(at, 'table:number-columns-repeated') ?? 1);
      for (let i = 0; i < Math.min(repeated, 300); i++) cells.push(cellOf(at, inside));
    }
    while (cells.length && cells.at(-1).type === 'blank') cells.pop();
    const hidden = attribute(head, 'table:visibility') === 'collapse';
    const repeated = Number(attribute(head, 'table:number-rows-repeated') ?? 1);
    for (let i = 0; i < Math.min(repeated, 100000); i++) rows.push({ hidden, cells });
    while (rows.length && !rows.at(-1).cells.length) rows.pop();
  }
  return rows;
}

// The rows of a CSV as they stand in the file.
export function csv(text) {
  const rows = [];
  let row = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  cell.lastIndex = text.startsWith('\ufeff') ? 1 : 0;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const [all, quoted, plain, end] = cell.exec(text) ?? [];
    if (all === undefined) throw new Error(`not a CSV at ${at}: ${text.slice(at, at + 60)}`);
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

// The apostrophe that keeps a text from being a formula is not part of the text.
export const unguarded = (text) => (/^'+[=+\-@\t\r\n＝＋－＠]/.test(text) ? text.slice(1) : text);
