import { randomUUID } from 'node:crypto';
import type { BusRecord } from '@voltbus/bus';
import { DOWNLINK, META_HEADER, unpackDownlink, type CallResult, type DownlinkMeta } from '@voltbus/contracts';
import { seededRandom, type Random } from '@voltbus/virtual-station';
import { ModelGateway } from './model-gateway';
import type { OpenedRouter } from './open-router';
import type { RouterFixture } from './router-fixture';

const STEPS = 200;
/** The deadline of a command that may wait for its station is behind so many turns. */
const LAST_TURNS = 12;
const TURN_SECONDS = 11;
const TTL_SECONDS = 100;

/**
 * Two APIs, two routers and two gateways that do what they may do, in an order that the seed draws. The bus fails before or after it has taken a call; a
 * process dies after it has published a call; a gateway dies with the results it has not published; results are read late, twice, and in any order.
 */
export class CommandRun {
  readonly ids = new Set<string>();
  /** Ids of commands, each as often as it was written to a socket. */
  readonly frames: string[] = [];
  /** Ids of commands of which a result said that they were answered. */
  readonly answered = new Set<string>();
  /** Ids of commands of which nobody can know whether they were sent. */
  readonly uncertain = new Set<string>();
  private readonly random: Random;
  private readonly read: CallResult[] = [];
  private readonly work: Promise<unknown>[] = [];
  private gateways: ModelGateway[] = [];
  /** What a gateway had published before it died is still on the bus. */
  private readonly ofDeadGateways: CallResult[] = [];
  private started = 0;

  constructor(
    private readonly router: RouterFixture,
    private readonly processes: readonly OpenedRouter[],
    private readonly station: string,
    seed: number,
  ) {
    this.random = seededRandom(seed);
  }

  async all(): Promise<void> {
    const { router, station } = this;
    const downlink = await router.bus.follow({ name: station, topic: DOWNLINK, handle: (record) => this.onDownlink(record) });
    this.gateways = [this.newGateway(), this.newGateway()];
    this.failAtRandom();
    await this.connect();
    for (let step = 0; step < STEPS; step++) {
      await this.step();
      if (this.random.next() < 0.4) await Promise.allSettled(this.work.splice(0));
    }
    await this.settle();
    await downlink.close();
  }

  private async step(): Promise<void> {
    const process = this.one(this.processes);
    const gateway = this.one(this.gateways);
    const steps: [number, () => unknown][] = [
      [14, () => this.work.push(this.send(process))],
      [6, () => this.work.push(process.cancellations.cancel('default', this.one([...this.ids, randomUUID()])))],
      [12, () => this.work.push(this.router.dispatch(process))],
      [10, () => gateway.writeNext(this.station)],
      [8, () => gateway.endCall(this.station, this.random.next() < 0.8 ? 'answered' : 'unknown')],
      [10, () => gateway.publishResults()],
      [14, () => this.readResults()],
      [10, () => this.connect()],
      [3, () => gateway.disconnect(this.station)],
      [2, () => this.killGateway(gateway)],
      [8, () => this.router.clock.pass(this.random.between(0, 12))],
    ];
    let drawn = this.random.next() * steps.reduce((sum, [weight]) => sum + weight, 0);
    await steps.find(([weight]) => (drawn -= weight) < 0)?.[1]();
  }

  private send({ commandSender }: OpenedRouter): Promise<unknown> {
    const id = this.random.next() < 0.2 && this.ids.size > 0 ? this.one([...this.ids]) : randomUUID();
    this.ids.add(id);
    const ref = { tenant: 'default', station: this.station };
    return commandSender.sendCommand({ id, ref, action: 'Reset', payload: { type: 'Soft' }, requestedBy: 'spec', ttlSeconds: TTL_SECONDS });
  }

  private async connect(): Promise<void> {
    const gateway = this.one(this.gateways);
    gateway.connect(this.station, await this.router.connect(this.station, { inst: gateway.inst }));
  }

