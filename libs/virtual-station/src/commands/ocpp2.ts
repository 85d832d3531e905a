import {
  accepted,
  acceptedIf,
  cancelReservation,
  certificateSigned,
  deleteCertificate,
  installCertificate,
  listOf,
  recordOf,
  setAvailable,
  takesStart,
  textOf,
  trigger,
} from './payload-values';
import type { CommandHandler, Payload, StationControls } from './station-controls';
import { MONITOR_COMMANDS } from './monitor-commands';
import { uploadLog } from './upload-log';
import { storedName } from './variable-requests';

/** The commands of OCPP 2.0.1 and 2.1 that a small station carries out. */
export const OCPP2_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  ...MONITOR_COMMANDS,
  CancelReservation: cancelReservation,
  CertificateSigned: certificateSigned,
  ChangeAvailability: ({ operationalStatus }, controls) => setAvailable(operationalStatus === 'Operative', controls),
  ClearCache: accepted,
  ClearChargingProfile: accepted,
  ClearDisplayMessage: ({ id }, controls) => ({ status: controls.display().clear(Number(id)) ? 'Accepted' : 'Unknown' }),
  CostUpdated: () => ({}),
  CustomerInformation: customerInformation,
  DataTransfer: () => ({ status: 'UnknownVendorId' }),
  DeleteCertificate: deleteCertificate,
  GetBaseReport: baseReport,
  GetChargingProfiles: () => ({ status: 'NoProfiles' }),
  GetCompositeSchedule: () => ({ status: 'Rejected' }),
  GetDisplayMessages: displayMessages,
  GetInstalledCertificateIds: installedCertificateIds,
  GetLog: uploadLog,
  GetLocalListVersion: (_payload, controls) => controls.localList().version(),
  GetReport: customReport,
  GetTransactionStatus: () => ({ messagesInQueue: false }),
  GetVariables: ({ getVariableData }, controls) => ({
    getVariableResult: listOf(getVariableData).map((requested) => getVariable(requested, controls)),
  }),
  InstallCertificate: installCertificate,
  NotifyWebPaymentStarted: () => ({}),
  RequestStartTransaction: ({ idToken, evseId, remoteStartId, ...more }, controls) =>
    acceptedIf(
      takesStart(more, evseId, controls) &&
        controls.remoteStart(textOf(recordOf(idToken)['idToken']), Number(evseId ?? 1), Number(remoteStartId)),
    ),
  RequestStopTransaction: ({ transactionId }, controls) => acceptedIf(controls.remoteStop(textOf(transactionId))),
  ReserveNow: reserveNow,
  Reset: (_payload, controls) => (controls.reset(), accepted()),
  SendLocalList: (payload, controls) => controls.localList().update(payload),
  SetChargingProfile: accepted,
  SetDisplayMessage: ({ message }, controls) => ({ status: controls.display().set(recordOf(message)) }),
  SetNetworkProfile: setNetworkProfile,
  SetVariables: ({ setVariableData }, controls) => ({
    setVariableResult: listOf(setVariableData).map((requested) => setVariable(requested, controls)),
  }),
  TriggerMessage: trigger,
  UnlockConnector: () => ({ status: 'Unlocked' }),
  UpdateFirmware: updateFirmware,
};

/** H01: the station does not mind the type of the connector. */
function reserveNow({ id, expiryDateTime, idToken, groupIdToken, evseId }: Payload, controls: StationControls): object {
  const group = groupIdToken === undefined ? null : textOf(recordOf(groupIdToken)['idToken']);
  const request = { idToken: textOf(recordOf(idToken)['idToken']), group, expiresAt: Date.parse(textOf(expiryDateTime)) };
  return { status: controls.reservations().reserve(Number(id), { ...request, evse: evseId === undefined ? null : Number(evseId) }) };
}

/** M03. */
function installedCertificateIds({ certificateType }: Payload, controls: StationControls): object {
  const roots = controls.roots().list(Array.isArray(certificateType) ? certificateType.map(String) : null);
  if (roots.length === 0) return { status: 'NotFound' };
  const chains = roots.map(({ type, hash }) => ({ certificateType: type, certificateHashData: hash }));
  return { status: 'Accepted', certificateHashDataChain: chains };
}

/** B09. */
function setNetworkProfile({ configurationSlot, connectionData }: Payload, controls: StationControls): object {
  const { ocppCsmsUrl, securityProfile } = recordOf(connectionData);
  return { status: controls.network().set(Number(configurationSlot), { url: textOf(ocppCsmsUrl), security: Number(securityProfile) }) };
}

