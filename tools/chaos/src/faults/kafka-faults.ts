import { FRAMES } from '@voltbus/contracts';
import { endAndRestart } from '@voltbus/soak';
import { deleteTopic, makeTopic } from './kafka-topics';
import type { Fault } from './fault';

const BLINK_MS = 5_000;
const AWAY_MS = 40_000;
const MISSING_MS = 20_000;

export const KAFKA_FAULTS: readonly Fault[] = [
  {
    name: 'kafka-blink',
    about: `Kafka is killed and away for ${BLINK_MS / 1_000} s`,
    inject: ({ stack, pause }) => endAndRestart(stack, 'kafka', 'SIGKILL', () => pause(BLINK_MS)),
  },
  {
    name: 'kafka-away',
    about: `Kafka is killed and away for ${AWAY_MS / 1_000} s`,
    inject: ({ stack, pause }) => endAndRestart(stack, 'kafka', 'SIGKILL', () => pause(AWAY_MS)),
  },
  {
    name: 'topic-missing',
    about: `the topic of the message log, whose records may be lost, is missing for ${MISSING_MS / 1_000} s`,
    inject: async ({ stack, pause }) => {
      const { brokers } = stack.facts().kafka;
      await deleteTopic(brokers, FRAMES.name);
      try {
        await pause(MISSING_MS);
      } finally {
        await makeTopic(brokers, FRAMES);
      }
    },
  },
];
