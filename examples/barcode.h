/*
 * The barcodes on the shop's own labels: EAN-13 numbers that begin with 2, which every shop may use as it likes. The last
 * digit follows from the others, which C says more easily than SQL.
 */
#ifndef EXAMPLES_BARCODE_H
#define EXAMPLES_BARCODE_H

#include <stdint.h>

#include <bobolink/step.h>

#define SHOP_BARCODE_SIZE 14

/* What the migration fill_barcodes calls. The generated header says the same, or the build stops. */
int fill_barcodes(struct bobolink_step *step);

static inline void shop_barcode(int64_t product, char barcode[SHOP_BARCODE_SIZE])
{
	int sum = 0;

	for (int i = 11; i > 0; i--) {
		barcode[i] = (char)('0' + product % 10);
		product /= 10;
	}
	barcode[0] = '2';
	for (int i = 0; i < 12; i++)
		sum += (barcode[i] - '0') * (i % 2 ? 3 : 1);
	barcode[12] = (char)('0' + (10 - sum % 10) % 10);
	barcode[13] = '\0';
}

#endif
