-- A movement gets its kind by itself, and nobody takes out what is not there: the row of the product is
-- locked, so that two clerks cannot sell the last piece.

-- migrate:up
CREATE FUNCTION check_movement() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  there BIGINT;
BEGIN
  NEW.kind := CASE
    WHEN NEW.quantity > 0 THEN 'receipt'
    WHEN NEW.note LIKE 'order %' THEN 'sale'
    ELSE 'issue'
  END;
  IF NEW.quantity < 0 THEN
    PERFORM FROM products WHERE id = NEW.product_id FOR UPDATE;
    SELECT coalesce(sum(quantity), 0) INTO there FROM movements
    WHERE product_id = NEW.product_id AND warehouse_id = NEW.warehouse_id;
    IF there + NEW.quantity < 0 THEN
      RAISE EXCEPTION 'not enough in stock' USING DETAIL = format('there are %s', there);
    END IF;
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER movements_check BEFORE INSERT ON movements
FOR EACH ROW EXECUTE FUNCTION check_movement();

-- migrate:down
DROP TRIGGER movements_check ON movements;
DROP FUNCTION check_movement();
