import type { Protocol } from '@voltbus/contracts';
import type { Reading, Session } from './session';
import type { Spoken } from './words';

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
/** Days of quarters of an hour are told at once. */
const HISTORY_DAYS = 2;
const HISTORY_AT_ONCE = 48;
/** A meter goes on being read after the session. */
const LATE_MS = 20_000;

/** What stations say beside what they have to. None of it is about a session, or changes one. */
const ASIDES = {
  /** Quirk 44: the meter of the whole station. */
  'station-meter': (protocol: Protocol, session: Session, { at, wh }: Reading): Spoken[] => [meterValues(protocol, 0, [[at, wh * 2]])],
  /** Quirk 86: what a StatusNotification is for, as the vendor has it. */
  'vendor-status': (): Spoken[] => [
    { action: 'DataTransfer', payload: { vendorId: 'EVBox', messageId: 'evbStatusNotification', data: '{"status":"Charging"}' } },
  ],
  /** Quirk 46: the register once more, after the end. */
  'late-reading': (protocol: Protocol, session: Session, { at, wh }: Reading): Spoken[] => [
    meterValues(protocol, session.evse, [[new Date(at.getTime() + LATE_MS), wh]], session.transactionId),
  ],
  /** Quirk 47: what an EVSE counted before anybody charged. */
  history: (protocol: Protocol, session: Session, { at, wh }: Reading): Spoken[] =>
    Array.from({ length: (HISTORY_DAYS * DAY_MS) / QUARTER_MS / HISTORY_AT_ONCE }, (_, part) =>
      meterValues(
        protocol,
        session.evse,
        Array.from({ length: HISTORY_AT_ONCE }, (_none, index) => [
          new Date(at.getTime() - HISTORY_DAYS * DAY_MS - (part * HISTORY_AT_ONCE + index) * QUARTER_MS),
          wh,
        ]),
      ),
    ),
};

export type AsideName = keyof typeof ASIDES;

export function asides(names: readonly AsideName[] = [], protocol: Protocol, session: Session, reading: Reading): Spoken[] {
  return names.flatMap((name) => ASIDES[name](protocol, session, reading));
}

function meterValues(
  protocol: Protocol,
  evse: number,
  at: readonly (readonly [Date, number])[],
  transactionId: string | null = null,
): Spoken {
  const context = transactionId === null ? 'Sample.Clock' : 'Sample.Periodic';
  const old = protocol === 'ocpp1.6';
  const meterValue = at.map(([time, wh]) => ({
    timestamp: time.toISOString(),
    sampledValue: [{ value: old ? String(wh) : wh, context, measurand: 'Energy.Active.Import.Register' }],
  }));
  if (!old) return { action: 'MeterValues', payload: { evseId: evse, meterValue } };
  const named = transactionId === null ? {} : { transactionId: Number(transactionId) };
  return { action: 'MeterValues', payload: { connectorId: evse, ...named, meterValue } };
}
