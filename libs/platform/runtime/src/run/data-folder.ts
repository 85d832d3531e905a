import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../settings/read-settings';

const SECRET_BYTES = 32;
const DEMO_MARK = 'demo';

/** The data folder of standalone and of the local stack: secrets made at the first start, and what runs. */
export class DataFolder {
  /** Throws `ConfigError` when there can be no such folder, or nothing can be written there. */
  constructor(readonly path: string) {
    try {
      makeFolder(resolve(path));
      accessSync(path, constants.W_OK);
    } catch (error) {
      throw new ConfigError([`VOLTBUS_DATA_DIR: ${path} cannot be written (${error instanceof Error ? error.message : String(error)})`]);
    }
  }

  /** A secret kept for its user's eyes (mode 0600), made when missing: as a whole or not at all, for a start can be killed. */
  secret(name: 'admin-key' | 'key-pepper'): string {
    const file = this.file(name);
    if (!existsSync(file)) {
      writeFileSync(`${file}.half`, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, { mode: 0o600 });
      renameSync(`${file}.half`, file);
    }
    return readFileSync(file, 'utf8').trim();
  }

  /** A demo never touches a folder that holds something real, and what a demo made stays a demo's. */
  admit(demo: boolean): void {
    const mark = this.file(DEMO_MARK);
    const used = readdirSync(this.path).length > 0;
    if (demo && used && !existsSync(mark))
      throw new ConfigError([`--demo: the data folder ${this.path} was not made by a demo; name another one in VOLTBUS_DATA_DIR`]);
    if (demo && !used) writeFileSync(mark, '');
  }

  file(name: string): string {
    return join(this.path, name);
  }
}

/**
 * Makes one folder after the other: Node's own `recursive` never ends where a file system denies that the parent
 * exists, as /proc does.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
