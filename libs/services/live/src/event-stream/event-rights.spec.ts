import { CDRS, COMMAND_RESULTS, STATION_CHANGES } from '@voltbus/contracts';
import { MAX_STATIONS_OF_GROUPS, rightsOfRole } from '@voltbus/http';
import { REACH_EVERY_MS } from './limits';
import type { EventClient } from './testing/event-client';
import { startEventStream, type EventStreamFixture } from './testing/event-stream-fixture';

let fixture: EventStreamFixture;
beforeEach(async () => {
  fixture = await startEventStream();
  for (const key of ['technician', 'depot']) fixture.tenants.set(key, 'acme');
  fixture.holders.set('technician', { rights: rightsOfRole('technician') }).set('depot', { stationGroups: ['depot'] });
  fixture.groups.set('depot', ['D-1']);
});
afterEach(() => fixture.close());

async function listening(key: string, query = ''): Promise<EventClient> {
  const client = await fixture.connect(key, query);
  await client.next();
  return client;
}

const bill = (station: string, id: string) => fixture.publish(CDRS, `acme/${station}`, 'voltbus.cdr.issued', { id });
const command = (station: string, id: string) => fixture.publish(COMMAND_RESULTS, `acme/${station}`, 'voltbus.command.ended', { id });
const next = async (client: EventClient) => {
  const { event, data } = (await client.next()) ?? {};
  return [event, (JSON.parse(data ?? '{}') as { id?: string; station?: string }).id ?? data];
};

describe('the event stream of a caller', () => {
  it('has no events of resources that the caller may not see', async () => {
    const client = await listening('technician');
    await bill('CS-1', 'hidden');
    await command('CS-1', 'shown');
    expect(await next(client)).toEqual(['command', 'shown']);
    expect((await fixture.connect('technician', '?types=cdr')).response.statusCode).toBe(403);
  });

  it('has only what is of the stations of its groups, stations too', async () => {
    const client = await listening('depot');
    for (const station of ['Y-1', 'D-1']) fixture.stations.set(station, { station });
    await command('Y-1', 'hidden');
    await fixture.publish(STATION_CHANGES, 'acme/Y-1', 'voltbus.station.changed', { tenant: 'acme', station: 'Y-1' });
    await fixture.publish(STATION_CHANGES, 'acme/D-1', 'voltbus.station.changed', { tenant: 'acme', station: 'D-1' });
    expect(await next(client)).toEqual(['station', '{"station":"D-1"}']);
    await bill('Y-1', 'hidden');
    await bill('D-1', 'shown');
    expect(await next(client)).toEqual(['cdr', 'shown']);
  });

  it('shows nothing that another caller has missed, when it comes back with the id of their event', async () => {
    fixture.tenants.set('wide', 'acme');
    const client = await fixture.connect('wide');
    const start = (await client.next())?.id ?? '';
    await command('Y-1', 'hidden');
    await command('D-1', 'shown');
    const limited = await fixture.connect('depot', '', start);
    await limited.next();
    expect(await next(limited)).toEqual(['command', 'shown']);
  });

  it('follows stations into its groups and out of them', async () => {
    const client = await listening('depot');
    fixture.groups.set('depot', ['Y-1']);
    fixture.streams.check(performance.now() + REACH_EVERY_MS);
    await new Promise(setImmediate); // the stations have been read
    await command('D-1', 'hidden');
    await command('Y-1', 'shown');
    expect(await next(client)).toEqual(['command', 'shown']);
  });

  it('ends when its groups have too many stations, and does not begin', async () => {
    const client = await listening('depot');
    fixture.groups.set(
      'depot',
      Array.from({ length: MAX_STATIONS_OF_GROUPS + 1 }, (_none, at) => `D-${at}`),
    );
    fixture.streams.check(performance.now() + REACH_EVERY_MS);
    expect(await client.next()).toBeNull();
    expect((await fixture.connect('depot')).response.statusCode).toBe(403);
  });
});
