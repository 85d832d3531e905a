import type { v21 } from '@voltbus/ocpp';
import type { DecideEach } from '@voltbus/service';

/** The same in every version (1.6 section 4.6, G02). Gateways answer accepted stations themselves; here come those that are not. */
export function heartbeat(): DecideEach {
  return {
    shape: 'key',
    question: true,
    decide() {
      const payload: v21.HeartbeatResponse = { currentTime: new Date().toISOString() };
      return Promise.resolve({ payload });
    },
  };
}
