import type { v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/station-link';
import { printable } from '../domain/authorization';
import type { Limit } from '../domain/limit';
import { placeNumber, sequenceNumber } from '../domain/station-numbers';
import { readTime } from '../domain/station-time';
import type { Said } from '../said';
import type { Transactions } from '../transactions';
import { idTokenInfo, presented } from './id-token';
import { readingsOf } from './readings';

type Request = v21.TransactionEventRequest;
type Message = StationMessage<Request>;

const KINDS = { Started: 'started', Updated: 'updated', Ended: 'ended' } as const;

/** E01 to E06, J02.FR.19: every event is kept and answered; the token's status only where a token came (E01.FR.12). */
export function transactionEvent(transactions: Transactions): DecideEach {
  return {
    shape: 'key',
    async decide(message: Message) {
      const { verdict, limit, totalCost = null } = await transactions.report(said(message), message.payload.transactionInfo.transactionId);
      const payload: v21.TransactionEventResponse = {
        ...(verdict === null ? {} : { idTokenInfo: idTokenInfo(verdict) }),
        ...(totalCost === null ? {} : { totalCost }),
        ...(limit === undefined ? {} : { transactionLimit: limitType(limit) }),
      };
      return { payload };
    },
  };
}

function said(message: Message): Said {
  const { ref, protocol, receivedAt, payload } = message;
  const { meterValue, ...rest } = payload;
  const { eventType, seqNo, timestamp, transactionInfo, idToken } = payload;
  const where = { evse: placeNumber(payload.evse?.id), transaction: transactionInfo.transactionId, seqNo: sequenceNumber(seqNo) };
  return {
    ref,
    protocol,
    receivedAt,
    payload: rest,
    key: [eventType, seqNo, timestamp].join('|'),
    token: idToken === undefined ? null : presented(idToken),
    remoteStartId: transactionInfo.remoteStartId ?? null,
    ...(transactionInfo.transactionLimit === undefined ? {} : { stationLimit: limitIn(transactionInfo.transactionLimit) }),
    chargingState: transactionInfo.chargingState ?? null,
    readings: readingsOf(meterValue ?? [], where, receivedAt),
    report: {
      kind: KINDS[eventType],
      seqNo: sequenceNumber(seqNo),
      time: readTime(timestamp, receivedAt),
      evse: where.evse,
      // E01.FR.16: where it is not said it is not known
      connector: placeNumber(payload.evse?.connectorId),
      idToken: idToken === undefined || idToken.type === 'NoAuthorization' ? null : printable(idToken.idToken),
      meterStartWh: null,
      meterStopWh: null,
      stopReason: eventType === 'Ended' ? (transactionInfo.stoppedReason ?? 'Local') : null,
      flags: oddities(message),
    },
  };
}

/** E16: the station counts in Wh, seconds and the currency it is told costs in. */
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

function oddities({ payload, receivedAt, registration }: Message): string[] {
  const flags: string[] = [];
  if (readTime(payload.timestamp, receivedAt).raw !== null) flags.push('clock');
  if (payload.offline === true) flags.push('offline');
  if (registration !== 'accepted') flags.push('not-accepted');
  return flags;
}
