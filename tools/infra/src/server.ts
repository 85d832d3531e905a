import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A server that tests and the local stack may kill and bring back. */
export interface Server {
  /** Changes with each restart. */
  readonly pid: number;
  /** In order. */
  stop(): Promise<void>;
  /** Sends the signal at once; resolves when the process is gone, unless the signal only pauses or resumes it. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** After its death: the same ports, the same data. */
  restart(): Promise<void>;
}

/** Ends all that this process started when it leaves without stopping them. */
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

const PAUSES: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT'];

/** A `Server` of one child process, which `start` makes and waits for. */
export async function serverOf(start: () => Promise<ChildProcess>): Promise<Server> {
  let child = await adopt(start);
  const gone = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref(); // or nothing might keep us here until it is gone
    const exit = once(child, 'exit');
    child.kill(signal);
    if (PAUSES.includes(signal)) child.unref();
    else await exit;
  };
  return {
    get pid() {
      return child.pid ?? 0;
    },
    stop: () => gone('SIGTERM'),
    signal: gone,
    restart: async () => {
      await gone('SIGKILL');
      child = await adopt(start);
    },
  };
}

async function adopt(start: () => Promise<ChildProcess>): Promise<ChildProcess> {
  const child = await start();
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Ports that are free now. Another process may take one before it is used: whoever opens it says so. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port; // a listening TCP server has one
    }),
  );
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

/** Tries again until it succeeds, the child has died, or the time is over. */
export async function answering(
  what: string,
  child: ChildProcess,
  seconds: number,
  tryOnce: () => Promise<void>,
  log: () => string,
): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; ;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${what} stopped at its start:\n${log()}`);
    try {
      return await tryOnce();
    } catch (error) {
      if (Date.now() > end) throw new Error(`${what} does not answer after ${seconds} s:\n${log()}`, { cause: error });
      await new Promise((next) => setTimeout(next, 50));
    }
  }
}
