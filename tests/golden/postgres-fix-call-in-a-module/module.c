struct bobolink_step;
typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
void *bobolink_step_connection(const struct bobolink_step *step);
int bobolink_step_fail(struct bobolink_step *step, const char *format, ...);
PGresult *PQexec(PGconn *db, const char *sql);
int PQresultStatus(const PGresult *result);
void PQclear(PGresult *result);

static int run(struct bobolink_step *step, const char *sql)
{
	PGresult *result = PQexec(bobolink_step_connection(step), sql);
	int status = PQresultStatus(result);

	PQclear(result);
	return status == 1 ? 0 : bobolink_step_fail(step, "status %d", status);
}

int fill(struct bobolink_step *step)
{
	return run(step, "UPDATE orders SET user_id = 1 WHERE user_id IS NULL");
}

int empty(struct bobolink_step *step)
{
	return run(step, "UPDATE orders SET user_id = NULL WHERE user_id = 1");
}
