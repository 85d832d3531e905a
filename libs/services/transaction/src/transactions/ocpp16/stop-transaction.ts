import { readBy, readStationTime } from '@voltbus/contracts';
import type { Lacking, v16 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import { idTagInfo, printable, tokenOfIdTag } from '../../authorization';
import { lastReadWh, readings16Of } from '../../metering';
import type { CostDisplay } from '../../prices';
import { messageFlags } from '../domain/message-flags';
import { timeFlags } from '../domain/time-flags';
import type { TransactionMessage } from '../transaction-message';
import type { Transactions } from '../transactions';

type Request = Lacking<v16.StopTransactionRequest, 'transactionId' | 'meterStop' | 'timestamp'>;
type Message = StationMessage<Request>;

/** Errata 3.18: the transaction id that stations send when they were never given one. */
const NO_ID = -1;

/** Section 4.10: the CSMS may not refuse to stop; the token's status is sent only for a token in the request. */
export function stopTransaction(
  transactions: Transactions,
  costs: CostDisplay,
): DecideEach<v16.StopTransactionRequest, v16.StopTransactionResponse> {
  return {
    shape: 'key',
    async decide(message: Message) {
      const { decision, ocppTransactionId } = await transactions.stop(
        transactionMessage(message),
        String(message.payload.transactionId ?? NO_ID),
      );
      if (message.awaited) await costs.finalCost(message.ref, ocppTransactionId, message.receivedAt);
      const payload: v16.StopTransactionResponse = decision === null ? {} : { idTagInfo: idTagInfo(decision) };
      return { payload };
    },
  };
}

/**
 * The key that makes a repeated stop the same stop. A stop with neither an id nor a time is identified by its receipt.
 */
function stopKey({ transactionId, timestamp, meterStop }: Request, reason: string, receivedAt: Date): string {
  const when = timestamp ?? (transactionId === undefined ? receivedAt.toISOString() : '');
  return ['stop', when, meterStop, reason].join('|');
}

function transactionMessage({
  ref,
  protocol,
  receivedAt,
  registration,
  payload,
  written = payload,
  leniency,
  quirks,
}: Message): TransactionMessage {
  const { transactionData, ...rest } = payload;
  const time = readStationTime(payload.timestamp, receivedAt);
  const readings = readings16Of(transactionData ?? [], { evse: null, transaction: '' }, receivedAt);
  const reason = payload.reason ?? 'Local';
  const token = tokenOfIdTag(payload.idTag);
  return {
    ref,
    protocol,
    receivedAt,
    payload: rest,
    key: stopKey(written, reason, receivedAt),
    token,
    chargingState: null,
    readings,
    report: {
      kind: 'ended',
      seqNo: 1,
      time,
      evse: null,
      connector: null,
      idToken: token === null ? null : printable(token.idToken),
      meterStartWh: null,
      meterStopWh: payload.meterStop ?? null,
      lastReadWh: lastReadWh(readings),
      stopReason: reason,
      readBy: readBy(quirks),
      flags: [
        ...timeFlags(time, receivedAt, { offline: false }),
        ...(registration === 'accepted' ? [] : (['not-accepted'] as const)),
        ...messageFlags(leniency),
      ],
    },
  };
}
