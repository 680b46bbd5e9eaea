// A photo as a phone takes it: a JPEG with the place, the maker and a serial number in its EXIF block.
import { readFileSync } from 'node:fs';

const plain = readFileSync(new URL('../fixtures/photo.jpg', import.meta.url));
// Strings that must not survive: the maker and the serial number as they stand in the block.
export const marks = ['WUYE-CANARY-PHONE', 'SERIAL-1102105199'];

const tag = (id, type, count, value) => {
  const b = Buffer.alloc(12);
  b.writeUInt16BE(id, 0);
  b.writeUInt16BE(type, 2);
  b.writeUInt32BE(count, 4);
  if (type === 2 && count <= 4) b.write(value, 8, 'latin1');
  else b.writeUInt32BE(value, 8);
  return b;
};
const list = (tags) => Buffer.concat([Buffer.from([0, tags.length]), ...tags, Buffer.alloc(4)]);
const ratios = (...numbers) => {
  const b = Buffer.alloc(numbers.length * 8);
  numbers.forEach((n, i) => {
    b.writeUInt32BE(Math.round(n * 100), i * 8);
    b.writeUInt32BE(100, i * 8 + 4);
  });
  return b;
};

// 39°54'15" N, 116°27'30" E: a place that must not be kept.
function exif() {
  const strings = marks.map((m) => Buffer.from(`${m}\0`));
  const places = [ratios(39, 54, 15), ratios(116, 27, 30)];
  const first = 8;
  const gps = first + 2 + 3 * 12 + 4;
  const data = gps + 2 + 4 * 12 + 4;
  const at = [data, data + strings[0].length, data + strings[0].length + strings[1].length];
  const lat = at[2],
    long = lat + places[0].length;
  const body = Buffer.concat([
    Buffer.from('MM\0*\0\0\0\x08', 'latin1'),
    list([
      tag(0x010f, 2, strings[0].length, at[0]),
      tag(0x8825, 4, 1, gps),
      tag(0xa431, 2, strings[1].length, at[1]),
    ]),
    list([tag(1, 2, 2, 'N'), tag(2, 5, 3, lat), tag(3, 2, 2, 'E'), tag(4, 5, 3, long)]),
    ...strings,
    ...places,
  ]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 8, 2);
  return Buffer.concat([head, Buffer.from('Exif\0\0', 'latin1'), body]);
}

export const photo = (name = 'IMG_2026.jpg') => ({
  name,
  type: 'image/jpeg',
  bytes: Buffer.concat([plain.subarray(0, 2), exif(), plain.subarray(2)]),
});

// What is left of it, said in words; empty when nothing is.
export function leftovers(bytes) {
  const text = bytes.toString('latin1');
  return [...marks, 'Exif', 'GPS', 'JFXX', 'http://ns.adobe.com'].filter((m) => text.includes(m)).join(' ');
}
