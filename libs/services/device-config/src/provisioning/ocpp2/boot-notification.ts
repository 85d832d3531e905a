import type { Lacking, v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import { REGISTRATION_STATUS } from '../registration-status';
import type { Stations } from '../stations';

type Station = Lacking<v21.BootNotificationRequest['chargingStation'], 'vendorName' | 'model'>;
type Message = StationMessage<{ chargingStation?: Station }>;

/** B01, B02, B03. A station that does not say what it is boots all the same (ADR 32): one that cannot boot cannot charge. */
export function bootNotification(stations: Stations, heartbeatSeconds: number): DecideEach {
  return {
    shape: 'key',
    async decide({ ref, protocol, payload, receivedAt, returnTo }: Message) {
      const { vendorName, model, serialNumber, firmwareVersion } = payload.chargingStation ?? {};
      const registration = await stations.boot(ref, {
        vendor: vendorName ?? null,
        model: model ?? null,
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
