-- migrate:up irreversible:"test"
-- bobolink:allow index-blocks-writes the table is small
CREATE INDEX orders_by_user ON orders (user_id);
