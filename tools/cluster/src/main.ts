import { asksForHelp, helpText } from '@voltbus/runtime';
import { CHECKS } from './checks';
import { CLUSTER, readCliArgs, type ClusterCommand } from './cli-args';
import { namespaceFor, prepare, removeNamespaces, type Context } from './context';
import { openForeignTarget } from './foreign-target';
import { Kubernetes } from './kubernetes';
import { findTarget, startTarget, stopTarget, type Target } from './target';

const EXIT_USAGE = 64;
const EXIT_INTERRUPTED = 130;
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

async function test(command: ClusterCommand): Promise<void> {
  const { foreign } = command;
  if (foreign === null) return runChecks(command, await findTarget(process.env));
  const { target, stop } = await openForeignTarget(foreign, process.env);
  try {
    await runChecks(command, target);
  } finally {
    await stop();
  }
}

/** Every check runs, unless the one that installs fails. However it ends, the namespaces are removed. */
async function runChecks({ checks, stations, keep, ...given }: ClusterCommand, target: Target): Promise<void> {
  const namespace = given.namespace ?? namespaceFor(target);
  const fresh = checks.includes('install');
  const stopped = interruption();
  if (target.foreign) log(`in the namespaces ${namespace}, ${namespace}-fleet and ${namespace}-trial`);
  try {
    const failed = await Promise.race([run(checks, () => prepare(target, { stations, fresh, namespace })), stopped]);
    process.stdout.write(failed.length === 0 ? 'all checks passed\n' : `failed: ${failed.join(', ')}\n`);
    process.exitCode = failed.length === 0 ? 0 : 1;
  } finally {
    if (!keep) await removeNamespaces(new Kubernetes(target.env, namespace));
  }
}

/** Names of the checks that failed. */
async function run(checks: readonly string[], prepared: () => Promise<Context>): Promise<string[]> {
  const context = await prepared();
  const failed: string[] = [];
  for (const check of CHECKS.filter(({ name }) => checks.includes(name))) {
    if (failed.includes('install')) break;
    const reason = await check.leftOut?.(context);
    if (typeof reason === 'string') process.stdout.write(`left out  ${check.name}: ${reason}\n`);
    else if (!(await passes(check, context))) failed.push(check.name);
  }
  return failed;
}

/** Rejects when somebody wants the program to end, so that it can clean up first. */
function interruption(): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        log(`${signal}: the test ends`);
        reject(new Interrupted(signal));
      });
  });
}

class Interrupted extends Error {}

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
  if (error instanceof Interrupted) process.exit(EXIT_INTERRUPTED); // what the check was doing does not end by itself
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
