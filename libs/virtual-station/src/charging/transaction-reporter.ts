import type { DeliveryQueue } from '../connection/delivery-queue';
import type { MessageBuilder } from '../messages/message-builder';
import type { OcppMessage } from '../messages/ocpp-message';
import { applyMutations } from '../messages/payload-mutations';
import type { Personality } from '../personality/personality';
import type { Reading, Session } from './session';

/** Queues the messages about a session, and notes in it what the CSMS has acknowledged. */
export class TransactionReporter {
  constructor(
    private readonly queue: DeliveryQueue,
    private readonly messages: MessageBuilder,
    private readonly personality: Pick<Personality, 'silent' | 'mutations'>,
  ) {}

  reportStart(session: Session, reading: Reading): void {
    const onDelivered = (answer: Record<string, unknown>): void => {
      this.messages.readTransactionId(session, answer);
      session.acknowledged.start = true;
    };
    this.enqueue(session, () => this.messages.start(session, reading), { expendable: false, onDelivered });
  }

  reportReading(session: Session, reading: Reading): void {
    if (this.personality.silent) return;
    const onDelivered = (): void => void session.acknowledged.readings.push(reading.at);
    this.enqueue(session, () => this.messages.reading(session, reading), { expendable: true, onDelivered });
  }

  reportEnd(session: Session, reading: Reading): void {
    const onDelivered = (): void => void (session.acknowledged.end = true);
    this.enqueue(session, () => this.messages.end(session, reading, 'Local'), { expendable: false, onDelivered });
  }

  private enqueue(
    session: Session,
    build: () => OcppMessage,
    rules: { expendable: boolean; onDelivered(answer: Record<string, unknown>): void },
  ): void {
    const message = (): OcppMessage => applyMutations(build(), this.personality.mutations);
    this.queue.add({ action: message().action, payload: () => message().payload, ...rules, onLost: () => session.lost++ });
  }
}
