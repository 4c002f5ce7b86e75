-- The ledger is large by now: the index is built while the shop goes on selling.

-- migrate:up transaction:off
CREATE INDEX CONCURRENTLY movements_by_time ON movements (moved_at);

-- migrate:down transaction:off
DROP INDEX CONCURRENTLY movements_by_time;
