import type { BusRecord, DeadLetterCause, GroupSubscription, Handler, HandlerContext } from '../port';
import { GroupRunner } from '../runner/group-runner';
import { noopTelemetry } from '@voltbus/telemetry';
import { BusTelemetry } from '../telemetry';

export function record(partition: number, offset: number, key = `a/${offset}`): BusRecord {
  return { topic: 't', partition, offset: BigInt(offset), key, value: Buffer.from(`${partition}-${offset}`), headers: {}, timestamp: 0 };
}

export function runner(
  route: GroupSubscription['route'],
  deadLetter: (record: BusRecord, cause: DeadLetterCause) => Promise<void> = async () => undefined,
  concurrency = 8,
  now?: () => number,
) {
  const { logger, metrics } = noopTelemetry;
  return new GroupRunner({
    subscription: { group: 'g', topics: [], route, concurrency },
    telemetry: new BusTelemetry(logger, metrics),
    deadLetter: deadLetter,
    ...(now === undefined ? {} : { now }),
  });
}

export const batched = (handle: (records: BusRecord[]) => Promise<void>): Handler => ({ shape: 'batch', name: 'batch', handle });
export const keyed = (handle: (record: BusRecord, context: HandlerContext) => Promise<void>): Handler => ({
  shape: 'key',
  name: 'key',
  handle,
});
