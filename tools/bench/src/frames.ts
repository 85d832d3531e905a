import { setTimeout as pause } from 'node:timers/promises';
import { GatewayUnderTest } from './gateway-under-test';
import type { Pair } from './statistics';
import { WsStations } from './ws-stations';

export interface FramesOptions {
  stations: number;
  /** Messages of each station in each round. Each is two frames, and of one connection only 500 frames are copied at once. */
  messages: number;
  pairs: number;
}

/** Longer than copies are gathered before they are sent, so that a round's own copies count to it. */
const AFTER_MS = 500;
/** Pairs that are not counted: the compiler is still at work. */
const WARM_UP = 6;

/** Measures the gateway's processor time for a message and its answer, microseconds, without and with copies for the message log. */
export async function measureFrames({ stations, messages, pairs }: FramesOptions, report: (pair: Pair) => void): Promise<Pair[]> {
  const gateway = await GatewayUnderTest.start();
  try {
    const measured: Pair[] = [];
    let round = 0;
    const cost = (on: boolean) => costOf(gateway, `r${round++}`, on, { stations, messages });
    for (let index = -WARM_UP; index < pairs; index++) {
      // by turns, so that a slow machine slows both
      const first = await cost(index % 2 === 0);
      const second = await cost(index % 2 !== 0);
      const pair = index % 2 === 0 ? { on: first, off: second } : { off: first, on: second };
      if (index < 0) continue;
      measured.push(pair);
      report(pair);
    }
    return measured;
  } finally {
    await gateway.stop();
  }
}

async function costOf(
  gateway: GatewayUnderTest,
  prefix: string,
  on: boolean,
  { stations, messages }: Omit<FramesOptions, 'pairs'>,
): Promise<number> {
  const names = Array.from({ length: stations }, (_, index) => `${prefix}-${index}`);
  await gateway.know(names, on);
  const fleet = await WsStations.connect(gateway.url, names);
  const before = await gateway.usage();
  await fleet.talk(messages);
  await pause(AFTER_MS);
  const after = await gateway.usage();
  await fleet.close();
  const [copied, wanted] = [after.copied - before.copied, on ? 2 * stations * messages : 0];
  if (copied !== wanted || after.notCopied > 0)
    throw new Error(`${copied} frames were copied instead of ${wanted}: not what was to be measured`);
  return (after.cpuMicros - before.cpuMicros) / (stations * messages);
}
