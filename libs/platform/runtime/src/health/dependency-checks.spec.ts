import { MemoryConnections } from '@voltbus/connections';
import { dependencyChecks } from './dependency-checks';
import { Checks } from './health';
import type { ProcessName } from '../settings/read-settings';

/** A second later each time: nothing is believed from before. */
function asking(name: ProcessName, bus: { available: boolean }, connections: MemoryConnections): Checks {
  let clock = 0;
  const health = new Checks(() => (clock += 10_000));
  for (const [dependency, check] of dependencyChecks(name, bus, connections)) health.addCheck(dependency, check);
  health.started();
  return health;
}

const NO_BUS = 'bus: takes nothing';
const NO_REGISTRY = 'connection registry: the registry is away';

it.each<[ProcessName, string[], string[]]>([
  ['gateway', [], []], // architecture, section 6: a load balancer that takes it out cuts every socket
  ['api', [NO_BUS], [NO_REGISTRY]],
  ['router', [NO_BUS], [NO_REGISTRY]],
  ['transaction', [NO_BUS], [NO_REGISTRY]],
  ['device-config', [NO_BUS], [NO_REGISTRY]],
  ['cdr', [NO_BUS], []],
  ['standalone', [NO_BUS], [NO_REGISTRY]],
])('a %s without the bus reports %j, without the registry %j, and nothing when they are back', async (name, noBus, noRegistry) => {
  const bus = { available: true };
  const connections = new MemoryConnections();
  const health = asking(name, bus, connections);
  expect(await health.reasons()).toEqual([]);
  bus.available = false;
  expect(await health.reasons()).toEqual(noBus);
  bus.available = true;
  connections.setAvailable(false);
  expect(await health.reasons()).toEqual(noRegistry);
  connections.setAvailable(true);
  expect(await health.reasons()).toEqual([]);
});
