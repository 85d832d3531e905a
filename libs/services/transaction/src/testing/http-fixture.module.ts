import { randomUUID } from 'node:crypto';
import { MemoryConnections } from '@voltbus/connections';
import type { Protocol } from '@voltbus/contracts';
import { KNOWN_STATIONS, STATION_EVSES, TRANSACTION_BILLS, type KnownStations, type TransactionBill } from '@voltbus/http';
import type { TestApp } from '@voltbus/http/testing';
import { CONNECTIONS, METRICS } from '@voltbus/runtime';
import { COMMAND_SENDER, type CommandToSend, type Service } from '@voltbus/service';
import { startServiceApp } from '@voltbus/service/testing';
import { testMetrics, type TestMetrics } from '@voltbus/testing';
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
  holding: (_tenant, work) =>
    work({ has: isStation, among: (stations) => Promise.resolve(new Set(stations.filter((station) => station !== 'nobody'))) }),
};

/** With these stations connected. */
export async function startHttp(stations: readonly (readonly [station: string, protocol: Protocol])[]): Promise<HttpFixture> {
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
  const {
    app: face,
    service,
    close,
  } = await startServiceApp(transactionService, {
    provided: [
      [CONNECTIONS, connections],
      [METRICS, metrics],
      [COMMAND_SENDER, { sendCommand: accept }],
      [KNOWN_STATIONS, everyStation],
      [STATION_EVSES, { of: () => Promise.resolve([]) }],
      [TRANSACTION_BILLS, { of: () => (queries++, Promise.resolve(bills)) }],
    ],
  });
  return {
    ...{ face, service, sentCommands, metrics, bills, close },
    billQueries: () => queries,
  };
}
