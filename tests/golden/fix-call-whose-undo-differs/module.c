struct bobolink_step;
struct sqlite3;
void *bobolink_step_connection(const struct bobolink_step *step);
int bobolink_step_fail(struct bobolink_step *step, const char *format, ...);
int sqlite3_exec(struct sqlite3 *db, const char *sql, void *row, void *context, char **message);

int fill(struct bobolink_step *step)
{
	return sqlite3_exec(bobolink_step_connection(step), "UPDATE orders SET user_id = 1", 0, 0,
			    0);
}

int empty(struct bobolink_step *step)
{
	return sqlite3_exec(bobolink_step_connection(step), "UPDATE orders SET user_id = 2", 0, 0,
			    0);
}
