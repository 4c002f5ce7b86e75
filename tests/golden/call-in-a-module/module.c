struct bobolink_step;
struct sqlite3;
void *bobolink_step_connection(const struct bobolink_step *step);
int bobolink_step_fail(struct bobolink_step *step, const char *format, ...);
int sqlite3_exec(struct sqlite3 *db, const char *sql, void *row, void *context, char **message);

/* The tool has a function of this name. */
const char *arena_alloc(void)
{
	return "INSERT INTO orders (id) VALUES (1)";
}

int fill(struct bobolink_step *step)
{
	return sqlite3_exec(bobolink_step_connection(step), arena_alloc(), 0, 0, 0);
}

int empty(struct bobolink_step *step)
{
	return sqlite3_exec(bobolink_step_connection(step), "DELETE FROM orders WHERE id = 1", 0, 0,
			    0);
}