const PRIORITY = 'OCPPCommCtrlr.NetworkConfigurationPriority';

/** L01. */
function updateFirmware({ firmware, requestId }: Payload, controls: StationControls): object {
  const { location, signature } = recordOf(firmware);
  const report = (status: string) => controls.sendMessages('FirmwareStatusNotification', [{ status, requestId }]);
  return acceptedIf(controls.firmware().start({ location: textOf(location), signed: signature !== undefined, report }));
}

/** Messages in one part of a list. */
const MESSAGES_PER_PART = 2;

function getVariable({ component, variable }: Payload, controls: StationControls): object {
  const value = controls.variable(nameOf(component, variable, controls));
  return value === undefined
    ? { attributeStatus: 'UnknownVariable', component, variable }
    : { attributeStatus: 'Accepted', attributeValue: value, component, variable };
}

function setVariable({ attributeValue, component, variable }: Payload, controls: StationControls): object {
  const [name, value] = [nameOf(component, variable, controls), textOf(attributeValue)];
  if (name === PRIORITY) return { attributeStatus: controls.network().setPriority(value), component, variable };
  if (name === 'BasicAuthPassword') return { attributeStatus: controls.setPassword(value) ? 'Accepted' : 'Rejected', component, variable };
  return { attributeStatus: controls.deviceModel().set(name, value), component, variable };
}

/** Variables that several components have are stored under component and name, the others under their name alone. */
function nameOf(component: unknown, variable: unknown, controls: StationControls): string {
  return storedName(component, variable, (name) => controls.variable(name) !== undefined);
}

/** B07: in as many parts as the station makes. */
function baseReport({ requestId, reportBase }: Payload, controls: StationControls): object {
  const parts = controls.personality().reportless ? null : controls.deviceModel().report(textOf(reportBase));
  if (parts === null) return { status: 'NotSupported' };
  controls.sendReport(
    'NotifyReport',
    parts.map((reportData, nth) => ({ requestId, tbc: nth < parts.length - 1, reportData })),
  );
  return accepted();
}

/** O03, O04: a few messages in each part. */
function displayMessages({ requestId, id, priority, state }: Payload, controls: StationControls): object {
  const ids = Array.isArray(id) ? id.map(Number) : null;
  const wanted = controls
    .display()
    .list()
    .filter((one) => ids?.includes(Number(one['id'])) ?? true)
    .filter((one) => (priority ?? one['priority']) === one['priority'] && (state ?? one['state']) === one['state']);
  if (wanted.length === 0) return { status: 'Unknown' };
  const parts = Array.from({ length: Math.ceil(wanted.length / MESSAGES_PER_PART) }, (_, nth) =>
    wanted.slice(nth * MESSAGES_PER_PART, (nth + 1) * MESSAGES_PER_PART),
  );
  controls.sendMessages(
    'NotifyDisplayMessages',
    parts.map((messageInfo, nth) => ({ requestId, tbc: nth < parts.length - 1, messageInfo })),
  );
  return accepted();
}

/** N09, N10: the station keeps nothing about a customer except an entry in its local list, which these commands must not touch. */
function customerInformation({ requestId, report, clear }: Payload, controls: StationControls): object {
  if (report !== true && clear !== true) return { status: 'Rejected' };
  if (report === true) controls.sendReport('NotifyCustomerInformation', [{ requestId, data: 'nothing is kept of this customer' }]);
  return accepted();
}

/** B08: reports those of the requested variables that the station has. Only here it tells the maximum length of its local list. */
function customReport({ requestId, componentVariable }: Payload, controls: StationControls): object {
  if (controls.personality().reportless) return { status: 'NotSupported' };
  const reportData = listOf(componentVariable).flatMap(({ component, variable }) => {
    const name = nameOf(component, variable, controls);
    const value = controls.variable(name);
    const maxLimit = name === 'LocalAuthListCtrlr.Entries' ? { maxLimit: controls.localList().maxEntries } : {};
    const variableCharacteristics = { dataType: /^\d+$/.test(value ?? '') ? 'integer' : 'string', supportsMonitoring: false, ...maxLimit };
    return value === undefined ? [] : [{ component, variable, variableAttribute: [{ value }], variableCharacteristics }];
  });
  if (reportData.length === 0) return { status: 'EmptyResultSet' };
  controls.sendReport('NotifyReport', [{ requestId, reportData }]);
  return accepted();
}
