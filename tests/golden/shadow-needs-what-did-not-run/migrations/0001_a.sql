-- migrate:up shadow:off reason:"needs its module"
CREATE VIRTUAL TABLE pages USING shop_index (body);
