CREATE OR REPLACE FUNCTION paid_sum() RETURNS numeric LANGUAGE sql AS $$ SELECT sum(total) FROM orders $$;
