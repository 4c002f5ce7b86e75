/* Made by `bobolink compile`: edit the SQL files, not this one. */
#include "shop_migrations.h"

#if BOBOLINK_DATA_VERSION > 4
#error "made by an older bobolink: regenerate this file with bobolink compile"
#elif BOBOLINK_DATA_VERSION < 4
#error "made by a newer bobolink: upgrade the bobolink runtime"
#endif

#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Woverlength-strings"
#endif

static const struct text_0 {
	char none[1];
	/* migrations/0001_create_products.sql */
	char v1_name[16];
	char v1_checksum[65];
	char v1_sql_checksum[65];
	char v1_delta[431];
	char v1_up_file[36];
	char v1_up_1[243];
	char v1_down_losses[55];
	char v1_down_1[20];
	/* migrations/0002_create_suppliers.sql */
	char v2_name[17];
	char v2_checksum[65];
	char v2_sql_checksum[65];
	char v2_delta[825];
	char v2_up_file[37];
	char v2_up_1[97];
	char v2_up_2[279];
	char v2_up_3[78];
	char v2_down_losses[129];
	char v2_down_1[29];
	char v2_down_2[21];
	/* migrations/0003_create_warehouses.sql */
	char v3_name[18];
	char v3_checksum[65];
	char v3_sql_checksum[65];
	char v3_delta[223];
	char v3_up_file[38];
	char v3_up_1[104];
	char v3_up_2[115];
	char v3_down_losses[59];
	char v3_down_1[22];
	/* migrations/0004_create_movements.sql */
	char v4_name[17];
	char v4_checksum[65];
	char v4_sql_checksum[65];
	char v4_delta[765];
	char v4_up_file[37];
	char v4_up_1[337];
	char v4_up_2[74];
	char v4_up_3[64];
	char v4_down_losses[57];
	char v4_down_1[21];
	/* migrations/0005_stock_view.sql */
	char v5_name[11];
	char v5_checksum[65];
	char v5_sql_checksum[65];
	char v5_delta[238];
	char v5_up_file[31];
	char v5_up_1[268];
	char v5_down_1[16];
	/* migrations/0006_check_movements.sql */
	char v6_name[16];
	char v6_checksum[65];
	char v6_sql_checksum[65];
	char v6_delta[540];
	char v6_up_file[36];
	char v6_up_1[260];
	char v6_up_2[319];
	char v6_down_1[30];
	char v6_down_2[28];
	/* migrations/0007_create_orders.sql */
	char v7_name[14];
	char v7_checksum[65];
	char v7_sql_checksum[65];
	char v7_delta[952];
	char v7_up_file[34];
	char v7_up_1[219];
	char v7_up_2[256];
	char v7_up_3[70];
	char v7_up_4[64];
	char v7_down_losses[111];
	char v7_down_1[23];
	char v7_down_2[18];
	/* migrations/0008_supplier_email.sql */
	char v8_name[15];
	char v8_checksum[65];
	char v8_sql_checksum[65];
	char v8_delta[102];
	char v8_up_file[35];
	char v8_up_1[44];
	char v8_up_2[175];
	char v8_up_3[77];
	char v8_down_feature[22];
	char v8_down_1[30];
	char v8_down_2[87];
	char v8_down_3[40];
	/* migrations/0009_prices_in_cents.sql */
	char v9_name[16];
	char v9_checksum[65];
	char v9_sql_checksum[65];
	char v9_delta[425];
	char v9_up_file[36];
	char v9_up_1[16];
	char v9_up_2[281];
	char v9_up_3[168];
	char v9_up_4[20];
	char v9_up_5[44];
	char v9_up_6[323];
	char v9_down_1[16];
	char v9_down_2[247];
	char v9_down_3[146];
	char v9_down_4[20];
	char v9_down_5[44];
	char v9_down_6[268];
	/* migrations/0010_sample_products.sql */
	char v10_name[16];
	char v10_checksum[65];
	char v10_sql_checksum[65];
	char v10_up_file[36];
	char v10_up_1[320];
	char v10_down_losses[207];
	char v10_down_1[169];
	/* migrations/0011_product_barcode.sql */
	char v11_name[16];
	char v11_checksum[65];
	char v11_sql_checksum[65];
	char v11_delta[33];
	char v11_up_file[36];
	char v11_up_1[45];
	char v11_down_losses[72];
	char v11_down_feature[21];
	char v11_down_1[41];
	/* migrations/0012_fill_barcodes.sql */
	char v12_name[14];
	char v12_checksum[65];
	char v12_sql_checksum[65];
	char v12_up_file[34];
	char v12_down_1[61];
	/* migrations/0013_sample_delivery.sql */
	char v13_name[16];
	char v13_checksum[65];
	char v13_sql_checksum[65];
	char v13_only[12];
	char v13_up_file[36];
	char v13_up_1[185];
	char v13_down_losses[90];
	char v13_down_1[53];
} text_0 = {
	"",
	/* migrations/0001_create_products.sql */
	"create_products",
	"4f2a13eeee60b825a7723e5c62dff5d8b0fe3854e3f85754b92f6920a2424ab6",
	"23750394178407835df2b13963c242f0347c547ad24a2ab0f592eb79142ad3ab",
	"+ table\t\t\tproducts\t\n"
		"+ column\t\tproducts\tid\tINTEGER\n"
		"+ column\t\tproducts\tname\tTEXT NOT NULL\n"
		"+ column\t\tproducts\tprice\tREAL NOT NULL DEFAULT 0\n"
		"+ column\t\tproducts\treorder_level\tINTEGER NOT NULL DEFAULT 0\n"
		"+ column\t\tproducts\tsku\tTEXT NOT NULL\n"
		"+ column\t\tproducts\tunit\tTEXT NOT NULL DEFAULT 'piece'\n"
		"+ primary-key\t\tproducts\tprimary-key(id)\t(id)\n"
		"+ unique\t\tproducts\tunique(sku)\t(sku)\n"
		"+ check\t\tproducts\tcheck(reorder_level)\t(reorder_level >= 0)\n",
	"migrations/0001_create_products.sql",
	"CREATE TABLE products (\n"
		"  id INTEGER PRIMARY KEY,\n"
		"  sku TEXT NOT NULL UNIQUE,\n"
		"  name TEXT NOT NULL,\n"
		"  unit TEXT NOT NULL DEFAULT 'piece',\n"
		"  price REAL NOT NULL DEFAULT 0,\n"
		"  reorder_level INTEGER NOT NULL DEFAULT 0 CHECK (reorder_level >= 0)\n"
		")",
	"table products\tSELECT count(*) FROM \"main\".\"products\"\n",
	"DROP TABLE products",
	/* migrations/0002_create_suppliers.sql */
	"create_suppliers",
	"b89d5ee0d9faeaffe2de26fac9babe2d698719a6dfba2dad4a771ed81447bd8b",
	"7d426cca754152fc192d08d8bcfe910145d51422cb8dfcf9161eea70ac954532",
	"+ table\t\t\tproduct_suppliers\tWITHOUT ROWID\n"
		"+ column\t\tproduct_suppliers\tlead_days\tINTEGER NOT NULL DEFAULT 7\n"
		"+ column\t\tproduct_suppliers\tproduct_id\tINTEGER NOT NULL\n"
		"+ column\t\tproduct_suppliers\tsupplier_id\tINTEGER NOT NULL\n"
		"+ primary-key\t\tproduct_suppliers\tprimary-key(product_id, supplier_id)\t(product_id, supplier_id)\n"
		"+ foreign-key\t\tproduct_suppliers\tforeign-key(product_id)\t(product_id) REFERENCES products(id) ON DELETE CASCADE\n"
		"+ foreign-key\t\tproduct_suppliers\tforeign-key(supplier_id)\t(supplier_id) REFERENCES suppliers(id) ON DELETE CASCADE\n"
		"+ index\t\tproduct_suppliers\tproduct_suppliers_by_supplier\t(supplier_id)\n"
		"+ table\t\t\tsuppliers\t\n"
		"+ column\t\tsuppliers\tcontact\tTEXT\n"
		"+ column\t\tsuppliers\tid\tINTEGER\n"
		"+ column\t\tsuppliers\tname\tTEXT NOT NULL\n"
		"+ primary-key\t\tsuppliers\tprimary-key(id)\t(id)\n"
		"+ unique\t\tsuppliers\tunique(name)\t(name)\n",
	"migrations/0002_create_suppliers.sql",
	"CREATE TABLE suppliers (\n"
		"  id INTEGER PRIMARY KEY,\n"
		"  name TEXT NOT NULL UNIQUE,\n"
		"  contact TEXT\n"
		")",
	"CREATE TABLE product_suppliers (\n"
		"  product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,\n"
		"  supplier_id INTEGER NOT NULL REFERENCES suppliers (id) ON DELETE CASCADE,\n"
		"  lead_days INTEGER NOT NULL DEFAULT 7,\n"
		"  PRIMARY KEY (product_id, supplier_id)\n"
		") WITHOUT ROWID",
	"CREATE INDEX product_suppliers_by_supplier ON product_suppliers (supplier_id)",
	"table product_suppliers\tSELECT count(*) FROM \"main\".\"product_suppliers\"\n"
		"table suppliers\tSELECT count(*) FROM \"main\".\"suppliers\"\n",
	"DROP TABLE product_suppliers",
	"DROP TABLE suppliers",
	/* migrations/0003_create_warehouses.sql */
	"create_warehouses",
	"7bcdefc78c500d6183d9171517669eed3f8f3a8dafb023e07e1a5bd1ea57f953",
	"c6b4f1617e22cc55f83a59822fceca61e08bd8300ceca3031096fd0bb4a7e5f4",
	"+ table\t\t\twarehouses\t\n"
		"+ column\t\twarehouses\tcode\tTEXT NOT NULL\n"
		"+ column\t\twarehouses\tid\tINTEGER\n"
		"+ column\t\twarehouses\tname\tTEXT NOT NULL\n"
		"+ primary-key\t\twarehouses\tprimary-key(id)\t(id)\n"
		"+ unique\t\twarehouses\tunique(code)\t(code)\n",
	"migrations/0003_create_warehouses.sql",
	"CREATE TABLE warehouses (\n"
		"  id INTEGER PRIMARY KEY,\n"
		"  code TEXT NOT NULL UNIQUE,\n"
		"  name TEXT NOT NULL\n"
		")",
	"INSERT INTO warehouses (code, name) VALUES\n"
		"  ('MAIN', 'Main store'),\n"
		"  ('SHOP', 'Shop floor; counter and shelves')",
	"table warehouses\tSELECT count(*) FROM \"main\".\"warehouses\"\n",
	"DROP TABLE warehouses",
	/* migrations/0004_create_movements.sql */
	"create_movements",
	"bab9075cfc0fb7ff240048808a275a75f34a228cd72d2b02961586a2fd0efc80",
	"39b0b84980586ac6b3fa7625b82d657c6bd01b0bd354eaa91cc63afe86efceb4",
	"+ table\t\t\tmovements\t\n"
		"+ column\t\tmovements\tid\tINTEGER\n"
		"+ column\t\tmovements\tkind\tTEXT NOT NULL DEFAULT ''\n"
		"+ column\t\tmovements\tmoved_at\tTEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
		"+ column\t\tmovements\tnote\tTEXT NOT NULL DEFAULT ''\n"
		"+ column\t\tmovements\tproduct_id\tINTEGER NOT NULL\n"
		"+ column\t\tmovements\tquantity\tINTEGER NOT NULL\n"
		"+ column\t\tmovements\twarehouse_id\tINTEGER NOT NULL\n"
		"+ primary-key\t\tmovements\tprimary-key(id)\t(id)\n"
		"+ foreign-key\t\tmovements\tforeign-key(product_id)\t(product_id) REFERENCES products(id)\n"
		"+ foreign-key\t\tmovements\tforeign-key(warehouse_id)\t(warehouse_id) REFERENCES warehouses(id)\n"
		"+ check\t\tmovements\tcheck(quantity)\t(quantity <> 0)\n"
		"+ index\t\tmovements\tmovements_by_product\t(product_id, warehouse_id)\n"
		"+ index\t\tmovements\tmovements_by_warehouse\t(warehouse_id)\n",
	"migrations/0004_create_movements.sql",
	"CREATE TABLE movements (\n"
		"  id INTEGER PRIMARY KEY,\n"
		"  product_id INTEGER NOT NULL REFERENCES products (id),\n"
		"  warehouse_id INTEGER NOT NULL REFERENCES warehouses (id),\n"
		"  quantity INTEGER NOT NULL CHECK (quantity <> 0),\n"
		"  kind TEXT NOT NULL DEFAULT '',\n"
		"  note TEXT NOT NULL DEFAULT '',\n"
		"  moved_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
		")",
	"CREATE INDEX movements_by_product ON movements (product_id, warehouse_id)",
	"CREATE INDEX movements_by_warehouse ON movements (warehouse_id)",
	"table movements\tSELECT count(*) FROM \"main\".\"movements\"\n",
	"DROP TABLE movements",
	/* migrations/0005_stock_view.sql */
	"stock_view",
	"09c73d1da44c1490686ea9008ae65b43c789247c77bb3feebaa6379ea29f0f2f",
	"de48c5c7b4ba1dab2727b756b9e6dda5efd4ab6b01b3bb1a4b13a7ee79d2e715",
	"+ view\t\t\tstock\tAS SELECT p.id AS product_id, p.sku, p.name, w.code AS warehouse, sum(m.quantity) AS quantity FROM movements AS m JOIN products AS p ON p.id = m.product_id JOIN warehouses AS w ON w.id = m.warehouse_id GROUP BY p.id, w.id\n",
	"migrations/0005_stock_view.sql",
	"CREATE VIEW stock AS\n"
		"SELECT p.id AS product_id,\n"
		"       p.sku,\n"
		"       p.name,\n"
		"       w.code AS warehouse,\n"
		"       sum(m.quantity) AS quantity\n"
		"FROM movements AS m\n"
		"JOIN products AS p ON p.id = m.product_id\n"
		"JOIN warehouses AS w ON w.id = m.warehouse_id\n"
		"GROUP BY p.id, w.id",
	"DROP VIEW stock",
	/* migrations/0006_check_movements.sql */
	"check_movements",
	"77a213c9ea67fe7190f9d5ab93f99b3d32e9d56b21677d3b2b133e0871228826",
	"1517bb352a92704435521ec28003d681ebf71efe33081d09df9a7ff6563f0126",
	"+ trigger\t\tmovements\tmovements_enough\tBEFORE INSERT ON movements WHEN NEW.quantity < 0 BEGIN SELECT CASE WHEN NEW.quantity + coalesce((SELECT sum(quantity) FROM movements WHERE product_id = NEW.product_id AND warehouse_id = NEW.warehouse_id), 0) < 0 THEN RAISE (ABORT, 'not enough in stock') END; END\n"
		"+ trigger\t\tmovements\tmovements_kind\tAFTER INSERT ON movements WHEN NEW.kind = '' BEGIN UPDATE movements SET kind = CASE WHEN NEW.quantity > 0 THEN 'receipt' WHEN NEW.note LIKE 'order %' THEN 'sale' ELSE 'issue' END WHERE id = NEW.id; END\n",
	"migrations/0006_check_movements.sql",
	"CREATE TRIGGER movements_kind AFTER INSERT ON movements\n"
		"WHEN NEW.kind = ''\n"
		"BEGIN\n"
		"  UPDATE movements\n"
		"  SET kind = CASE\n"
		"      WHEN NEW.quantity > 0 THEN 'receipt'\n"
		"      WHEN NEW.note LIKE 'order %' THEN 'sale'\n"
		"      ELSE 'issue'\n"
		"    END\n"
		"  WHERE id = NEW.id;\n"
		"END",
	"CREATE TRIGGER movements_enough BEFORE INSERT ON movements\n"
		"WHEN NEW.quantity < 0\n"
		"BEGIN\n"
		"  SELECT CASE\n"
		"    WHEN NEW.quantity + coalesce((\n"
		"      SELECT sum(quantity) FROM movements\n"
		"      WHERE product_id = NEW.product_id AND warehouse_id = NEW.warehouse_id), 0) < 0\n"
		"    THEN raise(ABORT, 'not enough in stock')\n"
		"  END;\n"
		"END",
	"DROP TRIGGER movements_enough",
	"DROP TRIGGER movements_kind",
	/* migrations/0007_create_orders.sql */
	"create_orders",
	"2b07c7db3e66e04cf59fe93700c2c8a164b3bb49e72820d21af7ede60e99ef49",
	"4e13b916d3bfd9aeb4ff18ec5d0304f56deec17ae9cbddf69aa7f71c4b61cd9b",
	"+ table\t\t\torder_lines\tWITHOUT ROWID\n"
		"+ column\t\torder_lines\torder_id\tINTEGER NOT NULL\n"
		"+ column\t\torder_lines\tproduct_id\tINTEGER NOT NULL\n"
		"+ column\t\torder_lines\tquantity\tINTEGER NOT NULL\n"
		"+ primary-key\t\torder_lines\tprimary-key(order_id, product_id)\t(order_id, product_id)\n"
		"+ foreign-key\t\torder_lines\tforeign-key(order_id)\t(order_id) REFERENCES orders(id) ON DELETE CASCADE\n"
		"+ foreign-key\t\torder_lines\tforeign-key(product_id)\t(product_id) REFERENCES products(id)\n"
		"+ check\t\torder_lines\tcheck(quantity)\t(quantity > 0)\n"
		"+ index\t\torder_lines\torder_lines_by_product\t(product_id)\n"
		"+ table\t\t\torders\t\n"
		"+ column\t\torders\tcustomer\tTEXT NOT NULL\n"
		"+ column\t\torders\tid\tINTEGER\n"
		"+ column\t\torders\tordered_at\tTEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
		"+ column\t\torders\tstatus\tTEXT NOT NULL DEFAULT 'open'\n"
		"+ primary-key\t\torders\tprimary-key(id)\t(id)\n"
		"+ check\t\torders\tcheck(status)\t(status IN ('open', 'shipped', 'cancelled'))\n"
		"+ index\t\torders\topen_orders\t(ordered_at) WHERE status = 'open'\n",
	"migrations/0007_create_orders.sql",
	"CREATE TABLE orders (\n"
		"  id INTEGER PRIMARY KEY,\n"
		"  customer TEXT NOT NULL,\n"
		"  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'shipped', 'cancelled')),\n"
		"  ordered_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
		")",
	"CREATE TABLE order_lines (\n"
		"  order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,\n"
		"  product_id INTEGER NOT NULL REFERENCES products (id),\n"
		"  quantity INTEGER NOT NULL CHECK (quantity > 0),\n"
		"  PRIMARY KEY (order_id, product_id)\n"
		") WITHOUT ROWID",
	"CREATE INDEX open_orders ON orders (ordered_at) WHERE status = 'open'",
	"CREATE INDEX order_lines_by_product ON order_lines (product_id)",
	"table order_lines\tSELECT count(*) FROM \"main\".\"order_lines\"\n"
		"table orders\tSELECT count(*) FROM \"main\".\"orders\"\n",
	"DROP TABLE order_lines",
	"DROP TABLE orders",
	/* migrations/0008_supplier_email.sql */
	"supplier_email",
	"84a9dc1bbde807486b67cec0b7509ceea3052050eacb622dcf6fc775b71c42d6",
	"1c190b02ad276c57e4dd5cde06284c96a7738667ee2e76cef33665d49dc3c5d5",
	"+ column\t\tsuppliers\temail\tTEXT\n"
		"+ index\t\tsuppliers\tsuppliers_by_email\t(email) WHERE email IS NOT NULL\n",
	"migrations/0008_supplier_email.sql",
	"ALTER TABLE suppliers ADD COLUMN email TEXT",
	"UPDATE suppliers\n"
		"SET email = trim(substr(contact, instr(contact, '<') + 1), '<> '),\n"
		"    contact = trim(substr(contact, 1, instr(contact, '<') - 1))\n"
		"WHERE contact LIKE '%<%>%'",
	"CREATE INDEX suppliers_by_email ON suppliers (email) WHERE email IS NOT NULL",
	"DROP COLUMN (line 20)",
	"DROP INDEX suppliers_by_email",
	"UPDATE suppliers\n"
		"SET contact = contact || ' <' || email || '>'\n"
		"WHERE email IS NOT NULL",
	"ALTER TABLE suppliers DROP COLUMN email",
	/* migrations/0009_prices_in_cents.sql */
	"prices_in_cents",
	"ce4be6a8d97e26933a033add159aa3b8a0e4943f90057e05e35083a11fc24ad3",
	"30a0774c71603557f45edbdbafe40fc5a66a922ced766472021e4a70d4ef35eb",
	"- column\t\tproducts\tprice\n"
		"+ column\t\tproducts\tprice_cents\tINTEGER NOT NULL DEFAULT 0\n"
		"+ check\t\tproducts\tcheck(price_cents)\t(price_cents >= 0)\n"
		"~ view\t\t\tstock\tAS SELECT p.id AS product_id, p.sku, p.name, w.code AS warehouse, sum(m.quantity) AS quantity, sum(m.quantity) * p.price_cents AS value_cents FROM movements AS m JOIN products AS p ON p.id = m.product_id JOIN warehouses AS w ON w.id = m.warehouse_id GROUP BY p.id, w.id\n",
	"migrations/0009_prices_in_cents.sql",
	"DROP VIEW stock",
	"CREATE TABLE products_new (\n"
		"  id INTEGER PRIMARY KEY,\n"
		"  sku TEXT NOT NULL UNIQUE,\n"
		"  name TEXT NOT NULL,\n"
		"  unit TEXT NOT NULL DEFAULT 'piece',\n"
		"  price_cents INTEGER NOT NULL DEFAULT 0 CHECK (price_cents >= 0),\n"
		"  reorder_level INTEGER NOT NULL DEFAULT 0 CHECK (reorder_level >= 0)\n"
		")",
	"INSERT INTO products_new (id, sku, name, unit, price_cents, reorder_level)\n"
		"SELECT id, sku, name, unit, CAST(round(price * 100) AS INTEGER), reorder_level FROM products",
	"DROP TABLE products",
	"ALTER TABLE products_new RENAME TO products",
	"CREATE VIEW stock AS\n"
		"SELECT p.id AS product_id,\n"
		"       p.sku,\n"
		"       p.name,\n"
		"       w.code AS warehouse,\n"
		"       sum(m.quantity) AS quantity,\n"
		"       sum(m.quantity) * p.price_cents AS value_cents\n"
		"FROM movements AS m\n"
		"JOIN products AS p ON p.id = m.product_id\n"
		"JOIN warehouses AS w ON w.id = m.warehouse_id\n"
		"GROUP BY p.id, w.id",
	"DROP VIEW stock",
	"CREATE TABLE products_old (\n"
		"  id INTEGER PRIMARY KEY,\n"
		"  sku TEXT NOT NULL UNIQUE,\n"
		"  name TEXT NOT NULL,\n"
		"  unit TEXT NOT NULL DEFAULT 'piece',\n"
		"  price REAL NOT NULL DEFAULT 0,\n"
		"  reorder_level INTEGER NOT NULL DEFAULT 0 CHECK (reorder_level >= 0)\n"
		")",
	"INSERT INTO products_old (id, sku, name, unit, price, reorder_level)\n"
		"SELECT id, sku, name, unit, price_cents / 100.0, reorder_level FROM products",
	"DROP TABLE products",
	"ALTER TABLE products_old RENAME TO products",
	"CREATE VIEW stock AS\n"
		"SELECT p.id AS product_id,\n"
		"       p.sku,\n"
		"       p.name,\n"
		"       w.code AS warehouse,\n"
		"       sum(m.quantity) AS quantity\n"
		"FROM movements AS m\n"
		"JOIN products AS p ON p.id = m.product_id\n"
		"JOIN warehouses AS w ON w.id = m.warehouse_id\n"
		"GROUP BY p.id, w.id",
	/* migrations/0010_sample_products.sql */
	"sample_products",
	"7478e5ac697aa37d9b7edf1020eb9dea74b8ae0ff0e8da881e422c08423a0200",
	"be62988def7246091d061c39f94224405c5d9027de8952c82b64bd91a06b6c06",
	"migrations/0010_sample_products.sql",
	"INSERT INTO products (sku, name, unit, price_cents, reorder_level)\n"
		"SELECT column1, column2, column3, column4, column5\n"
		"FROM (VALUES\n"
		"  ('TEA-01', 'Earl Grey, loose', 'tin', 1250, 10),\n"
		"  ('CUP-02', 'Cup \"Bobolink\"', 'piece', 890, 24),\n"
		"  ('POT-03', 'Teapot 1 l', 'piece', 3400, 4))\n"
		"WHERE NOT EXISTS (SELECT 1 FROM products)",
	"rows of products\tSELECT count(*) FROM \"main\".\"products\" WHERE sku IN ('TEA-01', 'CUP-02', 'POT-03')\\n  AND id NOT IN (SELECT product_id FROM movements)\\n  AND id NOT IN (SELECT product_id FROM order_lines)\n",
	"DELETE FROM products\n"
		"WHERE sku IN ('TEA-01', 'CUP-02', 'POT-03')\n"
		"  AND id NOT IN (SELECT product_id FROM movements)\n"
		"  AND id NOT IN (SELECT product_id FROM order_lines)",
	/* migrations/0011_product_barcode.sql */
	"product_barcode",
	"a042cc97c9c10e28e82775003d7359eb46bbd8399c075503f8e72d6ac2072b56",
	"06a846213cb71713ea07a55363c5fef383a2e6de71cfb47ffd2e4a235104883d",
	"+ column\t\tproducts\tbarcode\tTEXT\n",
	"migrations/0011_product_barcode.sql",
	"ALTER TABLE products ADD COLUMN barcode TEXT",
	"column products.barcode\tSELECT count(\"barcode\") FROM \"main\".\"products\"\n",
	"DROP COLUMN (line 5)",
	"ALTER TABLE products DROP COLUMN barcode",
	/* migrations/0012_fill_barcodes.sql */
	"fill_barcodes",
	"2be5b3b660efce41541c6f1d0f2323b5664532f3d52eb4e136d81434f979a70f",
	"32102165bbf7f7780bcdc92588ec67980388238b40658604c4aa7201735c18e9",
	"migrations/0012_fill_barcodes.sql",
	"UPDATE products SET barcode = NULL WHERE barcode IS NOT NULL",
	/* migrations/0013_sample_delivery.sql */
	"sample_delivery",
	"fc32aeb7ff631155df814d885b417915a3f8c169a6f9ffad2139aa2aff55a2e7",
	"9564b78bd140e7e53bb97ba8e74b844a3b729c2765777d5650d87b4e89a6672b",
	"development",
	"migrations/0013_sample_delivery.sql",
	"INSERT INTO movements (product_id, warehouse_id, quantity, note)\n"
		"SELECT p.id, w.id, 12, 'sample delivery'\n"
		"FROM products AS p, warehouses AS w\n"
		"WHERE p.sku = 'POT-03' AND w.code = 'MAIN'",
	"rows of movements\tSELECT count(*) FROM \"main\".\"movements\" WHERE note = 'sample delivery'\n",
	"DELETE FROM movements WHERE note = 'sample delivery'",
};

