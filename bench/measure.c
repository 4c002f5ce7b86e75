/*
 * Runs two commands in turn, A B A B …, and compares them pair by pair.
 *
 *     measure RUNS PREPARE A… -- B…
 *
 * PREPARE is a shell command that runs before each of them and is not timed ("" for none). Prints
 * one line: median milliseconds of A, of B, the median of the ratios A/B of the pairs, the same of
 * processor time instead of wall-clock time, and the peak memory of A in KiB. Fails when a command
 * fails.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 1000

struct side {
	char **argv;
	double ms[MAX_RUNS];
	double cpu[MAX_RUNS];
	long peak;
};

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double cpu_ms(const struct rusage *usage)
{
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1e3 +
	       (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e3;
}

static _Noreturn void run_child(char **argv)
{
	int null = open("/dev/null", O_WRONLY);

	if (null >= 0)
		dup2(null, STDOUT_FILENO);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

static int run(struct side *side, int number, const char *prepare)
{
	struct rusage usage;
	double begin;
	pid_t child;
	int status;

	if (*prepare && system(prepare))
		return -1;
	begin = now_ms();
	child = fork();
	if (child == 0)
		run_child(side->argv);
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		return -1;
	side->ms[number] = now_ms() - begin;
	side->cpu[number] = cpu_ms(&usage);
	if (usage.ru_maxrss > side->peak)
		side->peak = usage.ru_maxrss;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	fprintf(stderr, "measure: %s did not succeed\n", side->argv[0]);
	return -1;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof(*values), compare);
	return (values[count / 2] + values[(count - 1) / 2]) / 2;
}

static void print(struct side *a, struct side *b, int runs)
{
	static double ratio[MAX_RUNS];
	static double cpu_ratio[MAX_RUNS];

	for (int i = 0; i < runs; i++) {
		ratio[i] = a->ms[i] / b->ms[i];
		cpu_ratio[i] = b->cpu[i] > 0 ? a->cpu[i] / b->cpu[i] : 0;
	}
	printf("%.3f %.3f %.3f %.3f %ld\n", median(a->ms, runs), median(b->ms, runs),
	       median(ratio, runs), median(cpu_ratio, runs), a->peak);
}

int main(int argc, char **argv)
{
	static struct side a;
	static struct side b;
	long runs = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	int split = 3;

	while (split < argc && strcmp(argv[split], "--") != 0)
		split++;
	if (runs < 1 || runs > MAX_RUNS || split == 3 || split + 1 >= argc) {
		fprintf(stderr, "usage: measure RUNS PREPARE A... -- B...\n");
		return 2;
	}
	argv[split] = NULL;
	a.argv = argv + 3;
	b.argv = argv + split + 1;
	for (int i = 0; i < (int)runs; i++)
		if (run(&a, i, argv[2]) || run(&b, i, argv[2]))
			return 1;
	print(&a, &b, (int)runs);
	return fflush(stdout) ? 1 : 0;
}
