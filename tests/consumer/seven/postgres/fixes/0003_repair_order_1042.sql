-- Order 1042 was imported twice: its last position stands there again, and the sum counts both.

-- fix:should-run requires:0003
SELECT EXISTS (SELECT 1 FROM order_positions WHERE order_id = 1042 AND position = 4);

-- fix:execute
DELETE FROM order_positions WHERE order_id = 1042 AND position = 4;
UPDATE order_positions SET position = 2 WHERE order_id = 1042 AND position = 3;
UPDATE orders SET total_cents = (SELECT sum(cents) FROM order_positions WHERE order_id = 1042) WHERE id = 1042;
INSERT INTO order_events (order_id, event) VALUES (1042, 'repaired');

-- fix:given
INSERT INTO customers (id, name) VALUES (1, 'Ada');
INSERT INTO orders (id, customer_id, total_cents) VALUES (1042, 1, 900);
INSERT INTO order_positions (order_id, position, item, cents)
VALUES (1042, 1, 'cup', 100), (1042, 3, 'tea', 400), (1042, 4, 'tea', 400);