static const struct bobolink_statement statements_0[] = {
	/* migrations/0001_create_products.sql */
	{ .text = offsetof(struct text_0, v1_up_1), .length = 242, .line = 2, .column = 1 },
	{ .text = offsetof(struct text_0, v1_down_1), .length = 19, .line = 12, .column = 1 },
	/* migrations/0002_create_suppliers.sql */
	{ .text = offsetof(struct text_0, v2_up_1), .length = 96, .line = 2, .column = 1 },
	{ .text = offsetof(struct text_0, v2_up_2), .length = 278, .line = 8, .column = 1 },
	{ .text = offsetof(struct text_0, v2_up_3), .length = 77, .line = 15, .column = 1 },
	{ .text = offsetof(struct text_0, v2_down_1), .length = 28, .line = 18, .column = 1 },
	{ .text = offsetof(struct text_0, v2_down_2), .length = 20, .line = 19, .column = 1 },
	/* migrations/0003_create_warehouses.sql */
	{ .text = offsetof(struct text_0, v3_up_1), .length = 103, .line = 2, .column = 1 },
	{ .text = offsetof(struct text_0, v3_up_2), .length = 114, .line = 8, .column = 1 },
	{ .text = offsetof(struct text_0, v3_down_1), .length = 21, .line = 13, .column = 1 },
	/* migrations/0004_create_movements.sql */
	{ .text = offsetof(struct text_0, v4_up_1), .length = 336, .line = 4, .column = 1 },
	{ .text = offsetof(struct text_0, v4_up_2), .length = 73, .line = 14, .column = 1 },
	{ .text = offsetof(struct text_0, v4_up_3), .length = 63, .line = 15, .column = 1 },
	{ .text = offsetof(struct text_0, v4_down_1), .length = 20, .line = 18, .column = 1 },
	/* migrations/0005_stock_view.sql */
	{ .text = offsetof(struct text_0, v5_up_1), .length = 267, .line = 2, .column = 1 },
	{ .text = offsetof(struct text_0, v5_down_1), .length = 15, .line = 14, .column = 1 },
	/* migrations/0006_check_movements.sql */
	{ .text = offsetof(struct text_0, v6_up_1), .length = 259, .line = 4, .column = 1 },
	{ .text = offsetof(struct text_0, v6_up_2), .length = 318, .line = 16, .column = 1 },
	{ .text = offsetof(struct text_0, v6_down_1), .length = 29, .line = 28, .column = 1 },
	{ .text = offsetof(struct text_0, v6_down_2), .length = 27, .line = 29, .column = 1 },
	/* migrations/0007_create_orders.sql */
	{ .text = offsetof(struct text_0, v7_up_1), .length = 218, .line = 2, .column = 1 },
	{ .text = offsetof(struct text_0, v7_up_2), .length = 255, .line = 9, .column = 1 },
	{ .text = offsetof(struct text_0, v7_up_3), .length = 69, .line = 16, .column = 1 },
	{ .text = offsetof(struct text_0, v7_up_4), .length = 63, .line = 17, .column = 1 },
	{ .text = offsetof(struct text_0, v7_down_1), .length = 22, .line = 20, .column = 1 },
	{ .text = offsetof(struct text_0, v7_down_2), .length = 17, .line = 21, .column = 1 },
	/* migrations/0008_supplier_email.sql */
	{ .text = offsetof(struct text_0, v8_up_1), .length = 43, .line = 4, .column = 1 },
	{ .text = offsetof(struct text_0, v8_up_2), .length = 174, .line = 6, .column = 1 },
	{ .text = offsetof(struct text_0, v8_up_3), .length = 76, .line = 11, .column = 1 },
	{ .text = offsetof(struct text_0, v8_down_1), .length = 29, .line = 14, .column = 1 },
	{ .text = offsetof(struct text_0, v8_down_2), .length = 86, .line = 16, .column = 1 },
	{ .text = offsetof(struct text_0, v8_down_3), .length = 39, .line = 20, .column = 1 },
	/* migrations/0009_prices_in_cents.sql */
	{ .text = offsetof(struct text_0, v9_up_1), .length = 15, .line = 8, .column = 1 },
	{ .text = offsetof(struct text_0, v9_up_2), .length = 280, .line = 10, .column = 1 },
	{ .text = offsetof(struct text_0, v9_up_3), .length = 167, .line = 18, .column = 1 },
	{ .text = offsetof(struct text_0, v9_up_4), .length = 19, .line = 20, .column = 1 },
	{ .text = offsetof(struct text_0, v9_up_5), .length = 43, .line = 21, .column = 1 },
	{ .text = offsetof(struct text_0, v9_up_6), .length = 322, .line = 23, .column = 1 },
	{ .text = offsetof(struct text_0, v9_down_1), .length = 15, .line = 42, .column = 1 },
	{ .text = offsetof(struct text_0, v9_down_2), .length = 246, .line = 44, .column = 1 },
	{ .text = offsetof(struct text_0, v9_down_3), .length = 145, .line = 52, .column = 1 },
	{ .text = offsetof(struct text_0, v9_down_4), .length = 19, .line = 54, .column = 1 },
	{ .text = offsetof(struct text_0, v9_down_5), .length = 43, .line = 55, .column = 1 },
	{ .text = offsetof(struct text_0, v9_down_6), .length = 267, .line = 57, .column = 1 },
	/* migrations/0010_sample_products.sql */
	{ .text = offsetof(struct text_0, v10_up_1), .length = 319, .line = 4, .column = 1 },
	{ .text = offsetof(struct text_0, v10_down_1), .length = 168, .line = 13, .column = 1 },
	/* migrations/0011_product_barcode.sql */
	{ .text = offsetof(struct text_0, v11_up_1), .length = 44, .line = 2, .column = 1 },
	{ .text = offsetof(struct text_0, v11_down_1), .length = 40, .line = 5, .column = 1 },
	/* migrations/0012_fill_barcodes.sql */
	{ .text = offsetof(struct text_0, v12_down_1), .length = 60, .line = 6, .column = 1 },
	/* migrations/0013_sample_delivery.sql */
	{ .text = offsetof(struct text_0, v13_up_1), .length = 184, .line = 4, .column = 1 },
	{ .text = offsetof(struct text_0, v13_down_1), .length = 52, .line = 10, .column = 1 },
};

