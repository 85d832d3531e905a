import { Module } from '@nestjs/common';
import { UnknownSchema } from '@voltbus/database';
import type { Lifecycle } from '../../lifecycle/lifecycle';
import { runProcess } from '../run';
import { LIFECYCLE } from '../../infrastructure/tokens';

/** A process with one part per phase, for run.spec.ts: it says what it does, and misbehaves as it is told to. */
const behaviour = process.env['VOLTBUS_TEST_BEHAVIOUR'];
const say = (words: string): void => void process.stdout.write(`${words}\n`);
const never = new Promise<void>(() => undefined);

function register(lifecycle: Lifecycle): void {
  lifecycle.add('resources', { name: 'resource', start: () => say('resource started'), stop: () => say('resource stopped') });
  lifecycle.add('work', {
    name: 'work',
    start: async () => {
      say('work started');
      if (behaviour === 'cannot start') throw new Error('no work today');
      if (behaviour === 'finds an unknown schema') throw new UnknownSchema('orders', 'the database');
      if (behaviour === 'starts slowly') await new Promise<void>((told) => process.once('SIGINT', () => setImmediate(told)));
    },
    stop: () => say('work stopped'),
  });
  lifecycle.add('doors', {
    name: 'door',
    start: () => {
      say('door started');
      if (behaviour === 'has a defect') setTimeout(() => void Promise.reject(new Error('nobody thought of this')), 50);
    },
    stop: () => (behaviour === 'does not stop' ? (say('door stays'), never) : say('door stopped')),
  });
}

@Module({ providers: [{ provide: 'parts', inject: [LIFECYCLE], useFactory: (lifecycle: Lifecycle) => (register(lifecycle), true) }] })
class PartsModule {}

void runProcess({ name: 'standalone', mode: 'standalone', module: PartsModule });
