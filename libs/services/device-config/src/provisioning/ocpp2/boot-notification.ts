import type { Lacking, v21 } from '@voltbus/ocpp';
import type { DecideEach } from '@voltbus/service';
import { intervalSeconds } from '../domain/boot-answer';
import { REGISTRATION_STATUS } from '../registration-status';
import type { Stations } from '../stations';

type Station = Lacking<v21.BootNotificationRequest['chargingStation'], 'vendorName' | 'model'>;
interface Request {
  chargingStation?: Station;
  reason?: string;
}

/** B01, B02, B03. A station that leaves out what it is boots all the same (ADR 32): a station that cannot boot cannot charge. */
export function bootNotification(stations: Stations, usual: number): DecideEach<Request, v21.BootNotificationResponse> {
  return {
    shape: 'key',
    async decide({ ref, protocol, payload, receivedAt, returnTo }) {
      const { vendorName, model, serialNumber, firmwareVersion } = payload.chargingStation ?? {};
      const { registration, quirks } = await stations.boot(ref, {
        vendor: vendorName ?? null,
        model: model ?? null,
        serialNumber: serialNumber ?? null,
        firmwareVersion: firmwareVersion ?? null,
        reason: payload.reason ?? null,
        protocol,
        epoch: returnTo.epoch,
        at: receivedAt,
      });
      const answer: v21.BootNotificationResponse = {
        status: REGISTRATION_STATUS[registration],
        currentTime: new Date().toISOString(),
        interval: intervalSeconds({ registration, usual, quirks }),
      };
      return { payload: answer, registration, quirks };
    },
  };
}
