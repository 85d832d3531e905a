import type { Command } from '@voltbus/contracts';

/** What the station has answered as its `status`; null: it has not answered, or without one. */
export function responseStatus({ status, response }: Pick<Command, 'status' | 'response'>): unknown {
  return status === 'answered' && typeof response === 'object' && response !== null && 'status' in response ? response.status : null;
}
