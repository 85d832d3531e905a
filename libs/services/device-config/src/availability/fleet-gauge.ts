import type { Metrics } from '@voltbus/telemetry';
import { CONNECTOR_STATUSES } from './domain/connector-status';

/** How often stations and connectors are counted: a count reads both tables. */
export const FLEET_INTERVAL_MS = 30_000;

/** Names of a state or status, and how many there are. */
export interface FleetCounts {
  stations: Readonly<Record<'online' | 'offline', number>>;
  connectors: readonly { status: string; count: number }[];
  /** Firmware versions of the most stations, at most `MAX_FIRMWARE_VERSIONS`; version null counts all others. */
  firmware: readonly { version: string | null; count: number }[];
}

/** Stations report any text as their version: further versions are counted together. */
export const MAX_FIRMWARE_VERSIONS = 20;

/** A station may report any text. */
const STATUSES: ReadonlySet<string> = new Set(CONNECTOR_STATUSES);

/** Measures how many stations are online and what their connectors say. Every process of the service counts them all. */
export class FleetGauge {
  private counts: FleetCounts | null = null;

  constructor(
    private readonly store: { count(): Promise<FleetCounts> },
    metrics: Metrics,
  ) {
    metrics.gauge('stations', 'Stations, as counted every half minute', ['state'], () =>
      Object.entries(this.counts?.stations ?? {}).map(([state, value]) => ({ value, labels: { state } })),
    );
    metrics.gauge('connectors', 'Connectors by the status that their stations reported last', ['status'], () => this.connectors());
    metrics.gauge('station_firmware', 'Stations by firmware version: the 20 most frequent, and all others', ['version'], () =>
      (this.counts?.firmware ?? []).map(({ version, count }) => ({ value: count, labels: { version: version ?? 'other' } })),
    );
  }

  async measure(): Promise<void> {
    this.counts = await this.store.count();
  }

  private connectors(): { value: number; labels: { status: string } }[] {
    const sums = new Map<string, number>();
    for (const { status, count } of this.counts?.connectors ?? []) {
      const known = STATUSES.has(status) ? status : 'other';
      sums.set(known, (sums.get(known) ?? 0) + count);
    }
    return [...sums].map(([status, value]) => ({ value, labels: { status } }));
  }
}
