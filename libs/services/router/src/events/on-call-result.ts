import { PoisonError, type Handler } from '@voltbus/bus';
import type { CallResult } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';
import { z } from 'zod';
import type { Settlements } from '../settlements';

/** What must be right for a result to find its command; the rest is the gateway's word. */
const addressed = z.looseObject({ commandId: z.guid(), tenant: z.string(), outcome: z.looseObject({ kind: z.string() }) });

/** `csms.ocpp.results.v1`: what became of a call. */
export function onCallResult(settlements: Pick<Settlements, 'settle'>): Handler {
  return {
    shape: 'key',
    name: 'call-result',
    handle: ({ value }) => transiently(() => settlements.settle(resultIn(value))),
  };
}

function resultIn(value: Buffer): CallResult {
  try {
    // written by gateways only, from the same type
    return addressed.parse(JSON.parse(value.toString('utf8'))) as unknown as CallResult;
  } catch (error) {
    throw new PoisonError('not the result of a call', { cause: error });
  }
}
