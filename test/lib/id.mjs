// Ids as addresses and JSON write them: 13 characters of lower-case Crockford base32.
const letters = '0123456789abcdefghjkmnpqrstvwxyz';

export function idText(number) {
  let n = BigInt(number);
  let text = '';
  for (let i = 0; i < 13; i++, n >>= 5n) text = letters[Number(n & 31n)] + text;
  return text;
}

export function idNumber(text) {
  let n = 0n;
  for (const c of text) n = (n << 5n) | BigInt(letters.indexOf(c));
  return n.toString();
}

// The code of an area as addresses write it: cut to its level.
export function areaText(code) {
  const c = String(code);
  if (c.endsWith('00000000000000')) return c.slice(0, 2);
  if (c.endsWith('0000000000')) return c.slice(0, 6);
  if (c.endsWith('0000000')) return c.slice(0, 9);
  return c.endsWith('0000') ? c.slice(0, 12) : c;
}
