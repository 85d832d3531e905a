import { randomUUID } from 'node:crypto';
import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import type { Protocol } from '@voltbus/contracts';
import { KNOWN_STATIONS, TRANSACTION_BILLS, type KnownStations, type TransactionBill } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { BUS, CONNECTIONS, LIFECYCLE, LOGGER, METRICS } from '@voltbus/runtime';
import { COMMAND_SENDER, serviceModules, type CommandToSend, type Service } from '@voltbus/service';
import { freshDatabase, silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import { transactionService } from '../service';

/** The service's HTTP API on a database of its own, with a command sender that only records. */
export interface HttpFixture {
  face: TestApp;
  service: Service;
  sentCommands: CommandToSend[];
  metrics: TestMetrics;
  /** As cdr has them, by id of the transaction. */
  bills: Map<string, TransactionBill>;
  /** How often cdr was asked for them. */
  billQueries(): number;
  close(): Promise<void>;
}

/** Every station exists, except `nobody`. */
const isStation = (station: string) => Promise.resolve(station !== 'nobody');
const everyStation: KnownStations = {
  has: ({ station }) => isStation(station),
  holding: (_tenant, work) => work({ has: isStation }),
};

/** With these stations connected. */
export async function startHttp(stations: readonly (readonly [station: string, protocol: Protocol])[]): Promise<HttpFixture> {
  const { url, drop } = await freshDatabase();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics() });
  const connections = new MemoryConnections();
  for (const [station, protocol] of stations)
    await connections.acquire({ tenant: 'default', station }, { inst: 'gw', bucket: 0, protocol, lastSeenAt: 0 });
  const sentCommands: CommandToSend[] = [];
  const accept = (command: CommandToSend) => {
    sentCommands.push(command);
    return Promise.resolve({ id: command.id ?? randomUUID(), status: 'queued', action: command.action });
  };
  const bills = new Map<string, TransactionBill>();
  let queries = 0;
  const metrics = testMetrics();
  const { http, token } = serviceModules(transactionService);
  const face = await TestApp.create({
    modules: [http],
    databaseUrl: url,
    logger: silentLogger,
    provided: [
      [BUS, bus],
      [CONNECTIONS, connections],
      [LOGGER, silentLogger],
      [METRICS, metrics],
      [LIFECYCLE, { add: () => undefined }],
      [COMMAND_SENDER, { sendCommand: accept }],
      [KNOWN_STATIONS, everyStation],
      [TRANSACTION_BILLS, { of: () => (queries++, Promise.resolve(bills)) }],
    ],
  });
  const service = face.get<Service>(token);
  return {
    ...{ face, service, sentCommands, metrics, bills },
    billQueries: () => queries,
    async close() {
      await service.database.destroy();
      await face.close();
      await bus.close();
      await drop();
    },
  };
}