static const struct bobolink_migration migrations[] = {
	/* migrations/0001_create_products.sql */
	{
		.version = SHOP_V0001_CREATE_PRODUCTS,
		.name = offsetof(struct text_0, v1_name),
		.checksum = offsetof(struct text_0, v1_checksum),
		.sql_checksum = offsetof(struct text_0, v1_sql_checksum),
		.delta = offsetof(struct text_0, v1_delta),
		.up = {
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v1_up_file),
		},
		.down = {
			.first = 1,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v1_up_file),
			.losses = offsetof(struct text_0, v1_down_losses),
		},
	},
	/* migrations/0002_create_suppliers.sql */
	{
		.version = SHOP_V0002_CREATE_SUPPLIERS,
		.name = offsetof(struct text_0, v2_name),
		.checksum = offsetof(struct text_0, v2_checksum),
		.sql_checksum = offsetof(struct text_0, v2_sql_checksum),
		.delta = offsetof(struct text_0, v2_delta),
		.up = {
			.first = 2,
			.count = 3,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v2_up_file),
		},
		.down = {
			.first = 5,
			.count = 2,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v2_up_file),
			.losses = offsetof(struct text_0, v2_down_losses),
		},
	},
	/* migrations/0003_create_warehouses.sql */
	{
		.version = SHOP_V0003_CREATE_WAREHOUSES,
		.name = offsetof(struct text_0, v3_name),
		.checksum = offsetof(struct text_0, v3_checksum),
		.sql_checksum = offsetof(struct text_0, v3_sql_checksum),
		.delta = offsetof(struct text_0, v3_delta),
		.up = {
			.first = 7,
			.count = 2,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v3_up_file),
		},
		.down = {
			.first = 9,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v3_up_file),
			.losses = offsetof(struct text_0, v3_down_losses),
		},
	},
	/* migrations/0004_create_movements.sql */
	{
		.version = SHOP_V0004_CREATE_MOVEMENTS,
		.name = offsetof(struct text_0, v4_name),
		.checksum = offsetof(struct text_0, v4_checksum),
		.sql_checksum = offsetof(struct text_0, v4_sql_checksum),
		.delta = offsetof(struct text_0, v4_delta),
		.up = {
			.first = 10,
			.count = 3,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v4_up_file),
		},
		.down = {
			.first = 13,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v4_up_file),
			.losses = offsetof(struct text_0, v4_down_losses),
		},
	},
	/* migrations/0005_stock_view.sql */
	{
		.version = SHOP_V0005_STOCK_VIEW,
		.name = offsetof(struct text_0, v5_name),
		.checksum = offsetof(struct text_0, v5_checksum),
		.sql_checksum = offsetof(struct text_0, v5_sql_checksum),
		.delta = offsetof(struct text_0, v5_delta),
		.up = {
			.first = 14,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v5_up_file),
		},
		.down = {
			.first = 15,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v5_up_file),
		},
	},
	/* migrations/0006_check_movements.sql */
	{
		.version = SHOP_V0006_CHECK_MOVEMENTS,
		.name = offsetof(struct text_0, v6_name),
		.checksum = offsetof(struct text_0, v6_checksum),
		.sql_checksum = offsetof(struct text_0, v6_sql_checksum),
		.delta = offsetof(struct text_0, v6_delta),
		.up = {
			.first = 16,
			.count = 2,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v6_up_file),
		},
		.down = {
			.first = 18,
			.count = 2,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v6_up_file),
		},
	},
	/* migrations/0007_create_orders.sql */
	{
		.version = SHOP_V0007_CREATE_ORDERS,
		.name = offsetof(struct text_0, v7_name),
		.checksum = offsetof(struct text_0, v7_checksum),
		.sql_checksum = offsetof(struct text_0, v7_sql_checksum),
		.delta = offsetof(struct text_0, v7_delta),
		.up = {
			.first = 20,
			.count = 4,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v7_up_file),
		},
		.down = {
			.first = 24,
			.count = 2,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v7_up_file),
			.losses = offsetof(struct text_0, v7_down_losses),
		},
	},
	/* migrations/0008_supplier_email.sql */
	{
		.version = SHOP_V0008_SUPPLIER_EMAIL,
		.name = offsetof(struct text_0, v8_name),
		.checksum = offsetof(struct text_0, v8_checksum),
		.sql_checksum = offsetof(struct text_0, v8_sql_checksum),
		.delta = offsetof(struct text_0, v8_delta),
		.up = {
			.first = 26,
			.count = 3,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v8_up_file),
		},
		.down = {
			.first = 29,
			.count = 3,
			.flags = BOBOLINK_SECTION_PRESENT | BOBOLINK_SECTION_DATA_LOSS,
			.file = offsetof(struct text_0, v8_up_file),
			.minimum_version = 3035000,
			.feature = offsetof(struct text_0, v8_down_feature),
		},
	},
	/* migrations/0009_prices_in_cents.sql */
	{
		.version = SHOP_V0009_PRICES_IN_CENTS,
		.name = offsetof(struct text_0, v9_name),
		.checksum = offsetof(struct text_0, v9_checksum),
		.sql_checksum = offsetof(struct text_0, v9_sql_checksum),
		.delta = offsetof(struct text_0, v9_delta),
		.up = {
			.first = 32,
			.count = 6,
			.flags = BOBOLINK_SECTION_PRESENT | BOBOLINK_SECTION_FOREIGN_KEYS_OFF | BOBOLINK_SECTION_DATA_LOSS,
			.file = offsetof(struct text_0, v9_up_file),
		},
		.down = {
			.first = 38,
			.count = 6,
			.flags = BOBOLINK_SECTION_PRESENT | BOBOLINK_SECTION_FOREIGN_KEYS_OFF | BOBOLINK_SECTION_DATA_LOSS,
			.file = offsetof(struct text_0, v9_up_file),
		},
	},
	/* migrations/0010_sample_products.sql */
	{
		.version = SHOP_V0010_SAMPLE_PRODUCTS,
		.name = offsetof(struct text_0, v10_name),
		.checksum = offsetof(struct text_0, v10_checksum),
		.sql_checksum = offsetof(struct text_0, v10_sql_checksum),
		.up = {
			.first = 44,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v10_up_file),
		},
		.down = {
			.first = 45,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v10_up_file),
			.losses = offsetof(struct text_0, v10_down_losses),
		},
	},
	/* migrations/0011_product_barcode.sql */
	{
		.version = SHOP_V0011_PRODUCT_BARCODE,
		.name = offsetof(struct text_0, v11_name),
		.checksum = offsetof(struct text_0, v11_checksum),
		.sql_checksum = offsetof(struct text_0, v11_sql_checksum),
		.delta = offsetof(struct text_0, v11_delta),
		.up = {
			.first = 46,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v11_up_file),
		},
		.down = {
			.first = 47,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT | BOBOLINK_SECTION_DATA_LOSS,
			.file = offsetof(struct text_0, v11_up_file),
			.losses = offsetof(struct text_0, v11_down_losses),
			.minimum_version = 3035000,
			.feature = offsetof(struct text_0, v11_down_feature),
		},
	},
	/* migrations/0012_fill_barcodes.sql */
	{
		.version = SHOP_V0012_FILL_BARCODES,
		.name = offsetof(struct text_0, v12_name),
		.checksum = offsetof(struct text_0, v12_checksum),
		.sql_checksum = offsetof(struct text_0, v12_sql_checksum),
		.up = {
			.first = 48,
			.flags = BOBOLINK_SECTION_PRESENT | BOBOLINK_SECTION_NO_TRANSACTION,
			.file = offsetof(struct text_0, v12_up_file),
			.call = 1,
		},
		.down = {
			.first = 48,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v12_up_file),
		},
	},
	/* migrations/0013_sample_delivery.sql */
	{
		.version = SHOP_V0013_SAMPLE_DELIVERY,
		.name = offsetof(struct text_0, v13_name),
		.checksum = offsetof(struct text_0, v13_checksum),
		.sql_checksum = offsetof(struct text_0, v13_sql_checksum),
		.only = offsetof(struct text_0, v13_only),
		.up = {
			.first = 49,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v13_up_file),
		},
		.down = {
			.first = 50,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct text_0, v13_up_file),
			.losses = offsetof(struct text_0, v13_down_losses),
		},
	},
};

