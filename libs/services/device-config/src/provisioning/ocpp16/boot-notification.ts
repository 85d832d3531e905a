import type { Lacking, v16 } from '@voltbus/ocpp';
import type { DecideEach } from '@voltbus/service';
import { intervalSeconds } from '../domain/boot-answer';
import { REGISTRATION_STATUS } from '../registration-status';
import type { Stations } from '../stations';

type Request = Lacking<v16.BootNotificationRequest, 'chargePointVendor' | 'chargePointModel'>;

/** 1.6 section 4.2. A station that leaves out what it is boots all the same (ADR 32): a station that cannot boot cannot charge. */
export function bootNotification(stations: Stations, usual: number): DecideEach<Request, v16.BootNotificationResponse> {
  return {
    shape: 'key',
    async decide({ ref, protocol, payload, receivedAt, returnTo }) {
      const { registration, quirks } = await stations.boot(ref, {
        vendor: payload.chargePointVendor ?? null,
        model: payload.chargePointModel ?? null,
        serialNumber: payload.chargePointSerialNumber ?? payload.chargeBoxSerialNumber ?? null,
        firmwareVersion: payload.firmwareVersion ?? null,
        reason: null,
        protocol,
        epoch: returnTo.epoch,
        at: receivedAt,
      });
      const answer: v16.BootNotificationResponse = {
        status: REGISTRATION_STATUS[registration],
        currentTime: new Date().toISOString(),
        interval: intervalSeconds({ registration, usual, quirks }),
      };
      return { payload: answer, registration, quirks };
    },
  };
}
