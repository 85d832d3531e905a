import type { StationMessage } from '@voltbus/service';

/** The security events of OCPP (2.0.1 part 2 appendix 1, 1.6 security whitepaper): a station may name any other. */
const TYPES: ReadonlySet<string> = new Set([
  'FirmwareUpdated',
  'FailedToAuthenticateAtCsms',
  'FailedToAuthenticateAtCentralSystem',
  'CsmsFailedToAuthenticate',
  'CentralSystemFailedToAuthenticate',
  'SettingSystemTime',
  'StartupOfTheDevice',
  'ResetOrReboot',
  'SecurityLogWasCleared',
  'ReconfigurationOfSecurityParameters',
  'MemoryExhaustion',
  'InvalidMessages',
  'AttemptedReplayAttacks',
  'TamperDetectionActivated',
  'InvalidFirmwareSignature',
  'InvalidFirmwareSigningCertificate',
  'InvalidCsmsCertificate',
  'InvalidCentralSystemCertificate',
  'InvalidChargingStationCertificate',
  'InvalidChargePointCertificate',
  'InvalidTLSVersion',
  'InvalidTLSCipherSuite',
  'MaintenanceLoginAccepted',
  'MaintenanceLoginFailed',
]);

interface Store {
  writeMany(messages: readonly StationMessage[]): Promise<void>;
}

/** Counts the security events that are stored, by type. */
export function countingSecurityEvents(store: Store, count: (type: string) => void): Store {
  return {
    writeMany: async (messages) => {
      await store.writeMany(messages);
      for (const { payload } of messages) count(typeOf(payload));
    },
  };
}

function typeOf(payload: unknown): string {
  const { type } = (payload ?? {}) as { type?: unknown };
  return typeof type === 'string' && TYPES.has(type) ? type : 'other';
}
