import type { Command, CommandRequest, Protocol } from '@voltbus/contracts';
import { endedCommand } from '../../testing/fake-commands';

/**
 * How a station takes commands. `silently`: it does what it is told, and no answer comes. `loses`: no result of any kind comes. `errs`: it does it, and answers
 * with an error. `lies`: it accepts, and does nothing.
 */
export const HABITS = ['takes', 'silently', 'refuses', 'loses', 'errs', 'lies', 'schedules'] as const;
export type Habit = (typeof HABITS)[number];

const NEW_SLOT_TRIES_FIRST = 0;

/** A station with profile 1 in slot 1, the router and the broker before it: nothing of it knows how upgrades work. */
export class StubbornStation {
  /** Results on their way; each may come late, twice, or to either process. */
  readonly results: Command[] = [];
  /** The profile that it uses. */
  profile = 1;
  readonly slots = new Map<number, number>([[1, 1]]);
  order = [1];
  /** What was set, and holds after the next boot. */
  changed = false;
  /** It cannot connect with a higher profile: its certificates are wrong, or a firewall is. */
  cannot = false;
  private readonly delivered = new Set<string>();

  constructor(private readonly protocol: Protocol) {}

  /** The bus takes a command; the router sends each id once. */
  publish(request: CommandRequest, habit: Habit, online: boolean): void {
    if (this.delivered.has(request.id)) return;
    this.delivered.add(request.id);
    if (!online) return void this.results.push(endedCommand({ ...request, status: 'offline', sentAt: null }));
    const ended = this.answer(request, habit);
    if (ended !== null) this.results.push(endedCommand({ ...request, ...ended }));
  }

  /** It connects: after a boot by the first slot by which it can, and falls back to the others. Returns its profile. */
  connect(): number {
    if (this.changed && this.protocol === 'ocpp1.6' && !this.cannot) this.profile = this.slots.get(NEW_SLOT_TRIES_FIRST) ?? this.profile;
    if (this.protocol !== 'ocpp1.6' && this.changed) {
      const profiles = this.order.map((slot) => this.slots.get(slot) ?? 0).filter((profile) => !this.cannot || profile <= this.profile);
      this.profile = profiles[0] ?? this.profile;
    }
    this.changed = false;
    // A05.FR.06: from then on no lower one
    if (this.profile > 1) this.order = this.order.filter((slot) => (this.slots.get(slot) ?? 0) >= this.profile);
    return this.profile;
  }

  private answer(request: CommandRequest, habit: Habit): Partial<Command> | null {
    if (habit === 'refuses') return { response: refusal(request.action) };
    const response = habit === 'lies' && request.action !== 'GetVariables' ? acceptance(request.action) : this.carryOut(request);
    if (habit === 'silently') return { status: 'unknown' };
    if (habit === 'errs') return { status: 'error', error: { code: 'InternalError', description: '' } };
    if (habit === 'loses') return null;
    return { response: habit === 'schedules' && request.action === 'Reset' ? { status: 'Scheduled' } : response };
  }

  private carryOut({ action, payload }: CommandRequest): object {
    if (action === 'ChangeConfiguration') {
      const { value } = payload as { value: string };
      if (Number(value) <= this.profile) return { status: 'Rejected' };
      this.slots.set(NEW_SLOT_TRIES_FIRST, Number(value));
      this.changed = true;
    }
    if (action === 'SetNetworkProfile') {
      const { configurationSlot, connectionData } = payload as { configurationSlot: number; connectionData: { securityProfile: number } };
      if (this.order.includes(configurationSlot)) throw new Error('a slot that is in use was written (B09)');
      this.slots.set(configurationSlot, connectionData.securityProfile);
    }
    if (action === 'GetVariables') return { getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: this.order.join(',') }] };
    if (action === 'SetVariables') {
      const [{ attributeValue }] = (payload as { setVariableData: [{ attributeValue: string }] }).setVariableData;
      const order = attributeValue.split(',').map(Number);
      // A05.FR.10
      if (order.some((slot) => (this.slots.get(slot) ?? -1) < (this.profile > 1 ? this.profile : 0))) return refusal(action);
      this.order = order;
      this.pending = true;
    }
    if (action === 'Reset') this.changed = this.pending;
    return acceptance(action);
  }

  private pending = false;
}

function acceptance(action: string): object {
  return action === 'SetVariables' ? { setVariableResult: [{ attributeStatus: 'Accepted' }] } : { status: 'Accepted' };
}

function refusal(action: string): object {
  if (action === 'SetVariables') return { setVariableResult: [{ attributeStatus: 'Rejected' }] };
  return action === 'GetVariables' ? { getVariableResult: [{ attributeStatus: 'Rejected' }] } : { status: 'Rejected' };
}