static const struct bobolink_chunk chunks[] = {
	{ .text = (const char *)&text_0, .statements = statements_0 },
};

static const struct script_text_0 {
	char none[1];
	/* migrations/fixes/0001_lower_case_units.sql */
	char f1_name[17];
	char f1_checksum[65];
	char f1_sql_checksum[65];
	char f1_up_file[43];
	char f1_up_1[65];
	char f1_up_2[29];
	char f1_title[70];
	char f1_guard_1[65];
	/* migrations/R__warehouses.sql */
	char r1_name[11];
	char r1_checksum[65];
	char r1_sql_checksum[65];
	char r1_up_file[29];
	char r1_up_1[212];
} script_text_0 = {
	"",
	/* migrations/fixes/0001_lower_case_units.sql */
	"lower_case_units",
	"5db32faeb3c6fccb497b72f6b2261fd0f824d126eeeda1f03461eb194a3f0939",
	"0b8fca5b4bb143f5655f2747d997766b83780ad373f829286991f33b093babff",
	"migrations/fixes/0001_lower_case_units.sql",
	"UPDATE products SET unit = lower(unit) WHERE unit <> lower(unit)",
	"SELECT 'units in lower case'",
	"\"Tin\" and \"tin\" are one unit. An import in the first year wrote both.",
	"SELECT EXISTS (SELECT 1 FROM products WHERE unit <> lower(unit))",
	/* migrations/R__warehouses.sql */
	"warehouses",
	"057fa03c646976cfae7ea7c35b46650513786abb93389f5f0b039dedc297dee4",
	"9a16307c1e84da2132a18676560bdc4d9e19896f1e6adade15e99bdd6a88abde",
	"migrations/R__warehouses.sql",
	"INSERT INTO warehouses (code, name) VALUES\n"
		"  ('MAIN', 'Main store'),\n"
		"  ('SHOP', 'Shop floor; counter and shelves'),\n"
		"  ('BACK', 'What customers brought back')\n"
		"ON CONFLICT (code) DO UPDATE SET name = excluded.name",
};

