// A private PostgreSQL cluster for one run: Unix socket only, owned by an unprivileged user (initdb refuses root),
// made under build/pg where that user may enter, else in the temporary folder. It is gone when the run ends.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, chownSync, appendFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { must, root, run } from './sh.mjs';

const versions = '/usr/lib/postgresql';
let cluster;

function programs() {
  if (!existsSync(versions)) throw new Error('PostgreSQL is not installed: script/setup test');
  const best = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0];
  return join(versions, best, 'bin');
}

// The user the cluster runs as: ourselves, or postgres or nobody when we are root.
function keeper() {
  if (process.getuid() !== 0) return userInfo().username;
  for (const name of ['postgres', 'nobody'])
    try {
      execFileSync('id', ['-u', name], { stdio: 'ignore' });
      return name;
    } catch {
      // the next one
    }
  throw new Error('no unprivileged user to run PostgreSQL as');
}

const as = (user, command, args, options) =>
  process.getuid() === 0
    ? must('runuser', ['-u', user, '--', command, ...args], options)
    : must(command, args, options);

async function place(user) {
  const wanted = join(root, 'build', 'pg');
  rmSync(wanted, { recursive: true, force: true });
  mkdirSync(wanted, { recursive: true });
  const uid = Number(execFileSync('id', ['-u', user]));
  chownSync(wanted, uid, -1);
  const enters = await run(
    process.getuid() === 0 ? 'runuser' : 'env',
    process.getuid() === 0 ? ['-u', user, '--', 'test', '-w', wanted] : ['test', '-w', wanted],
  );
  /* The address of a Unix socket has room for 107 bytes. */
  if (enters.code === 0 && wanted.length < 80) return wanted;
  const other = mkdtempSync(join(tmpdir(), 'wuye-pg-'));
  chownSync(other, uid, -1);
  return other;
}

// Starts it once; later calls return the same one.
export async function postgres() {
  return (cluster ??= up());
}

async function up() {
  const bin = programs();
  const user = keeper();
  const dir = await place(user);
  const data = join(dir, 'data');
  const cwd = { cwd: dir };
  await as(
    user,
    join(bin, 'initdb'),
    ['-D', data, '-E', 'UTF8', '--locale=C', '-A', 'trust', '-U', 'wuye', '--no-sync'],
    cwd,
  );
  appendFileSync(
    join(data, 'postgresql.conf'),
    [
      "listen_addresses = ''",
      `unix_socket_directories = '${dir}'`,
      'fsync = off',
      'full_page_writes = off',
      'synchronous_commit = off',
      'shared_buffers = 256MB',
      'max_connections = 300',
      'autovacuum = off',
      'max_wal_size = 4GB',
      "log_min_messages = 'error'",
      '',
    ].join('\n'),
  );
  await as(user, join(bin, 'pg_ctl'), ['-D', data, '-l', join(dir, 'log'), '-w', '-t', '60', 'start'], cwd);
  const stop = () => {
    try {
      const args = [join(bin, 'pg_ctl'), '-D', data, '-m', 'immediate', 'stop'];
      if (process.getuid() === 0)
        execFileSync('runuser', ['-u', user, '--', ...args], { stdio: 'ignore', cwd: '/' });
      else execFileSync(args[0], args.slice(1), { stdio: 'ignore', cwd: '/' });
    } catch {
      // it was not running
    }
    rmSync(dir, { recursive: true, force: true });
  };
  process.on('exit', stop);
  const link = ['-h', dir, '-U', 'wuye'];
  return {
    url: (name) => `postgres://wuye@/${name}?host=${encodeURIComponent(dir)}`,
    create: (name, template) =>
      must(join(bin, 'createdb'), [
        ...link,
        ...(template ? ['-T', template, '--strategy=file_copy'] : []),
        name,
      ]),
    drop: (name) => must(join(bin, 'dropdb'), [...link, '--force', '--if-exists', name]),
    psql: (name, input, args = []) =>
      run(join(bin, 'psql'), [...link, '-X', '-q', '-v', 'ON_ERROR_STOP=1', ...args, name], { input }),
    dump: (name, args = []) => must(join(bin, 'pg_dump'), [...link, ...args, name], { seconds: 120 }),
  };
}
