import type { ChildProcess } from 'node:child_process';
import { guard } from './guard';

/** A server that tests and the local stack may kill and bring back. */
export interface Server {
  /** Null while it is dead, and when it runs where no signal of ours reaches it. Changes with each restart. */
  readonly pid: number | null;
  /** In order. */
  stop(): Promise<void>;
  /** Sends the signal at once; resolves when the process is gone, unless the signal only pauses or resumes it. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** After its death: the same address, the same data. */
  restart(): Promise<void>;
}

/** What a server is made of, whichever way it runs: one life after the other. */
export interface Life {
  readonly pid: number | null;
  readonly gone: Promise<unknown>;
  send(signal: NodeJS.Signals): Promise<unknown>;
  /** In order; resolves when it is gone. */
  stop(): Promise<unknown>;
}

const TRY_AGAIN_MS = 50;
const PAUSES: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT'];

/** A `Server` of lives that `start` makes and waits for; `changed` is called at every death and every return. */
export async function serverOf(start: () => Promise<Life>, changed: () => void = () => undefined): Promise<Server> {
  let life: Life | null = null;
  const live = async (): Promise<void> => {
    const mine = await start();
    life = mine;
    void mine.gone.then(() => {
      if (life === mine) life = null;
      changed();
    });
    changed();
  };
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    const current = life;
    if (current === null) return;
    await current.send(name);
    if (!PAUSES.includes(name)) await current.gone;
  };
  await live();
  return {
    get pid() {
      return life?.pid ?? null;
    },
    signal,
    stop: async () => void (await life?.stop()),
    restart: async () => {
      await signal('SIGKILL');
      await live();
    },
  };
}

/** Ends all that this process started when it leaves without stopping them. */
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** The life of a child process. It must not outlive us, and does not keep us here. */
export function childLife(child: ChildProcess): Life {
  const gone = new Promise((done) => {
    child.once('exit', done);
    child.once('error', done); // it could not even be started
  });
  children.add(child);
  void gone.then(() => children.delete(child));
  if (child.pid !== undefined) guard(child.pid, gone);
  child.unref();
  const send = (signal: NodeJS.Signals): Promise<unknown> => {
    if (!PAUSES.includes(signal)) child.ref(); // or nothing might keep us here until it is gone
    child.kill(signal);
    return Promise.resolve();
  };
  return { pid: child.pid ?? null, gone, send, stop: () => send('SIGTERM').then(() => gone) };
}

/** The life, once the server answers: tries again until it does, it has died, or the time is over. Then it is not left behind. */
export async function answering(
  what: string,
  life: Life,
  seconds: number,
  { tryOnce, log }: { tryOnce(): Promise<void>; log(): string | Promise<string> },
): Promise<Life> {
  let dead = false;
  void life.gone.then(() => (dead = true));
  for (const end = Date.now() + seconds * 1_000; ;) {
    if (dead) throw new Error(`${what} stopped at its start:\n${await log()}`);
    try {
      await tryOnce();
      return life;
    } catch (error) {
      if (Date.now() > end) {
        await life.send('SIGKILL');
        throw new Error(`${what} does not answer after ${seconds} s:\n${await log()}`, { cause: error });
      }
      await new Promise((next) => setTimeout(next, TRY_AGAIN_MS));
    }
  }
}
