import type { Protocol } from '@voltbus/contracts';
import type { Reading, Session } from '../charging/session';
import type { OcppMessage } from './ocpp-message';

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
const HISTORY_DAYS = 2;
/** Quarters of an hour in one message. */
const HISTORY_PER_MESSAGE = 48;
/** The late reading is taken so long after the end: before the next session of the EVSE, whose register it would contradict. */
const LATE_MS = 1;

/** Messages that stations send beside those they must send. None of them is about a session, or changes one. */
const EXTRA_MESSAGES = {
  /** Quirk 44: the register of the whole station's meter. */
  'station-meter': (protocol: Protocol, session: Session, { at, wh }: Reading): OcppMessage[] => [meterValues(protocol, 0, [[at, wh * 2]])],
  /** Quirk 86: a status in a DataTransfer of the vendor. */
  'vendor-status': (): OcppMessage[] => [
    { action: 'DataTransfer', payload: { vendorId: 'EVBox', messageId: 'evbStatusNotification', data: '{"status":"Charging"}' } },
  ],
  /** Quirk 46: the register once more, after the end of the session. */
  'late-reading': (protocol: Protocol, session: Session, { at, wh }: Reading): OcppMessage[] => [
    meterValues(protocol, session.evse, [[new Date(at.getTime() + LATE_MS), wh]], session.transactionId),
  ],
  /** Quirk 47: readings of the EVSE from the days before the session. */
  history: (protocol: Protocol, session: Session, { at, wh }: Reading): OcppMessage[] =>
    Array.from({ length: (HISTORY_DAYS * DAY_MS) / QUARTER_MS / HISTORY_PER_MESSAGE }, (_, part) =>
      meterValues(
        protocol,
        session.evse,
        Array.from({ length: HISTORY_PER_MESSAGE }, (_none, index) => [
          new Date(at.getTime() - HISTORY_DAYS * DAY_MS - (part * HISTORY_PER_MESSAGE + index) * QUARTER_MS),
          wh,
        ]),
      ),
    ),
};

export type ExtraMessageName = keyof typeof EXTRA_MESSAGES;

export function extraMessages(
  names: readonly ExtraMessageName[] = [],
  protocol: Protocol,
  session: Session,
  reading: Reading,
): OcppMessage[] {
  return names.flatMap((name) => EXTRA_MESSAGES[name](protocol, session, reading));
}

function meterValues(
  protocol: Protocol,
  evse: number,
  readings: readonly (readonly [at: Date, wh: number])[],
  transactionId: string | null = null,
): OcppMessage {
  const context = transactionId === null ? 'Sample.Clock' : 'Sample.Periodic';
  const is16 = protocol === 'ocpp1.6';
  const meterValue = readings.map(([at, wh]) => ({
    timestamp: at.toISOString(),
    sampledValue: [{ value: is16 ? String(wh) : wh, context, measurand: 'Energy.Active.Import.Register' }],
  }));
  if (!is16) return { action: 'MeterValues', payload: { evseId: evse, meterValue } };
  const transaction = transactionId === null ? {} : { transactionId: Number(transactionId) };
  return { action: 'MeterValues', payload: { connectorId: evse, ...transaction, meterValue } };
}
