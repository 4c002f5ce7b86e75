-- migrate:up shadow:off reason:"needs the module of the server"
CREATE VIRTUAL TABLE pages USING shop_index (body);
-- migrate:down shadow:off reason:"the same"
DROP TABLE pages;
