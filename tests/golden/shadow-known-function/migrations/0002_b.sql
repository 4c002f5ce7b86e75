UPDATE users SET name = shop_title(name, 1) WHERE id = 1;
