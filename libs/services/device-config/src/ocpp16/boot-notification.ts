import type { v16 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/station-link';
import { REGISTRATION_STATUS } from '../registration-status';
import type { Stations } from '../stations';

/** 1.6 section 4.2. */
export function bootNotification(stations: Stations, heartbeatSeconds: number): DecideEach {
  return {
    shape: 'key',
    async decide({ ref, protocol, payload, receivedAt, returnTo }: StationMessage<v16.BootNotificationRequest>) {
      const registration = await stations.boot(ref, {
        vendor: payload.chargePointVendor,
        model: payload.chargePointModel,
        serialNumber: payload.chargePointSerialNumber ?? payload.chargeBoxSerialNumber ?? null,
        firmwareVersion: payload.firmwareVersion ?? null,
        protocol,
        epoch: returnTo.epoch,
        at: receivedAt,
      });
      const answer: v16.BootNotificationResponse = {
        status: REGISTRATION_STATUS[registration],
        currentTime: new Date().toISOString(),
        interval: heartbeatSeconds,
      };
      return { payload: answer, registration };
    },
  };
}
