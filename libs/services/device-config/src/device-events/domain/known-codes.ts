/** What a code means, and how severe it is by OCPP's scale: 0 danger, 1 hardware failure, 2 system failure, 3 critical, 4 error, 5 alert, 6 warning, 7 notice. */
interface KnownCode {
  meaning: string;
  severity: number;
}

/** ChargePointErrorCode of 1.6 (section 7.6). The severities are ours. */
const ERROR_CODES: Readonly<Record<string, KnownCode>> = {
  ConnectorLockFailure: { meaning: 'The connector cannot be locked or unlocked', severity: 4 },
  EVCommunicationError: { meaning: 'Communication with the vehicle failed', severity: 6 },
  GroundFailure: { meaning: 'The ground fault protection has tripped', severity: 0 },
  HighTemperature: { meaning: 'The temperature inside is too high', severity: 3 },
  InternalError: { meaning: 'An error of hardware or software', severity: 3 },
  LocalListConflict: { meaning: 'The local authorization list conflicts with an answer of the CSMS', severity: 6 },
  OtherError: { meaning: 'Another error; see the code of the vendor', severity: 4 },
  OverCurrentFailure: { meaning: 'The overcurrent protection has tripped', severity: 3 },
  OverVoltage: { meaning: 'The voltage is too high', severity: 3 },
  PowerMeterFailure: { meaning: 'The meter cannot be read', severity: 3 },
  PowerSwitchFailure: { meaning: 'The power switch cannot be controlled', severity: 1 },
  ReaderFailure: { meaning: 'The card reader fails', severity: 4 },
  ResetFailure: { meaning: 'A reset could not be made', severity: 4 },
  UnderVoltage: { meaning: 'The voltage is too low', severity: 4 },
  WeakSignal: { meaning: 'The radio signal is weak', severity: 7 },
};

/** Minimum required error codes of the ChargeX consortium (`https://chargex.inl.gov`), which several vendors send. */
const CHARGEX: readonly (readonly [name: string, severity: number])[] = [
  ...([
    ['ConnectorLockFailure', 4],
    ['GroundFailure', 0],
    ['HighTemperature', 3],
    ['OverCurrentFailure', 3],
    ['OverVoltage', 3],
  ] as const),
  ...([
    ['UnderVoltage', 4],
    ['WeakSignal', 7],
    ['EmergencyStop', 0],
    ['AuthorizationTimeout', 6],
    ['InvalidVehicleMode', 6],
  ] as const),
  ...([
    ['CableCheckFailure', 4],
    ['PreChargeFailure', 4],
    ['NoInternet', 5],
    ['PilotFault', 3],
    ['PowerLoss', 3],
  ] as const),
  ...([
    ['EVContactorFault', 4],
    ['EVSEContactorFault', 1],
    ['CableOverTempDerate', 6],
    ['CableOverTempStop', 3],
    ['PartialInsertion', 6],
  ] as const),
  ...([
    ['CapacitanceFault', 3],
    ['ResistanceFault', 3],
    ['ProximityFault', 3],
    ['ConnectorVoltageHigh', 0],
    ['BrokenLatch', 4],
  ] as const),
  ...([['CutCable', 0]] as const),
];
const BY_CHARGEX = new Map(
  CHARGEX.map(([name, severity], nth) => [`CX${String(nth + 1).padStart(3, '0')}`, { meaning: `${name} (ChargeX MREC)`, severity }]),
);

/** What the first code that is known means; null: none is. */
export function knownCode(codes: readonly (string | null)[]): KnownCode | null {
  for (const code of codes) {
    const written = (code ?? '').trim();
    const known = BY_CHARGEX.get(written.toUpperCase()) ?? (Object.hasOwn(ERROR_CODES, written) ? ERROR_CODES[written] : undefined);
    if (known !== undefined) return known;
  }
  return null;
}
