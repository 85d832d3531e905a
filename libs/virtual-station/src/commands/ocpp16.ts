import {
  accepted,
  acceptedIf,
  cancelReservation,
  certificateSigned,
  deleteCertificate,
  installCertificate,
  setAvailable,
  recordOf,
  takesStart,
  textOf,
  trigger,
} from './payload-values';
import type { CommandHandler, Payload, StationControls } from './station-controls';
import { uploadLog } from './upload-log';

/** The commands of OCPP 1.6 that a small station carries out. */
export const OCPP16_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  CancelReservation: cancelReservation,
  CertificateSigned: certificateSigned,
  ChangeAvailability: ({ type }, controls) => setAvailable(type === 'Operative', controls),
  ChangeConfiguration: ({ key, value }, controls) => changeConfiguration(textOf(key), textOf(value), controls),
  ClearCache: accepted,
  ClearChargingProfile: accepted,
  DataTransfer: () => ({ status: 'UnknownVendorId' }),
  DeleteCertificate: deleteCertificate,
  ExtendedTriggerMessage: trigger,
  GetCompositeSchedule: () => ({ status: 'Rejected' }),
  GetConfiguration: ({ key }, controls) => configuration(key, controls),
  GetDiagnostics: getDiagnostics,
  GetInstalledCertificateIds: installedCertificateIds,
  GetLog: uploadLog,
  GetLocalListVersion: (_payload, controls) => controls.localList().version(),
  InstallCertificate: installCertificate,
  RemoteStartTransaction: ({ idTag, connectorId, ...more }, controls) =>
    acceptedIf(takesStart(more, connectorId, controls) && controls.remoteStart(textOf(idTag), Number(connectorId ?? 1), null)),
  RemoteStopTransaction: ({ transactionId }, controls) => acceptedIf(controls.remoteStop(textOf(transactionId))),
  ReserveNow: reserveNow,
  Reset: (_payload, controls) => (controls.reset(), accepted()),
  SendLocalList: (payload, controls) => controls.localList().update(payload),
  SetChargingProfile: accepted,
  TriggerMessage: trigger,
  UnlockConnector: () => ({ status: 'Unlocked' }),
  SignedUpdateFirmware: signedUpdateFirmware,
  UpdateFirmware: updateFirmware,
};

/** 1.6 section 5.13: connector 0 is any. */
function reserveNow({ connectorId, expiryDate, idTag, parentIdTag, reservationId }: Payload, controls: StationControls): object {
  const evse = Number(connectorId) === 0 ? null : Number(connectorId);
  const group = parentIdTag === undefined ? null : textOf(parentIdTag);
  const request = { evse, idToken: textOf(idTag), group, expiresAt: Date.parse(textOf(expiryDate)) };
  return { status: controls.reservations().reserve(Number(reservationId), request) };
}

/** 1.6 section 5.19: the answer is empty, and its statuses have no number. */
function updateFirmware({ location }: Payload, controls: StationControls): object {
  const report = (status: string) => controls.sendMessages('FirmwareStatusNotification', [{ status }]);
  controls.firmware().start({ location: textOf(location), signed: false, report });
  return {};
}

function signedUpdateFirmware({ firmware, requestId }: Payload, controls: StationControls): object {
  const report = (status: string) => controls.sendMessages('SignedFirmwareStatusNotification', [{ status, requestId }]);
  return acceptedIf(controls.firmware().start({ location: textOf(recordOf(firmware)['location']), signed: true, report }));
}

/** 1.6 section 5.9: its statuses have no number. */
function getDiagnostics({ location, retries, retryInterval }: Payload, controls: StationControls): object {
  const fileName = 'diagnostics.log';
  controls.log().start({
    ...{ fileName, location: textOf(location), retries: Number(retries ?? 0), retrySeconds: Number(retryInterval ?? 1) },
    report: (status) => {
      const reported = status === 'failed' ? 'UploadFailed' : status;
      if (status !== 'AcceptedCanceled') controls.sendMessages('DiagnosticsStatusNotification', [{ status: reported }]);
    },
  });
  return { fileName };
}

/** 1.6 section 5.3: a key that the station does not have is not supported. */
function changeConfiguration(key: string, value: string, controls: StationControls): object {
  if (key === 'AuthorizationKey') return { status: controls.setPassword(value) ? 'Accepted' : 'Rejected' };
  if (key === 'SecurityProfile') return { status: controls.raiseSecurityProfile(Number(value)) };
  return { status: controls.variable(key) === undefined ? 'NotSupported' : controls.deviceModel().set(key, value) };
}

/** M03 (security whitepaper). */
function installedCertificateIds({ certificateType }: Payload, controls: StationControls): object {
  const roots = controls.roots().list([textOf(certificateType)]);
  if (roots.length === 0) return { status: 'NotFound' };
  return { status: 'Accepted', certificateHashData: roots.map(({ hash }) => hash) };
}

function configuration(keys: unknown, controls: StationControls): object {
  const requested = Array.isArray(keys) && keys.length > 0 ? keys.map(String) : controls.variables().map(({ name }) => name);
  const known = requested.filter((name) => controls.variable(name) !== undefined);
  const { looseSettings } = controls.personality();
  const written = (value = ''): unknown => (!looseSettings ? value : /^\d+$/.test(value) ? Number(value) : `${value} `);
  const readonly = (key: string): unknown => (looseSettings ? 0 : controls.deviceModel().isReadOnly(key));
  return {
    configurationKey: known.map((key) => ({ key, readonly: readonly(key), value: written(controls.variable(key)) })),
    unknownKey: requested.filter((name) => !known.includes(name)),
  };
}
