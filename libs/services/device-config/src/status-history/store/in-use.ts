import { IN_USE } from '../domain/history-entry';

const STATUSES = `ARRAY[${[...IN_USE].map((status) => `'${status}'`).join(', ')}]`;

/** SQL: the status in this column is one in which a vehicle uses the connector. */
export function isInUse(column: string): string {
  return `${column} = ANY(${STATUSES})`;
}
