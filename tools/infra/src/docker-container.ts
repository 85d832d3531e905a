import { existsSync } from 'node:fs';
import type { StartedTestContainer } from 'testcontainers';
import { answering, serverOf, type Life, type Server } from './server';

const READY_SECONDS = 60;
const STOP_MS = 15_000;
const LOG_LINES = 60;

interface Wanted {
  what: string;
  image: string;
  port: { container: number; host: number };
  environment?: Record<string, string>;
  command?: string[];
  /** A named volume and where it is mounted: what must be there after the container was removed. */
  volume?: { source: string; target: string };
  tryOnce(): Promise<void>;
}

/** Half a second of loading: only where it is asked. */
const library = (): Promise<typeof import('testcontainers')> => import('testcontainers');

/** The host on which containers publish their ports; null where no Docker daemon answers. */
export async function dockerHost(): Promise<string | null> {
  try {
    const { info } = await (await library()).getContainerRuntimeClient();
    return info.containerRuntime.host === 'localhost' ? '127.0.0.1' : info.containerRuntime.host;
  } catch {
    return null;
  }
}

/** A server in a container, on a port that stays: it may be killed and comes back with its data. Testcontainers removes it when we die. */
export async function startContainer(wanted: Wanted, changed?: () => void): Promise<Server> {
  let container: StartedTestContainer | null = null;
  const server = await serverOf(async () => {
    if (container === null) container = await create(wanted);
    else await container.restart();
    return answering(wanted.what, await lifeOf(container), READY_SECONDS, {
      tryOnce: wanted.tryOnce,
      log: () => logOf(container),
    });
  }, changed);
  return Object.assign(server, { stop: async () => void (await container?.stop({ timeout: STOP_MS, removeVolumes: true })) });
}

async function create({ image, port, environment = {}, command, volume }: Wanted): Promise<StartedTestContainer> {
  const { GenericContainer, Wait } = await library();
  const container = new GenericContainer(image)
    .withExposedPorts(port)
    .withEnvironment(environment)
    .withWaitStrategy(Wait.forListeningPorts());
  if (command !== undefined) container.withCommand(command);
  if (volume !== undefined) container.withBindMounts([{ ...volume, mode: 'rw' }]);
  return container.start();
}

async function lifeOf(started: StartedTestContainer): Promise<Life> {
  const { container } = await (await library()).getContainerRuntimeClient();
  const raw = container.getById(started.getId());
  const { State } = await raw.inspect();
  return {
    pid: reachable(State.Pid) ? State.Pid : null,
    gone: raw.wait(),
    send: (signal) => raw.kill({ signal }),
    stop: () => started.stop({ timeout: STOP_MS }),
  };
}

/** Only where the daemon's processes are this system's: elsewhere the number is somebody else's process. */
function reachable(pid: number): boolean {
  return process.platform === 'linux' && existsSync(`/proc/${pid}`) && existsSync('/var/run/docker.sock');
}

async function logOf(container: StartedTestContainer | null): Promise<string> {
  const stream = await container?.logs({ tail: LOG_LINES });
  let text = '';
  for await (const chunk of stream ?? []) {
    text += String(chunk);
    if (text.split('\n').length >= LOG_LINES) break; // it would go on with later output
  }
  return text;
}
