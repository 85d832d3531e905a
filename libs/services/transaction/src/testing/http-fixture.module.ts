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
import { handleMessage, messageFrom } from './station-message';

type Method = Parameters<TestApp['request']>[0];

/** The service's HTTP API on a database of its own, with a command sender that only records. */
export interface HttpFixture {
  face: TestApp;
  /** Sends a request of this tenant, `default` when none is named. */
  ask<T = Record<string, unknown>>(method: Method, url: string, body?: object, tenant?: string): Promise<{ status: number; body: T }>;
  service: Service;
  sentCommands: CommandToSend[];
  metrics: TestMetrics;
  /** As cdr has them, by id of the transaction. */
  bills: Map<string, TransactionBill>;
  /** How often cdr was asked for them. */
  billQueries(): number;
  /** Lets the service handle a message of a 1.6 station; its answer. */
  receive(action: string, station: string, payload: object): Promise<Record<string, unknown>>;
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
    ask: <T>(method: Method, url: string, body?: object, tenant = 'default') => face.request<T>(method, url, { body, tenant }),
    billQueries: () => queries,
    receive: (action, station, payload) => handleMessage(service, messageFrom({ protocol: 'ocpp1.6', station }, action, payload)),
  };
}