  private onDownlink(record: BusRecord): void {
    const { commandId, inst } = callIn(record.headers);
    const gateway = this.gateways.find((one) => one.inst === inst);
    if (gateway === undefined)
      this.uncertain.add(commandId); // it goes to a process that has died
    else gateway.onRecord(record);
  }

  private killGateway(gateway: ModelGateway): void {
    for (const id of gateway.inHand) this.uncertain.add(id);
    this.ofDeadGateways.push(...gateway.published.splice(0));
    this.gateways = [...this.gateways.filter((one) => one !== gateway), this.newGateway()];
  }

  /** Some results in any order, and some that were read before once more. */
  private async readResults(): Promise<void> {
    const waiting = [...this.ofDeadGateways.splice(0), ...this.gateways.flatMap(({ published }) => published.splice(0))];
    const again = this.read.filter(() => this.random.next() < 0.3);
    const inAnyOrder = [...waiting, ...again].map((result) => ({ result, at: this.random.next() })).sort((one, other) => one.at - other.at);
    for (const { result } of inAnyOrder) {
      if (result.outcome.kind === 'answered') this.answered.add(result.commandId);
      await this.one(this.processes).results.record(result);
    }
    this.read.push(...waiting);
  }

  /** Nothing fails any more: all that waits is sent, answered and read, then every deadline passes. */
  private async settle(): Promise<void> {
    await Promise.allSettled(this.work);
    jest.restoreAllMocks();
    for (let turn = 0; turn < LAST_TURNS; turn++) {
      for (const { commandSender } of this.processes) await commandSender.idle();
      for (const process of this.processes) await this.router.dispatch(process);
      for (const gateway of this.gateways) {
        gateway.writeNext(this.station);
        gateway.endCall(this.station, 'answered');
        gateway.publishResults();
      }
      await this.readResults();
      this.router.clock.pass(TURN_SECONDS);
    }
    for (const gateway of this.gateways) {
      gateway.disconnect(this.station);
      gateway.publishResults();
    }
    await this.readResults();
    this.router.clock.pass(2 * TTL_SECONDS);
    for (const { results } of this.processes) await results.endOverdue(() => Promise.resolve(true));
  }

  private failAtRandom(): void {
    const { bus } = this.router;
    const publish = bus.publish.bind(bus);
    jest.spyOn(bus, 'publish').mockImplementation(async (topic, record) => {
      const chance = topic === DOWNLINK ? this.random.next() : 1;
      if (topic === DOWNLINK && chance < 0.25) this.uncertain.add(callIn(record.headers).commandId);
      if (chance < 0.1) throw new Error('the bus is away');
      await publish(topic, record);
      if (chance < 0.2) throw new Error('the bus has not acknowledged it in time');
    });
    // a process that dies says no more about the command that it has claimed, published or not
    for (const { store } of this.processes)
      for (const last of ['dispatched', 'lookAgain'] as const) {
        const works = store[last].bind(store) as (...values: unknown[]) => Promise<void>;
        jest
          .spyOn(store, last)
          .mockImplementation((...values: unknown[]) => (this.random.next() < 0.2 ? Promise.resolve() : works(...values)));
      }
  }

  private newGateway(): ModelGateway {
    const onFrame = (commandId: string): void => void this.frames.push(commandId);
    return new ModelGateway(`${this.station}-gw-${++this.started}`, () => this.router.clock.now().getTime(), onFrame);
  }

  private one<T>(some: readonly T[]): T {
    return this.random.pick(some as [T, ...T[]]); // the lists are not empty
  }
}

function callIn(headers: Readonly<Record<string, string | Uint8Array | undefined>> = {}): Extract<DownlinkMeta, { kind: 'call' }> {
  const meta = unpackDownlink(Buffer.from(headers[META_HEADER] ?? ''));
  if (meta.kind !== 'call') throw new Error(`the router sent a ${meta.kind}`);
  return meta;
}
