-- The last digit of a barcode is computed: a function of the program does that, for a thousand products at a time.

-- migrate:up call:fill_barcodes transaction:off

-- migrate:down
UPDATE products SET barcode = NULL WHERE barcode IS NOT NULL;
