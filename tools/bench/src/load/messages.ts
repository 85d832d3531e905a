/** The token of a station's sessions: a driver charges at one station at a time. */
export function tokenOf(station: number): string {
  return `CARD-${station}`;
}

/** A reading every second of the station's time, so that each is a row of its own. */
const READING_MS = 1_000;
const iso = (time: number): string => new Date(time).toISOString();

const BOOTS = {
  'ocpp1.6': { chargePointVendor: 'Bench', chargePointModel: 'One', firmwareVersion: '1.0', chargePointSerialNumber: '4711' },
  'ocpp2.0.1': { reason: 'PowerUp', chargingStation: { vendorName: 'Bench', model: 'Two', firmwareVersion: '1.0' } },
} as const;

export function boot(protocol: keyof typeof BOOTS): object {
  return BOOTS[protocol];
}

export function available(): object {
  return { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: iso(Date.now()) };
}

export function start16(station: number, begin: number): object {
  return { connectorId: 1, idTag: tokenOf(station), meterStart: 0, timestamp: iso(begin) };
}

export function stop16({ station, transactionId }: { station: number; transactionId: number }, begin: number, readings: number): object {
  return {
    transactionId,
    idTag: tokenOf(station),
    meterStop: energyWh(readings),
    timestamp: iso(begin + (readings + 1) * READING_MS),
    reason: 'Local',
  };
}

/** 1.6 MeterValues with four samples. */
export function meterValues16(transactionId: number, begin: number, nth: number): object {
  const sampledValue = [
    { value: String(energyWh(nth)), context: 'Sample.Periodic', measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
    { value: '11040', context: 'Sample.Periodic', measurand: 'Power.Active.Import', unit: 'W' },
    { value: '16.0', context: 'Sample.Periodic', measurand: 'Current.Import', phase: 'L1', unit: 'A' },
    { value: '230.1', context: 'Sample.Periodic', measurand: 'Voltage', phase: 'L1-N', unit: 'V' },
  ];
  return { connectorId: 1, transactionId, meterValue: [{ timestamp: iso(begin + nth * READING_MS), sampledValue }] };
}

/** 2.0.1 TransactionEvent: the first one starts the transaction, all others update it with a sample. */
export function transactionEvent(
  { station, transactionId }: { station: number; transactionId: string },
  begin: number,
  nth: number,
): object {
  const timestamp = iso(begin + nth * READING_MS);
  const shared = { timestamp, seqNo: nth, transactionInfo: { transactionId, chargingState: 'Charging' } };
  if (nth === 0)
    return {
      ...shared,
      eventType: 'Started',
      triggerReason: 'Authorized',
      evse: { id: 1, connectorId: 1 },
      idToken: { idToken: tokenOf(station), type: 'ISO14443' },
    };
  const sampledValue = [
    { value: energyWh(nth), context: 'Sample.Periodic', measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } },
    { value: 11_040, context: 'Sample.Periodic', measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W' } },
  ];
  return { ...shared, eventType: 'Updated', triggerReason: 'MeterValuePeriodic', meterValue: [{ timestamp, sampledValue }] };
}

function energyWh(nth: number): number {
  return nth * 3;
}
