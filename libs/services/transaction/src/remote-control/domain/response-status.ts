import type { Command } from '@voltbus/contracts';

/** The `status` in the station's answer; null: no answer, or one without a status. */
export function responseStatus({ status, response }: Pick<Command, 'status' | 'response'>): unknown {
  return status === 'answered' && typeof response === 'object' && response !== null && 'status' in response ? response.status : null;
}
