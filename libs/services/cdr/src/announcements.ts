import { CDRS, CDR_REVIEWS, PRICES, deterministicId, stationKey, type Cdr, type HeldCdr, type PriceChange } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/database';

/** The charge that stands, told again: late data changed nothing that is billed. To who has it already it is the same event once more. */
export function confirmed(cdr: Cdr, billedRevision: number): OutboxEvent {
  const told = issued(cdr);
  return { ...told, event: { ...told.event, billedRevision } };
}

/** In the place of a station, where there is none. */
const NO_STATION = '-';

/** `csms.prices.v1`: what holds from now on. */
export function priceChanged(tenant: string, news: PriceChange, at: Date): OutboxEvent {
  const ref = { tenant, station: NO_STATION };
  const time = at.toISOString();
  return {
    topic: PRICES,
    ref,
    event: {
      id: deterministicId(tenant, news.kind, news.name, time),
      type: 'voltbus.price.changed',
      source: '/voltbus/cdr',
      time,
      subject: stationKey(ref),
      tenant,
    },
    value: news,
  };
}

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

/** `csms.cdr-reviews.v1`: who waits for a CDR of this revision hears that a person has to look at it first. */
export function heldBack({ tenant, station, id, transaction, revision, review }: Cdr): OutboxEvent {
  const ref = { tenant, station };
  const value: HeldCdr = { ...ref, cdr: id, transaction, revision, reasons: review?.reasons ?? [] };
  return {
    topic: CDR_REVIEWS,
    ref,
    event: {
      id: deterministicId(tenant, id, 'held'),
      type: 'voltbus.cdr.held',
      source: '/voltbus/cdr',
      time: review?.heldAt ?? new Date(0).toISOString(),
      subject: stationKey(ref),
      tenant,
    },
    value,
  };
}
