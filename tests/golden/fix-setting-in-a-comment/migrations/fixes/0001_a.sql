-- Names that an import left empty.
-- when: the import of November, 2.3.1
-- after the import, before: nothing
-- requires:0001
-- window:02:00-04:00 attempts:5
-- after:"3 4"

-- fix:should-run
SELECT 1 = 0; -- when:ever
-- fix:execute
-- call:mend_names
UPDATE users SET name = '-' WHERE name = '';
