import { TICKET_USES } from '@voltbus/http';
import { defineBlock } from '@voltbus/service';
import { usedEventTicketsMigration } from './store/migrations/0170-used-event-tickets';
import { tables } from './store/tables';
import { TypeormUsedEventTickets } from './store/typeorm-used-event-tickets';

/** Tickets of the event stream that were used. */
export const eventTickets = defineBlock({
  name: 'event-tickets',
  migrations: [usedEventTicketsMigration],
  tables,
  build: ({ database }) => new TypeormUsedEventTickets(database),
  provides: (provide) => [provide(TICKET_USES, (uses) => uses)],
});
