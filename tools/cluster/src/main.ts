import { asksForHelp, helpText } from '@voltbus/runtime';
import { CHECKS } from './checks';
import { CLUSTER, readCliArgs, type ClusterCommand } from './cli-args';
import { prepare, removeNamespaces, type Context } from './context';
import { findTarget, startTarget, stopTarget } from './target';

const EXIT_USAGE = 64;
const log = (text: string): void => void process.stderr.write(`cluster: ${text}\n`);

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) return void process.stdout.write(helpText(CLUSTER));
  const command = readCommand(args);
  if (command.name === 'up') await startTarget();
  if (command.name === 'test') await test(command);
  if (command.name === 'status') await status();
  if (command.name === 'down') await stopTarget();
}

function readCommand(args: readonly string[]): ClusterCommand {
  try {
    return readCliArgs(args);
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
    return process.exit(EXIT_USAGE);
  }
}

/** Every check runs, unless the one that installs fails. */
async function test({ checks, stations, keep }: ClusterCommand): Promise<void> {
  const context = await prepare(await findTarget(process.env), stations, { fresh: checks.includes('install') });
  const failed: string[] = [];
  for (const check of CHECKS.filter(({ name }) => checks.includes(name))) {
    if (failed.includes('install')) break;
    if (!(await passes(check, context))) failed.push(check.name);
  }
  if (!keep) await removeNamespaces(context.kubernetes);
  process.stdout.write(failed.length === 0 ? 'all checks passed\n' : `failed: ${failed.join(', ')}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

async function passes({ name, run }: (typeof CHECKS)[number], context: Context): Promise<boolean> {
  const begun = performance.now();
  const took = (): string => `${((performance.now() - begun) / 1_000).toFixed(0)} s`;
  try {
    const figures = await run(context);
    process.stdout.write(`ok    ${name} (${took()})  ${figures}\n`);
    return true;
  } catch (error) {
    process.stdout.write(`FAIL  ${name} (${took()})  ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

async function status(): Promise<void> {
  const { env } = await findTarget(process.env);
  for (const [name, value] of Object.entries(env)) process.stdout.write(`export ${name}='${value}'\n`);
}

main().catch((error: unknown) => {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