static const struct bobolink_statement script_statements_0[] = {
	/* migrations/fixes/0001_lower_case_units.sql */
	{ .text = offsetof(struct script_text_0, f1_up_1), .length = 64, .line = 7, .column = 1 },
	{ .text = offsetof(struct script_text_0, f1_up_2), .length = 28, .line = 8, .column = 1 },
	{ .text = offsetof(struct script_text_0, f1_guard_1), .length = 64, .line = 4, .column = 1 },
	/* migrations/R__warehouses.sql */
	{ .text = offsetof(struct script_text_0, r1_up_1), .length = 211, .line = 3, .column = 1 },
};

static const struct bobolink_migration script_items[] = {
	/* migrations/fixes/0001_lower_case_units.sql */
	{
		.version = INT64_C(1),
		.name = offsetof(struct script_text_0, f1_name),
		.checksum = offsetof(struct script_text_0, f1_checksum),
		.sql_checksum = offsetof(struct script_text_0, f1_sql_checksum),
		.up = {
			.count = 2,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct script_text_0, f1_up_file),
		},
	},
	/* migrations/R__warehouses.sql */
	{
		.version = INT64_C(0),
		.name = offsetof(struct script_text_0, r1_name),
		.checksum = offsetof(struct script_text_0, r1_checksum),
		.sql_checksum = offsetof(struct script_text_0, r1_sql_checksum),
		.up = {
			.first = 3,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct script_text_0, r1_up_file),
		},
	},
};

