// The command line: what it does not understand ends with 2 and one line that says so, before anything is opened.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { look, story } from '../lib/story.mjs';
import { run } from '../lib/sh.mjs';
import { program, scratch } from '../lib/server.mjs';

const wrong = [
  [['serve', '--prot', '1'], '不认识 --prot'],
  [['serve', 'now'], '多了“now”'],
  [['serve', '--port', 'many'], '端口要写'],
  [['serve', '--port'], '--port 后面要写一个值'],
  [['seed', '--frob'], '不认识 --frob'],
  [['seed', '--scale'], '--scale 后面要写一个值'],
  [['seed', '--scale', 'much'], '--scale 要写'],
  [['seed', '--scale', '0'], '--scale 要写'],
  [['get'], '用法：wuye get'],
  [['get', 'board.figures', '--area'], '--area 后面要写一个值'],
  [['get', 'board.figures', 'more'], '多了“more”'],
  [['do'], '用法：wuye do'],
  [['do', 'people.person.add', '--name'], '--name 后面要写一个值'],
  [['do', '--name', 'x', 'people.person.add'], '多了“people.person.add”'],
  [['backup'], '用法：wuye backup'],
  [['backup', 'a', 'b'], '多了“b”'],
  [['schema', 'nonsense'], '没有“nonsense”'],
  [['doctor', '--fast'], '不认识 --fast'],
  [['doctor', '--db', 'no/such.db'], '没有数据库 no/such.db'],
  [['audit', '--db', 'no/such.db'], '没有数据库 no/such.db'],
  [['migrate', 'up'], '多了“up”'],
  [['frob'], '没有“frob”这个动作'],
];

const one = (t, what, { code, err }, text) =>
  t.ok(
    code === 2 && err.includes(text) && err.trim().split('\n').length === 1,
    `wuye ${what} ends with ${code}: ${err}`,
  );

export default [
  story('what the command line does not understand it says', { engines: ['sqlite'] }, [
    look('words, options and values', async (s, t) => {
      for (const [args, text] of wrong) {
        const dir = scratch('cli');
        if (args.includes('many')) await run(program, ['migrate'], { cwd: dir });
        one(t, args.join(' '), await run(program, args, { cwd: dir, seconds: 30 }), text);
        if (/不认识|多了|用法|没有数据库/.test(text)) t.ok(!existsSync(join(dir, 'var')), `wuye ${args.join(' ')} opens a house`);
      }
    }),
    look('a port that somebody uses', async (s, t) => {
      const dir = scratch('cli');
      await run(program, ['migrate'], { cwd: dir });
      const { port } = new URL(s.house.url);
      one(t, 'serve', await run(program, ['serve', '--port', port], { cwd: dir, seconds: 30 }), '别的程序正在用它');
    }),
    look('what it understands it does', async (s, t) => {
      const fine = async (args, text) => {
        const { code, out, err } = await run(program, args, { cwd: scratch('cli'), seconds: 60 });
        t.ok(code === 0 && out.includes(text), `wuye ${args.join(' ')} ends with ${code}: ${err}`);
      };
      await fine(['schema'], 'CREATE TABLE house');
      await fine(['--help'], '用法：wuye');
      await fine(['help'], '--if-empty');
      await fine(['schema', 'ddl', 'account'], 'demo_person');
    }),
  ]),
];
