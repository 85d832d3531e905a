import type { v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/station-link';
import { REGISTRATION_STATUS } from '../registration-status';
import type { Stations } from '../stations';

/** B01, B02, B03. */
export function bootNotification(stations: Stations, heartbeatSeconds: number): DecideEach {
  return {
    shape: 'key',
    async decide({ ref, protocol, payload, receivedAt, returnTo }: StationMessage<v21.BootNotificationRequest>) {
      const { vendorName, model, serialNumber, firmwareVersion } = payload.chargingStation;
      const registration = await stations.boot(ref, {
        vendor: vendorName,
        model,
        serialNumber: serialNumber ?? null,
        firmwareVersion: firmwareVersion ?? null,
        protocol,
        epoch: returnTo.epoch,
        at: receivedAt,
      });
      const answer: v21.BootNotificationResponse = {
        status: REGISTRATION_STATUS[registration],
        currentTime: new Date().toISOString(),
        interval: heartbeatSeconds,
      };
      return { payload: answer, registration };
    },
  };
}
