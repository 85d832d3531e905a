import { stamp, type Spoken, type Words } from './words';
import type { Personality } from './personality';
import type { Reading, Session } from './session';

const STATES = { available: 'Available', occupied: 'Occupied', unavailable: 'Unavailable' } as const;

/** OCPP 2.0.1 and 2.1. */
export function words2(personality: Personality): Words {
  const event = (session: Session, reading: Reading, eventType: string, triggerReason: string, more: Record<string, unknown>): Spoken => ({
    action: 'TransactionEvent',
    payload: {
      eventType,
      triggerReason,
      timestamp: stamp(reading.at, personality),
      seqNo: reading.seqNo,
      ...(personality.evseAlways === true || (personality.evseAlways === undefined && eventType === 'Started')
        ? { evse: { id: session.evse, connectorId: 1 } }
        : {}),
      meterValue: [meterValue(reading, personality)],
      ...more,
    },
  });
  return {
    boot: (reason) => ({
      action: 'BootNotification',
      payload: { reason, chargingStation: { vendorName: 'Voltbus', model: 'Virtual 2', ...chatter(personality) } },
    }),
    accepted: (answer) => answer['status'] === 'Accepted',
    status: (evse, state, at) => ({
      action: 'StatusNotification',
      payload: { evseId: evse, connectorId: 1, connectorStatus: STATES[state], timestamp: stamp(at, personality), ...chatter(personality) },
    }),
    authorize: (idToken) => ({ action: 'Authorize', payload: { idToken: { idToken, type: 'ISO14443' } } }),
    authorized: (answer) => (answer['idTokenInfo'] as { status?: unknown } | undefined)?.status === 'Accepted',
    started: (session, reading) =>
      event(session, reading, 'Started', session.remoteStartId === null ? 'Authorized' : 'RemoteStart', {
        transactionInfo: {
          transactionId: session.transactionId,
          chargingState: 'Charging',
          ...(session.remoteStartId === null ? {} : { remoteStartId: session.remoteStartId }),
        },
        idToken: { idToken: session.idToken, type: 'ISO14443' },
      }),
    begun: () => undefined,
    reading: (session, reading) =>
      personality.separateReadings
        ? separate(session, reading, personality)
        : event(session, reading, 'Updated', 'MeterValuePeriodic', {
            transactionInfo: { transactionId: session.transactionId, chargingState: reading.powerW > 0 ? 'Charging' : 'SuspendedEV' },
          }),
    ended: (session, reading, reason) =>
      event(session, reading, 'Ended', 'StopAuthorized', {
        transactionInfo: { transactionId: session.transactionId, stoppedReason: reason },
        idToken: personality.endsNameless ? { idToken: '', type: 'NoAuthorization' } : { idToken: session.idToken, type: 'ISO14443' },
      }),
  };
}

function separate(session: Session, reading: Reading, personality: Personality): Spoken {
  return { action: 'MeterValues', payload: { evseId: session.evse, meterValue: [meterValue(reading, personality)] } };
}

function meterValue(reading: Reading, personality: Personality): Record<string, unknown> {
  const { bareSamples, kilowattHours } = personality;
  const timestamp = stamp(reading.at, personality);
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

function chatter({ chatty }: Personality): Record<string, unknown> {
  return chatty ? { vendorMood: 'fine' } : {};
}
