import { isOutOfRange, readBy, readStationTime, stationNumber, type Flag } from '@voltbus/contracts';
import type { Lacking, v16 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import { idTagInfo, printable, tokenIdentity, tokenOfIdTag } from '../../authorization';
import type { CostDisplay } from '../../prices';
import { messageFlags } from '../domain/message-flags';
import { timeFlags } from '../domain/time-flags';
import type { TransactionMessage } from '../transaction-message';
import type { Transactions } from '../transactions';

type Request = Lacking<v16.StartTransactionRequest, 'connectorId' | 'idTag' | 'meterStart' | 'timestamp'>;
type Message = StationMessage<Request>;

/** The connector of an EVSE: 1.6 does not distinguish the two. */
const CONNECTOR = 1;
/** The answer to a start without a token: nobody has authorized it. */
const NO_TOKEN = { status: 'Invalid' } as const;

/** Stands for the time in the key of a start without one. */
const UNTIMED = 'untimed';

/** Section 4.8: a transaction id and the token's status, always, also when the token is not accepted. A driver who waits there is shown the price. */
export function startTransaction(
  transactions: Transactions,
  costs: CostDisplay,
): DecideEach<v16.StartTransactionRequest, v16.StartTransactionResponse> {
  return {
    shape: 'key',
    async decide(message: Message) {
      const { payload: read, written = read } = message;
      const { ocppTransactionId, decision } = await transactions.start(transactionMessage(message), startKey(written), startKey(read));
      if (decision?.status === 'Accepted' && message.awaited)
        await costs.price(message.ref, { idToken: printable(read.idTag ?? ''), groupId: decision.groupId, at: message.receivedAt });
      const info = decision === null ? NO_TOKEN : idTagInfo(decision);
      const payload: v16.StartTransactionResponse = { transactionId: Number(ocppTransactionId), idTagInfo: info };
      return { payload };
    },
  };
}

/** The key by which a repeated start is recognized: stations repeat it under new message ids, and quirks may be switched in between. */
function startKey({ connectorId, idTag = '', timestamp = UNTIMED, meterStart }: Request): string {
  return [connectorId, tokenIdentity(idTag), timestamp, meterStart].join('|');
}

function transactionMessage({ ref, protocol, receivedAt, payload, leniency, quirks }: Message): TransactionMessage {
  const time = readStationTime(payload.timestamp, receivedAt);
  const token = tokenOfIdTag(payload.idTag);
  return {
    ref,
    protocol,
    receivedAt,
    payload,
    key: 'start',
    token,
    chargingState: null,
    readings: [],
    reservationId: stationNumber(payload.reservationId),
    untimed: payload.timestamp === undefined,
    report: {
      kind: 'started',
      seqNo: 0,
      time,
      evse: stationNumber(payload.connectorId),
      connector: CONNECTOR,
      idToken: token === null ? null : printable(token.idToken),
      meterStartWh: payload.meterStart ?? null,
      meterStopWh: null,
      stopReason: null,
      readBy: readBy(quirks),
      flags: [...timeFlags(time, receivedAt, { offline: false }), ...flagsOf({ payload, leniency }, token === null)],
    },
  };
}

function flagsOf({ payload, leniency }: Pick<Message, 'payload' | 'leniency'>, tokenMissing: boolean): Flag[] {
  return [
    ...(tokenMissing ? (['missing-members'] as const) : []),
    ...(isOutOfRange(payload.connectorId) ? (['number-out-of-range'] as const) : []),
    ...messageFlags(leniency),
  ];
}
