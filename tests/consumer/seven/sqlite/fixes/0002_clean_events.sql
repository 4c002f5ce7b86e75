-- Events of orders that were deleted by hand.

-- fix:should-run requires:0003
SELECT EXISTS (SELECT 1 FROM order_events WHERE order_id NOT IN (SELECT id FROM orders));

-- fix:execute
DELETE FROM order_events WHERE order_id NOT IN (SELECT id FROM orders);
SELECT 'events without an order removed, kept: ' || count(*) FROM order_events;

-- fix:given
INSERT INTO order_events (order_id, event) VALUES (999, 'shipped');
