-- migrate:up irreversible:"test"
CREATE TRIGGER renamed AFTER UPDATE ON users BEGIN
  SELECT 1;
END;
CREATE TRIGGER renamed AFTER INSERT ON users BEGIN
  SELECT 1;
END;
