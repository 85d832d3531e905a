import { PoisonError, type Handler } from '@voltbus/bus';
import type { CallResult } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';
import { z } from 'zod';
import type { CommandResults } from '../command-results';

/** The members by which a result finds its command. The others are trusted: only gateways write them, from the same type. */
const addressed = z.looseObject({ commandId: z.guid(), tenant: z.string(), outcome: z.looseObject({ kind: z.string() }) });

/** `csms.ocpp.results.v1`: the result of a call. */
export function onCallResult(results: Pick<CommandResults, 'record'>): Handler {
  return {
    shape: 'key',
    name: 'call-result',
    handle: ({ value }) => transiently(() => results.record(resultIn(value))),
  };
}

function resultIn(value: Buffer): CallResult {
  try {
    return addressed.parse(JSON.parse(value.toString('utf8'))) as unknown as CallResult;
  } catch (error) {
    throw new PoisonError('not the result of a call', { cause: error });
  }
}
