import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { CONNECTIONS, toCloudEventHeaders, type ConnectionEvent } from '@voltbus/contracts';
import { STATION_MESSAGE_LIMITS } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { BUS, CONNECTIONS as REGISTRY, HEALTH, LIFECYCLE, LOGGER, METRICS, type Part, type Phase } from '@voltbus/runtime';
import { serviceModules } from '@voltbus/service';
import { router } from '@voltbus/service-router';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { connectionCounts } from './block';

const HOW_TO = join(__dirname, '../../add-a-functional-block.md');

describe('the example block, as one line in the list of its service', () => {
  it('counts the connections of a station and shows them through the API', async () => {
    const { url, drop } = await freshDatabase();
    const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
    const parts: Part[] = [];
    const { worker, http } = serviceModules({ ...router, blocks: [...router.blocks, connectionCounts] });
    const app = await TestApp.create({
      modules: [worker, http],
      databaseUrl: url,
      logger: silentLogger,
      provided: [
        [BUS, bus],
        [REGISTRY, new MemoryConnections()],
        [LOGGER, silentLogger],
        [METRICS, testMetrics()],
        [HEALTH, { addCheck: () => undefined }],
        [STATION_MESSAGE_LIMITS, { faultIn: () => Promise.resolve(null) }],
        [LIFECYCLE, { add: (_phase: Phase, part: Part) => void parts.push(part) }],
      ],
    });
    for (const part of parts) await part.start?.();
    for (const epoch of [1, 2, 2]) await publishConnected(bus, epoch);
    for (const part of [...parts].reverse()) if (part.start !== undefined) await part.stop?.(1_000); // the database stays
    expect(await app.request('GET', '/v1/stations/CS-1/connection-count')).toEqual({ status: 200, body: { station: 'CS-1', today: 2 } });
    for (const part of parts) if (part.start === undefined) await part.stop?.(1_000);
    await app.close();
    await bus.close();
    await drop();
  });

  it('is shown in the how-to as it is here, file by file', () => {
    const page = readFileSync(HOW_TO, 'utf8');
    const files = readdirSync(__dirname).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
    expect(files.filter((file) => !page.includes(readFileSync(join(__dirname, file), 'utf8').trim()))).toEqual([]);
  });
});

function publishConnected(bus: MemoryBus, epoch: number): Promise<void> {
  const at = new Date().toISOString();
  const event: ConnectionEvent = { tenant: 'default', station: 'CS-1', protocol: 'ocpp1.6', gateway: 'gw', epoch, at, reason: 'connected' };
  const attributes = { id: `e${epoch}`, type: CONNECTIONS.events.connected.type ?? '', source: '/spec', time: at, subject: 'default/CS-1' };
  const headers = toCloudEventHeaders({ ...attributes, tenant: 'default' });
  return bus.publish(CONNECTIONS, { key: 'default/CS-1', value: Buffer.from(JSON.stringify(event)), headers });
}
