import { dialWebSocket, type StationSocket, type Target } from '@voltbus/virtual-station';
import type { Fault, Scene } from './fault';
import { ownStation } from './own-station';

const MEASURED_MS = 20_000;
const QUIET = { stations: 10, everyMs: 500 };
/** Ten times as many calls as the quiet tenant makes. */
const NOISY = { stations: 50, everyMs: 250 };
/** The quiet tenant may become so much slower. */
const WORST_RATIO = 2;
/** Below that a ratio is the chance of one slow answer. */
const FAST_MS = 100;

export const NEIGHBOUR_FAULTS: readonly Fault[] = [
  {
    name: 'noisy-neighbour',
    about: `a tenant sends ten times as many messages as another for ${MEASURED_MS / 1_000} s, through the same gateway and service`,
    inject: noisyNeighbour,
  },
];

async function noisyNeighbour(scene: Scene): Promise<void> {
  const { log, pause, report } = scene;
  const quiet = await Callers.connect(scene, 1, 'QUIET', QUIET);
  try {
    const measured = async (): Promise<number> => {
      quiet.forgetAnswers();
      await pause(MEASURED_MS);
      return quiet.p99Ms();
    };
    const before = await measured();
    const noisy = await Callers.connect(scene, 0, 'NOISY', NOISY);
    const during = await measured().finally(() => noisy.close());
    const { answers } = noisy;
    log(`p99 of the quiet tenant: ${before} ms, then ${during} ms beside ${answers} answers to the noisy one (${ratioOf(during, before)})`);
    if (during > Math.max(before, FAST_MS) * WORST_RATIO)
      report(`noisy-neighbour: p99 of the quiet tenant rose from ${before} ms to ${during} ms`);
  } finally {
    quiet.close();
  }
}

function ratioOf(during: number, before: number): string {
  return `${(during / Math.max(1, before)).toFixed(1)} times`;
}

/** Stations of one tenant that report a status at a fixed rate, each as soon as its last report was answered at the earliest. */
class Callers {
  private ms: number[] = [];
  private readonly sockets: StationSocket[] = [];
  private readonly timers: NodeJS.Timeout[] = [];

  /** All at the first gateway. */
  static async connect(scene: Scene, tenant: number, name: string, { stations, everyMs }: typeof QUIET): Promise<Callers> {
    const { stack, targets } = scene;
    const of = targets[tenant];
    if (of === undefined) throw new Error('there are too few fleets');
    const url = `${stack.facts().gateways[0]?.ocppUrl}/${of.tenant}`;
    const callers = new Callers();
    for (let nth = 0; nth < stations; nth++)
      await callers.add({ ...(await ownStation(of, `CHAOS-${name}-${nth}`)), url }, { everyMs, phase: nth / stations });
    return callers;
  }

  get answers(): number {
    return this.ms.length;
  }

  forgetAnswers(): void {
    this.ms = [];
  }

  p99Ms(): number {
    const sorted = [...this.ms].sort((one, other) => one - other);
    return Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? Number.POSITIVE_INFINITY);
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const socket of this.sockets) socket.close();
  }

  /** Times run from when a report was due, so that an answer that is late is not measured once only. */
  private async add(target: Target, { everyMs, phase }: { everyMs: number; phase: number }): Promise<void> {
    const due: number[] = [];
    const onMessage = (): void => {
      const since = due.shift();
      if (since !== undefined) this.ms.push(performance.now() - since);
      if (due.length > 0) send();
    };
    const socket = await dialWebSocket(target, { onMessage, onClosed: () => undefined });
    let sent = 0;
    const send = (): void => {
      const status = { connectorId: 1, errorCode: 'NoError', status: ++sent % 2 === 0 ? 'Available' : 'Preparing' };
      socket.send(JSON.stringify([2, `m${sent}`, 'StatusNotification', status]));
    };
    const tick = (): void => void (due.push(performance.now()) === 1 && send());
    this.sockets.push(socket);
    setTimeout(() => this.timers.push(setInterval(tick, everyMs)), phase * everyMs);
  }
}
