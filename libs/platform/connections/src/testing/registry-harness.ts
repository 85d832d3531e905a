import { randomUUID } from 'node:crypto';
import type { StationProfile, StationRef } from '@voltbus/contracts';
import type { Connections, Owner } from '../port';

/** The adapter under test, given by its spec. */
export interface ConnectionsUnderTest {
  /** Opens the registry with owners, leases and profiles that live this long. */
  open(ttl?: { ownerTtlMs?: number; leaseTtlMs?: number; profileTtlMs?: number }): Promise<Connections>;
  /** Makes the registry forget everything. */
  flush(): Promise<void>;
  /** Takes the registry away, as roughly as the adapter allows. */
  away(): Promise<void>;
  /** Brings it back. */
  back(): Promise<void>;
}

/** A time to live that a test waits out, long enough for its renewals on a busy machine. */
export const SHORT_MS = 1_000;
/** A clock of another gateway, or of a registry before its clock jumped back, that is far ahead of ours. */
export const AHEAD_US = 3_600_000_000;

/** The adapter under test, with one registry that all tests share: each uses stations of its own. */
export interface RegistryHarness extends ConnectionsUnderTest {
  readonly connections: Connections;
}

/** Opens the shared registry before the tests and closes it after them. */
export function registryHarness(adapter: ConnectionsUnderTest): RegistryHarness {
  let opened: Connections | undefined;
  beforeAll(async () => {
    opened = await adapter.open();
  });
  afterAll(() => opened?.close());
  return {
    ...adapter,
    get connections() {
      if (opened === undefined) throw new Error('the registry under test is opened by beforeAll');
      return opened;
    },
  };
}

export function aStation(): StationRef {
  return { tenant: 'contract', station: randomUUID() };
}

export function by(inst: string): Omit<Owner, 'epoch'> {
  return { inst, bucket: 3, protocol: 'ocpp2.0.1', lastSeenAt: 1_700_000_000_000 };
}

export function aProfile(): StationProfile {
  return {
    ...aStation(),
    known: true,
    blocked: false,
    securityProfile: 1,
    keyHashes: ['a'.repeat(64), 'b'.repeat(64)],
    registration: 'accepted',
    unknownStations: 'refuse',
    answersUpdates: false,
  };
}

export function sorted<T extends { inst: string }>(leases: T[]): T[] {
  return [...leases].sort((a, b) => a.inst.localeCompare(b.inst));
}
