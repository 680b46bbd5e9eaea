// 1,000 connections that dawdle for 15 s - heads, bodies, answers that nobody reads - and every line of
// test/fixtures/hostile.tsv, while people open normal pages. Those stay fast and none of them fails. The control opens
// more connections than the server takes at all (4,096): that must be seen.
//
//   node test/crash/slow.mjs [connections] [seconds]
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { request } from '../lib/client.mjs';
import { estateOf, house, login, main, Server, sleep, until } from './lib.mjs';

/* ---- the other side: a process of its own, so that its work is not measured ---- */

const heads = [
  () => 'GET /login HTTP/1.1\r\nHost: a\r\nX-Slow: ',
  () =>
    'POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n' +
    'Content-Length: 4000\r\n\r\na',
  () => 'GET /login HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n'.repeat(20),
];

function dawdle({ port, connections, addresses }) {
  let open = 0;
  let reopened = 0;
  const one = (i) => {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress: addresses[i % addresses.length] });
    let timer;
    socket.on('connect', () => {
      open++;
      socket.write(heads[i % heads.length]());
      if (i % heads.length === 2) socket.pause();
      else timer = setInterval(() => socket.write('a'), 700 + (i % 300));
      socket.on('close', () => {
        open--;
        reopened++;
        clearInterval(timer);
        setTimeout(() => one(i), 200);
      });
    });
    socket.on('error', () => {});
    if (i % heads.length !== 2) socket.resume();
  };
  for (let i = 0; i < connections; i++) setTimeout(() => one(i), i);
  setInterval(() => process.send({ open, reopened }), 250);
}

if (process.argv[2] === '--dawdle') process.on('message', dawdle);

class Dawdlers {
  constructor(port, connections, addresses) {
    this.child = fork(new URL(import.meta.url).pathname, ['--dawdle']);
    this.seen = { open: 0, reopened: 0 };
    this.child.on('message', (m) => (this.seen = m));
    this.child.send({ port, connections, addresses });
  }

  stop() {
    this.child.kill('SIGKILL');
  }
}

/* ---- hostile requests ---- */

const letters = { r: 13, n: 10, t: 9, 0: 0 };

function unescape(text) {
  const out = [];
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i++) {
    const c = String.fromCharCode(bytes[i]);
    if (c !== '\\') {
      out.push(bytes[i]);
      continue;
    }
    const e = String.fromCharCode(bytes[++i]);
    if (e === 'x') {
      out.push(parseInt(bytes.subarray(i + 1, i + 3).toString(), 16));
      i += 2;
    } else if (e === '*') {
      const semicolon = bytes.indexOf(';', i);
      const times = Number(bytes.subarray(i + 1, semicolon).toString());
      let what = bytes.subarray(semicolon + 1, semicolon + 2);
      i = semicolon + 1;
      if (what.toString() === '(') {
        const end = bytes.indexOf(')', i);
        what = bytes.subarray(i + 1, end);
        i = end;
      }
      const piece = unescape(what.toString());
      for (let k = 0; k < times; k++) for (const b of piece) out.push(b);
    } else out.push(letters[e] ?? e.charCodeAt(0));
  }
  return Buffer.from(out);
}

const hostile = readFileSync(new URL('../fixtures/hostile.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => line.split('\t'))
  .map(([name, status, ...rest]) => ({ name, status: Number(status), bytes: unescape(rest.join('\t')) }));

/* The status of the first answer, 0 when the connection is closed without a word. */
function ask(port, bytes) {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.9' }, () => socket.write(bytes));
    let got = '';
    const end = () => {
      socket.destroy();
      resolve(Number(got.match(/^HTTP\/1\.[01] (\d{3})/)?.[1] ?? 0));
    };
    socket.setTimeout(5000, end);
    socket.on('data', (d) => {
      got += d.toString('latin1');
      if (got.includes('\r\n')) end();
    });
    socket.on('error', end);
    socket.on('close', end);
  });
}

