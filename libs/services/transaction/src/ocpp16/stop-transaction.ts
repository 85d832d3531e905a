import type { v16 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/station-link';
import { printable } from '../domain/authorization';
import { lastReadWh } from '../domain/last-read';
import { readTime, timeFlags } from '../domain/station-time';
import type { Said } from '../said';
import type { Transactions } from '../transactions';
import { idTagInfo, presented } from './id-tag';
import { readingsOf } from './readings';

type Message = StationMessage<v16.StopTransactionRequest>;

/** Section 4.10: the CSMS may not refuse to stop; the token's status only where a token came. */
export function stopTransaction(transactions: Transactions): DecideEach {
  return {
    shape: 'key',
    async decide(message: Message) {
      const { verdict } = await transactions.stop(said(message), String(message.payload.transactionId));
      const payload: v16.StopTransactionResponse = verdict === null ? {} : { idTagInfo: idTagInfo(verdict) };
      return { payload };
    },
  };
}

function said({ ref, protocol, receivedAt, registration, payload }: Message): Said {
  const { transactionData, ...rest } = payload;
  const time = readTime(payload.timestamp, receivedAt);
  const readings = readingsOf(transactionData ?? [], { evse: null, transaction: '' }, receivedAt);
  const reason = payload.reason ?? 'Local';
  return {
    ref,
    protocol,
    receivedAt,
    payload: rest,
    key: ['stop', payload.timestamp, payload.meterStop, reason].join('|'),
    token: payload.idTag === undefined ? null : presented(payload.idTag),
    chargingState: null,
    readings,
    report: {
      kind: 'ended',
      seqNo: 1,
      time,
      evse: null,
      connector: null,
      idToken: payload.idTag === undefined ? null : printable(payload.idTag),
      meterStartWh: null,
      meterStopWh: payload.meterStop,
      lastReadWh: lastReadWh(readings),
      stopReason: reason,
      flags: [...timeFlags(time, receivedAt, { offline: false }), ...(registration === 'accepted' ? [] : ['not-accepted'])],
    },
  };
}
