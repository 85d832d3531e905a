import type { Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/database';
import { readDeadLetter } from './dead-letter';
import type { RouterTelemetry } from '../telemetry';
import type { TypeormDeadLetters } from './typeorm-dead-letters';

/** `csms.dlq.v1`: stored, so that an operator can look at it and replay it. */
export function onDeadLetter(store: Pick<TypeormDeadLetters, 'add'>, telemetry: RouterTelemetry): Handler {
  return {
    shape: 'key',
    name: 'dead-letter',
    async handle(record) {
      const letter = readDeadLetter(record);
      if (await transiently(() => store.add(letter))) telemetry.deadLetterKept(letter);
    },
  };
}
