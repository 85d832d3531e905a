import { StationAllowance, defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { DeviceEvents } from './device-events';
import { AlertsController, DeviceEventsController } from './http/device-events.controller';
import { EVENTS_ALLOWANCE } from './limits';
import { deviceEventsMigration } from './store/migrations/0274-device-events';
import { tables } from './store/tables';
import { TypeormDeviceEvents } from './store/typeorm-device-events';

/** OCPP N07, N08 and the error codes of 1.6: what stations tell of their components, and alerts. */
export const deviceEvents = defineBlock({
  name: 'device-events',
  migrations: [deviceEventsMigration],
  tables,
  store: ({ database, outbox }) => new TypeormDeviceEvents(database, outbox),
  build({ store, use }) {
    const counted = use(telemetry);
    const allowance = new StationAllowance({ ...EVENTS_ALLOWANCE, beyond: (_, count) => counted.deviceEventsNotKept(count) });
    return { store, events: new DeviceEvents({ store, allowance }) };
  },
  controllers: [DeviceEventsController, AlertsController],
  provides: (provide) => [provide(TypeormDeviceEvents, ({ store }) => store)],
});
