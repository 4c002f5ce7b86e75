-- migrate:up shadow:off reason:"the role is made by hand"
GRANT SELECT ON users TO reporter;
-- migrate:down
REVOKE SELECT ON users FROM reporter;
