import { asksForHelp, helpText } from '@voltbus/runtime';
import { chaos } from './chaos';
import { CHAOS, readCliArgs } from './cli-args';
import type { InjectedFault } from './inject';

const EXIT_USAGE = 64;

async function main(): Promise<void> {
  if (asksForHelp(process.argv.slice(2))) return void process.stdout.write(helpText(CHAOS));
  const plan = readCliArgs(process.argv.slice(2));
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  const log = (text: string): void => void process.stderr.write(`chaos: ${text}\n`);
  const { injected, accounts, evidence, violations, right } = await chaos(plan, { log, interrupted: interruption.signal });
  const lines = [...injected.map(lineOf), ...accounts, evidence, ...violations, `violations ${violations.length}`];
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = right && injected.every(({ error }) => error === null) ? 0 : 1;
}

function lineOf({ name, seconds, error }: InjectedFault): string {
  return `${name}  ${seconds} s${error === null ? '' : `  not injected: ${error}`}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`chaos: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_USAGE;
});
