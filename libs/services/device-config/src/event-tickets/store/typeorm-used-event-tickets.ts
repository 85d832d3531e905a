import type { TicketUses } from '@voltbus/http';
import type { DataSource } from 'typeorm';

/** Used tickets in Postgres, which all processes of the API share. */
export class TypeormUsedEventTickets implements TicketUses {
  constructor(private readonly dataSource: DataSource) {}

  async claim(ticket: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      'INSERT INTO device_config.used_event_tickets (ticket) VALUES ($1) ON CONFLICT DO NOTHING RETURNING ticket',
      [ticket],
    );
    return rows.length > 0;
  }
}
