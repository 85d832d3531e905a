import { limitsPage } from './limits-page';

/** Prints docs/reference/limits.md. */
process.stdout.write(limitsPage());
