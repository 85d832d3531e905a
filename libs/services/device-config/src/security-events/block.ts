import { CONNECTIONS } from '@voltbus/contracts';
import { v16, v21 } from '@voltbus/ocpp';
import { StationAllowance, answer, defineBlock, onBatch } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { unhandledMessages } from '../unhandled-messages';
import { ALLOWANCE } from './limits';
import { reportedEvents } from './reported-events';
import { SecurityEvents } from './security-events';
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
    const events = new SecurityEvents(store, counted);
    const allowance = new StationAllowance({ ...ALLOWANCE, beyond: (ref, count) => counted.unhandledMessagesNotStored(ref, count) });
    return { store, events, allowance, unhandled: use(unhandledMessages).store };
  },
  answers: (parts) => [
    answer(v16.SecurityEventNotification, reportedEvents(parts)),
    answer(v21.SecurityEventNotification, reportedEvents(parts)),
  ],
  on: ({ events }) => [onBatch(CONNECTIONS.events.refused, (refused) => events.record(refusedEvents(refused.map(({ data }) => data))))],
  controllers: [SecurityEventsController],
  provides: (provide) => [provide(TypeormSecurityEvents, ({ store }) => store)],
});
