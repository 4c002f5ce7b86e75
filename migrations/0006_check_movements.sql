-- A movement names its kind itself, and nobody takes out what is not there.

-- migrate:up
CREATE TRIGGER movements_kind AFTER INSERT ON movements
WHEN NEW.kind = ''
BEGIN
  UPDATE movements
  SET kind = CASE
      WHEN NEW.quantity > 0 THEN 'receipt'
      WHEN NEW.note LIKE 'order %' THEN 'sale'
      ELSE 'issue'
    END
  WHERE id = NEW.id;
END;

CREATE TRIGGER movements_enough BEFORE INSERT ON movements
WHEN NEW.quantity < 0
BEGIN
  SELECT CASE
    WHEN NEW.quantity + coalesce((
      SELECT sum(quantity) FROM movements
      WHERE product_id = NEW.product_id AND warehouse_id = NEW.warehouse_id), 0) < 0
    THEN raise(ABORT, 'not enough in stock')
  END;
END;

-- migrate:down
DROP TRIGGER movements_enough;
DROP TRIGGER movements_kind;
