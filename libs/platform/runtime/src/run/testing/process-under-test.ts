import { Module } from '@nestjs/common';
import { UnknownSchema } from '@voltbus/database';
import type { Lifecycle } from '../../lifecycle/lifecycle';
import { runProcess } from '../run';
import { LIFECYCLE } from '../../infrastructure/tokens';

/**
 * A process with one part per phase, for run.spec.ts. It prints what it does, and misbehaves as its argument demands.
 */
const behaviour = process.env['VOLTBUS_TEST_BEHAVIOUR'];
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const never = new Promise<void>(() => undefined);

function register(lifecycle: Lifecycle): void {
  lifecycle.add('resources', { name: 'resource', start: () => print('resource started'), stop: () => print('resource stopped') });
  lifecycle.add('work', {
    name: 'work',
    start: async () => {
      print('work started');
      if (behaviour === 'cannot start') throw new Error('no work today');
      if (behaviour === 'finds an unknown schema') throw new UnknownSchema('orders', 'the database');
      if (behaviour === 'starts slowly') await new Promise<void>((resolve) => process.once('SIGINT', () => setImmediate(resolve)));
    },
    stop: () => print('work stopped'),
  });
  lifecycle.add('listeners', {
    name: 'listener',
    start: () => {
      print('listener started');
      if (behaviour === 'has a defect') setTimeout(() => void Promise.reject(new Error('nobody thought of this')), 50);
    },
    stop: () => (behaviour === 'does not stop' ? (print('listener stays'), never) : print('listener stopped')),
  });
}

@Module({ providers: [{ provide: 'parts', inject: [LIFECYCLE], useFactory: (lifecycle: Lifecycle) => (register(lifecycle), true) }] })
class PartsModule {}

void runProcess({ name: 'standalone', mode: 'standalone', module: PartsModule });
