CREATE VIRTUAL TABLE pages USING shop_index (body);
