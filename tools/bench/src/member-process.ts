import { KafkaBus } from '@voltbus/bus';
import type { Topic } from '@voltbus/contracts';
import { silentLogger } from '@voltbus/testing';
import type { Metrics } from '@voltbus/telemetry';

/** What a member is told on its command line, as JSON. */
export interface MemberTask {
  brokers: readonly string[];
  group: string;
  /** A subscription for each, as a service has them; of the first the parent is told what was handled. */
  topics: readonly Topic[];
}

const metrics: Metrics = {
  counter: () => ({ add: () => undefined }),
  histogram: () => ({ observe: () => undefined }),
  gauge: () => undefined,
};

/** A process like a service's: several subscriptions, joined one after the other, left together. */
async function run(): Promise<void> {
  const { brokers, group, topics } = JSON.parse(process.argv[2] ?? '') as MemberTask; // written by the measuring process
  const tell = (text: string): void => void process.send?.(text);
  const bus = new KafkaBus({ logger: silentLogger, metrics, brokers, clientId: `bench-${process.pid}`, onCrash: 'exit' });
  process.once('SIGTERM', () => void bus.close().then(() => process.exit(0)));
  process.on('disconnect', () => process.exit(0));
  for (const [index, topic] of topics.entries()) {
    const handle = (record: { value: Buffer }): Promise<void> => Promise.resolve(index === 0 ? tell(record.value.toString()) : undefined);
    await bus.subscribe({ group, topics: [topic], route: () => ({ shape: 'key', name: 'bench', handle }) });
  }
  tell('ready');
}

void run();
