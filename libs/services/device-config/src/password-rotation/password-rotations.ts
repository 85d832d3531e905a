import { randomBytes, randomUUID } from 'node:crypto';
import {
  CsmsError,
  hashStationKey,
  type Command,
  type CommandRequest,
  type ConnectionEvent,
  type SealedSecrets,
  type StationRef,
} from '@voltbus/contracts';
import type { Connections } from '@voltbus/connections';
import { passwordForms, type Evictions } from '../provisioning';
import { seenEvent, type SecurityEvents } from '../security-events';
import {
  afterAttempt,
  askedAgain,
  cameWithIt,
  isOpen,
  look,
  newRotation,
  outcomeOf,
  settingCommand,
  superseded,
  type Rotation,
  type RotationState,
  type Step,
} from './domain/rotation';
import { RECONNECT_MS } from './limits';
import type { RotatingStation, RotationUnit, TypeormPasswordRotations } from './store/typeorm-password-rotations';

/**
 * 1.6 security whitepaper: 16 to 20 bytes in hexadecimal. The 40 digits are a password of 2.x too (A00.FR.205: 16 to 40 characters), so that the station may
 * change its version meanwhile.
 */
const KEY_BYTES = 20;
/** Behind the commands of operators. */
const PRIORITY = 7;
const SETTING_ACTIONS: ReadonlySet<string> = new Set(['ChangeConfiguration', 'SetVariables']);
const EVENTS: Readonly<Partial<Record<RotationState, { type: string; severity: 'info' | 'warning' }>>> = {
  done: { type: 'password-rotated', severity: 'info' },
  refused: { type: 'password-rotation-refused', severity: 'warning' },
  unconfirmed: { type: 'password-rotation-unconfirmed', severity: 'warning' },
};

interface PasswordRotationsParts {
  store: TypeormPasswordRotations;
  secrets: Pick<SealedSecrets, 'seal'>;
  pepper: string;
  evictions: Pick<Evictions, 'of'>;
  connections: Pick<Connections, 'find'>;
  events: Pick<SecurityEvents, 'record'>;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/**
 * Replaces the passwords of stations (OCPP A01). The new one is accepted before it is sent, and the old one until the station has come with the new one, so that
 * neither a lost answer nor the death of a process locks a station out. An attempt that may have arrived is repeated with the same password.
 */
export class PasswordRotations {
  constructor(private readonly parts: PasswordRotationsParts) {}

  /**
   * Begins a rotation, or goes on with the one that is open. Throws `unknown-station`, and `conflict` where the station has no password, proves itself by a
   * certificate, or never connected.
   */
  async start(ref: StationRef, { actor, campaign = null }: { actor: string; campaign?: string | null }): Promise<Rotation> {
    const { store, now } = this.parts;
    const rotation = await store.inStation(ref, async (unit, station, before) => {
      if (before !== null && isOpen(before) && station.rotation === before.id) {
        const again = { ...askedAgain(before, now()), campaign: campaign ?? before.campaign };
        await unit.write(again);
        return again;
      }
      return this.begin(ref, unit, station, { actor, campaign });
    });
    if (rotation === null) throw new CsmsError('unknown-station', 'no such station');
    await this.parts.evictions.of(ref);
    return rotation;
  }

  find(ref: StationRef): Promise<Rotation | null> {
    return this.parts.store.find(ref);
  }

  /** Looks at the rotations that there is something to do about. Returns how many. */
  async sweep(): Promise<number> {
    const due = await this.parts.store.due(this.parts.now());
    for (const ref of due) await this.advance(ref);
    return due.length;
  }

  /** The end of a command; it may come twice, and may be about anything. */
  async onEnded(command: Command): Promise<void> {
    const { tenant, station, id, action } = command;
    if (!SETTING_ACTIONS.has(action) || !(await this.parts.store.ofCommand(tenant, id))) return;
    const { outcome, reason } = outcomeOf(command);
    const ref = { tenant, station };
    await this.step(ref, (rotation, now) =>
      rotation.command === id && rotation.state === 'sent' ? afterAttempt(rotation, outcome, reason, now) : null,
    );
    const rotation = await this.parts.store.find(ref);
    if (rotation?.command === id) await this.recordEvent(ref, rotation);
  }

