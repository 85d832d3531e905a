import type { History, ProcessUsage } from '../history';

/** A process at rest may need so much more than before: code that was compiled meanwhile, pools that have grown to their size. */
const RSS_FACTOR = 1.5;
const RSS_ROOM_MB = 96;
/**
 * After an outage each Kafka client of a process holds a connection more, until the broker closes what is idle (ten minutes): measured of the transaction
 * service, 22 to 24 instead of 15, after one outage and after three, and 8 connections of its database pool instead of 3. That is 14, and half as much again.
 */
const DESCRIPTORS_ROOM = 24;

/** Invariant 8: memory and descriptors come back to where they were before. */
export function resources({ usage }: History): string[] {
  return usage.flatMap(({ name, before, after }: ProcessUsage) => [
    ...(after.rssMb > before.rssMb * RSS_FACTOR + RSS_ROOM_MB ? [`${name}: ${before.rssMb} MB before, ${after.rssMb} MB after`] : []),
    ...(after.descriptors > before.descriptors + DESCRIPTORS_ROOM
      ? [`${name}: ${before.descriptors} descriptors before, ${after.descriptors} after`]
      : []),
  ]);
}
