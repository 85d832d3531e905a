import { cpus } from 'node:os';
import { asksForHelp, helpText } from '@voltbus/runtime';
import { writeRecordedFleet } from './fleet/recorded-fleet';
import { measureFleet, type FleetOptions } from './fleet/measure-fleet';
import { measureFrames, type FramesOptions } from './frames';
import { measureMembers } from './members';
import { ratios, type Pair } from './statistics';
import { measureSystem, type SystemOptions } from './system/measure-system';
import { writeRecordedRun } from './system/recorded-run';
import { BENCH, readArgs } from './cli-args';

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function frames(options: FramesOptions): Promise<void> {
  const { stations, messages, pairs } = options;
  const [cpu] = cpus();
  print(
    `${stations} stations, ${messages} messages each, ${pairs} pairs of rounds; Node ${process.version}, ${cpus().length} x ${cpu?.model ?? '?'}`,
  );
  print('processor time of the gateway for a message and its answer:');
  const measured = await measureFrames(options, (pair) => print(`  ${shown(pair)}`));
  const { least, median } = ratios(measured);
  print(`copies of messages cost: cheapest rounds ${shown(least)}; median of pairs x${median.toFixed(3)}`);
}

async function system(options: SystemOptions): Promise<void> {
  const results = await measureSystem(options, print);
  if (!options.record) return;
  writeRecordedRun(results);
  print('recorded: `npm run docs:performance` writes the page');
}

async function fleet(options: FleetOptions): Promise<void> {
  const result = await measureFleet(options, print);
  if (!options.record) return;
  writeRecordedFleet(result);
  print('recorded: `npm run docs:performance` writes the page');
}

function shown({ off, on }: Pair): string {
  return `off ${off.toFixed(1)} us  on ${on.toFixed(1)} us  x${(on / off).toFixed(3)}`;
}

if (asksForHelp(process.argv.slice(2))) {
  process.stdout.write(helpText(BENCH));
  process.exit(0);
}
const measurement = readArgs(process.argv.slice(2));
if (typeof measurement === 'string') {
  process.stderr.write(`${measurement}\n`);
  process.exit(64);
}
const measure = () => {
  if (measurement.what === 'system') return system(measurement.options);
  if (measurement.what === 'fleet') return fleet(measurement.options);
  return measurement.what === 'frames' ? frames(measurement.options) : measureMembers(measurement.options, print);
};
measure().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
