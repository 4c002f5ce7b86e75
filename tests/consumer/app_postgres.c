/* Links the PostgreSQL backend and the client library that it brings. */
#include <stdio.h>

#include <bobolink/postgres.h>

int main(void)
{
	if (!bobolink_backend_postgres() || PQlibVersion() < 140000)
		return 1;
	puts("linked");
	return 0;
}
