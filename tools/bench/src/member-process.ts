import { KafkaBus } from '@voltbus/bus';
import type { Topic } from '@voltbus/contracts';
import { noopTelemetry } from '@voltbus/telemetry';

/** The command line of a member, as JSON. */
export interface MemberTask {
  brokers: readonly string[];
  group: string;
  /** A subscription for each, as a service has them. The records handled of the first one are reported to the parent. */
  topics: readonly Topic[];
}

/** A process like a service's: several subscriptions, joined one after the other, left together. */
async function run(): Promise<void> {
  const { brokers, group, topics } = JSON.parse(process.argv[2] ?? '') as MemberTask; // written by the measuring process
  const report = (text: string): void => void process.send?.(text);
  const bus = new KafkaBus({ ...noopTelemetry, brokers, clientId: `bench-${process.pid}`, onCrash: 'exit' });
  process.once('SIGTERM', () => void bus.close().then(() => process.exit(0)));
  process.on('disconnect', () => process.exit(0));
  for (const [index, topic] of topics.entries()) {
    const handle = (record: { value: Buffer }): Promise<void> => Promise.resolve(index === 0 ? report(record.value.toString()) : undefined);
    await bus.subscribe({ group, topics: [topic], route: () => ({ shape: 'key', name: 'bench', handle }) });
  }
  report('ready');
}

void run();
