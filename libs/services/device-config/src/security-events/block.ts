import { CONNECTIONS } from '@voltbus/contracts';
import { v16, v21 } from '@voltbus/ocpp';
import { StationAllowance, answer, defineBlock, onBatch } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { unhandledMessages } from '../unhandled-messages';
import { ALLOWANCE } from './limits';
import { reportedEvents } from './reported-events';
import { SecurityEventsController } from './security-events.controller';
import { refusedEvents } from './seen-events';
import { securityEventsMigration } from './store/migrations/0180-security-events';
import { tables } from './store/tables';
import { TypeormSecurityEvents } from './store/typeorm-security-events';

/** OCPP A04: security events of stations, reported by them or seen by the CSMS. */
export const securityEvents = defineBlock({
  name: 'security-events',
  migrations: [securityEventsMigration],
  tables,
  store: ({ database, outbox }) => new TypeormSecurityEvents(database, outbox),
  build({ store, use }) {
    const counted = use(telemetry);
    const allowance = new StationAllowance({ ...ALLOWANCE, beyond: (ref, count) => counted.unhandledMessagesNotStored(ref, count) });
    const unhandled = use(unhandledMessages).store;
    return { store, reported: { store, allowance, unhandled, count: (type: string) => counted.securityEvent(type) } };
  },
  answers: ({ reported }) => [
    answer(v16.SecurityEventNotification, reportedEvents(reported)),
    answer(v21.SecurityEventNotification, reportedEvents(reported)),
  ],
  on: ({ store }) => [
    onBatch(CONNECTIONS.events.refused, async (events) => void (await store.writeMany(refusedEvents(events.map(({ data }) => data))))),
  ],
  controllers: [SecurityEventsController],
  provides: (provide) => [provide(TypeormSecurityEvents, ({ store }) => store)],
});
