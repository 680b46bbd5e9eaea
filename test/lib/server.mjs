// Houses: the real program on a database of its own, copied from one demonstration city that is made once per run and
// engine. A house can be asked by SQL while it runs or rests; what it says on standard error is kept and judged.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, root, run, start, until } from './sh.mjs';
import { postgres } from './postgres.mjs';

// A file of the build, such as a program made wrong on purpose.
export const built = (file) => join(root, process.env.WUYE_BUILD ?? 'build', file);
export const program = built('src/app/wuye');
export const engines = ['sqlite', 'postgres'];

const place = mkdtempSync(join(tmpdir(), 'wuye-'));
const houses = new Set();
let serial = 0;
process.on('exit', () => rmSync(place, { recursive: true, force: true }));

export const scratch = (name) => {
  const dir = join(place, `${name}${++serial}`);
  mkdirSync(dir, { recursive: true });
  return dir;
};

const CELL = '\u001f',
  LINE = '\u001e',
  NULL = '\u0001';
const cells = (text) =>
  text === ''
    ? []
    : text
        .split(LINE)
        .filter((line) => line !== '' && line !== '\n')
        .map((line) => line.split(CELL).map((cell) => (cell === NULL ? null : cell)));

// Runs SQL on SQLite and returns its rows as lists of strings.
export async function sqlite(file, text) {
  const { code, out, err } = await run(
    'sqlite3',
    ['-bail', '-batch', '-separator', CELL, '-newline', LINE, '-nullvalue', NULL, file],
    { input: `.timeout 5000\n${text}\n` },
  );
  if (code !== 0) throw new Error(`${err.trim()} in ${text.slice(0, 400)}`);
  return cells(out);
}

export async function psql(name, text) {
  const { code, out, err } = await (
    await postgres()
  ).psql(name, text, ['-A', '-t', '-F', CELL, '-R', LINE, '-P', `null=${NULL}`]);
  if (code !== 0) throw new Error(`${err.trim()} in ${text.slice(0, 400)}`);
  return cells(out.replace(/\n$/, ''));
}

export class House {
  constructor(engine, dir, name) {
    this.engine = engine;
    this.dir = dir;
    this.name = name; // of the PostgreSQL database
    this.file = join(dir, 'wuye.db');
    this.said = '';
    this.program = program;
  }

  // Where the program keeps photos and uploads.
  get files() {
    return this.engine === 'sqlite' ? `${this.file}.files` : join(this.dir, 'var', 'wuye.files');
  }

  async where() {
    return this.engine === 'sqlite' ? this.file : (await postgres()).url(this.name);
  }

  // The command line in this house: { code, out, err }.
  async cli(args, options = {}) {
    return run(this.program, [...args, '--db', await this.where()], { cwd: this.dir, seconds: 120, ...options });
  }

  sql(text) {
    return this.engine === 'sqlite' ? sqlite(this.file, text) : psql(this.name, text);
  }

  // An expression for bytes as digits.
  hex(column) {
    return this.engine === 'sqlite' ? `hex(${column})` : `encode(${column}, 'hex')`;
  }

  // One value, or undefined.
  async value(text) {
    return (await this.sql(text))[0]?.[0];
  }

  async start(args = []) {
    this.child = start(this.program, ['serve', '--port', '0', '--db', await this.where(), ...args], {
      cwd: this.dir,
    });
    const child = this.child;
    let over = false;
    child.ended.then(() => (over = true));
    await until(30000, () => over || /http:\/\/\S+/.test(child.out), 10);
    const found = child.out.match(/http:\/\/[\d.]+:\d+/);
    if (!found) {
      await child.stop('SIGKILL');
      throw new Error(`the server did not start: ${child.err.trim()}`);
    }
    this.url = found[0];
    houses.add(this);
    return this;
  }

  // Ends it as an administrator would; returns the exit code.
  async stop() {
    if (!this.child) return 0;
    const code = await this.child.stop();
    this.said += this.child.err;
    this.child = undefined;
    houses.delete(this);
    return code;
  }

  async remove() {
    await this.stop();
    if (this.engine === 'postgres') await (await postgres()).drop(this.name);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const made = {};

// The demonstration city, made once per engine.
export function template(engine) {
  return (made[engine] ??= make(engine));
}

async function make(engine) {
  if (!existsSync(program)) throw new Error(`${program} is missing: run the part build first`);
  const house = new House(engine, scratch('city'), 'city');
  if (engine === 'postgres') await (await postgres()).create('city');
  const began = Date.now();
  const { code, err } = await house.cli(['seed'], { seconds: 300 });
  if (code !== 0) throw new Error(`the city was not made: ${err.trim()}`);
  house.seconds = (Date.now() - began) / 1000;
  if (engine === 'sqlite') await sqlite(house.file, 'PRAGMA wal_checkpoint(TRUNCATE);');
  return house;
}

// A copy of the city, or of another house that rests; not running.
export async function copy(engine, original) {
  const from = original ?? (await template(engine));
  const dir = scratch('house');
  cpSync(from.dir, dir, { recursive: true });
  const house = new House(engine, dir, `house${serial}`);
  if (engine === 'postgres') await (await postgres()).create(house.name, from.name);
  return house;
}

// A running copy.
export async function open(engine, args) {
  return (await copy(engine)).start(args);
}

// An empty database with the schema of the migrations.
export async function empty(engine) {
  const house = new House(engine, scratch('bare'), `bare${serial}`);
  if (engine === 'postgres') await (await postgres()).create(house.name);
  await must(program, ['migrate', '--db', await house.where()], { cwd: house.dir });
  return house;
}

export async function closeAll() {
  for (const house of [...houses]) await house.stop();
}
