import type { Reading, Session } from '../charging/session';
import type { Personality } from '../personality/personality';
import { firmware, formatTime, type MessageBuilder } from './message-builder';
import type { OcppMessage } from './ocpp-message';

const STATES = { available: 'Available', occupied: 'Occupied', reserved: 'Reserved', unavailable: 'Unavailable' } as const;
type Transaction = { transactionInfo: object; idToken?: object; reservationId?: number };

/** Builds the messages of OCPP 2.0.1 and 2.1. */
export function ocpp2Messages(personality: Personality): MessageBuilder {
  return {
    boot: (reason) => ({
      action: 'BootNotification',
      payload: {
        reason,
        chargingStation: { vendorName: 'Voltbus', model: 'Virtual 2', ...firmware(personality), ...vendorExtensions(personality) },
      },
    }),
    isAccepted: ({ status }) => status === 'Accepted',
    status: (evse, state, at) => ({
      action: 'StatusNotification',
      payload: {
        evseId: evse,
        connectorId: 1,
        connectorStatus: STATES[state],
        timestamp: formatTime(at, personality),
        ...vendorExtensions(personality),
      },
    }),
    authorize: (idToken) => ({ action: 'Authorize', payload: { idToken: { idToken, type: 'ISO14443' } } }),
    isAuthorized: (answer) => (answer['idTokenInfo'] as { status?: unknown } | undefined)?.status === 'Accepted',
    readTransactionId: () => undefined,
    ...transactionEvents(personality),
  };
}

function transactionEvents(personality: Personality): Pick<MessageBuilder, 'start' | 'reading' | 'end'> {
  const { separateReadings, endsNameless } = personality;
  const event = transactionEvent(personality);
  return {
    start: (session, reading) =>
      event(session, reading, ['Started', session.remoteStartId === null ? 'Authorized' : 'RemoteStart'], {
        transactionInfo: {
          transactionId: session.transactionId,
          chargingState: 'Charging',
          ...(session.remoteStartId === null ? {} : { remoteStartId: session.remoteStartId }),
        },
        idToken: { idToken: session.idToken, type: 'ISO14443' },
        ...(session.reservationId === null ? {} : { reservationId: session.reservationId }),
      }),
    reading: (session, reading) =>
      separateReadings
        ? { action: 'MeterValues', payload: { evseId: session.evse, meterValue: [meterValue(reading, personality)] } }
        : event(session, reading, ['Updated', 'MeterValuePeriodic'], {
            transactionInfo: { transactionId: session.transactionId, chargingState: reading.powerW > 0 ? 'Charging' : 'SuspendedEV' },
          }),
    end: (session, reading, reason) =>
      event(session, reading, ['Ended', 'StopAuthorized'], {
        transactionInfo: { transactionId: session.transactionId, stoppedReason: reason },
        idToken: endsNameless ? { idToken: '', type: 'NoAuthorization' } : { idToken: session.idToken, type: 'ISO14443' },
      }),
  };
}

function transactionEvent(personality: Personality) {
  const { evseAlways } = personality;
  return (
    session: Session,
    reading: Reading,
    [eventType, triggerReason]: readonly [eventType: string, triggerReason: string],
    transaction: Transaction,
  ): OcppMessage => ({
    action: 'TransactionEvent',
    payload: {
      eventType,
      triggerReason,
      timestamp: formatTime(reading.at, personality),
      seqNo: reading.seqNo,
      ...((evseAlways ?? eventType === 'Started') ? { evse: { id: session.evse, connectorId: 1 } } : {}),
      meterValue: [meterValue(reading, personality)],
      ...transaction,
    },
  });
}

function meterValue(reading: Reading, personality: Personality): Record<string, unknown> {
  const { bareSamples, kilowattHours } = personality;
  const timestamp = formatTime(reading.at, personality);
  if (bareSamples) return { timestamp, sampledValue: [{ value: reading.wh, context: reading.context }] };
  return {
    timestamp,
    sampledValue: [
      {
        value: kilowattHours ? reading.wh / 1_000 : reading.wh,
        context: reading.context,
        measurand: 'Energy.Active.Import.Register',
        unitOfMeasure: { unit: kilowattHours ? 'kWh' : 'Wh' },
      },
      { value: Math.round(reading.powerW), context: reading.context, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W' } },
    ],
  };
}

function vendorExtensions({ chatty }: Personality): Record<string, unknown> {
  return chatty ? { vendorMood: 'fine' } : {};
}
