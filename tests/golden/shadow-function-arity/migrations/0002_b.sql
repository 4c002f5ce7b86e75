UPDATE users SET name = shop_title(name) WHERE id = 1;
