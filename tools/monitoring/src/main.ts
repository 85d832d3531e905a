import { asksForHelp, helpText } from '@voltbus/runtime';
import { verifyOnStack } from './check/verify';
import { MONITORING, readCliArgs } from './cli-args';
import { staleFiles, writeFiles } from './write-files';

const EXIT_USAGE = 64;

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(helpText(MONITORING));
    return 0;
  }
  const task = readCliArgs(args);
  if (task.kind === 'verify') return (await verifyOnStack(task.seconds, (line) => process.stdout.write(`${line}\n`))) ? 0 : 1;
  const stale = staleFiles();
  if (task.kind === 'write') writeFiles();
  for (const path of stale) process.stdout.write(`${path} ${task.kind === 'write' ? 'written' : 'is not fresh: npm run monitoring'}\n`);
  return task.kind === 'check' && stale.length > 0 ? 1 : 0;
}

main()
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error: unknown) => {
    process.stderr.write(`monitoring: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT_USAGE;
  });
