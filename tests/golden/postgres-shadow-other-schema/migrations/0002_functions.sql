-- migrate:up
CREATE FUNCTION app.f(n int, t text) RETURNS int LANGUAGE sql AS 'SELECT n';
-- migrate:down
SELECT 1;
