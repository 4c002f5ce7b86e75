-- "Ada <ada@example.com>" becomes a name and an address that can be searched.

-- migrate:up
ALTER TABLE suppliers ADD COLUMN email TEXT;

UPDATE suppliers
SET email = trim(substr(contact, instr(contact, '<') + 1), '<> '),
    contact = trim(substr(contact, 1, instr(contact, '<') - 1))
WHERE contact LIKE '%<%>%';

CREATE INDEX suppliers_by_email ON suppliers (email) WHERE email IS NOT NULL;

-- migrate:down allow:data-loss
DROP INDEX suppliers_by_email;

UPDATE suppliers
SET contact = contact || ' <' || email || '>'
WHERE email IS NOT NULL;

ALTER TABLE suppliers DROP COLUMN email;
