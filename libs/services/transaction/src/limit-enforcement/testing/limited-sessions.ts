import type { Protocol } from '@voltbus/contracts';
import { checkResponse } from '@voltbus/ocpp';
import type { Token } from '../../authorization/domain/authorization';
import { priceEventsOf, tariff } from '../../prices/testing/price-events';
import { startService, type ServiceFixture } from '../../testing/service-fixture';

interface LimitedEvent {
  token?: string;
  remoteStartId?: number;
  /** The station's own. */
  limit?: object;
  wh?: number;
  minutes?: number;
  trigger?: string;
  protocol?: Protocol;
  offline?: boolean;
}

/** For specs: sessions at 1 a kWh, by tokens with limits, and a clock that goes with them. */
export class LimitedSessions {
  private readonly began = Date.now();
  private tokens = 0;

  private constructor(readonly service: ServiceFixture) {}

  static async start(): Promise<LimitedSessions> {
    const sessions = new LimitedSessions(await startService());
    const { terms, price } = priceEventsOf(sessions.service);
    await terms('default', { showCost: false });
    await price('default', tariff('day', '1', { perIdleMinute: '0', fixed: '0', taxPercent: '0' }));
    return sessions;
  }

  /** The instant that many minutes after they began. */
  at(minutes: number): Date {
    return new Date(this.began + minutes * 60_000);
  }

  /** It is so late. */
  pass(minutes: number): void {
    this.service.clock.at = () => this.at(minutes);
  }

  /** One that nobody else has. */
  async aToken(more: Partial<Token> = {}): Promise<string> {
    const idToken = `TAG-${++this.tokens}`;
    const token = { idToken, type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
    await this.service.tokenStore.put('default', { ...token, ...more });
    return idToken;
  }

  /** A TransactionEvent, and what it is answered, by the schema. */
  async event(station: string, eventType: string, seqNo: number, content: LimitedEvent = {}): Promise<Record<string, unknown>> {
    const { token, remoteStartId, limit, wh, minutes = seqNo, trigger = 'Authorized', protocol = 'ocpp2.1', offline } = content;
    const timestamp = this.at(minutes).toISOString();
    const payload = {
      ...{ eventType, seqNo, timestamp, triggerReason: trigger },
      transactionInfo: {
        transactionId: `T-${station}`,
        ...(remoteStartId === undefined ? {} : { remoteStartId }),
        ...(limit === undefined ? {} : { transactionLimit: limit }),
      },
      ...(token === undefined ? {} : { idToken: { idToken: token, type: 'ISO14443' } }),
      ...(wh === undefined ? {} : { meterValue: [{ timestamp, sampledValue: [{ value: wh }] }] }),
      ...(offline === undefined ? {} : { offline }),
    };
    const answer = await this.service.receive({ protocol, station, receivedAt: this.at(minutes) }, 'TransactionEvent', payload);
    expect(checkResponse(protocol, 'TransactionEvent', answer, 'strict')).toMatchObject({ ok: true });
    return answer;
  }
}

/** Null: none. */
export function limitIn(answer: Record<string, unknown>): unknown {
  return answer['transactionLimit'] ?? null;
}
