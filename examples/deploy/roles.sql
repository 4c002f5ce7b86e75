-- Two roles for one database, made once by its owner: psql -d shop -f roles.sql. They get their passwords by \password.

-- Migrates: owns the tables that migrations make.
CREATE ROLE shop_owner LOGIN;
GRANT CREATE ON SCHEMA public TO shop_owner;

-- Works: reads and writes rows, and changes no table.
CREATE ROLE shop LOGIN;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO shop;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA public
  GRANT USAGE ON SEQUENCES TO shop;
