import { asksForHelp, helpText } from '@voltbus/runtime';
import { RESTORE_DRILL, readDrillArgs } from './restore/cli-args';
import { restoreDrill } from './restore/restore-drill';

const EXIT_USAGE = 64;
/** What is said to differ is no fault then. */
const RIGHT = 'right: nothing is lost or doubled, and what differs was issued again, with the same id and a later issuedAt';

async function main(): Promise<void> {
  if (asksForHelp(process.argv.slice(2))) return void process.stdout.write(helpText(RESTORE_DRILL));
  const plan = readDrillArgs(process.argv.slice(2));
  const { fleet, lostSeconds, rewound, verdict, right } = await restoreDrill(plan, (text) =>
    process.stderr.write(`restore-drill: ${text}\n`),
  );
  process.stdout.write(`${fleet}\n${rewound}\nthe database had lost ${lostSeconds} s\n${verdict}\n${right ? RIGHT : 'wrong'}\n`);
  process.exitCode = right ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`restore-drill: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_USAGE;
});
