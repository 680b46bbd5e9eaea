// Reads the forms of a page as a browser without scripts would send them, and the words a person sees.

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

export function unescape(text) {
  return text.replace(/&(#x[0-9a-f]+|#[0-9]+|[a-z]+);/gi, (all, name) => {
    if (name[0] !== '#') return entities[name] ?? all;
    return String.fromCodePoint(
      name[1] === 'x' || name[1] === 'X' ? parseInt(name.slice(2), 16) : Number(name.slice(1)),
    );
  });
}

function attributes(tag) {
  const found = {};
  for (const [, name, value] of tag.matchAll(/([\w-]+)(?:="([^"]*)")?/g)) found[name] ??= unescape(value ?? '');
  return found;
}

// What a person reads: no tags, blanks folded.
export function words(html) {
  return unescape(
    html.replace(/<(script|style|title|template)\b[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' '),
  ).replace(/\s+/g, ' ');
}

// Every form: { method, action, multipart, fields: Map name -> { value, options, type } }.
export function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head, body]) => {
    const at = attributes(head);
    return {
      method: (at.method ?? 'get').toLowerCase(),
      action: at.action ?? '',
      multipart: at.enctype === 'multipart/form-data',
      fields: controls(body),
      text: words(body),
    };
  });
}

function controls(body) {
  const fields = new Map();
  const put = (name, more) =>
    fields.set(name, { value: undefined, options: undefined, ...fields.get(name), ...more });
  for (const [, rest] of body.matchAll(/<input\b([^>]*)>/g)) {
    const at = attributes(rest);
    if (!at.name) continue;
    if (at.type === 'radio' || at.type === 'checkbox') {
      const options = [...(fields.get(at.name)?.options ?? []), at.value];
      put(at.name, 'checked' in at ? { options, value: at.value, type: at.type } : { options, type: at.type });
    } else {
      put(at.name, { value: at.type === 'file' ? undefined : (at.value ?? ''), type: at.type ?? 'text' });
    }
  }
  for (const [, rest, inside] of body.matchAll(/<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g))
    put(attributes(rest).name, { value: unescape(inside.replace(/^\n/, '')), type: 'textarea' });
  for (const [, rest, inside] of body.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
    const options = [...inside.matchAll(/<option\b([^>]*)>/g)].map(([, o]) => attributes(o));
    const chosen = options.find((o) => 'selected' in o) ?? options[0];
    put(attributes(rest).name, {
      value: chosen?.value ?? '',
      options: options.map((o) => o.value),
      type: 'select',
    });
  }
  for (const [, rest] of body.matchAll(/<button\b([^>]*)>/g)) {
    const at = attributes(rest);
    if (at.name) put(at.name, { options: [...(fields.get(at.name)?.options ?? []), at.value], type: 'button' });
  }
  return fields;
}

// The addresses a page links to on this site.
export function links(html) {
  return [...new Set([...html.matchAll(/<a\b[^>]*\bhref="([^"]*)"/g)].map(([, href]) => unescape(href)))]
    .filter((href) => href.startsWith('/') && !href.startsWith('//'))
    .map((href) => href.split('#')[0]);
}
