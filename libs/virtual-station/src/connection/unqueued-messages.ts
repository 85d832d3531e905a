import type { Protocol } from '@voltbus/contracts';
import type { Reading, Session } from '../charging/session';
import { extraMessages, type ExtraMessageName } from '../messages/extra-messages';
import type { ConnectorState, MessageBuilder } from '../messages/message-builder';
import type { OcppMessage } from '../messages/ocpp-message';
import type { Personality } from '../personality/personality';
import type { ConnectionManager } from './connection-manager';

/** Sends messages that are not about a transaction: they are sent while the station is online, and forgotten otherwise. */
export class UnqueuedMessages {
  constructor(
    private readonly connections: Pick<ConnectionManager, 'call' | 'sendFrame' | 'bootNow'>,
    private readonly messages: MessageBuilder,
    private readonly protocol: Protocol,
    private readonly personality: Personality,
  ) {}

  send(message: OcppMessage): void {
    void this.connections.call(message).catch(() => undefined);
  }

  sendStatus(evse: number, state: ConnectorState): void {
    if (!this.personality.statusless) this.send(this.messages.status(evse, state, new Date()));
  }

  /** H04.FR.01: 1.6 has no such message. */
  sendReservationExpired(reservationId: number): void {
    if (this.protocol === 'ocpp1.6') return;
    this.send({ action: 'ReservationStatusUpdate', payload: { reservationId, reservationUpdateStatus: 'Expired' } });
  }

  /** False: the station cannot send that message when it is triggered. */
  sendTriggered(action: string): boolean {
    if (action === 'StatusNotification') this.sendStatus(1, 'available');
    else if (action === 'Heartbeat') this.send({ action, payload: {} });
    else if (action === 'BootNotification') this.bootAgain();
    else return false;
    return true;
  }

  /** The parts of a report one after the other, with the present time; the rest is not sent when one is not answered. */
  sendReport(action: string, parts: readonly Record<string, unknown>[]): void {
    void this.sendParts(action, parts).catch(() => undefined);
  }

  /** One after the other; the rest is not sent when one is not answered. */
  sendMessages(action: string, payloads: readonly Record<string, unknown>[]): void {
    const send = async (): Promise<void> => {
      for (const payload of payloads) await this.connections.call({ action, payload });
    };
    void send().catch(() => undefined);
  }

  sendExtra(names: readonly ExtraMessageName[] | undefined, session: Session, reading: Reading): void {
    for (const message of extraMessages(names, this.protocol, session, reading)) this.send(message);
  }

  sendStrayFrame({ seqNo }: Reading): void {
    const { strayFrames = [] } = this.personality;
    const frame = strayFrames[seqNo % strayFrames.length];
    if (frame !== undefined) this.connections.sendFrame(frame);
  }

  private async sendParts(action: string, parts: readonly Record<string, unknown>[]): Promise<void> {
    for (const [seqNo, part] of parts.entries())
      await this.connections.call({ action, payload: { ...part, generatedAt: new Date().toISOString(), seqNo } });
  }

  private bootAgain(): void {
    if (!this.connections.bootNow()) this.send(this.messages.boot('PowerUp'));
  }
}