static const struct bobolink_script script_settings[] = {
	/* migrations/fixes/0001_lower_case_units.sql */
	{
		.title = offsetof(struct script_text_0, f1_title),
		.guard = {
			.first = 2,
			.count = 1,
			.flags = BOBOLINK_SECTION_PRESENT,
			.file = offsetof(struct script_text_0, f1_up_file),
		},
		.required = INT64_C(1),
	},
	/* migrations/R__warehouses.sql */
	{
		.required = -1,
	},
};

static const struct bobolink_chunk script_chunks[] = {
	{ .text = (const char *)&script_text_0, .statements = script_statements_0 },
};

/* Undefined when linking: link the library for scripts, too. */
extern int bobolink_scripts_run(struct bobolink_session *session, int point,
				struct bobolink_error *error);

static const struct bobolink_scripts scripts = {
	.items = script_items,
	.settings = script_settings,
	.chunks = script_chunks,
	.fix_count = 1,
	.repeatable_count = 1,
	.run = bobolink_scripts_run,
};

static const struct bobolink_call calls[] = {
	{ .name = "fill_barcodes", .function = fill_barcodes },
};

/* The schema after the last migration: see bobolink/schema.h. */
static const char schema[] =
	"+ table\t\t\tmovements\t\t=4:1\n"
	"+ index\t\tmovements\tmovements_by_product\t(product_id, warehouse_id)\t=4:2\n"
	"+ index\t\tmovements\tmovements_by_warehouse\t(warehouse_id)\t=4:3\n"
	"+ trigger\t\tmovements\tmovements_enough\tBEFORE INSERT ON movements WHEN NEW.quantity < 0 BEGIN SELECT CASE WHEN NEW.quantity + coalesce((SELECT sum(quantity) FROM movements WHERE product_id = NEW.product_id AND warehouse_id = NEW.warehouse_id), 0) < 0 THEN RAISE (ABORT, 'not enough in stock') END; END\t=6:2\n"
	"+ trigger\t\tmovements\tmovements_kind\tAFTER INSERT ON movements WHEN NEW.kind = '' BEGIN UPDATE movements SET kind = CASE WHEN NEW.quantity > 0 THEN 'receipt' WHEN NEW.note LIKE 'order %' THEN 'sale' ELSE 'issue' END WHERE id = NEW.id; END\t=6:1\n"
	"+ table\t\t\torder_lines\tWITHOUT ROWID\t=7:2\n"
	"+ index\t\torder_lines\torder_lines_by_product\t(product_id)\t=7:4\n"
	"+ table\t\t\torders\t\t=7:1\n"
	"+ index\t\torders\topen_orders\t(ordered_at) WHERE status = 'open'\t=7:3\n"
	"+ table\t\t\tproduct_suppliers\tWITHOUT ROWID\t=2:2\n"
	"+ index\t\tproduct_suppliers\tproduct_suppliers_by_supplier\t(supplier_id)\t=2:3\n"
	"+ table\t\t\tproducts\t\tCREATE TABLE \"products\" (\\n  id INTEGER PRIMARY KEY,\\n  sku TEXT NOT NULL UNIQUE,\\n  name TEXT NOT NULL,\\n  unit TEXT NOT NULL DEFAULT 'piece',\\n  price_cents INTEGER NOT NULL DEFAULT 0 CHECK (price_cents >= 0),\\n  reorder_level INTEGER NOT NULL DEFAULT 0 CHECK (reorder_level >= 0)\\n, barcode TEXT)\n"
	"+ view\t\t\tstock\tAS SELECT p.id AS product_id, p.sku, p.name, w.code AS warehouse, sum(m.quantity) AS quantity, sum(m.quantity) * p.price_cents AS value_cents FROM movements AS m JOIN products AS p ON p.id = m.product_id JOIN warehouses AS w ON w.id = m.warehouse_id GROUP BY p.id, w.id\t=9:6\n"
	"+ table\t\t\tsuppliers\t\tCREATE TABLE suppliers (\\n  id INTEGER PRIMARY KEY,\\n  name TEXT NOT NULL UNIQUE,\\n  contact TEXT\\n, email TEXT)\n"
	"+ index\t\tsuppliers\tsuppliers_by_email\t(email) WHERE email IS NOT NULL\t=8:3\n"
	"+ table\t\t\twarehouses\t\t=3:1\n";

/* Undefined when linking: link the backend's library too. */
extern const struct bobolink_backend *bobolink_backend_sqlite3(void);
extern const struct bobolink_archive *bobolink_archive_sqlite3(void);
extern int bobolink_schema_validate(struct bobolink_session *session, int when,
				    struct bobolink_error *error);

const struct bobolink_set shop_migrations = {
	.data_version = 4,
	.name = "shop",
	.digest =
		"078a23c68919c8e73408c5725ef3ae02c57b290af6bb48c3a0d7105a29395439",
	.backend = bobolink_backend_sqlite3,
	.archive = bobolink_archive_sqlite3,
	.migrations = migrations,
	.chunks = chunks,
	.schema = schema,
	.validate = bobolink_schema_validate,
	.calls = calls,
	.scripts = &scripts,
	.migration_count = 13,
	.chunk_count = 1,
	.shadow_version = 3040000,
	.call_count = 1,
};
