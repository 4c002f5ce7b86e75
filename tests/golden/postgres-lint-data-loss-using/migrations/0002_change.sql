-- migrate:up irreversible:"test"
-- bobolink:allow type-change-rewrites small
ALTER TABLE users ALTER mail TYPE varchar(20) USING mail::varchar(20);
ALTER TABLE users ALTER name TYPE text USING '';
ALTER TABLE users ALTER name TYPE text USING lower(name);
ALTER TABLE orders ALTER state TYPE text USING state::text;
