/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * runner.h - the main() of a Check program with one suite
 */
#ifndef TESTS_RUNNER_H
#define TESTS_RUNNER_H

#include <check.h>
#include <stdlib.h>

/* Run a suite of these cases as the environment (CK_...) says. */
static inline int run_suite(const char *name, TCase *const *cases, size_t count)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int failed;

	for (size_t i = 0; i < count; i++)
		suite_add_tcase(suite, cases[i]);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
