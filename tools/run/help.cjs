'use strict';

/** Prints the help and ends, if `--help` is among the arguments. Called before anything is installed or built. */
function printHelpIfAsked(help) {
  if (!process.argv.includes('--help')) return;
  process.stdout.write(help);
  process.exit(0);
}

/** The same for a command that writes a generated page. */
function printPageHelpIfAsked(command, page, source) {
  printHelpIfAsked(`npm run ${command} [-- --check]

Writes ${page} from ${source}.

  --check  write nothing; end with 1 if the page is not fresh
  --help   show this
`);
}

module.exports = { printHelpIfAsked, printPageHelpIfAsked };
