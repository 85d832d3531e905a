import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { EmbeddedPostgres } from '@voltbus/database';

const ARCHIVE_SECONDS = 5;
/** A backup whose log cannot be archived waits for ever. */
const BACKUP_MS = 60_000;

/** A Postgres that archives its write-ahead log, as an operator's does: a base backup and the archive bring it back as it was at an instant. */
export class ArchivedPostgres {
  private constructor(
    private readonly folder: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(folder: string): Promise<ArchivedPostgres> {
    const archive = join(folder, 'archive');
    mkdirSync(archive, { recursive: true });
    chmodSync(folder, 0o711);
    chmodSync(archive, 0o777); // of the user that Postgres runs as
    return new ArchivedPostgres(folder, await serve(folder, archiving(archive)));
  }

  get url(): string {
    return this.server.url;
  }

  /** The time by the clock of the server. */
  async now(): Promise<Date> {
    const [row] = await this.ask<{ now: Date }>('SELECT clock_timestamp() AS now');
    return row?.now ?? new Date(NaN);
  }

  /** Copies the files of the running server (a base backup of the low-level API, which is all that these binaries have). */
  async backUp(): Promise<void> {
    const client = await connect(this.server.adminUrl);
    try {
      await client.query(`SET statement_timeout = ${BACKUP_MS}`);
      await client.query("SELECT pg_backup_start('drill', true)"); // the session must stay the same until the stop
      rmSync(this.base, { recursive: true, force: true });
      // Files come and go while they are copied: cp tells of those that went, and the log brings them right.
      execFileSync('sh', ['-c', `cp -a "$0" "$1" || [ -f "$1/PG_VERSION" ]`, this.server.files, this.base], { stdio: 'pipe' });
      const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(true)');
      this.write('backup_label', rows[0]?.labelfile ?? '');
      for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(join(this.base, name), { force: true });
      rmSync(join(this.base, 'pg_wal'), { recursive: true, force: true });
      mkdirSync(join(this.base, 'pg_wal'), { mode: 0o700 });
      this.give(join(this.base, 'pg_wal'));
    } finally {
      await client.end();
    }
  }

  /** Loses the server's own files, and starts what the base backup and the archive make of it: everything that was committed until the instant. */
  async restore(until: Date): Promise<void> {
    await this.ask('SELECT pg_switch_wal()'); // what has been written is archived
    await this.server.stop();
    rmSync(this.server.files, { recursive: true });
    this.write('recovery.signal', '');
    execFileSync('cp', ['-a', this.base, this.server.files]);
    const archive = join(this.folder, 'archive');
    this.server = await serve(this.folder, {
      ...archiving(archive),
      restore_command: `cp ${archive}/%f %p`,
      recovery_target_time: until.toISOString().replace('T', ' ').replace('Z', '+00'), // it takes no Z
      recovery_target_action: 'promote',
    });
    while ((await this.ask<{ recovers: boolean }>('SELECT pg_is_in_recovery() AS recovers'))[0]?.recovers === true);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  private get base(): string {
    return join(this.folder, 'base');
  }

  private write(name: string, text: string): void {
    const file = join(this.base, name);
    writeFileSync(file, text, { mode: 0o600 });
    this.give(file);
  }

  /** To the user that the server runs as. */
  private give(file: string): void {
    const { uid, gid } = statSync(this.base);
    chownSync(file, uid, gid);
  }

  private async ask<Row extends object>(statement: string): Promise<Row[]> {
    const client = await connect(this.server.adminUrl);
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }
}

function archiving(archive: string): Record<string, string> {
  return {
    archive_mode: 'on',
    archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f`,
    archive_timeout: String(ARCHIVE_SECONDS),
  };
}

async function serve(folder: string, settings: Record<string, string>): Promise<EmbeddedPostgres> {
  const { startEmbeddedPostgres } = await import('@voltbus/database'); // it brings an ORM along
  return startEmbeddedPostgres({ dataDir: folder, settings });
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}
