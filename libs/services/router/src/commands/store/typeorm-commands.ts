import type { CallResult, Command, StationRef } from '@voltbus/contracts';
import { TypeormList, shownAs, type ListSource, type Outbox } from '@voltbus/database';
import { activeTraceparent } from '@voltbus/telemetry';
import type { DataSource, EntityManager } from 'typeorm';
import { commandEndedEvent } from '../command-events';
import type { Address, CommandState } from '../domain/command';
import { MAX_OPEN_OF_STATION, MAX_OPEN_OF_TENANT, type Crowd } from '../domain/command-limits';
import type { Sealing } from '../sealing';
import { json, toShown, toState, type CommandRow } from './command-row';
import { COMMAND_LIST, type CommandFilters, type CommandSort } from './typeorm-command-list';
import { CommandUnit } from './typeorm-command-unit';

const COLUMNS = `tenant, id, station, action, payload, priority, requested_by, status, response, error, created_at, sent_at, ended_at, keep_until,
  send_by, end_by, look_at, attempts, inst, bucket, epoch, refused_epoch, sealed, fingerprint, traceparent`;

/** A command that this router has claimed. After `until` another router may claim it. */
export interface Claimed extends CommandState {
  until: Date;
  /** Of what requested it, while traces are recorded. */
  traceparent: string | null;
}

