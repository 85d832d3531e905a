import type { ScriptedStation } from '../scripted-station';
import { TOKEN, minutesBefore } from './recorded-system';

export interface ChargingSession {
  transactionId: string;
  evse?: number;
  /** Minutes before the scenario. */
  start: number;
  minutes: number;
  energyWh: number;
  remoteStartId?: number;
  /** What the station calculated, in euros without tax. */
  stationCost?: number;
}

const FIRST_REGISTER_WH = 1_204_350;
const READINGS = 4;

/** Reports a session as a station does that delivers it later: its start, its readings and, unless it goes on, its end. */
export async function chargeSession(station: ScriptedStation, began: Date, session: ChargingSession, ends = true): Promise<void> {
  await startSession(station, began, session);
  for (let nth = 1; nth < READINGS; nth++) await station.call('TransactionEvent', eventOf(began, session, nth, 'Updated'));
  if (ends) await endSession(station, began, session);
}

export async function startSession(station: ScriptedStation, began: Date, session: ChargingSession): Promise<void> {
  await station.call('TransactionEvent', eventOf(began, session, 0, 'Started'));
}

export async function endSession(station: ScriptedStation, began: Date, session: ChargingSession): Promise<void> {
  await station.call('TransactionEvent', eventOf(began, session, READINGS, 'Ended'));
}

function eventOf(began: Date, session: ChargingSession, nth: number, eventType: 'Started' | 'Updated' | 'Ended'): Record<string, unknown> {
  const { transactionId, evse = 1, start, minutes, energyWh, remoteStartId, stationCost } = session;
  const timestamp = minutesBefore(began, start - (minutes * nth) / READINGS);
  const context = { Started: 'Transaction.Begin', Updated: 'Sample.Periodic', Ended: 'Transaction.End' }[eventType];
  const triggerReason = { Started: 'Authorized', Updated: 'MeterValuePeriodic', Ended: 'StopAuthorized' }[eventType];
  const value = FIRST_REGISTER_WH + (energyWh * nth) / READINGS;
  const measured = { value, context, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } };
  return {
    eventType,
    timestamp,
    triggerReason,
    seqNo: nth,
    transactionInfo: {
      transactionId,
      ...(eventType === 'Ended' ? { stoppedReason: 'Local' } : { chargingState: 'Charging' }),
      ...(remoteStartId === undefined ? {} : { remoteStartId }),
    },
    ...(eventType === 'Updated' ? {} : { idToken: { idToken: TOKEN, type: 'ISO14443' } }),
    ...(eventType === 'Started' ? { evse: { id: evse, connectorId: 1 } } : {}),
    ...(eventType === 'Ended' && stationCost !== undefined ? { costDetails: costDetails(stationCost, session) } : {}),
    meterValue: [{ timestamp, sampledValue: [measured] }],
  };
}

function costDetails(exclTax: number, { energyWh, minutes }: ChargingSession): Record<string, unknown> {
  return {
    totalCost: { currency: 'EUR', typeOfCost: 'NormalCost', total: { exclTax } },
    totalUsage: { energy: energyWh / 1_000, chargingTime: minutes * 60, idleTime: 0 },
  };
}
