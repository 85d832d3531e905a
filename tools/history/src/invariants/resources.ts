import type { History, ProcessUsage } from '../history';

/** A process at rest may need so much more than before: code that was compiled meanwhile, pools that have grown to their size. */
const RSS_FACTOR = 1.5;
const RSS_ROOM_MB = 96;
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
