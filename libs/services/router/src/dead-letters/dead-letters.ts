import type { Bus, BusRecord } from '@voltbus/bus';
import { CsmsError, TOPICS } from '@voltbus/contracts';
import type { RouterTelemetry } from '../telemetry';
import { leftBehind, originalRecord, readDeadLetter, type DeadLetter } from './dead-letter';
import type { TypeormDeadLetters } from './typeorm-dead-letters';

interface DeadLettersParts {
  store: TypeormDeadLetters;
  bus: Bus;
  telemetry: RouterTelemetry;
  now(): Date;
}

/** Stores dead letters, and replays them. */
export class DeadLetters {
  constructor(private readonly parts: DeadLettersParts) {}

  /** Stores a record of `csms.internal.dlq.v1`, once, so that an operator can look at it and replay it. */
  async store(record: BusRecord): Promise<void> {
    const { store, telemetry } = this.parts;
    const letter = readDeadLetter(record);
    if (await store.add(letter)) telemetry.deadLetterStored(letter);
  }

  /**
   * Publishes it once more to its original topic, with the same key, value and headers. Failing again makes another
   * dead letter.
   */
  async replay(tenant: string, id: string): Promise<DeadLetter> {
    const { store, bus, now } = this.parts;
    const letter = await store.find(tenant, id);
    if (letter === null) throw new CsmsError('not-found', 'no such dead letter');
    const topic = TOPICS.find(({ name }) => name === letter.topic);
    if (topic === undefined) throw new CsmsError('conflict', `there is no topic ${letter.topic} any more`);
    if (leftBehind(letter)) throw new CsmsError('conflict', `it is too large for the bus: its value is still with ${letter.consumer}`);
    const original = await store.original(letter);
    if (original === null)
      throw new CsmsError(
        'conflict',
        'its secrets are encrypted under a key that is not set: set that key as VOLTBUS_ENCRYPTION_KEY_PREVIOUS',
      );
    await bus.publish(topic, originalRecord(original));
    const at = now();
    await store.replayed(letter, at);
    return { ...letter, replayedAt: at.toISOString() };
  }
}
