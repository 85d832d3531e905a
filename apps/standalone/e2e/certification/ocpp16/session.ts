import type { ForeignStation } from '@voltbus/testing';
import { TOKENS } from '../world';

interface IdTagInfo {
  status: string;
  parentIdTag?: string;
}

const HOUR_MS = 3_600_000;
/** Sessions of the cases began an hour ago and draw this much. */
export const CHARGED_WH = 7000;
const METER_WH = 1000;

function at(minutes: number): string {
  return new Date(Math.floor(Date.now() / 1000) * 1000 - HOUR_MS + minutes * 60_000).toISOString();
}

export async function authorized(station: ForeignStation, idTag: string): Promise<IdTagInfo> {
  return (await station.call<{ idTagInfo: IdTagInfo }>('Authorize', { idTag })).idTagInfo;
}

export async function status(station: ForeignStation, word: string, errorCode = 'NoError'): Promise<void> {
  expect(await station.call('StatusNotification', { connectorId: 1, errorCode, status: word })).toEqual({});
}

export async function started(station: ForeignStation, idTag: string = TOKENS.VALID, minutes = 0, reservationId?: number) {
  const named = reservationId === undefined ? {} : { reservationId };
  const request = { connectorId: 1, idTag, meterStart: METER_WH, timestamp: at(minutes), ...named };
  const answer = await station.call<{ transactionId: number; idTagInfo: IdTagInfo }>('StartTransaction', request);
  expect(answer.transactionId).toBeGreaterThan(0);
  return answer;
}

export function metered(station: ForeignStation, transactionId: number, minutes: number) {
  const sampledValue = [{ value: String(METER_WH + (CHARGED_WH * minutes) / 60), measurand: 'Energy.Active.Import.Register', unit: 'Wh' }];
  return station.call('MeterValues', { connectorId: 1, transactionId, meterValue: [{ timestamp: at(minutes), sampledValue }] });
}

export function stopped(station: ForeignStation, transactionId: number, more: { reason: string; idTag?: string; drawnWh?: number }) {
  const { drawnWh = CHARGED_WH, ...rest } = more;
  return station.call<{ idTagInfo?: IdTagInfo }>('StopTransaction', {
    transactionId,
    meterStop: METER_WH + drawnWh,
    timestamp: at(59),
    ...rest,
  });
}
