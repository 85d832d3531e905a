import { MemoryBus, type Subscription } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import {
  CALL_RESULTS,
  COMMAND_RESULTS,
  DOWNLINK,
  META_HEADER,
  unpackDownlink,
  type CallOutcome,
  type Command,
  type DownlinkCall,
  type DownlinkMeta,
} from '@voltbus/contracts';
import { TopicRecorder, freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { openRouter, type OpenedRouter } from './open-router';

export const BUCKET = 3;
export const KEY = 'default/CS-1';
export const REF = { tenant: 'default', station: 'CS-1' };

/** The router with its subscriptions, on a bus and a database of its own. A gateway holds CS-1. */
export interface RunningRouter {
  service: OpenedRouter;
  bus: MemoryBus;
  connections: MemoryConnections;
  /** Of the connection of CS-1. */
  epoch: number;
  /** Records on the gateway's bucket. */
  downlink: TopicRecorder<{ meta: DownlinkMeta; text: string }>;
  /** Events on `csms.command-results.v1`. */
  ends: TopicRecorder<{ type: string | undefined; command: Command }>;
  /** Publishes a result of the gateway for the last call on its bucket. */
  publishResult(outcome: CallOutcome): Promise<void>;
  close(): Promise<void>;
}

export async function startRunningRouter(): Promise<RunningRouter> {
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const connections = new MemoryConnections({ leaseTtlMs: 3_600_000 });
  await connections.renewLease({ inst: 'gw', bucket: BUCKET });
  const { epoch } = await connections.acquire(REF, { inst: 'gw', bucket: BUCKET, protocol: 'ocpp1.6', lastSeenAt: 0 });
  const { url, drop } = await freshDatabase();
  const service = await openRouter({ url, bus, connections, metrics: testMetrics() });
  const downlink: RunningRouter['downlink'] = new TopicRecorder(({ headers, value }) => ({
    meta: unpackDownlink(headers[META_HEADER]),
    text: value.toString(),
  }));
  const ends: RunningRouter['ends'] = new TopicRecorder(({ headers, value }) => ({
    type: headers['ce_type']?.toString(),
    command: JSON.parse(value.toString()) as Command,
  }));
  const followers: Subscription[] = [
    await bus.follow({ name: 'gateway', topic: DOWNLINK, partition: BUCKET, handle: downlink.record }),
    await bus.follow({ name: 'other service', topic: COMMAND_RESULTS, handle: ends.record }),
  ];
  await service.service.start();
  return {
    ...{ service, bus, connections, epoch, downlink, ends },
    publishResult: (outcome) => publishResult(bus, downlink.items.at(-1), outcome),
    async close() {
      await service.service.stop();
      for (const follower of followers) await follower.close();
      await bus.close();
      await service.database.destroy();
      await drop();
    },
  };
}

async function publishResult(bus: MemoryBus, last: RunningRouter['downlink']['items'][number] | undefined, outcome: CallOutcome) {
  if (last?.meta.kind !== 'call') throw new Error('no call was sent to a gateway');
  const { action, payload } = JSON.parse(last.text) as DownlinkCall;
  const { inst, epoch, commandId } = last.meta;
  const now = Date.now();
  const call = { commandId, ...REF, protocol: 'ocpp1.6', action, request: payload };
  const result = { ...call, outcome, inst, epoch, sentAt: now, at: now };
  await bus.publish(CALL_RESULTS, { key: KEY, value: Buffer.from(JSON.stringify(result)) });
}
