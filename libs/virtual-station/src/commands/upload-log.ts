import { recordOf, textOf } from './payload-values';
import type { Payload, StationControls } from './station-controls';

/** N01, and the security whitepaper of 1.6. */
export function uploadLog({ log, logType, requestId, retries, retryInterval }: Payload, controls: StationControls): object {
  const filename = `${textOf(logType)}.log`;
  const status = controls.log().start({
    ...{ fileName: filename, location: textOf(recordOf(log)['remoteLocation']), retries: Number(retries ?? 0) },
    retrySeconds: Number(retryInterval ?? 1),
    report: (reported) =>
      controls.sendMessages('LogStatusNotification', [{ status: reported === 'failed' ? 'UploadFailure' : reported, requestId }]),
  });
  return { status, filename };
}
