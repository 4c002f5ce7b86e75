-- Everything is sold by some unit: it moves from the details into a column of its own.

-- migrate:up
ALTER TABLE products ADD COLUMN unit TEXT NOT NULL DEFAULT 'piece';

UPDATE products
SET unit = details ->> 'unit',
    details = details - 'unit'
WHERE details ? 'unit';

-- migrate:down allow:data-loss
UPDATE products
SET details = details || jsonb_build_object('unit', unit)
WHERE unit <> 'piece';

ALTER TABLE products DROP COLUMN unit;
