import {
  LARGEST_STATION_NUMBER,
  isOutOfRange,
  readBy,
  readStationTime,
  sequenceNumber,
  stationNumber,
  type Flag,
} from '@voltbus/contracts';
import type { Lacking, v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import { idTokenInfo, printable, tokenOfIdToken } from '../../authorization';
import { eventKind } from '../domain/event-kind';
import { lastReadWh, readings2Of } from '../../metering';
import type { Limit } from '../../limits';
import { messageFlags } from '../domain/message-flags';
import { timeFlags } from '../domain/time-flags';
import type { TransactionAnswer, TransactionMessage } from '../transaction-message';
import type { Transactions } from '../transactions';

/** With what it may lack and be kept all the same (ADR 32). */
type Info = Lacking<v21.TransactionEventRequest['transactionInfo'], 'transactionId'>;
type Whole = Omit<v21.TransactionEventRequest, 'transactionInfo'> & { transactionInfo: Info };
type Request = Lacking<Whole, 'eventType' | 'timestamp' | 'triggerReason' | 'seqNo' | 'transactionInfo'>;
type Message = StationMessage<Request>;

const KINDS = { Started: 'started', Updated: 'updated', Ended: 'ended' } as const;

/** E01 to E06, J02.FR.19: stores and answers every event, with the token's status if it has a token (E01.FR.12). */
export function transactionEvent(transactions: Transactions): DecideEach<v21.TransactionEventRequest, v21.TransactionEventResponse> {
  return {
    shape: 'key',
    async decide(message: Message) {
      const { decision, limit, totalCost = null } = await reported(transactions, message);
      const payload: v21.TransactionEventResponse = {
        ...(decision === null ? {} : { idTokenInfo: idTokenInfo(decision) }),
        ...(totalCost === null ? {} : { totalCost }),
        ...(limit === undefined ? {} : { transactionLimit: limitType(limit) }),
      };
      return { payload };
    },
  };
}

function reported(transactions: Transactions, message: Message): Promise<TransactionAnswer> {
  const id = message.payload.transactionInfo?.transactionId;
  return id === undefined || id === ''
    ? transactions.reportUnnamed(transactionMessage(message))
    : transactions.report(transactionMessage(message), id);
}

function transactionMessage(message: Message): TransactionMessage {
  const { ref, protocol, receivedAt, payload, quirks } = message;
  const { meterValue, ...rest } = payload;
  const { timestamp, transactionInfo = {}, idToken } = payload;
  const where = { evse: stationNumber(payload.evse?.id), transaction: transactionInfo.transactionId ?? '', seqNo: numberOf(message) };
  const token = tokenOfIdToken(idToken);
  const kind = kindOf(payload);
  const readings = readings2Of(meterValue ?? [], where, receivedAt);
  return {
    ref,
    protocol,
    receivedAt,
    payload: rest,
    key: keyOf(message),
    token,
    remoteStartId: stationNumber(transactionInfo.remoteStartId),
    reservationId: stationNumber(payload.reservationId),
    offline: payload.offline === true,
    ...(transactionInfo.transactionLimit === undefined ? {} : { stationLimit: limitIn(transactionInfo.transactionLimit) }),
    chargingState: transactionInfo.chargingState ?? null,
    readings,
    report: {
      kind,
      seqNo: numberOf(message),
      time: readStationTime(timestamp, receivedAt),
      evse: where.evse,
      // E01.FR.16: unknown when it is left out
      connector: stationNumber(payload.evse?.connectorId),
      idToken: token === null || token.type === 'NoAuthorization' ? null : printable(token.idToken),
      meterStartWh: null,
      meterStopWh: null,
      lastReadWh: lastReadWh(readings),
      stopReason: kind === 'ended' ? (transactionInfo.stoppedReason ?? 'Local') : null,
      readBy: readBy(quirks),
      flags: anomalies(message),
    },
  };
}

function kindOf({ eventType, seqNo, transactionInfo }: Request): TransactionMessage['report']['kind'] {
  return eventType === undefined ? eventKind({ seqNo, stoppedReason: transactionInfo?.stoppedReason }) : KINDS[eventType];
}

/** An event without a number comes after all that have one, in the order of receipt. */
function numberOf({ payload, receivedAt }: Message): number {
  return payload.seqNo === undefined ? receivedAt.getTime() : sequenceNumber(payload.seqNo);
}

/**
 * Identifies an event that is sent again. Without a number its content identifies it, and without a time its receipt:
 * stored twice is better than lost.
 */
function keyOf({ payload, written = payload, receivedAt }: Message): string {
  const { eventType, seqNo, timestamp, triggerReason, transactionInfo = {} } = written;
  if (seqNo !== undefined && transactionInfo.transactionId !== undefined) return [eventType, seqNo, timestamp].join('|');
  return [eventType, seqNo, timestamp ?? receivedAt.toISOString(), triggerReason, transactionInfo.chargingState].join('|');
}

/** E16: the station counts in Wh, seconds and the currency in which it is shown costs. */
function limitType({ maxEnergyWh, maxSeconds, maxCost }: Limit): v21.TransactionLimitType {
  return {
    ...(maxEnergyWh === undefined ? {} : { maxEnergy: maxEnergyWh }),
    ...(maxSeconds === undefined ? {} : { maxTime: maxSeconds }),
    ...(maxCost === undefined ? {} : { maxCost: Number(maxCost) }),
  };
}

function limitIn({ maxEnergy, maxTime, maxCost }: v21.TransactionLimitType): Limit {
  return {
    ...(maxEnergy === undefined ? {} : { maxEnergyWh: maxEnergy }),
    ...(maxTime === undefined ? {} : { maxSeconds: maxTime }),
    ...(maxCost === undefined ? {} : { maxCost: String(maxCost) }),
  };
}

function anomalies({ payload, receivedAt, registration, leniency }: Message): Flag[] {
  const { evse, seqNo = 0, timestamp, transactionInfo, idToken } = payload;
  const numbers = [evse?.id, evse?.connectorId, transactionInfo?.remoteStartId];
  const offline = payload.offline === true;
  const flags = [...messageFlags(leniency), ...timeFlags(readStationTime(timestamp, receivedAt), receivedAt, { offline })];
  if (offline) flags.push('offline');
  if (registration !== 'accepted') flags.push('not-accepted');
  if (numbers.some(isOutOfRange) || seqNo > LARGEST_STATION_NUMBER) flags.push('number-out-of-range');
  if (transactionInfo?.transactionId === '' || (idToken !== undefined && tokenOfIdToken(idToken) === null)) flags.push('missing-members');
  return [...new Set(flags)];
}
