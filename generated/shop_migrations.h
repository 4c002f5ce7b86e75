/* Made by `bobolink compile`: edit the SQL files, not this one. */
#ifndef SHOP_MIGRATIONS_H
#define SHOP_MIGRATIONS_H

#include <bobolink/migrations.h>

/* The version of each migration, and of the last (-1 when there is none). */
#define SHOP_V0001_CREATE_PRODUCTS INT64_C(1)
#define SHOP_V0002_CREATE_SUPPLIERS INT64_C(2)
#define SHOP_V0003_CREATE_WAREHOUSES INT64_C(3)
#define SHOP_V0004_CREATE_MOVEMENTS INT64_C(4)
#define SHOP_V0005_STOCK_VIEW INT64_C(5)
#define SHOP_V0006_CHECK_MOVEMENTS INT64_C(6)
#define SHOP_V0007_CREATE_ORDERS INT64_C(7)
#define SHOP_V0008_SUPPLIER_EMAIL INT64_C(8)
#define SHOP_V0009_PRICES_IN_CENTS INT64_C(9)
#define SHOP_V0010_SAMPLE_PRODUCTS INT64_C(10)
#define SHOP_V0011_PRODUCT_BARCODE INT64_C(11)
#define SHOP_V0012_FILL_BARCODES INT64_C(12)
#define SHOP_V0013_SAMPLE_DELIVERY INT64_C(13)
#define SHOP_HEAD_VERSION SHOP_V0013_SAMPLE_DELIVERY

#ifdef __cplusplus
extern "C" {
#endif

/* The functions of the application that the migrations call: see bobolink/step.h. */
int fill_barcodes(struct bobolink_step *step);

/* The migrations of "shop": for bobolink_migrate() and bobolink_open(). */
extern const struct bobolink_set shop_migrations;

#ifdef __cplusplus
}
#endif

#endif
