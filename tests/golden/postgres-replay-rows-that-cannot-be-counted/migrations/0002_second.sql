-- migrate:up irreversible:"a test"
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON notes USING (tenant = current_setting('app.tenant')::int);
INSERT INTO settings VALUES ('policies');
