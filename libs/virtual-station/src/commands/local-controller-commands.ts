import { textOf } from './payload-values';
import type { CommandHandler } from './station-controls';

/** The commands of OCPP 2.0.1 and 2.1 that only a local controller carries out (L03, L04); others answer `NotImplemented`. */
export const LOCAL_CONTROLLER_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  PublishFirmware: ({ location, checksum, requestId, retries, retryInterval }, controls) => {
    controls.localController()?.publish({
      ...{ location: textOf(location), checksum: textOf(checksum) },
      ...{ retries: Number(retries ?? 0), retrySeconds: Number(retryInterval ?? 0) },
      report: (status, locations) => {
        const location = locations === undefined ? {} : { location: locations };
        controls.sendMessages('PublishFirmwareStatusNotification', [{ status, requestId, ...location }]);
      },
    });
    return { status: 'Accepted' };
  },
  UnpublishFirmware: ({ checksum }, controls) => ({ status: controls.localController()?.unpublish(textOf(checksum)) ?? 'NoFirmware' }),
};
