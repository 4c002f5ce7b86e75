-- migrate:up irreversible:"test"
ALTER TYPE status ADD VALUE 'paid';
UPDATE orders SET state = 'paid' WHERE total = 0;
