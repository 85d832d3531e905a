import { randomBytes, randomUUID } from 'node:crypto';
import {
  CsmsError,
  type Command,
  type CommandRequest,
  type ConnectionEvent,
  storedKeyHash,
  type Keyring,
  type SealedSecrets,
  type StationRef,
} from '@voltbus/contracts';
import type { Connections } from '@voltbus/connections';
import { passwordForms, type Evictions } from '../provisioning';
import type { Transaction } from '../stations/typeorm-in-station';
import type { DeviceConfigTelemetry } from '../telemetry';
import { SENTENCES, whyNotRotated, type WhyNotRotated } from './domain/rotating-station';
import {
  afterAttempt,
  cameWithIt,
  decided,
  isOpen,
  look,
  newRotation,
  outcomeOf,
  settingCommand,
  triedAgain,
  type Rotation,
} from './domain/rotation';
import type { RotationSteps } from './rotation-steps';
import { DELIVER_MS } from './limits';
import type { RotationUnit, TypeormPasswordRotations } from './store/typeorm-password-rotations';

/**
 * 1.6 security whitepaper: 16 to 20 bytes in hexadecimal. The 40 digits are a password of 2.x too (A00.FR.205: 16 to 40 characters), so that the station may
 * change its version meanwhile.
 */
const KEY_BYTES = 20;
/** Behind the commands of operators. */
const PRIORITY = 7;
const SETTING_ACTIONS: ReadonlySet<string> = new Set(['ChangeConfiguration', 'SetVariables']);

interface PasswordRotationsParts {
  store: TypeormPasswordRotations;
  steps: Pick<RotationSteps, 'of'>;
  secrets: Pick<SealedSecrets, 'seal'>;
  peppers: Keyring | string;
  evictions: Pick<Evictions, 'of'>;
  connections: Pick<Connections, 'find'>;
  sendCommand(request: CommandRequest): Promise<void>;
  telemetry: Pick<DeviceConfigTelemetry, 'passwordNotSent'>;
  now(): Date;
}

/** A rotation that was begun; why there is none; or another one is under way. */
type StartedRotation = { id: string } | { whyNot: WhyNotRotated | 'unconfirmed' } | 'open';

/**
 * Replaces the passwords of stations (OCPP A01). The new one is accepted before it is sent, and the old one until the station has come with the new one, so that
 * neither a lost answer nor the death of a process locks a station out. An attempt that may have arrived is repeated with the same password.
 */
export class PasswordRotations {
  constructor(private readonly parts: PasswordRotationsParts) {}

  /**
   * Begins a rotation; one that is unconfirmed is tried again, with the same password. Throws `unknown-station`, and `conflict` while one is open, and where
   * the station has no password, proves itself by a certificate, or never connected.
   */
  async start(ref: StationRef, { actor }: { actor: string }): Promise<Rotation> {
    const { store, now, evictions } = this.parts;
    let online = false;
    const rotation = await store.inStation(ref, async (unit, station, before) => {
      online = station.online;
      if (before === null || !isOpen(before) || station.rotation !== before.id) {
        const refusal = whyNotRotated(station);
        if (refusal !== null) throw new CsmsError('conflict', SENTENCES[refusal]);
        return this.begin(ref, unit, { actor, campaign: null, deliverBy: null });
      }
      if (before.state !== 'unconfirmed')
        throw new CsmsError('conflict', `the password of the station is being replaced: the rotation is ${before.state}`);
      const again = triedAgain(before, now());
      await unit.write(again);
      return again;
    });
    if (rotation === null) throw new CsmsError('unknown-station', 'no such station');
    await evictions.of(ref);
    return online ? this.sendAtOnce(ref, rotation) : rotation;
  }

