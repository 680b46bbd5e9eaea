-- Rows that neither the demonstration nor the stories leave behind, so that every statement has something to touch.
INSERT INTO area_past (code, area_id, to_day, basis) SELECT 1101030000000000, id, day, '京政发〔2010〕1号' FROM area, (SELECT min(day) AS day FROM calendar_day) AS d WHERE area.code = 1101010000000000;
