import { SealedSecrets, type Command, type CommandRequest, type StationRef } from '@voltbus/contracts';
import { endedCommand } from '../../testing/fake-commands';
import { PEPPER } from '../../testing/start-service';
import { passwordIn } from './rotation-fixture';

/** How a station takes a new password. `lies`: it accepts, and stays with the old one. `at-reboot`: it uses the new one after its next boot. */
export const HABITS = ['takes', 'takes-silently', 'refuses', 'lies', 'at-reboot', 'breaks-down', 'takes-then-error'] as const;
export type Habit = (typeof HABITS)[number];

/**
 * A station, the router and the broker between it and two processes: nothing of it knows how rotations work. It keeps what the station really has, and what
 * everybody else got to see.
 */
export class CarelessWorld {
  /** What the station proves itself by. */
  password: string;
  private atReboot: string | null = null;
  /** Results on their way; each may come late, twice, or to either process. */
  readonly results: Command[] = [];
  /** Everything that was published. */
  readonly published: string[] = [];
  /** Passwords that the station was sent. */
  readonly secrets = new Set<string>();
  private readonly delivered = new Set<string>();

  constructor(
    private readonly ref: StationRef,
    password: string,
  ) {
    this.password = password;
  }

  /** The bus takes a command; the router sends each id once. */
  publish(request: CommandRequest, habit: Habit, online: boolean): void {
    this.published.push(JSON.stringify(request));
    if (this.delivered.has(request.id)) return;
    this.delivered.add(request.id);
    if (!online) return void this.results.push(endedCommand({ ...request, status: 'offline', sentAt: null }));
    const password = passwordIn(this.ref, request);
    this.secrets.add(password);
    const ended = this.answer(habit, password);
    if (ended !== null) this.results.push(endedCommand({ ...request, ...ended }));
  }

  /** What the station may prove itself by, now or after a boot. */
  get inUse(): string[] {
    return this.atReboot === null ? [this.password] : [this.password, this.atReboot];
  }

  reboot(): void {
    if (this.atReboot !== null) this.use(this.atReboot);
  }

  private use(password: string): void {
    this.password = password;
    this.atReboot = null;
  }

  /** Null: no result ever comes. */
  private answer(habit: Habit, password: string): Partial<Command> | null {
    if (habit === 'takes' || habit === 'takes-silently' || habit === 'takes-then-error') this.use(password);
    if (habit === 'at-reboot') this.atReboot = password;
    switch (habit) {
      case 'takes':
      case 'lies':
        return { response: { status: 'Accepted' } };
      case 'at-reboot':
        return { response: { status: 'RebootRequired' } };
      case 'refuses':
        return { response: { status: 'Rejected' } };
      case 'takes-silently':
        return { status: 'unknown' };
      case 'takes-then-error':
        return { status: 'error', error: { code: 'InternalError', description: '' } };
      case 'breaks-down':
        return null;
    }
  }
}

/** What the secrets of rotations are sealed by. */
export const SECRETS = new SealedSecrets(PEPPER);
