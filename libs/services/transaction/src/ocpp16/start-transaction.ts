import type { v16 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/station-link';
import { printable, tokenIdentity } from '../domain/authorization';
import { placeNumber } from '../domain/station-numbers';
import { readTime, timeFlags } from '../domain/station-time';
import type { Said } from '../said';
import type { Transactions } from '../transactions';
import { idTagInfo, presented } from './id-tag';

type Message = StationMessage<v16.StartTransactionRequest>;

/** The connector of an EVSE: 1.6 tells them not apart. */
const CONNECTOR = 1;

/** Section 4.8: a transaction id and the token's status, always, also when the token is not accepted. */
export function startTransaction(transactions: Transactions): DecideEach {
  return {
    shape: 'key',
    async decide(message: Message) {
      const { ocppTransactionId, verdict } = await transactions.start(said(message), startKey(message.payload));
      if (verdict === null) throw new Error('a start always presents a token');
      const payload: v16.StartTransactionResponse = { transactionId: Number(ocppTransactionId), idTagInfo: idTagInfo(verdict) };
      return { payload };
    },
  };
}

/** What makes a repeated start the same start: stations repeat it under new message ids. */
function startKey({ connectorId, idTag, timestamp, meterStart }: v16.StartTransactionRequest): string {
  return [connectorId, tokenIdentity(idTag), timestamp, meterStart].join('|');
}

function said({ ref, protocol, receivedAt, payload }: Message): Said {
  const time = readTime(payload.timestamp, receivedAt);
  return {
    ref,
    protocol,
    receivedAt,
    payload,
    key: 'start',
    token: presented(payload.idTag),
    chargingState: null,
    readings: [],
    report: {
      kind: 'started',
      seqNo: 0,
      time,
      evse: placeNumber(payload.connectorId),
      connector: CONNECTOR,
      idToken: printable(payload.idTag),
      meterStartWh: payload.meterStart,
      meterStopWh: null,
      stopReason: null,
      flags: timeFlags(time, receivedAt, { offline: false }),
    },
  };
}
