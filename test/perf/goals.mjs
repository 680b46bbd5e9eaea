// The table of goals, printed as it grows.
export const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

const rows = [];

function add({ id, what, want, ok, ratio, product, anchor = '', unit = '' }) {
  const row = { id, what, want: `${want} ${unit}`.trim(), ok, ratio: `${ratio.toFixed(unit ? 1 : 2)} ${unit}`.trim() };
  rows.push(row);
  console.log(`${ok ? 'ok  ' : 'MISS'} ${id.padEnd(4)} ${row.want.padEnd(9)} ${row.ratio.padStart(8)}  ${what}`);
  console.log(`                             ${product}${anchor && `   |   ${anchor}`}`);
}

// A goal that is reached from `want` upwards, or up to it.
export const least = (want, g) => add({ ...g, want: `≥ ${want}`, ok: g.ratio >= want });
export const most = (want, g) => add({ ...g, want: `≤ ${want}`, ok: g.ratio <= want });

// Returns how many were missed.
export function summary() {
  const missed = rows.filter((r) => !r.ok);
  console.log(`\n${rows.length - missed.length} of ${rows.length} goals reached`);
  for (const r of missed) console.log(`missed: ${r.id} ${r.what}: ${r.ratio}, wanted ${r.want}`);
  return missed.length;
}
