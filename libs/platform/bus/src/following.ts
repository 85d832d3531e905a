import { type Topic } from '@voltbus/contracts';
import { type BusRecord, type FollowSubscription } from './port';
import { type BusTelemetry } from './telemetry';

export function topicsOf({ topic }: Pick<FollowSubscription, 'topic'>): readonly Topic[] {
  return 'name' in topic ? [topic] : topic;
}

/** A follower must not throw; if it does, that record is skipped and logged. */
export function handleFollowed(subscription: FollowSubscription, record: BusRecord, telemetry: BusTelemetry): void {
  try {
    subscription.handle(record);
  } catch (err) {
    telemetry.logger.error(
      { err, follower: subscription.name, topic: record.topic, partition: record.partition, offset: String(record.offset) },
      'follower threw: record skipped',
    );
  }
}
