// Proves on both engines that the migrations lead to exactly the tables the program describes: the catalogue of a
// database made by them equals the catalogue of one made from `wuye schema ddl`. Control: one column more is seen.
import { empty, engines, House, scratch } from '../lib/server.mjs';
import { postgres } from '../lib/postgres.mjs';

const catalogues = {
  sqlite: `
    SELECT 'column', m.name, p.cid, p.name, p.type, p."notnull", coalesce(p.dflt_value, ''), p.pk
      FROM sqlite_schema AS m, pragma_table_info(m.name) AS p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'
    UNION ALL SELECT 'table', l.name, l.wr, l.strict, '', '', '', '' FROM pragma_table_list AS l
      WHERE l.type = 'table' AND l.schema = 'main' AND l.name NOT LIKE 'sqlite%'
    UNION ALL SELECT 'index', m.name, i."unique", i.partial, i.origin,
        (SELECT group_concat(coalesce(x.name, '') || ' ' || x."desc") FROM pragma_index_xinfo(i.name) AS x
          WHERE x.key), '',
        coalesce((SELECT substr(s.sql, instr(s.sql, ' WHERE ')) FROM sqlite_schema AS s
          WHERE s.name = i.name AND i.partial), '')
      FROM sqlite_schema AS m, pragma_index_list(m.name) AS i WHERE m.type = 'table'
    UNION ALL SELECT 'link', m.name, f.seq, f."table", f."from", f."to", f.on_delete, f.on_update
      FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table';`,
  postgres: `
    SELECT 'column', table_name, ordinal_position, column_name, data_type, is_nullable, coalesce(column_default, ''),
        coalesce(collation_name, '')
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index', c.relname, 0, regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \\S+ ON', 'INDEX ON'),
        '', '', '', ''
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public'
    UNION ALL SELECT 'link', c.conrelid::regclass::text, 0, pg_get_constraintdef(c.oid), '', '', '', ''
      FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE n.nspname = 'public';`,
};

/* What migrations keep about themselves is no table of the program. */
const own = /^migration$/;

async function catalogue(house) {
  const rows = await house.sql(catalogues[house.engine]);
  return rows
    .filter((r) => !own.test(r[1]))
    .map((r) => r.join('|'))
    .sort();
}

export async function run(t) {
  for (const engine of engines) {
    const moved = await empty(engine);
    const made = await described(t, engine);
    const [is, want] = [await catalogue(moved), await catalogue(made)];
    for (const row of is.filter((r) => !want.includes(r)))
      t.ok(false, `${engine}: only the migrations make ${row}`);
    for (const row of want.filter((r) => !is.includes(r)))
      t.ok(false, `${engine}: the migrations do not make ${row}`);
    t.count(want.filter((r) => is.includes(r)).length, 0);
    t.ok(want.length > 100, `${engine}: the catalogue has ${want.length} rows`);
    await made.sql('ALTER TABLE house ADD COLUMN more TEXT;');
    t.ok((await catalogue(made)).join() !== is.join(), `${engine}: a column too many is not seen`);
    t.note(`${engine} ${is.length} rows`);
    await again(t, moved);
    await moved.remove();
    await made.remove();
  }
}

// A second run of the same migrations changes nothing.
async function again(t, house) {
  const before = await catalogue(house);
  const { code, err } = await house.cli(['migrate']);
  t.ok(
    code === 0 && (await catalogue(house)).join() === before.join(),
    `${house.engine}: migrate again: ${err.trim()}`,
  );
}

/* The dialect of the migration files, translated here a second time, by other code than the program's. */
function dialect(engine, ddl) {
  if (engine === 'postgres')
    return ddl.replace(/\)\s*(?:NARROW|WIDE)\s*;/g, ');').replace(/\b(NARROW|WIDE)\b/g, '');
  return ddl
    .replace(/\bBIGINT\b/g, 'INTEGER')
    .replace(/\bBYTEA\b/g, 'BLOB')
    .replace(/\)\s*NARROW\b/g, ') STRICT, WITHOUT ROWID')
    .replace(/\)\s*WIDE\b/g, ') STRICT');
}

async function described(t, engine) {
  const house = new House(engine, scratch('ddl'), `ddl_${engine}`);
  if (engine === 'postgres') await (await postgres()).create(house.name);
  const { code, out } = await new House('sqlite', house.dir, '').cli(['schema', 'ddl']);
  t.ok(code === 0 && out.includes('CREATE TABLE'), `wuye schema ddl ends with ${code}`);
  await house.sql(dialect(engine, out));
  return house;
}