/** The table of commands. An end and its event are written in one transaction. */
export class TypeormCommands {
  private readonly listed: TypeormList<CommandRow, CommandFilters, CommandSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly sealing: Sealing,
  ) {
    this.listed = new TypeormList(dataSource, { ...COMMAND_LIST, columns: COLUMNS });
  }

  /** The command of that id as it is now; `added` is false when there was one before. */
  async add(state: CommandState): Promise<{ added: boolean; state: CommandState }> {
    const { tenant, id, endedAt } = state.command;
    const stored = endedAt === null ? await insert(this.dataSource.manager, state) : await this.addEnded(state);
    const row = stored ?? (await select(this.dataSource.manager, 'tenant = $1 AND id = $2', [tenant, id]))[0];
    if (row === undefined) throw new Error('a command that was just stored is not there');
    return { added: stored !== undefined, state: toState(row) };
  }

  private addEnded(state: CommandState): Promise<CommandRow | undefined> {
    return this.dataSource.transaction(async (manager) => {
      const stored = await insert(manager, state);
      if (stored !== undefined) await this.outbox.add(manager, [commandEndedEvent(state.command)]);
      return stored;
    });
  }

  async find(tenant: string, id: string): Promise<Command | null> {
    const [row] = await select(this.dataSource.manager, 'tenant = $1 AND id = $2', [tenant, id]);
    return row === undefined ? null : toShown(row);
  }

  async state(tenant: string, id: string): Promise<CommandState | null> {
    const [row] = await select(this.dataSource.manager, 'tenant = $1 AND id = $2', [tenant, id]);
    return row === undefined ? null : toState(row);
  }

  /** Returns those of the commands that have ended. */
  async findEnded(keys: readonly { tenant: string; id: string }[]): Promise<Command[]> {
    const rows = await select(
      this.dataSource.manager,
      'ended_at IS NOT NULL AND (tenant, id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))',
      [keys.map(({ tenant }) => tenant), keys.map(({ id }) => id)],
    );
    return rows.map(toShown);
  }

  /** The commands of a tenant. */
  list(tenant: string): ListSource<Command, CommandFilters, CommandSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map(toShown));
  }

  /** Claims commands that wait to be sent, urgent ones first; no other router claims them before `until`. */
  async claim({ now, until, limit }: { now: Date; until: Date; limit: number }): Promise<Claimed[]> {
    const rows = await returned<CommandRow>(
      this.dataSource.manager,
      `UPDATE router.commands SET look_at = $2 WHERE (tenant, id) IN (
         SELECT tenant, id FROM router.commands WHERE status = 'queued' AND dispatched_at IS NULL AND look_at <= $1 AND send_by > $1
         ORDER BY priority, created_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING ${COLUMNS}`,
      [now, until, limit],
    );
    const claimed = rows.map((row) => toClaimed(row, until));
    return claimed.sort((a, b) => a.priority - b.priority || a.command.createdAt.localeCompare(b.command.createdAt));
  }

  /**
   * Claims a command that was just stored and gives it its address; null when another router was faster, or when an older command of the station
   * that is as urgent waits, which goes first.
   */
  async claimNew(
    { command }: CommandState,
    address: Address,
    { now, until, endBy }: { now: Date; until: Date; endBy: Date },
  ): Promise<Claimed | null> {
    const rows = await returned<CommandRow>(
      this.dataSource.manager,
      `UPDATE router.commands AS new SET look_at = $4, inst = $5, bucket = $6, epoch = $7, end_by = $8, attempts = attempts + 1
       WHERE tenant = $1 AND id = $2 AND status = 'queued' AND inst IS NULL AND look_at <= $3 AND NOT EXISTS (
         SELECT FROM router.commands AS older WHERE tenant = $1 AND station = $9 AND status = 'queued' AND dispatched_at IS NULL
           AND older.priority <= new.priority AND older.created_at < new.created_at)
       RETURNING ${COLUMNS}`,
      [command.tenant, command.id, now, until, address.inst, address.bucket, address.epoch, endBy, command.station],
    );
    return rows.map((row) => toClaimed(row, until))[0] ?? null;
  }

  /** Stores the address before the call is published; false when the command has ended meanwhile, or another router has claimed it. */
  async place({ command, until }: Claimed, address: Address, endBy: Date): Promise<boolean> {
    const rows = await returned(
      this.dataSource.manager,
      `UPDATE router.commands SET inst = $4, bucket = $5, epoch = $6, end_by = $7, attempts = attempts + 1
       WHERE tenant = $1 AND id = $2 AND look_at = $3 AND status = 'queued' AND inst IS NULL RETURNING 1`,
      [command.tenant, command.id, until, address.inst, address.bucket, address.epoch, endBy],
    );
    return rows.length > 0;
  }

  /** Notes that the bus has acknowledged the call for this address. */
  async dispatched({ command }: Claimed, { inst, epoch }: Address, at: Date): Promise<void> {
    await this.dataSource.query(
      'UPDATE router.commands SET dispatched_at = $5 WHERE tenant = $1 AND id = $2 AND inst = $3 AND epoch = $4',
      [command.tenant, command.id, inst, epoch, at],
    );
  }

  /** Notes that the call was written to the socket; null when it was known, or when the command has ended. */
  async sent({ tenant, commandId }: Pick<CallResult, 'tenant' | 'commandId'>, sentAt: string, endBy: Date): Promise<CommandState | null> {
    const rows = await returned<CommandRow>(
      this.dataSource.manager,
      `UPDATE router.commands SET status = 'sent', sent_at = $3, end_by = $4, dispatched_at = coalesce(dispatched_at, $3)
       WHERE tenant = $1 AND id = $2 AND status = 'queued' RETURNING ${COLUMNS}`,
      [tenant, commandId, sentAt, endBy],
    );
    return rows.map(toState)[0] ?? null;
  }

  /** Gives the claim back until an instant, unless the command has changed meanwhile. */
  async lookAgain({ command, until }: Claimed, at: Date): Promise<void> {
    await this.dataSource.query('UPDATE router.commands SET look_at = $4 WHERE tenant = $1 AND id = $2 AND look_at = $3', [
      command.tenant,
      command.id,
      until,
      at,
    ]);
  }

  /** Releases the commands that wait for these stations, also those that a router has just put back. True when there are any. */
  async stationsConnected(stations: readonly StationRef[], now: Date): Promise<boolean> {
    const rows = await returned(
      this.dataSource.manager,
      `UPDATE router.commands AS kept SET look_at = $3 FROM unnest($1::text[], $2::text[]) AS connected (tenant, station)
       WHERE kept.tenant = connected.tenant AND kept.station = connected.station AND kept.status = 'queued'
         AND kept.dispatched_at IS NULL AND kept.inst IS NULL AND kept.look_at > $3 RETURNING 1`,
      [stations.map(({ tenant }) => tenant), stations.map(({ station }) => station), now],
    );
    return rows.length > 0;
  }

  /** Commands that wait for the station since before then, and that no gateway was given: as many as a station may have without an end. */
  async waitingOf({ tenant, station }: StationRef, before: Date): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM router.commands WHERE tenant = $1 AND station = $2 AND status = 'queued' AND dispatched_at IS NULL AND created_at <= $3
       ORDER BY created_at LIMIT $4`,
      [tenant, station, before, MAX_OPEN_OF_STATION],
    );
    return rows.map(({ id }) => id);
  }

  /** Commands without an end whose deadline has passed, the oldest deadline first. */
  async overdue(now: Date, limit: number): Promise<CommandState[]> {
    const rows = await select(this.dataSource.manager, "status IN ('queued', 'sent') AND end_by < $1 ORDER BY end_by LIMIT $2", [
      now,
      limit,
    ]);
    return rows.map(toState);
  }

  /** Locks one command and changes it; null when there is none of that id. */
  changing<T>(tenant: string, id: string, decide: (unit: CommandUnit) => Promise<T>): Promise<T | null> {
    return this.dataSource.transaction(async (manager) => {
      const [row] = await select(manager, 'tenant = $1 AND id = $2 FOR UPDATE', [tenant, id]);
      return row === undefined ? null : decide(new CommandUnit({ manager, outbox: this.outbox, sealing: this.sealing }, toState(row)));
    });
  }

  /** Returns the bounds that the commands without an end have reached. */
  async crowd({ tenant, station }: StationRef): Promise<Crowd> {
    const open = "status IN ('queued', 'sent')";
    const [row]: Crowd[] = await this.dataSource.query(
      `SELECT EXISTS (SELECT FROM router.commands WHERE tenant = $1 AND station = $2 AND ${open} OFFSET $3 LIMIT 1) AS station,
         EXISTS (SELECT FROM router.commands WHERE tenant = $1 AND ${open} OFFSET $4 LIMIT 1) AS tenant`,
      [tenant, station, MAX_OPEN_OF_STATION - 1, MAX_OPEN_OF_TENANT - 1],
    );
    return row ?? { station: false, tenant: false };
  }
}

function toClaimed(row: CommandRow, until: Date): Claimed {
  return { ...toState(row), until, traceparent: row.traceparent };
}

/** The row, unless there was one of that id. */
async function insert(manager: EntityManager, { command, ...state }: CommandState): Promise<CommandRow | undefined> {
  const [row]: CommandRow[] = await manager.query(
    `INSERT INTO router.commands (tenant, id, station, action, payload, priority, requested_by, status, error, created_at, ended_at,
       keep_until, send_by, end_by, look_at, sealed, fingerprint, traceparent)
     VALUES ($1, $2, $3, $4, $5::json, $6, $7, $8, $9::json, $10, $11, $12, $13, $14, $10, $15, $16, $17) ON CONFLICT DO NOTHING
     RETURNING ${COLUMNS}`,
    [
      ...[command.tenant, command.id, command.station, command.action, JSON.stringify(command.payload)],
      ...[state.priority, state.requestedBy, command.status, json(command.error), command.createdAt, command.endedAt],
      ...[state.keepUntil, state.sendBy, state.endBy, state.sealed, state.fingerprint, activeTraceparent() ?? null],
    ],
  );
  return row;
}

function select(manager: EntityManager, condition: string, values: unknown[]): Promise<CommandRow[]> {
  return manager.query(`SELECT ${COLUMNS} FROM router.commands WHERE ${condition}`, values);
}

/** TypeORM returns the rows of an UPDATE together with their count. */
async function returned<Row>(manager: EntityManager, statement: string, values: unknown[]): Promise<Row[]> {
  const [rows]: [Row[], number] = await manager.query(statement, values);
  return rows;
}
