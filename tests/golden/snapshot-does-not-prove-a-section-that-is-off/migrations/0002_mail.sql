-- migrate:up shadow:off reason:"the extension is not public"
ALTER TABLE users ADD COLUMN mail text;

-- migrate:down
ALTER TABLE users DROP COLUMN mail;
