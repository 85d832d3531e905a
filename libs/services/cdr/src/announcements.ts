import { CDRS, deterministicId, stationKey, type Cdr } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/persistence';

/** `csms.cdrs.v1`, the only place that says what is on it. The same CDR told again has the same `ce_id`. */
export function issued(cdr: Cdr): OutboxEvent {
  return {
    topic: CDRS,
    ref: { tenant: cdr.tenant, station: cdr.station },
    event: {
      id: deterministicId(cdr.tenant, cdr.id),
      type: cdr.kind === 'charge' ? 'voltbus.cdr.issued' : 'voltbus.cdr.credited',
      source: '/voltbus/cdr',
      time: cdr.endedAt,
      subject: stationKey(cdr),
      tenant: cdr.tenant,
    },
    value: cdr,
  };
}
