import { isSameName, type VariableName } from './variable';

/** Component and variable of 2.x; an instance stands in brackets behind the name. */
type Counterpart = readonly [component: string, variable: string, variableInstance?: string];

/**
 * The standard keys of 1.6 (1.6 section 9, security whitepaper section 3.1, the plug-and-charge application note section 6) and the variables of 2.x that mean the same
 * (2.0.1 part 2, "Referenced Components and Variables"). Keys without a counterpart are left out, and so are those whose values are written in another way
 * there (ConnectorPhaseRotation).
 */
const STANDARD_KEYS: Readonly<Record<string, Counterpart>> = {
  AllowOfflineTxForUnknownId: ['AuthCtrlr', 'OfflineTxForUnknownIdEnabled'],
  AuthorizationCacheEnabled: ['AuthCacheCtrlr', 'Enabled'],
  AuthorizeRemoteTxRequests: ['AuthCtrlr', 'AuthorizeRemoteStart'],
  ClockAlignedDataInterval: ['AlignedDataCtrlr', 'Interval'],
  ConnectionTimeOut: ['TxCtrlr', 'EVConnectionTimeOut'],
  GetConfigurationMaxKeys: ['DeviceDataCtrlr', 'ItemsPerMessage', 'GetVariables'],
  HeartbeatInterval: ['OCPPCommCtrlr', 'HeartbeatInterval'],
  LocalAuthorizeOffline: ['AuthCtrlr', 'LocalAuthorizeOffline'],
  LocalPreAuthorize: ['AuthCtrlr', 'LocalPreAuthorize'],
  MaxEnergyOnInvalidId: ['TxCtrlr', 'MaxEnergyOnInvalidId'],
  MeterValuesAlignedData: ['AlignedDataCtrlr', 'Measurands'],
  MeterValuesSampledData: ['SampledDataCtrlr', 'TxUpdatedMeasurands'],
  MeterValueSampleInterval: ['SampledDataCtrlr', 'TxUpdatedInterval'],
  ResetRetries: ['OCPPCommCtrlr', 'ResetRetries'],
  StopTransactionOnEVSideDisconnect: ['TxCtrlr', 'StopTxOnEVSideDisconnect'],
  StopTransactionOnInvalidId: ['TxCtrlr', 'StopTxOnInvalidId'],
  StopTxnAlignedData: ['AlignedDataCtrlr', 'TxEndedMeasurands'],
  StopTxnSampledData: ['SampledDataCtrlr', 'TxEndedMeasurands'],
  TransactionMessageAttempts: ['OCPPCommCtrlr', 'MessageAttempts', 'TransactionEvent'],
  TransactionMessageRetryInterval: ['OCPPCommCtrlr', 'MessageAttemptInterval', 'TransactionEvent'],
  UnlockConnectorOnEVSideDisconnect: ['OCPPCommCtrlr', 'UnlockOnEVSideDisconnect'],
  WebSocketPingInterval: ['OCPPCommCtrlr', 'WebSocketPingInterval'],
  LocalAuthListEnabled: ['LocalAuthListCtrlr', 'Enabled'],
  SendLocalListMaxLength: ['LocalAuthListCtrlr', 'ItemsPerMessage'],
  ReserveConnectorZeroSupported: ['ReservationCtrlr', 'NonEvseSpecific'],
  ChargeProfileMaxStackLevel: ['SmartChargingCtrlr', 'ProfileStackLevel'],
  ChargingScheduleAllowedChargingRateUnit: ['SmartChargingCtrlr', 'RateUnit'],
  ChargingScheduleMaxPeriods: ['SmartChargingCtrlr', 'PeriodsPerSchedule'],
  ConnectorSwitch3to1PhaseSupported: ['SmartChargingCtrlr', 'Phases3to1'],
  MaxChargingProfilesInstalled: ['SmartChargingCtrlr', 'Entries', 'ChargingProfiles'],
  AdditionalRootCertificateCheck: ['SecurityCtrlr', 'AdditionalRootCertificateCheck'],
  AuthorizationKey: ['SecurityCtrlr', 'BasicAuthPassword'],
  CertificateSignedMaxChainSize: ['SecurityCtrlr', 'MaxCertificateChainSize'],
  CpoName: ['SecurityCtrlr', 'OrganizationName'],
  SecurityProfile: ['SecurityCtrlr', 'SecurityProfile'],
  CentralContractValidationAllowed: ['ISO15118Ctrlr', 'CentralContractValidationAllowed'],
  ContractValidationOffline: ['ISO15118Ctrlr', 'ContractValidationOffline'],
  ISO15118PnCEnabled: ['ISO15118Ctrlr', 'PnCEnabled'],
};

const BY_KEY = new Map(Object.entries(STANDARD_KEYS).map(([key, counterpart]) => [key.toLowerCase(), counterpart]));

/** What a key of 1.6 is called; it has the names of 2.x where it has a counterpart there. */
export function nameOfKey(key: string): VariableName {
  const [component, variable, variableInstance = null] = BY_KEY.get(key.toLowerCase()) ?? [null, key];
  return { component, componentInstance: null, evse: null, connector: null, variable, variableInstance, key };
}

/** The key of 1.6 for a variable of 2.x; null: it has none. */
export function keyOf({
  component,
  componentInstance,
  evse,
  connector,
  variable,
  variableInstance,
}: Omit<VariableName, 'key'>): string | null {
  if (component === null || componentInstance !== null || evse !== null || connector !== null) return null;
  const found = Object.entries(STANDARD_KEYS).find(
    ([, [one, other, instance = '']]) =>
      isSameName(one, component) && isSameName(other, variable) && isSameName(instance, variableInstance ?? ''),
  );
  return found?.[0] ?? null;
}
