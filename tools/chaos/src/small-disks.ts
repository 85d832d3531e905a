import { spawnSync } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** Room for the longest run; memory is taken only for what is stored. */
const SIZE_BYTES = 4 * 1024 ** 3;
/** What a disk takes on between the look at it and the change of its size. */
const TRIES = 20;

export type DiskServer = 'postgres' | 'kafka';

/** File systems in memory for the data of Postgres and Kafka, which can be made full at any moment. Linux, and the right to mount, are needed. */
export class SmallDisks {
  private constructor(private readonly places: Readonly<Record<DiskServer, string>>) {}

  /** Mounts them in the data folder of a stack before it is started. Null where that is not allowed. */
  static mount(dataDir: string): SmallDisks | null {
    const places = { postgres: join(dataDir, 'stack/postgres'), kafka: join(dataDir, 'stack/kafka') };
    const disks = new SmallDisks(places);
    for (const place of Object.values(places)) {
      mkdirSync(place, { recursive: true });
      if (mount(['-t', 'tmpfs', '-o', `size=${SIZE_BYTES}`, 'voltbus-chaos', place])) continue;
      disks.unmount();
      return null;
    }
    return disks;
  }

  /** Leaves no room for another page. Throws where the disk fills faster than it shrinks. */
  fill(server: DiskServer): void {
    for (let tries = 0; tries < TRIES; tries++) {
      const { blocks, bfree, bsize } = statfsSync(this.places[server]);
      if (mount(['-o', `remount,size=${Math.max(1, blocks - bfree) * bsize}`, this.places[server]])) return;
    }
    throw new Error(`the disk of ${server} could not be made full`);
  }

  /** Gives the room back. */
  free(server: DiskServer): void {
    if (!mount(['-o', `remount,size=${SIZE_BYTES}`, this.places[server]])) throw new Error(`the disk of ${server} stays full`);
  }

  unmount(): void {
    for (const place of Object.values(this.places)) spawnSync('umount', ['-l', place]);
  }
}

function mount(args: readonly string[]): boolean {
  return spawnSync('mount', args).status === 0;
}
