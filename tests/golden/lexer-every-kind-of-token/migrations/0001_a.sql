-- migrate:up
CREATE TABLE "a ""b""" (`c``d` INT, [e f] TEXT DEFAULT 'it''s; ok', g$h BLOB DEFAULT x'0aFF');
CREATE VIEW v AS SELECT .5e-3 AS n, 0x1F AS h, 'a'||'b' AS s, '{"k":1}' ->> '$.k' AS j, 1<<2|3 AS m;
-- migrate:down
DROP VIEW v; DROP TABLE "a ""b""";
