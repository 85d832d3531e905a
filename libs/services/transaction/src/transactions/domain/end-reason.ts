/** Why sessions end, in the few values that a metric may have: a station may write any text as its reason. */
export type EndReasonClass = 'driver' | 'vehicle' | 'remote' | 'limit' | 'refused' | 'fault' | 'other' | 'none';

const CLASSES: Readonly<Record<string, EndReasonClass>> = {
  Local: 'driver',
  StoppedByEV: 'vehicle',
  EVDisconnected: 'vehicle',
  Remote: 'remote',
  MasterPass: 'remote',
  UnlockCommand: 'remote',
  EnergyLimitReached: 'limit',
  SOCLimitReached: 'limit',
  TimeLimitReached: 'limit',
  CostLimitReached: 'limit',
  LimitSet: 'limit',
  LocalOutOfCredit: 'limit',
  Timeout: 'limit',
  DeAuthorized: 'refused',
  ReqEnergyTransferRejected: 'refused',
  EmergencyStop: 'fault',
  GroundFault: 'fault',
  HardReset: 'fault',
  ImmediateReset: 'fault',
  OvercurrentFault: 'fault',
  PowerLoss: 'fault',
  PowerQuality: 'fault',
  Reboot: 'fault',
  SoftReset: 'fault',
};

/** `none`: the station gave no reason, which 1.6 means as Local, or the end was concluded without it. */
export function endReasonClass(reason: string | null): EndReasonClass {
  if (reason === null) return 'none';
  return Object.hasOwn(CLASSES, reason) ? (CLASSES[reason] ?? 'other') : 'other';
}
