SELECT $price(in EUR);
