-- migrate:up transaction:off
CREATE FUNCTION thin() RETURNS void LANGUAGE plpgsql AS 'BEGIN CALL thin_out(); END';
SELECT thin();
-- migrate:down
DROP FUNCTION thin;
