-- What happened to an order. It outlives the order for a while, and so refers to it by its number only.

-- migrate:up
CREATE TABLE order_events (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL,
  event TEXT NOT NULL
);

-- migrate:down
DROP TABLE order_events;
