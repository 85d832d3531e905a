import type { EndedTransaction, Protocol, Tariff } from '@voltbus/contracts';
import { price } from '@voltbus/pricing';
import { startService, type ServiceFixture, type SendingStation } from '../../testing/service-fixture';
import type { MeterValue } from '../store/typeorm-readings';

/** A meter value of a message. */
export interface Meter {
  timestamp: string;
  sampledValue: object[];
}

const BEGIN = Date.now() - 20 * 3_600_000;
const TARIFF: Tariff = {
  ...{ tariff: 'day', currency: 'EUR', perKwh: '0.50', perMinute: '0.10', perIdleMinute: '0.20', idleGraceMinutes: 10 },
  ...{ fixed: '0', taxPercent: '0' },
};

/** When a minute of the sessions is, in milliseconds. */
export const momentOf = (minutes: number): number => BEGIN + minutes * 60_000;
export const at = (minutes: number): string => new Date(momentOf(minutes)).toISOString();
export const values = (minutes: number, ...sampledValue: object[]): Meter => ({ timestamp: at(minutes), sampledValue });
export const register16 = (points: readonly (readonly [number, number | string])[], more: object = {}): Meter[][] =>
  points.map(([minutes, wh]) => [values(minutes, { value: String(wh), ...more })]);
export const read2 = (minutes: number, value: number, more: object = {}): Meter[] => [values(minutes, { value, ...more })];
export const costOf = ({ energyWh, periods }: EndedTransaction) => price({ energyWh: energyWh ?? 0, periods }, TARIFF).cost;

/** Sessions of a station of its own for each test, and what was published at their ends. The hooks of the spec start and close the service. */
export class MeteredSessions {
  private started: ServiceFixture | undefined;
  private stations = 0;

  constructor() {
    beforeAll(async () => {
      this.started = await startService();
      const token = { idToken: 'TAG', type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
      await this.started.tokenStore.put('default', token);
    });
    afterAll(() => this.started?.close());
    beforeEach(() => this.nextStation());
  }

  get service(): ServiceFixture {
    if (this.started === undefined) throw new Error('the service has not started');
    return this.started;
  }

  /** The station of this test. */
  get station(): string {
    return `CS-${this.stations}`;
  }

  nextStation(): void {
    this.stations++;
  }

  sender(protocol: Protocol): SendingStation {
    return { protocol, station: this.station };
  }

  /** The last end that was published. */
  readonly account = (): EndedTransaction => {
    const last = this.service.publishedEnds(this.station).at(-1);
    if (last === undefined) throw new Error('no end was published');
    return last;
  };

  /** The readings of the station's session, as the API shows them. */
  readonly readings = async (): Promise<MeterValue[]> => {
    const [{ id } = { id: '' }] = await this.service.transactionsOf(this.station);
    const scope = await this.service.views.readingScope('default', id);
    if (scope === null) throw new Error('no scope');
    const oldestFirst = { by: 'at', descending: false } as const;
    return (await this.service.readingStore.list(scope).read({ filters: {}, sort: oldestFirst, limit: 10, after: null })).items;
  };

  readonly seconds = (kind: string): number => this.account().periods.reduce((sum, one) => sum + (one.kind === kind ? one.seconds : 0), 0);

  readonly receive = (protocol: Protocol, action: string, payload: object) => this.service.receive(this.sender(protocol), action, payload);

  /** A session of 1.6: its start and stop, and the messages between. */
  readonly told16 = async (startWh: number, read: readonly Meter[][], stopWh: number, minutes: number): Promise<void> => {
    const start = { connectorId: 1, idTag: 'TAG', meterStart: startWh, timestamp: at(0) };
    const { transactionId } = await this.receive('ocpp1.6', 'StartTransaction', start);
    for (const meterValue of read) await this.receive('ocpp1.6', 'MeterValues', { connectorId: 1, transactionId, meterValue });
    await this.receive('ocpp1.6', 'StopTransaction', { transactionId, meterStop: stopWh, timestamp: at(minutes), reason: 'Local' });
  };

  /** A session of 2.0.1 with the readings of each minute. */
  readonly told2 = async (events: readonly { at: number; values?: Meter[]; state?: string; seqNo?: number }[]): Promise<void> => {
    for (const [nth, { at: minutes, values: meterValue, state, seqNo = nth }] of events.entries())
      await this.receive('ocpp2.0.1', 'TransactionEvent', {
        eventType: nth === 0 ? 'Started' : nth === events.length - 1 ? 'Ended' : 'Updated',
        ...{ seqNo, timestamp: at(minutes), triggerReason: 'MeterValuePeriodic' },
        transactionInfo: { transactionId: 'T', ...(state === undefined ? {} : { chargingState: state }) },
        ...(meterValue === undefined ? {} : { meterValue }),
        ...(nth === 0 ? { evse: { id: 1, connectorId: 1 } } : {}),
      });
  };
}