/* The rows were written for a server that knows /ok and /echo; here those pages do not exist. */
const fits = (want, got) => (want === 200 || want === 100 ? got >= 100 && got < 500 : got === want);

/* ---- people ---- */

async function read(server, pages, clients, seconds, headers) {
  const end = Date.now() + seconds * 1000;
  const times = [];
  const statuses = new Map();
  await Promise.all(
    Array.from({ length: clients }, async (_, i) => {
      for (let k = i; Date.now() < end; k++) {
        const from = performance.now();
        const status = await request(server.url, 'GET', pages[k % pages.length], { headers })
          .then((r) => r.status)
          .catch((e) => e.code ?? e.message);
        times.push(performance.now() - from);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        await sleep(60);
      }
    }),
  );
  times.sort((a, b) => a - b);
  const at = (q) => Math.round(times[Math.floor(times.length * q)] * 10) / 10;
  return { n: times.length, p50: at(0.5), p99: at(0.99), statuses };
}

const told = ({ n, p50, p99, statuses }) =>
  [`${n} pages`, `p50 ${p50} ms`, `p99 ${p99} ms`, ...[...statuses].map(([s, k]) => `${s}: ${k}`)].join(', ');

export async function run(tally, [connections = '1000', seconds = '15'] = []) {
  const h = await house('sqlite');
  const server = new Server(h);
  await server.up();
  const place = await estateOf(h);
  const clerk = await login(server, place.person);
  const headers = { cookie: clerk.cookies() };
  const pages = ['/', `/e/${place.estate}`, `/e/${place.estate}/desk`, '/me', '/login'];
  await read(server, pages, 4, 1, headers);
  const calm = await read(server, pages, 8, 4, headers);
  tally.note(`calm: ${told(calm)}`);

  const n = Number(connections);
  const slow = new Dawdlers(server.port, n, ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5']);
  await until(15000, () => slow.seen.open >= n * 0.95, 50);
  const held = slow.seen.open;
  let rows = 0;
  const attack = (async () => {
    for (const row of hostile) {
      const status = await ask(server.port, row.bytes);
      tally.ok(fits(row.status, status), `${row.name}: answered ${status}, not ${row.status}`);
      rows++;
    }
  })();
  const busy = await read(server, pages, 8, Number(seconds), headers);
  await attack;
  const figures = await server.metrics();
  const again = `${slow.seen.reopened} closed by the server and opened again`;
  tally.note(`${held} dawdling (${again}), ${rows} hostile: ${told(busy)}`);
  slow.stop();
  tally.ok(held >= n * 0.95, `only ${held} connections were held open`);
  tally.ok(rows >= 150, `only ${rows} hostile requests`);
  tally.ok(busy.statuses.size === 1 && busy.statuses.has(200), `normal pages answered ${told(busy)}`);
  tally.ok(busy.n > Number(seconds) * 20, `only ${busy.n} pages in ${seconds} s`);
  tally.ok(busy.p99 <= Math.max(3 * calm.p99, 150), `p99 rose from ${calm.p99} to ${busy.p99} ms`);
  tally.ok(figures.http_swept_total > 0, 'nothing was swept');

  const flood = new Dawdlers(server.port, 4600, ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5']);
  await until(20000, () => flood.seen.open >= 4096, 50);
  const shut = await read(server, ['/login'], 4, 2, { connection: 'close' });
  flood.stop();
  const late = shut.n - (shut.statuses.get(200) ?? 0) > 0 || shut.p99 > Math.max(3 * calm.p99, 150);
  tally.note(`control, more connections than are taken: ${told(shut)}`);
  tally.ok(late, 'the control was not seen');
  const code = await server.end('SIGTERM');
  tally.is(code, 0, 'the server ends with');
  await h.remove();
}

if (process.argv[2] !== '--dawdle') await main(import.meta.url, run);
