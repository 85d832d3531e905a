/** The actions of one functional block (2.x) or feature profile (1.6), by the side that calls them. The schemas have neither. */
export interface Directions {
  station?: readonly string[];
  csms?: readonly string[];
  both?: readonly string[];
}

/** OCPP 1.6 with the Security Whitepaper, by feature profile. */
export const BLOCKS_16: Readonly<Record<string, Directions>> = {
  Core: {
    station: ['Authorize', 'BootNotification', 'Heartbeat', 'MeterValues', 'StartTransaction', 'StatusNotification', 'StopTransaction'],
    csms: [
      'ChangeAvailability',
      'ChangeConfiguration',
      'ClearCache',
      'GetConfiguration',
      'RemoteStartTransaction',
      'RemoteStopTransaction',
      'Reset',
      'UnlockConnector',
    ],
    both: ['DataTransfer'],
  },
  FirmwareManagement: {
    station: ['DiagnosticsStatusNotification', 'FirmwareStatusNotification'],
    csms: ['GetDiagnostics', 'UpdateFirmware'],
  },
  LocalAuthListManagement: {
    csms: ['GetLocalListVersion', 'SendLocalList'],
  },
  RemoteTrigger: {
    csms: ['TriggerMessage'],
  },
  Reservation: {
    csms: ['CancelReservation', 'ReserveNow'],
  },
  Security: {
    station: ['LogStatusNotification', 'SecurityEventNotification', 'SignCertificate', 'SignedFirmwareStatusNotification'],
    csms: [
      'CertificateSigned',
      'DeleteCertificate',
      'ExtendedTriggerMessage',
      'GetInstalledCertificateIds',
      'GetLog',
      'InstallCertificate',
      'SignedUpdateFirmware',
    ],
  },
  SmartCharging: {
    csms: ['ClearChargingProfile', 'GetCompositeSchedule', 'SetChargingProfile'],
  },
};

/** OCPP 2.x by functional block; 2.0.1 has those actions for which it has a schema. */
export const BLOCKS_2: Readonly<Record<string, Directions>> = {
  A: {
    station: ['SecurityEventNotification', 'SignCertificate'],
    csms: ['CertificateSigned'],
  },
  B: {
    station: ['BootNotification', 'NotifyReport'],
    csms: ['GetBaseReport', 'GetReport', 'GetVariables', 'Reset', 'SetNetworkProfile', 'SetVariables'],
  },
  C: {
    station: ['Authorize', 'NotifySettlement', 'VatNumberValidation'],
    csms: ['ClearCache', 'NotifyWebPaymentStarted'],
  },
  D: {
    csms: ['GetLocalListVersion', 'SendLocalList'],
  },
  E: {
    station: ['TransactionEvent'],
    csms: ['GetTransactionStatus'],
  },
  F: {
    csms: ['RequestStartTransaction', 'RequestStopTransaction', 'TriggerMessage', 'UnlockConnector'],
  },
  G: {
    station: ['Heartbeat', 'StatusNotification'],
    csms: ['ChangeAvailability'],
  },
  H: {
    station: ['ReservationStatusUpdate'],
    csms: ['CancelReservation', 'ReserveNow'],
  },
  I: {
    csms: ['ChangeTransactionTariff', 'ClearTariffs', 'CostUpdated', 'GetTariffs', 'SetDefaultTariff'],
  },
  J: {
    station: ['MeterValues'],
  },
  K: {
    station: [
      'ClearedChargingLimit',
      'NotifyChargingLimit',
      'NotifyEVChargingNeeds',
      'NotifyEVChargingSchedule',
      'NotifyPriorityCharging',
      'PullDynamicScheduleUpdate',
      'ReportChargingProfiles',
    ],
    csms: [
      'ClearChargingProfile',
      'GetChargingProfiles',
      'GetCompositeSchedule',
      'SetChargingProfile',
      'UpdateDynamicSchedule',
      'UsePriorityCharging',
    ],
  },
  L: {
    station: ['FirmwareStatusNotification', 'PublishFirmwareStatusNotification'],
    csms: ['PublishFirmware', 'UnpublishFirmware', 'UpdateFirmware'],
  },
  M: {
    station: ['Get15118EVCertificate', 'GetCertificateChainStatus', 'GetCertificateStatus'],
    csms: ['DeleteCertificate', 'GetInstalledCertificateIds', 'InstallCertificate'],
  },
  N: {
    station: [
      'ClosePeriodicEventStream',
      'LogStatusNotification',
      'NotifyCustomerInformation',
      'NotifyEvent',
      'NotifyMonitoringReport',
      'NotifyPeriodicEventStream',
      'OpenPeriodicEventStream',
    ],
    csms: [
      'AdjustPeriodicEventStream',
      'ClearVariableMonitoring',
      'CustomerInformation',
      'GetLog',
      'GetMonitoringReport',
      'GetPeriodicEventStream',
      'SetMonitoringBase',
      'SetMonitoringLevel',
      'SetVariableMonitoring',
    ],
  },
  O: {
    station: ['NotifyDisplayMessages'],
    csms: ['ClearDisplayMessage', 'GetDisplayMessages', 'SetDisplayMessage'],
  },
  P: {
    both: ['DataTransfer'],
  },
  Q: {
    csms: ['AFRRSignal', 'NotifyAllowedEnergyTransfer'],
  },
  R: {
    station: ['NotifyDERAlarm', 'NotifyDERStartStop', 'ReportDERControl'],
    csms: ['ClearDERControl', 'GetDERControl', 'SetDERControl'],
  },
  S: {
    station: ['BatterySwap'],
    csms: ['RequestBatterySwap'],
  },
};
