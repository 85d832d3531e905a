import {
  DOWNLINK,
  LANES,
  META_HEADER,
  QUIRKS_HEADER,
  packQuirks,
  packUplink,
  unpackDownlink,
  type QuirkSettings,
  type UplinkMeta,
} from '@voltbus/contracts';
import { MemoryBus, type Subscription } from '@voltbus/bus';
import { silentLogger, testMetrics, within, type TestMetrics } from '@voltbus/testing';
import type { AnswerTable } from '../answers';
import { serveLane } from '../serve-lane';

const BUCKET = 3;
const EMPTY: AnswerTable = { ocpp16: {}, ocpp2: {} };

interface Reply {
  meta: unknown;
  frame: unknown;
}

/** The transaction lane on a bus in memory, with a gateway that records the replies on its bucket. */
export class LaneFixture {
  readonly metrics: TestMetrics = testMetrics();
  readonly bus = new MemoryBus({ logger: silentLogger, metrics: this.metrics });
  readonly replies: Reply[] = [];
  readonly subscriptions: Subscription[] = [];
  private arrived: () => void = () => undefined;

  static async start(): Promise<LaneFixture> {
    const lane = new LaneFixture();
    const handle = ({ headers, value }: { headers: Readonly<Record<string, Buffer | undefined>>; value: Buffer }): void => {
      lane.replies.push({ meta: unpackDownlink(headers[META_HEADER]), frame: JSON.parse(value.toString()) });
      lane.arrived();
    };
    lane.subscriptions.push(await lane.bus.follow({ name: 'gateway', topic: DOWNLINK, partition: BUCKET, handle }));
    return lane;
  }

  async serve(table: Partial<AnswerTable>): Promise<void> {
    const { bus, metrics } = this;
    const answers = { ...EMPTY, ...table };
    this.subscriptions.push(
      await serveLane({ bus, lane: 'transaction', group: 'transaction', table: answers, logger: silentLogger, metrics }),
    );
  }

  /** What the gateway puts on the lane; resolves when the service has committed it. */
  publishMessage(
    action: string,
    payload: unknown,
    changes: Partial<UplinkMeta> = {},
    key = 'default/CS-1',
    quirks?: QuirkSettings,
  ): Promise<void> {
    const now = Date.now();
    const meta: UplinkMeta = {
      protocol: 'ocpp1.6',
      action,
      messageId: 'm1',
      ack: 'service',
      returnTo: { inst: 'gw', bucket: BUCKET, epoch: 5 },
      registration: 'accepted',
      checked: 'no',
      receivedAt: now,
      answerBy: now + 10_000,
      ...changes,
    };
    const value = typeof payload === 'string' ? payload : JSON.stringify([2, meta.messageId, action, payload]);
    const switched: Record<string, Buffer> = quirks === undefined ? {} : { [QUIRKS_HEADER]: packQuirks(quirks) };
    const headers = { [META_HEADER]: packUplink(meta), ...switched };
    return this.bus.publish(LANES.transaction, { key, value: Buffer.from(value), headers });
  }

  /** The next reply, already come or not. */
  async reply(): Promise<Reply> {
    if (this.replies.length === 0) await within('the gateway gets a reply', new Promise<void>((resolve) => (this.arrived = resolve)));
    return this.replies.shift() ?? { meta: null, frame: null };
  }

  async close(): Promise<void> {
    for (const subscription of this.subscriptions) await subscription.close();
    await this.bus.close();
  }
}
