import type { Subscription } from './port';

/** Returns the reason why the reader of these topics is not healthy; null when it is. */
export function troubleOf(subscriptions: readonly Pick<Subscription, 'healthy' | 'stopped'>[]): string | null {
  const stopped = subscriptions.find((subscription) => subscription.stopped !== null);
  if (stopped) return stopped.stopped;
  return subscriptions.every((subscription) => subscription.healthy) ? null : 'not reading its topics';
}
