-- Addresses are compared in lower case from now on. This fails where two customers have the same one.

-- fix:should-run requires:0001
SELECT EXISTS (SELECT 1 FROM customers WHERE email <> lower(email));

-- fix:execute attempts:3
UPDATE customers SET email = lower(email) WHERE email <> lower(email);
SELECT 'addresses folded';
