import {
  SealedSecrets,
  commandRequestSchema,
  COMMANDS,
  hashStationKey,
  type CommandRequest,
  type Protocol,
  type StationRef,
} from '@voltbus/contracts';
import { endedCommand } from '../../testing/fake-commands';
import { PEPPER, startService, type ServiceFixture } from '../../testing/start-service';
import { passwordRotation } from '../block';
import type { Rotation } from '../domain/rotation';

export const OLD_PASSWORD = 'the old password of it';
export const BY = { actor: 'administrator' };

export function hashOf(ref: StationRef, password: string | Buffer): string {
  return hashStationKey(PEPPER, ref, Buffer.from(password));
}

/** The password that a command carries, as the gateway opens it. */
export function passwordIn(ref: StationRef, { payload }: Pick<CommandRequest, 'payload'>): string {
  const opened = new SealedSecrets(PEPPER).opened(ref, payload) as { value?: string; setVariableData?: { attributeValue: string }[] };
  return opened.value ?? opened.setVariableData?.[0]?.attributeValue ?? '';
}

/** Stations whose passwords are replaced, and the commands that they are sent. */
export class RotationFixture {
  readonly sent: CommandRequest[] = [];

  private constructor(readonly service: ServiceFixture) {}

  static async start(): Promise<RotationFixture> {
    const fixture = new RotationFixture(await startService());
    await fixture.service.bus.follow({
      name: 'commands',
      topic: COMMANDS,
      handle: ({ value }) => void fixture.sent.push(commandRequestSchema.parse(JSON.parse(value.toString()))),
    });
    return fixture;
  }

  close(): Promise<void> {
    return this.service.close();
  }

  get rotations() {
    return this.service.service.use(passwordRotation).rotations;
  }

  /** A connected station with a password. */
  async station(name: string, protocol: Protocol = 'ocpp1.6'): Promise<StationRef> {
    const ref = { tenant: 'default', station: name };
    await this.service.stations.put(ref, { password: OLD_PASSWORD });
    await this.setOnline(ref, true, protocol);
    return ref;
  }

  async setOnline({ station }: StationRef, online: boolean, protocol: Protocol = 'ocpp1.6'): Promise<void> {
    await this.service.database.query('UPDATE device_config.stations SET protocol = $2, online = $3 WHERE station = $1', [
      station,
      protocol,
      online,
    ]);
  }

  /** A station whose rotation has been sent. */
  async rotating(name: string, protocol: Protocol = 'ocpp1.6'): Promise<RotatedStation> {
    const ref = await this.station(name, protocol);
    await this.rotations.start(ref, BY);
    await this.rotations.sweep();
    const [command] = this.sentTo(name);
    if (command === undefined) throw new Error('nothing was sent');
    return new RotatedStation(this, ref, command);
  }

  sentTo(station: string): CommandRequest[] {
    return this.sent.filter((one) => one.station === station);
  }

  /** Type and explanation of its security events. */
  async eventsOf(station: string): Promise<[string, string | null][]> {
    const rows: { type: string; info: string | null }[] = await this.service.database.query(
      'SELECT type, info FROM device_config.security_events WHERE station = $1',
      [station],
    );
    return rows.map(({ type, info }) => [type, info]);
  }
}

/** A station, the command that it was sent first, and the password that it carries. */
class RotatedStation {
  readonly password: string;

  constructor(
    private readonly fixture: RotationFixture,
    readonly ref: StationRef,
    readonly command: CommandRequest,
  ) {
    this.password = passwordIn(ref, command);
  }

  async find(): Promise<Rotation> {
    const found = await this.fixture.rotations.find(this.ref);
    if (found === null) throw new Error('no rotation');
    return found;
  }

  /** Whether the old password and the new one are accepted. */
  async accepts(): Promise<(boolean | undefined)[]> {
    const [profile] = await this.fixture.service.profilesOf([this.ref]);
    return [OLD_PASSWORD, this.password].map((one) => profile?.keyHashes.includes(hashOf(this.ref, one)));
  }

  /** The command, or another one, has ended so. */
  end(outcome: object, of: CommandRequest = this.command): Promise<void> {
    return this.fixture.rotations.onEnded(endedCommand({ ...of, ...outcome }));
  }

  /** The station has connected by the new password. */
  async connect(epoch = 1): Promise<void> {
    const event = { ...this.ref, protocol: 'ocpp1.6', gateway: 'gw', epoch, at: new Date().toISOString(), reason: 'connected' } as const;
    await this.fixture.rotations.onConnected({ ...event, passwordRotation: (await this.find()).id });
  }

  /** Looks at it when so much more time has passed. */
  async later(ms: number): Promise<Rotation> {
    const earlier = ['next_at', 'started_at', 'sent_at', 'accepted_at'].map((at) => `${at} = ${at} - $2::float * interval '1 ms'`);
    await this.fixture.service.database.query(`UPDATE device_config.password_rotations SET ${earlier.join()} WHERE station = $1`, [
      this.ref.station,
      ms,
    ]);
    await this.fixture.rotations.sweep();
    return this.find();
  }
}
