import type { Command } from '@voltbus/contracts';
import type { CommandToSend } from '@voltbus/service';
import { CacheClearing } from './cache-clearing';
import { startService, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

function clearing(now = new Date()): { caches: CacheClearing; wished: CommandToSend[] } {
  const sentCommands: CommandToSend[] = [];
  const sendCommand = (command: CommandToSend): Promise<Command> => {
    sentCommands.push(command);
    return Promise.resolve({ id: `command ${sentCommands.length}` } as Command); // nothing else of it is read
  };
  return { caches: new CacheClearing({ commands: { sendCommand }, tokens: service.tokenStore, now: () => now }), wished: sentCommands };
}
let starts = 0;
const charge = (station: string, idTag: string, tenant = 'default') =>
  service.receive({ protocol: 'ocpp1.6', station, tenant }, 'StartTransaction', {
    connectorId: 1,
    idTag,
    meterStart: starts++,
    timestamp: new Date().toISOString(),
  });
const stationsOf = (sentCommands: readonly CommandToSend[]) => sentCommands.map(({ ref }) => `${ref.tenant}/${ref.station}`);

describe('clearing caches (1.6 section 5.4, C11)', () => {
  beforeAll(async () => {
    for (const station of ['A', 'B', 'B']) await charge(station, 'Blocked-1');
    await charge('C', 'OTHER');
    await charge('D', 'BLOCKED-1', 'other');
  });

  it('tells the stations at which the token charged, once each, and keeps it for those that are away', async () => {
    const { caches, wished: sentCommands } = clearing();
    const commands = await caches.clear('default', 'blocked-1', 'api');
    expect(stationsOf(sentCommands)).toEqual(['default/A', 'default/B']);
    expect(sentCommands[0]).toEqual({
      ref: { tenant: 'default', station: 'A' },
      action: 'ClearCache',
      payload: {},
      ttlSeconds: 86_400,
      requestedBy: 'api',
    });
    expect(commands.map(({ id }) => id)).toEqual(['command 1', 'command 2']);
  });

  it("tells all of the tenant's when no token is named, and nobody's of long ago", async () => {
    const { caches, wished: sentCommands } = clearing();
    await caches.clear('default', null, 'api');
    expect(stationsOf(sentCommands)).toEqual(['default/A', 'default/B', 'default/C']);
    const late = clearing(new Date(Date.now() + 91 * 86_400_000));
    expect(await late.caches.clear('default', null, 'api')).toEqual([]);
  });

  it('refuses to clear more stations than the limit, and sends no command to any of them', async () => {
    const stationsSeen = (_tenant: string, _token: string | null, _since: Date, limit: number) =>
      Promise.resolve(Array.from({ length: limit }, (_, index) => `S${index}`));
    const many = new CacheClearing({
      commands: { sendCommand: () => Promise.reject(new Error('sent')) },
      tokens: { stationsSeen },
      now: () => new Date(),
    });
    await expect(many.clear('default', null, 'api')).rejects.toMatchObject({ code: 'invalid' });
  });
});
