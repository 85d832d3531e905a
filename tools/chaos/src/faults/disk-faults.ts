import type { DiskServer } from '../small-disks';
import type { Fault, Scene } from './fault';

const FULL_MS = 20_000;

export const DISK_FAULTS: readonly Fault[] = [
  {
    name: 'postgres-disk-full',
    about: `the disk of Postgres is full for ${FULL_MS / 1_000} s (Linux, as root)`,
    needsDisks: true,
    inject: (scene) => full(scene, 'postgres'),
  },
  {
    name: 'kafka-disk-full',
    about: `the disk of Kafka is full for ${FULL_MS / 1_000} s, which ends it (Linux, as root)`,
    needsDisks: true,
    inject: (scene) => full(scene, 'kafka'),
  },
];

/** A server that a full disk has ended is started again when there is room, as its supervisor does. */
async function full({ stack, disks, log, pause }: Scene, server: DiskServer): Promise<void> {
  if (disks === null) throw new Error('its disk needs Linux and the right to mount');
  disks.fill(server);
  try {
    await pause(FULL_MS);
  } finally {
    disks.free(server);
    const ended = stack.pidOf(server) === null;
    log(`${server} ${ended ? 'had ended' : 'ran on'}`);
    if (ended) await stack.restart(server);
  }
}
