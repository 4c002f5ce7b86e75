# Writes N migrations with downs into a folder: awk -v kind=KIND -v count=N -v folder=DIR -f generate.awk
#
#   tables   every migration makes a table of eight columns and an index: SQLite's cost of reading
#            and changing a schema grows with the schema
#   wide     one migration makes all the tables, so that what grows is the schema and not the history
#   data     the first ten do that, the rest insert and update rows of those ten tables: the schema
#            stays the same, so what grows with N is the cost of migrations themselves
#   fixes    one migration, and so many fixes, of which the last ten wait for the year 2100
#   due      the same, and one more that looks at every start and finds nothing to do

function write_one_table(file, t) {
	printf "CREATE TABLE %s (\n" \
		"\tid INTEGER PRIMARY KEY,\n" \
		"\tname TEXT NOT NULL,\n" \
		"\tstatus TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'open', 'done')),\n" \
		"\tquantity INTEGER NOT NULL DEFAULT 0,\n" \
		"\tprice NUMERIC,\n" \
		"\tnote TEXT,\n" \
		"\tcreated_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,\n" \
		"\tchanged_at TEXT\n" \
		");\n" \
		"CREATE INDEX %s_by_name ON %s (name, created_at);\n\n", t, t, t >file
}

function write_table(file, t) {
	printf "-- migrate:up\n" >file
	write_one_table(file, t)
	printf "-- migrate:down\n" \
		"DROP TABLE %s;\n", t >file
}

function write_wide(file, number) {
	printf "-- migrate:up\n" >file
	for (number = 1; number <= count; number++)
		write_one_table(file, sprintf("t%05d", number))
}

function write_data(file, t, number) {
	printf "-- migrate:up\n" \
		"-- What the warehouse delivered on day %d; it was counted twice.\n" \
		"INSERT INTO %s (id, name, quantity, price, note)\n" \
		"VALUES (%d, 'item %d', %d, 12.50, 'first delivery; it''s complete');\n" \
		"UPDATE %s SET status = 'open', changed_at = '2026-01-02' WHERE id = %d;\n\n" \
		"-- migrate:down\n" \
		"DELETE FROM %s WHERE id = %d;\n", \
		number, t, number, number, number % 97, t, number, t, number >file
}

function write_fix(number, settings, guard, file) {
	file = sprintf("%s/fixes/%05d_note_item.sql", folder, number)
	printf "-- Item %d was delivered without its note.\n\n" \
		"-- fix:should-run requires:1%s\n" \
		"SELECT count(*) > %d FROM sqlite_master;\n\n" \
		"-- fix:execute\n" \
		"UPDATE t00001 SET note = 'delivered' WHERE id = %d;\n", \
		number, settings, guard, number >file
	close(file)
}

function write_fixes(number) {
	printf "-- migrate:up\n" >(folder "/00001_create_table.sql")
	write_one_table(folder "/00001_create_table.sql", "t00001")
	for (number = 1; number <= count; number++)
		write_fix(number, number > count - 10 ? " not-before:2100-01-01T00:00:00Z" : "", 1)
	if (kind == "due")
		write_fix(number, " repeat:always", 1000000)
}

BEGIN {
	if (kind == "fixes" || kind == "due") {
		write_fixes()
		exit
	}
	if (kind == "wide") {
		write_wide(folder "/00001_create_tables.sql")
		exit
	}
	for (number = 1; number <= count; number++) {
		if (kind == "tables" || number <= 10) {
			t = sprintf("t%05d", number)
			file = sprintf("%s/%05d_create_%s.sql", folder, number, t)
			write_table(file, t)
		} else {
			t = sprintf("t%05d", number % 10 + 1)
			file = sprintf("%s/%05d_deliver_to_%s.sql", folder, number, t)
			write_data(file, t, number)
		}
		close(file)
	}
}
