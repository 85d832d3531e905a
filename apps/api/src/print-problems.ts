import { problemsPage } from './problems-page';

/** Prints docs/reference/problems.md. */
process.stdout.write(problemsPage());
