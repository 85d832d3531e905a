import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import type { ProcessName } from '../settings/read-settings';

type Check = () => string | null | Promise<string | null>;

/** Sends commands, or shows who is connected. */
const NEEDS_REGISTRY: ReadonlySet<ProcessName> = new Set(['router', 'transaction', 'device-config', 'api', 'standalone']);

/**
 * What a process that is ready needs of bus and registry; its databases its services look after. A gateway that has started needs nothing: a load balancer
 * that takes it out cuts every socket, and its stations are served, later, all the same.
 */
export function dependencyChecks(
  name: ProcessName,
  bus: Pick<Bus, 'available'>,
  connections: Pick<Connections, 'leases'>,
): [string, Check][] {
  if (name === 'gateway') return [];
  const checks: [string, Check][] = [['bus', () => (bus.available ? null : 'takes nothing')]];
  // The registry's own promise: an answer or a rejection within a second.
  if (NEEDS_REGISTRY.has(name)) checks.push(['connection registry', () => connections.leases().then(() => null)]);
  return checks;
}
