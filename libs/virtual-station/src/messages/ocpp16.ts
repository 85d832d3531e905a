import type { Reading, Session } from '../charging/session';
import { NoAnswer } from '../connection/ocpp-connection';
import type { Personality } from '../personality/personality';
import { firmware, formatTime, type MessageBuilder } from './message-builder';
import { authorizeContract, isContractAccepted } from './ocpp16-plug-and-charge';

const STATES = { available: 'Available', occupied: 'Charging', reserved: 'Reserved', unavailable: 'Unavailable' } as const;

export function ocpp16Messages(personality: Personality): MessageBuilder {
  const { contract } = personality;
  return {
    boot: () => ({
      action: 'BootNotification',
      payload: {
        chargePointVendor: 'Voltbus',
        chargePointModel: 'Virtual 1.6',
        ...firmware(personality),
        ...vendorExtensions(personality),
      },
    }),
    isAccepted: ({ status }) => status === 'Accepted',
    status: (evse, state, at) => ({
      action: 'StatusNotification',
      payload: {
        connectorId: evse,
        errorCode: 'NoError',
        status: STATES[state],
        timestamp: formatTime(at, personality),
        ...vendorExtensions(personality),
      },
    }),
    authorize: (idToken) => (contract ? authorizeContract(idToken, contract) : { action: 'Authorize', payload: { idTag: idToken } }),
    isAuthorized: contract ? isContractAccepted : isAuthorized,
    readTransactionId,
    ...transactionMessages(personality),
  };
}

function transactionMessages(personality: Personality): Pick<MessageBuilder, 'start' | 'reading' | 'end'> {
  return {
    start: (session, reading) => ({
      action: 'StartTransaction',
      payload: {
        connectorId: session.evse,
        idTag: session.idToken,
        meterStart: register(reading, personality),
        timestamp: formatTime(reading.at, personality),
        ...(session.reservationId === null ? {} : { reservationId: session.reservationId }),
      },
    }),
    reading: (session, reading) => ({
      action: 'MeterValues',
      payload: {
        connectorId: session.evse,
        ...(personality.readingsWithoutTransaction ? {} : { transactionId: idOf(session) }),
        meterValue: [{ timestamp: formatTime(reading.at, personality), sampledValue: samples(reading, personality) }],
      },
    }),
    end: (session, reading, reason) => ({
      action: 'StopTransaction',
      payload: {
        transactionId: personality.stopsUnknown ? -1 : idOf(session),
        meterStop: register(reading, personality),
        timestamp: formatTime(reading.at, personality),
        idTag: session.idToken,
        reason,
      },
    }),
  };
}

function isAuthorized(answer: Record<string, unknown>): boolean {
  return (answer['idTagInfo'] as { status?: unknown } | undefined)?.status === 'Accepted';
}

function readTransactionId(session: Session, answer: Record<string, unknown>): void {
  const id = answer['transactionId'];
  if (typeof id !== 'number') throw new NoAnswer('StartTransaction: the answer was to something else');
  session.transactionId = String(id);
}

/** Stations send -1 while the CSMS has not given an id (errata 3.18). */
function idOf(session: Session): number {
  return session.transactionId === null ? -1 : Number(session.transactionId);
}

/** A register of 1.6, a whole number. */
function register({ wh }: Reading, { kilowattHoursAsWattHours }: Personality): number {
  return kilowattHoursAsWattHours ? Math.round(wh / 1_000) : wh;
}

function samples(
  reading: Reading,
  { bareSamples, kilowattHours, kilowattHoursAsWattHours, numericValues }: Personality,
): Record<string, unknown>[] {
  const energy = kilowattHours || kilowattHoursAsWattHours ? reading.wh / 1_000 : reading.wh;
  const power = Math.round(reading.powerW);
  const value = (amount: number): unknown => (numericValues ? amount : String(amount));
  if (bareSamples) return [{ value: value(reading.wh) }];
  return [
    { value: value(energy), context: reading.context, measurand: 'Energy.Active.Import.Register', unit: kilowattHours ? 'kWh' : 'Wh' },
    { value: value(power), context: reading.context, measurand: 'Power.Active.Import', unit: 'W' },
  ];
}

function vendorExtensions({ chatty }: Personality): Record<string, unknown> {
  return chatty ? { vendorMood: 'fine', iccid: null } : {};
}
