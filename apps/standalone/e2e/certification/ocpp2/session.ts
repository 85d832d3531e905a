import type { ForeignStation } from '@voltbus/testing';
import { EMAID } from '../contract-pki';
import { TOKENS } from '../world';

type Payload = Record<string, unknown>;

export interface TokenInfo {
  status: string;
  groupIdToken?: { idToken: string };
}

type EventType = 'Started' | 'Updated' | 'Ended';

interface Answer {
  idTokenInfo?: TokenInfo;
  totalCost?: number;
  transactionLimit?: Payload;
}

export interface Event {
  /** `EVConnected` and the like. */
  charging?: string;
  token?: string;
  /** Instead of `token`: one of another type. */
  idToken?: Payload;
  /** Reports the EVSE; once, as a rule (E01.FR.16). */
  evse?: boolean;
  /** Drawn so far. */
  drawnWh?: number;
  stopped?: string;
  remoteStartId?: number;
  reservationId?: number;
  offline?: boolean;
  sampled?: Payload[];
  /** 2.1: the limit that the station has set. */
  limit?: Payload;
  /** 2.1: what the station has reckoned itself. */
  costDetails?: Payload;
}

const METER_WH = 1000;
const MINUTE_MS = 60_000;
const BEGUN_MINUTES_AGO = 60;
let count = 0;

export function idToken(token: string): Payload {
  return { idToken: token, type: token === EMAID ? 'eMAID' : 'ISO14443' };
}

export async function authorized(station: ForeignStation, token: string): Promise<TokenInfo> {
  return (await station.call<{ idTokenInfo: TokenInfo }>('Authorize', { idToken: idToken(token) })).idTokenInfo;
}

export async function status(station: ForeignStation, connectorStatus: string): Promise<void> {
  const timestamp = new Date().toISOString();
  expect(await station.call('StatusNotification', { evseId: 1, connectorId: 1, connectorStatus, timestamp })).toEqual({});
}

export function register(drawnWh: number, context: string): Payload {
  return { value: METER_WH + drawnWh, context, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } };
}

/** A transaction as its station tells it: one event a minute, numbered. */
export class Session {
  readonly transactionId: string;
  private seqNo = 0;
  private readonly begunAt = Math.floor(Date.now() / 1000) * 1000 - BEGUN_MINUTES_AGO * MINUTE_MS;

  constructor(
    private station: ForeignStation,
    transactionId?: string,
  ) {
    this.transactionId = transactionId ?? `cert-tx-${++count}`;
  }

  /** Goes on over another connection of the station. */
  over(station: ForeignStation): this {
    this.station = station;
    return this;
  }

  /** J02.FR.19: answered, with the token's status where one was presented and without where none was (E01.FR.12). */
  async sendEvent(eventType: EventType, triggerReason: string, event: Event = {}): Promise<TokenInfo | undefined> {
    return (await this.isTold(eventType, triggerReason, event)).idTokenInfo;
  }

  /** The same, with all of the answer. */
  async isTold(eventType: EventType, triggerReason: string, event: Event = {}): Promise<Answer> {
    const answer = await this.station.call<Answer>('TransactionEvent', this.payload(eventType, triggerReason, event));
    expect(answer.idTokenInfo === undefined).toBe(event.token === undefined && event.idToken === undefined);
    return answer;
  }

  private payload(eventType: string, triggerReason: string, event: Event): Payload {
    const seqNo = this.seqNo++;
    const timestamp = new Date(this.begunAt + seqNo * MINUTE_MS).toISOString();
    const { charging, token, evse, stopped, remoteStartId, offline, limit, costDetails } = event;
    const sampledValue = event.sampled ?? (event.drawnWh === undefined ? [] : [register(event.drawnWh, context(eventType))]);
    return {
      eventType,
      triggerReason,
      seqNo,
      timestamp,
      transactionInfo: {
        transactionId: this.transactionId,
        ...(charging === undefined ? {} : { chargingState: charging }),
        ...(stopped === undefined ? {} : { stoppedReason: stopped }),
        ...(remoteStartId === undefined ? {} : { remoteStartId }),
        ...(limit === undefined ? {} : { transactionLimit: limit }),
      },
      ...(offline === undefined ? {} : { offline }),
      ...(evse === true ? { evse: { id: 1, connectorId: 1 } } : {}),
      ...(token === undefined ? {} : { idToken: idToken(token) }),
      ...(event.reservationId === undefined ? {} : { reservationId: event.reservationId }),
      ...(event.idToken === undefined ? {} : { idToken: event.idToken }),
      ...(costDetails === undefined ? {} : { costDetails }),
      ...(sampledValue.length === 0 ? {} : { meterValue: [{ timestamp, sampledValue }] }),
    };
  }
}

function context(eventType: string): string {
  return eventType === 'Started' ? 'Transaction.Begin' : eventType === 'Ended' ? 'Transaction.End' : 'Sample.Periodic';
}

/** Plugged in, authorized, charging. */
export async function charging(station: ForeignStation, token: string = TOKENS.VALID): Promise<Session> {
  const session = new Session(station);
  await session.sendEvent('Started', 'CablePluggedIn', { charging: 'EVConnected', evse: true, drawnWh: 0 });
  expect(await session.sendEvent('Updated', 'Authorized', { token })).toMatchObject({ status: 'Accepted' });
  await session.sendEvent('Updated', 'ChargingStateChanged', { charging: 'Charging', drawnWh: 10 });
  return session;
}