  /** The station has connected by the new password. A connection by the old one that is newer than that is closed. */
  async onConnected({ tenant, station, epoch, passwordRotation }: ConnectionEvent): Promise<void> {
    if (passwordRotation === undefined) return;
    const ref = { tenant, station };
    await this.step(ref, (rotation, now) => (rotation.id === passwordRotation ? cameWithIt(rotation, now) : null));
    const { store, connections, evictions } = this.parts;
    const rotation = await store.find(ref);
    if (rotation?.id !== passwordRotation || rotation.state !== 'done') return;
    await this.recordEvent(ref, rotation);
    const owner = await connections.find(ref);
    if (owner === null || owner.epoch <= epoch) return;
    await store.inStation(ref, (unit) => unit.outdate('credentials-changed'));
    await evictions.of(ref);
  }

  private async begin(
    ref: StationRef,
    unit: RotationUnit,
    station: RotatingStation,
    by: { actor: string; campaign: string | null },
  ): Promise<Rotation> {
    const { protocol, hasPassword, certified } = station;
    if (!hasPassword)
      throw new CsmsError('conflict', 'the station has no password: give it one with PUT or PATCH, and set it at the station');
    if (certified) throw new CsmsError('conflict', 'the station proves itself by a certificate, not by a password');
    if (protocol === null) throw new CsmsError('conflict', 'the station never connected: the version that it speaks is not known');
    const { secrets, pepper, now } = this.parts;
    const password = randomBytes(KEY_BYTES).toString('hex');
    const rotation = newRotation({ id: randomUUID(), sealed: secrets.seal(ref, password), ...by }, now());
    const hashes = passwordForms(password).map((form) => hashStationKey(pepper, ref, form));
    await unit.offer(rotation, [...new Set(hashes)]);
    return rotation;
  }

  /** Sends what is due, or closes the connection of a station that does not come back by itself. */
  private async advance(ref: StationRef): Promise<void> {
    let send = false;
    const rotation = await this.step(ref, (known, at) => {
      const waited = known.acceptedAt !== null && at.getTime() - known.acceptedAt.getTime() >= RECONNECT_MS;
      if (known.state === 'accepted') return waited && !known.closed ? { rotation: { ...known, closed: true }, passwords: 'both' } : null;
      const looked = look(known, at, randomUUID);
      send = looked.send;
      return looked;
    });
    if (!send || rotation === null) return;
    await this.send(ref, rotation);
    await this.step(ref, (known) =>
      known.state === 'sent' && known.command === rotation.command ? { rotation: { ...known, published: true }, passwords: 'both' } : null,
    );
  }

  private async send(ref: StationRef, { command, sealed }: Rotation): Promise<void> {
    const protocol = await this.parts.store.protocolOf(ref);
    if (protocol === null || command === null || sealed === null) return;
    await this.parts.sendCommand({
      id: command,
      ...ref,
      ...settingCommand(protocol, sealed),
      priority: PRIORITY,
      requestedBy: 'device-config',
    });
  }

  /** One step of an open rotation, with what follows from it; null: nothing changes. */
  private async step(ref: StationRef, next: (rotation: Rotation, now: Date) => Step | null): Promise<Rotation | null> {
    const { store, evictions } = this.parts;
    const now = this.parts.now();
    const stepped = await store.inStation(ref, async (unit, station, before) => {
      if (before === null || !isOpen(before)) return null;
      if (station.rotation !== before.id) {
        await unit.write(superseded(before, now));
        return null;
      }
      const step = next(before, now);
      if (step === null) return null;
      await unit.write(step.rotation);
      await unit.settle(step.passwords);
      const closes = step.rotation.closed && !before.closed;
      if (closes) await unit.outdate('credentials-changed');
      return { rotation: step.rotation, evicts: closes || step.passwords !== 'both' };
    });
    if (stepped?.evicts === true) await evictions.of(ref);
    return stepped?.rotation ?? null;
  }

  /** Once for each state, however often it is called: the event has the instant of the state. */
  private async recordEvent(ref: StationRef, { state, reason, sentAt, startedAt, endedAt }: Rotation): Promise<void> {
    const event = EVENTS[state];
    const at = (endedAt ?? sentAt ?? startedAt).toISOString();
    if (event !== undefined) await this.parts.events.record([seenEvent(ref, { ...event, at, info: reason, remoteAddress: null })]);
  }
}