  /**
   * Begins a rotation of a campaign within the caller's transaction, which is to be brought `forward` after it. It ends when it cannot be sent soon. One that
   * is `unconfirmed` is left to who looks after it.
   */
  async startIn(transaction: Transaction, ref: StationRef, campaign: string): Promise<StartedRotation> {
    const started = await this.parts.store.lockedIn(transaction, ref, async (unit, station, before): Promise<StartedRotation> => {
      if (before !== null && isOpen(before) && station.rotation === before.id)
        return before.state === 'unconfirmed' ? { whyNot: 'unconfirmed' } : 'open';
      const whyNot = whyNotRotated(station);
      if (whyNot !== null) return { whyNot };
      const deliverBy = new Date(this.parts.now().getTime() + DELIVER_MS);
      return { id: (await this.begin(ref, unit, { actor: `campaign:${campaign}`, campaign, deliverBy })).id };
    });
    return started ?? { whyNot: 'no-password' };
  }

  /** Makes gateways accept the new password of the station, and sends it where that is due. What fails is left to the sweep. */
  async forward(ref: StationRef): Promise<void> {
    await this.parts.evictions.of(ref);
    await this.advance(ref);
  }

  /**
   * Ends an open rotation: the station may use the password that the operator knows it to have, and no other. Throws `unknown-station`, and `conflict` where
   * none is open, where the answer of the station is awaited, and for a new password that the station cannot have.
   */
  async decide(ref: StationRef, keeps: 'old' | 'new'): Promise<Rotation> {
    const stepped = await this.parts.steps.of(ref, (rotation, now) => {
      if (rotation.state === 'sent') throw new CsmsError('conflict', 'the station was sent the new password, and its answer is awaited');
      if (keeps === 'new' && !rotation.mayHaveIt) throw new CsmsError('conflict', 'the station was not sent the new password');
      return decided(rotation, keeps, now);
    });
    if (stepped !== null) return stepped;
    const known = await this.parts.store.inStation(ref, () => Promise.resolve(true));
    throw known === null ? new CsmsError('unknown-station', 'no such station') : new CsmsError('conflict', 'no rotation is open');
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
    await this.parts.steps.of({ tenant, station }, (rotation, now) =>
      rotation.command === id && rotation.state === 'sent' ? afterAttempt(rotation, outcome, reason, now) : null,
    );
  }

  /** The station has connected by the new password. A connection by the old one that is newer than that is closed. */
  async onConnected({ tenant, station, epoch, passwordRotation }: ConnectionEvent): Promise<void> {
    if (passwordRotation === undefined) return;
    const ref = { tenant, station };
    await this.parts.steps.of(ref, (rotation, now) => (rotation.id === passwordRotation ? cameWithIt(rotation, now) : null));
    const { store, connections, evictions } = this.parts;
    const rotation = await store.find(ref);
    if (rotation?.id !== passwordRotation || rotation.state !== 'done') return;
    const owner = await connections.find(ref);
    if (owner === null || owner.epoch <= epoch) return;
    await store.inStation(ref, (unit) => unit.outdate('credentials-changed'));
    await evictions.of(ref);
  }

  /** What fails is left to the sweep. */
  private async sendAtOnce(ref: StationRef, rotation: Rotation): Promise<Rotation> {
    try {
      return (await this.advance(ref)) ?? rotation;
    } catch (error) {
      this.parts.telemetry.passwordNotSent(ref, error);
      return rotation;
    }
  }

  private async begin(ref: StationRef, unit: RotationUnit, by: Pick<Rotation, 'actor' | 'campaign' | 'deliverBy'>): Promise<Rotation> {
    const { secrets, peppers, now } = this.parts;
    const password = randomBytes(KEY_BYTES).toString('hex');
    const rotation = newRotation({ id: randomUUID(), sealed: secrets.seal(ref, password), ...by }, now());
    const hashes = passwordForms(password).map((form) => storedKeyHash(peppers, ref, form));
    await unit.offer(rotation, [...new Set(hashes)]);
    return rotation;
  }

  /** Does what time demands: sends, or closes the connection of a station that does not come back by itself. */
  private async advance(ref: StationRef): Promise<Rotation | null> {
    const id = randomUUID();
    const rotation = await this.parts.steps.of(ref, (known, at) => look(known, at, id));
    if (rotation?.state !== 'sent' || rotation.published) return rotation;
    await this.send(ref, rotation);
    await this.parts.steps.of(ref, (known) =>
      known.state === 'sent' && known.command === rotation.command ? { rotation: { ...known, published: true }, passwords: 'both' } : null,
    );
    return rotation;
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
}
