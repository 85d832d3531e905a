import { NoAnswer } from './call-line';
import { contractAccepted, contractQuestion } from './contract-question';
import { stamp, type Words } from './words';
import type { Personality } from './personality';
import type { Reading, Session } from './session';

const STATES = { available: 'Available', occupied: 'Charging', unavailable: 'Unavailable' } as const;

/** OCPP 1.6. */
export function words16(personality: Personality): Words {
  const { contract } = personality;
  return {
    boot: () => ({
      action: 'BootNotification',
      payload: { chargePointVendor: 'Voltbus', chargePointModel: 'Virtual 1.6', ...chatter(personality) },
    }),
    accepted: (answer) => answer['status'] === 'Accepted',
    status: (evse, state, at) => ({
      action: 'StatusNotification',
      payload: {
        connectorId: evse,
        errorCode: 'NoError',
        status: STATES[state],
        timestamp: stamp(at, personality),
        ...chatter(personality),
      },
    }),
    authorize: (idToken) => (contract ? contractQuestion(idToken, contract) : { action: 'Authorize', payload: { idTag: idToken } }),
    authorized: contract ? contractAccepted : accepted,
    started: (session, reading) => ({
      action: 'StartTransaction',
      payload: { connectorId: session.evse, idTag: session.idToken, meterStart: reading.wh, timestamp: stamp(reading.at, personality) },
    }),
    begun: (session, answer) => {
      const id = answer['transactionId'];
      if (typeof id !== 'number') throw new NoAnswer('StartTransaction: the answer was to something else');
      session.transactionId = String(id);
    },
    reading: (session, reading) => ({
      action: 'MeterValues',
      payload: {
        connectorId: session.evse,
        ...(personality.readingsWithoutTransaction ? {} : { transactionId: idOf(session) }),
        meterValue: [{ timestamp: stamp(reading.at, personality), sampledValue: samples(reading, personality) }],
      },
    }),
    ended: (session, reading, reason) => ({
      action: 'StopTransaction',
      payload: {
        transactionId: personality.stopsUnknown ? -1 : idOf(session),
        meterStop: reading.wh,
        timestamp: stamp(reading.at, personality),
        idTag: session.idToken,
        reason,
      },
    }),
  };
}

function accepted(answer: Record<string, unknown>): boolean {
  return (answer['idTagInfo'] as { status?: unknown } | undefined)?.status === 'Accepted';
}

/** -1 while the CSMS has not told: what stations send (errata 3.18). */
function idOf(session: Session): number {
  return session.transactionId === null ? -1 : Number(session.transactionId);
}

function samples(reading: Reading, { bareSamples, kilowattHours, numericValues }: Personality): Record<string, unknown>[] {
  const energy = kilowattHours ? reading.wh / 1_000 : reading.wh;
  const power = Math.round(reading.powerW);
  const value = (amount: number): unknown => (numericValues ? amount : String(amount));
  if (bareSamples) return [{ value: value(reading.wh) }];
  return [
    { value: value(energy), context: reading.context, measurand: 'Energy.Active.Import.Register', unit: kilowattHours ? 'kWh' : 'Wh' },
    { value: value(power), context: reading.context, measurand: 'Power.Active.Import', unit: 'W' },
  ];
}

function chatter({ chatty }: Personality): Record<string, unknown> {
  return chatty ? { vendorMood: 'fine', iccid: null } : {};
}
