import { asksForHelp, helpText } from '@voltbus/runtime';
import { soak } from './soak';
import { SOAK, readCliArgs } from './cli-args';

const EXIT_USAGE = 64;

async function main(): Promise<void> {
  if (asksForHelp(process.argv.slice(2))) return void process.stdout.write(helpText(SOAK));
  const plan = readCliArgs(process.argv.slice(2));
  const { fleet, verdict, killed, resources, right } = await soak(plan, (text) => process.stderr.write(`soak: ${text}\n`));
  process.stdout.write(`${fleet}\nkilled ${killed.length}\n${resources.join('\n')}\n${verdict}\n`);
  process.exitCode = right ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`soak: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_USAGE;
});
