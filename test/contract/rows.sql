-- Rows that neither the demonstration nor the stories leave behind, so that every statement has something to touch.
INSERT INTO area_past (code, area_id, to_day, basis)
    SELECT 1101030000000000, id, 14000, '京政发〔2010〕1号' FROM area WHERE code = 1101010000000000;
INSERT INTO event_parked (subscriber, shard, seq, line, event, command, error, at)
    SELECT 'people', min(id), 1, 0, 'area.changed', 'search.area.index', 'E_STATE', 1 FROM estate;
INSERT INTO case_part (estate_id, case_id, side, area_id, state, since, due_at)
    SELECT estate_id, id, 4, 1, 1, opened_at, opened_at + 1000000 FROM case_head ORDER BY id LIMIT 3;
UPDATE directory SET bound = 0 WHERE kind = 2 AND hash = (SELECT min(hash) FROM directory WHERE kind = 2);

-- A batch that was not withdrawn: a part, a person, a home with a case, its tie, a building and an entrance without homes.
INSERT INTO import_part (estate_id, batch_id, no, id, rows, bad, data, outcome)
    SELECT estate_id, id, 9, 9, 2, 1, x'00ff', 'dx' FROM import_batch ORDER BY id LIMIT 1;
INSERT INTO import_person (estate_id, batch_id, person_id)
    SELECT b.estate_id, b.id, p.person_id FROM import_batch AS b, demo_person AS p WHERE p.login = 'chen' ORDER BY b.id LIMIT 1;
INSERT INTO building (estate_id, id, no, no_key, name, floors, lifts, batch_id)
    SELECT estate_id, 7, '777', '777', '', 3, 0, id FROM import_batch ORDER BY id LIMIT 1;
INSERT INTO entrance (estate_id, id, building_id, no, no_key, batch_id)
    SELECT estate_id, 7, 7, '1', '1', id FROM import_batch ORDER BY id LIMIT 1;
UPDATE home SET batch_id = (SELECT min(id) FROM import_batch) WHERE estate_id = (SELECT estate_id FROM import_batch LIMIT 1)
    AND id IN (SELECT home_id FROM case_head WHERE home_id IS NOT NULL);
UPDATE tie SET batch_id = (SELECT min(id) FROM import_batch) WHERE estate_id = (SELECT estate_id FROM import_batch LIMIT 1)
    AND id = (SELECT max(id) FROM tie WHERE estate_id = (SELECT estate_id FROM import_batch LIMIT 1));
