import type { DecideEach } from '@voltbus/service';

/** The same in every version (1.6 section 4.6, G02). Gateways answer accepted stations themselves; only other stations' heartbeats arrive here. */
export function heartbeat(): DecideEach<object, { currentTime: string }> {
  return {
    shape: 'key',
    question: true,
    decide: () => Promise.resolve({ payload: { currentTime: new Date().toISOString() } }),
  };
}
