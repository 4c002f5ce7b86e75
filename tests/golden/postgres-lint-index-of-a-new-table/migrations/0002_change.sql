-- migrate:up irreversible:"test"
CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint);
CREATE INDEX items_by_order ON items (order_id);
