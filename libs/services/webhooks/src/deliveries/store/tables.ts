import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { BACKLOG_LIMITS } from '../domain/delivery-limits';

export const tables: readonly TableDeclaration[] = [
  {
    name: 'deliveries',
    holds: 'Events for webhooks, with what became of them',
    madeBy: 'services',
    bound: `of a webhook, ${BACKLOG_LIMITS.pending} that wait, or ${BACKLOG_LIMITS.bytes} bytes: events beyond are dropped, counted and shown`,
    ...OF_A_STATION,
    keeping: { kind: 'aged', column: 'ended_at', days: 'WEBHOOK_DELIVERIES', where: 'ended_at IS NOT NULL' },
    tokens: [{ how: 'pseudonymised', columns: ['body', 'attempts'], notYet: 'ended_at IS NULL' }],
  },
  {
    name: 'queues',
    holds: 'Stations for whose events a webhook waits',
    madeBy: 'services',
    bound: 'one for each webhook and station with deliveries that wait',
    ...OF_A_STATION,
    keeping: { kind: 'own', how: 'with the last delivery that waits' },
  },
];
