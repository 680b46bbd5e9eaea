// Child processes: run to the end with a time limit, or keep one and stop it by its id. A child that outlives its
// limit is killed together with everything it started.
import { spawn } from 'node:child_process';

export const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');

const alive = new Set();
process.on('exit', () => alive.forEach((child) => kill(child, 'SIGKILL')));

function kill(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // already gone
  }
}

// Starts a child in a process group of its own. `child.ended` resolves to its exit code (or the name of the signal).
export function start(command, args, { cwd = root, env = {}, input } = {}) {
  const child = spawn(command, args, {
    cwd,
    detached: true,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.out = '';
  child.err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (child.out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (child.err += text));
  if (input !== undefined) child.stdin.on('error', () => {}).end(input);
  alive.add(child);
  child.ended = new Promise((resolve) => {
    child.on('error', (e) => resolve(e.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  }).finally(() => alive.delete(child));
  child.stop = async (signal = 'SIGTERM', ms = 15000) => {
    kill(child, signal);
    const late = setTimeout(() => kill(child, 'SIGKILL'), ms);
    const code = await child.ended;
    clearTimeout(late);
    return code;
  };
  return child;
}

// Runs to the end: { code, out, err }.
export async function run(command, args, options = {}) {
  const child = start(command, args, options);
  const late = setTimeout(
    () => {
      child.err += `\nstopped after ${options.seconds ?? 120} s`;
      kill(child, 'SIGKILL');
    },
    (options.seconds ?? 120) * 1000,
  );
  const code = await child.ended;
  clearTimeout(late);
  return { code, out: child.out, err: child.err };
}

// Runs to the end and wants 0; returns what it printed.
export async function must(command, args, options) {
  const { code, out, err } = await run(command, args, options);
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ').slice(0, 200)}: ${code}\n${(err + out).trim().slice(-2000)}`);
  return out;
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Tries until `fn` returns something true or the time is over; returns the last result.
export async function until(ms, fn, pause = 50) {
  const end = Date.now() + ms;
  for (;;) {
    const got = await fn();
    if (got || Date.now() > end) return got;
    await sleep(pause);
  }
}
