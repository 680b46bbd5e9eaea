// A person at a browser, a program with a token, or somebody at the command line: one jar, three ways in.
import http from 'node:http';
import { randomBytes } from 'node:crypto';
import { forms, words } from './html.mjs';

const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });

export class Reply {
  constructor(status, headers, bytes, path) {
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
    this.path = path;
  }

  get text() {
    return (this._text ??= this.bytes.toString('utf8'));
  }

  // Without tags: what is read.
  get words() {
    return (this._words ??= words(this.text));
  }

  get json() {
    try {
      return JSON.parse(this.text);
    } catch {
      return undefined;
    }
  }

  get to() {
    return this.headers.location;
  }

  // The sentence at a field, or undefined: of a problem document, or of a page that shows its form again.
  fault(field) {
    if (this.json?.fields) return this.json.fields.find((f) => f.name === field)?.text;
    const at =
      this.text.match(new RegExp(`id="[a-z]+-${field}-error"[^>]*>([\\s\\S]*?)</p>`)) ??
      this.text.match(new RegExp(`<a href="#[a-z]+-${field}">([\\s\\S]*?)</a>`));
    return at ? words(at[1]).trim() : undefined;
  }
}

// One request, nothing followed.
export function request(base, method, path, { headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent, timeout: 30000 };
    const rq = http.request(new URL(path, base), options, (res) => {
      const pieces = [];
      res.on('data', (piece) => pieces.push(piece));
      res.on('end', () => resolve(new Reply(res.statusCode, res.headers, Buffer.concat(pieces), path)));
      res.on('error', reject);
    });
    rq.on('timeout', () => rq.destroy(new Error(`no answer within 30 s: ${method} ${path}`)));
    rq.on('error', reject);
    rq.end(body);
  });
}

export const freshKey = () => randomBytes(12).toString('hex');

function multipart(pairs, boundary) {
  const pieces = [];
  for (const [name, value] of pairs) {
    const file = value !== null && typeof value === 'object';
    const head = file ? `; filename="${value.name}"\r\nContent-Type: ${value.type}` : '';
    pieces.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n`));
    pieces.push(file ? value.bytes : Buffer.from(String(value)), Buffer.from('\r\n'));
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  return Buffer.concat(pieces);
}

export class Client {
  constructor(house, name) {
    this.house = house;
    this.name = name;
    this.jar = new Map();
  }

  cookies() {
    return [...this.jar].map(([k, v]) => `${k}=${v}`).join('; ');
  }

  keep(reply) {
    for (const line of reply.headers['set-cookie'] ?? []) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/max-age=0/i.test(line)) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return reply;
  }

  async send(method, path, { headers = {}, body } = {}) {
    const cookie = this.cookies();
    const reply = await request(this.house.url, method, path, {
      headers: { ...(cookie && { cookie }), ...headers },
      body,
    });
    return this.keep(reply);
  }

  get(path, headers) {
    return this.send('GET', path, { headers });
  }

  // Opens the page, fills the form of that command as a person would, sends it. Hidden fields and what the page fills
  // in are kept; a value the page does not offer is a mistake of the test. `where` picks among several forms of a
  // command by their hidden values. Returns the answer to the post, unfollowed.
  async form(page, command, fields = {}, { where = {}, key, again, raw = false } = {}) {
    const shown = again ?? (await this.get(page));
    if (shown.status !== 200 && !again) return shown;
    const form = forms(shown.text).find(
      (f) =>
        f.fields.get('do')?.value === command &&
        Object.entries(where).every(([name, value]) => f.fields.get(name)?.value === String(value)),
    );
    if (!form) throw new Error(`${page} shows no form of ${command}`);
    const pairs = [];
    for (const [name, control] of form.fields) {
      if (name in fields) continue;
      if (name === 'key' && key) pairs.push(['key', key]);
      else if (control.value !== undefined) pairs.push([name, control.value]);
    }
    for (const [name, value] of Object.entries(fields)) {
      const control = form.fields.get(name);
      if (!control && !raw) throw new Error(`${page}: the form of ${command} has no control ${name}`);
      for (const one of Array.isArray(value) ? value : [value])
        pairs.push([name, offered(control, name, one, page, raw)]);
    }
    const reply = await this.post(form.action || page, pairs, form.multipart);
    reply.sent = pairs;
    reply.again = () => this.post(form.action || page, pairs, form.multipart);
    return reply;
  }

  post(path, pairs, asMultipart = false) {
    if (!asMultipart && !pairs.some(([, v]) => v !== null && typeof v === 'object'))
      return this.send('POST', path, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(pairs.map(([n, v]) => [n, String(v)])).toString(),
      });
    const boundary = `----wuye${randomBytes(8).toString('hex')}`;
    return this.send('POST', path, {
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: multipart(pairs, boundary),
    });
  }

  get token() {
    return this.jar.get('wuye');
  }

  // The JSON interface, with the session as bearer token and no cookie.
  json(command, fields = {}, { estate, key = freshKey(), headers = {} } = {}) {
    return request(this.house.url, 'POST', `/api/${estate ? `e/${estate}/` : ''}${command}`, {
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      body: JSON.stringify(fields),
    });
  }

  // The command line of the same house, in the name of this person.
  async cli(command, fields = {}, { estate, key, person } = {}) {
    const args = ['do', command];
    for (const [name, value] of Object.entries(fields)) args.push(`--${name}`, String(value));
    if (estate) args.push('--estate', estate);
    if (key) args.push('--key', key);
    if (person ?? this.person) args.push('--as', person ?? this.person);
    const { code, out, err } = await this.house.cli(args);
    const answer = out.trim() ? JSON.parse(out) : { status: 0, title: err };
    const reply = new Reply(answer.status, {}, Buffer.from(JSON.stringify(answer)), command);
    reply.code = code;
    return reply;
  }

  // Enters as one of the people offered at /demo.
  async become(person) {
    const reply = await this.form(
      '/demo',
      'demo.person.become',
      { person_id: person },
      { where: { person_id: person } },
    );
    if (reply.status !== 303 || !this.token) throw new Error(`/demo: ${reply.status}, nobody is logged in`);
    this.person = person;
    return this;
  }
}

function offered(control, name, value, page, raw) {
  if (raw || !control?.options || value === '') return value;
  const same = control.options.find((o) => o.toLowerCase() === String(value).toLowerCase());
  if (same === undefined)
    throw new Error(`${page}: ${name} does not offer ${value}, only ${control.options.join(' ')}`);
  return same;
}
