import { rewindGroups } from '@voltbus/bus';
import { asksForHelp, helpText, kafkaAccessOf, showSettings } from '@voltbus/runtime';
import { REWIND, readRewindArgs } from './rewind/cli-args';
import { isRewound } from './rewind/rewound-groups';

const EXIT_USAGE = 64;

async function main(args: readonly string[]): Promise<void> {
  if (asksForHelp(args)) return void process.stdout.write(helpText(REWIND));
  const to = readRewindArgs(args, Date.now());
  const { settings, problems } = showSettings();
  if (settings?.KAFKA_BROKERS === undefined) throw new Error(problems.join('\n') || 'VOLTBUS_KAFKA_BROKERS is required');
  const groups = await rewindGroups({ brokers: settings.KAFKA_BROKERS, access: kafkaAccessOf(settings), chosen: isRewound, to });
  process.stdout.write(`${groups.map((group) => `${group} reads again from ${new Date(to).toISOString()}`).join('\n')}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`rewind: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_USAGE;
});
