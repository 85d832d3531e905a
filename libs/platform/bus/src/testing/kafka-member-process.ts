import { type Topic } from '@voltbus/contracts';
import { KafkaBus } from '../kafka/kafka-bus';
import { noopTelemetry } from '@voltbus/telemetry';

/** The task of the process, as JSON on its command line. */
export interface MemberTask {
  kind: 'follow' | 'group';
  brokers: readonly string[];
  topic: Topic;
  group: string;
  /** After so many records the next ones are begun and never done; null: all are done. */
  holdsFrom: number | null;
}

// A process of its own for `kafka-processes.int.spec.ts` to stop and to kill. It tells its parent what it has handled.
async function main(): Promise<void> {
  const { kind, brokers, topic, group, holdsFrom } = JSON.parse(process.argv[2] ?? '') as MemberTask; // written by the test beside it
  const tell = (text: string) => void process.send?.(text);
  const bus = new KafkaBus({ ...noopTelemetry, brokers, clientId: 'member', onCrash: 'rebuild' });
  if (kind === 'follow') await bus.follow({ name: 'member', topic, partition: 0, handle: (record) => tell(record.value.toString()) });
  else {
    let begun = 0;
    const handle = async (record: { value: Buffer }) => {
      if (holdsFrom !== null && ++begun > holdsFrom) await new Promise<never>(() => undefined);
      tell(record.value.toString());
    };
    await bus.subscribe({ group, topics: [topic], route: () => ({ shape: 'key', name: 'member', handle }) });
  }
  tell('ready');
}

void main();
