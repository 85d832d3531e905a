import type { Command } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../../testing/service-fixture';

const BEGIN = Date.now() - 3_600_000;

/** For specs: transactions that began an hour ago and have had no activity since. */
export class StaleTransactionHarness {
  private constructor(readonly service: ServiceFixture) {}

  static async start(): Promise<StaleTransactionHarness> {
    const quiet = new StaleTransactionHarness(await startService());
    const token = { idToken: 'TAG', type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
    await quiet.service.tokenStore.put('default', token);
    return quiet;
  }

  /** The instant that many minutes after the sessions began. */
  at(minutes: number): string {
    return new Date(BEGIN + minutes * 60_000).toISOString();
  }

  /** How far the clock of the service is ahead of the times of the messages. */
  later(ms: number): void {
    this.service.clock.at = () => new Date(Date.now() + ms);
  }

  /** Every lane has been read. */
  sweep(ms?: number): Promise<number> {
    if (ms !== undefined) this.later(ms);
    return this.service.staleTransactions.sweep(() => Promise.resolve(true));
  }

  /** The transaction's id. */
  async start16(station: string): Promise<number> {
    const request = { connectorId: 1, idTag: 'TAG', meterStart: 1000, timestamp: this.at(0) };
    return Number((await this.service.receive({ protocol: 'ocpp1.6', station }, 'StartTransaction', request))['transactionId']);
  }

  reading16(station: string, minute: number, wh: number, more: object = {}, sample: object = {}): Promise<unknown> {
    const meterValue = [{ timestamp: this.at(minute), sampledValue: [{ value: String(wh), ...sample }] }];
    return this.service.receive({ protocol: 'ocpp1.6', station }, 'MeterValues', { connectorId: 1, meterValue, ...more });
  }

  event2(
    station: string,
    eventType: string,
    seqNo: number,
    wh: number,
    { transactionId = `T-${station}`, minute = seqNo } = {},
  ): Promise<unknown> {
    return this.service.receive({ protocol: 'ocpp2.0.1', station }, 'TransactionEvent', {
      ...{ eventType, seqNo, timestamp: this.at(minute), triggerReason: 'Trigger' },
      transactionInfo: { transactionId },
      evse: { id: 1, connectorId: 1 },
      meterValue: [{ timestamp: this.at(minute), sampledValue: [{ value: wh }] }],
    });
  }

  /** The station's answer to GetTransactionStatus, or how the command ended. */
  answered(station: string, response: object | null, end: Partial<Command> = {}): Promise<void> {
    return this.service.staleTransactions.onStatusAnswered({
      ...{ id: '', tenant: 'default', station, action: 'GetTransactionStatus', payload: { transactionId: `T-${station}` } },
      ...{ status: 'answered', response, error: null, createdAt: '', sentAt: null, endedAt: null },
      ...end,
    });
  }
}
