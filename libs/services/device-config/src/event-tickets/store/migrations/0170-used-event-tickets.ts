import type { Migration } from '@voltbus/database';

/** Tickets that have opened their stream. */
export const usedEventTicketsMigration: Migration = {
  id: '0170-used-event-tickets',
  sql: `
CREATE TABLE device_config.used_event_tickets (
  ticket text PRIMARY KEY,
  used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX used_event_tickets_by_age ON device_config.used_event_tickets (used_at);
`,
};
