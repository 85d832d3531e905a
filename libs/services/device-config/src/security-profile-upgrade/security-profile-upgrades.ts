import { randomUUID } from 'node:crypto';
import {
  CsmsError,
  invalidAt,
  type Command,
  type CommandRequest,
  type ConnectionEvent,
  type Protocol,
  type StationRef,
} from '@voltbus/contracts';
import type { Transaction } from '../stations/typeorm-in-station';
import { DELIVER_MS } from './limits';
import { slotsOf, type NetworkSlots } from './network-slots';
import { afterAttempt, afterConnection, cancelled, isOpen, look, newUpgrade, type NetworkWish, type Upgrade } from './domain/upgrade';
import { whyNotHigher, whyNotRaised, whyNotReady, type Target, type UpgradingStation, type WhyNotRaised } from './domain/upgrading-station';
import type { TypeormUpgrades } from './store/typeorm-upgrades';
import { freeSlot, messageOf, orderIn, outcomeOf } from './upgrade-messages';
import type { UpgradeSteps } from './upgrade-steps';

/** Behind the commands of operators. */
const PRIORITY = 7;
const ACTIONS: ReadonlySet<string> = new Set(['ChangeConfiguration', 'GetVariables', 'SetNetworkProfile', 'SetVariables', 'Reset']);

interface UpgradesParts {
  store: TypeormUpgrades;
  steps: Pick<UpgradeSteps, 'of' | 'ofWatched'>;
  slots: NetworkSlots;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

interface UpgradeWish {
  target: Target;
  network: NetworkWish;
  actor: string;
}

/** An upgrade that was begun; why there is none; or another one is open. */
type StartedUpgrade = { id: string } | { whyNot: WhyNotRaised } | 'open';

/**
 * Raises the security profile of stations (OCPP A05), one step after the other, each stored before it is sent. The profile of before is accepted until the
 * station has come with the new one, so that neither a lost answer nor the death of a process locks it out; from then on no lower one is (A05.FR.07).
 */
export class SecurityProfileUpgrades {
  constructor(private readonly parts: UpgradesParts) {}

  /** Throws `unknown-station`, and `conflict` while one is open, for a profile that is not higher, and where the station lacks what it needs for it. */
  async start(ref: StationRef, { target, network, actor }: UpgradeWish): Promise<Upgrade> {
    const { store, now } = this.parts;
    const at = now();
    const upgrade = await store.inStation(ref, at, async (unit, station, before) => {
      if (before !== null && isOpen(before))
        throw new CsmsError('conflict', `the security profile of the station is being raised: the upgrade is ${before.state}`);
      const refusal = whyNotHigher(station, target) ?? whyNotReady(station, target);
      if (refusal !== null) throw new CsmsError('conflict', refusal);
      const given = { id: randomUUID(), target, network, actor, protocol: protocolOf(station, network), deliverBy: null };
      const begun = newUpgrade(given, at);
      await unit.write(begun);
      return begun;
    });
    if (upgrade === null) throw new CsmsError('unknown-station', 'no such station');
    return upgrade;
  }

  /** Begins an upgrade within the caller's transaction, which is to be brought `forward` after it; it ends when its station cannot be sent its steps soon. */
  async startIn(transaction: Transaction, ref: StationRef, { target, network, actor }: UpgradeWish): Promise<StartedUpgrade> {
    const at = this.parts.now();
    const started = await this.parts.store.lockedIn(transaction, ref, at, async (unit, station, before): Promise<StartedUpgrade> => {
      if (before !== null && isOpen(before)) return 'open';
      const { protocol } = station;
      const whyNot = whyNotRaised(station, { target, hasUrl: network.url !== null });
      if (whyNot !== null || protocol === null) return { whyNot: whyNot ?? 'never-connected' };
      const begun = newUpgrade({ id: randomUUID(), target, network, actor, protocol, deliverBy: new Date(at.getTime() + DELIVER_MS) }, at);
      await unit.write(begun);
      return { id: begun.id };
    });
    return started ?? { whyNot: 'never-connected' };
  }

  /** Sends what is due of the station's upgrade. What fails is left to the sweep. */
  forward(ref: StationRef): Promise<void> {
    return this.advance(ref);
  }

  /** Throws `conflict` where none is open, and where the station is on its way to the new profile, or is being taken back. */
  async cancel(ref: StationRef): Promise<Upgrade> {
    const stepped = await this.parts.steps.of(ref, (upgrade, _station, now) => {
      if (upgrade.state === 'sent') throw new CsmsError('conflict', `the station was sent a command, and its answer is awaited`);
      if (upgrade.state === 'reconnecting')
        throw new CsmsError('conflict', 'the station is on its way to the new profile: what comes of it is awaited');
      if (upgrade.state === 'waiting' && upgrade.step === 'restore')
        throw new CsmsError('conflict', 'the station is being taken back already');
      return cancelled(upgrade, now);
    });
    if (stepped !== null) return stepped;
    const known = await this.parts.store.inStation(ref, this.parts.now(), () => Promise.resolve(true));
    throw known === null ? new CsmsError('unknown-station', 'no such station') : new CsmsError('conflict', 'no upgrade is open');
  }

  find(ref: StationRef): Promise<Upgrade | null> {
    return this.parts.store.find(ref);
  }

  /** Looks at the upgrades that there is something to do about. Returns how many. */
  async sweep(): Promise<number> {
    const due = await this.parts.store.due(this.parts.now());
    for (const ref of due) await this.advance(ref);
    return due.length;
  }

  /** The end of a command; it may come twice, and may be about anything. */
  async onEnded(command: Command): Promise<void> {
    const { tenant, station, id, action, response } = command;
    if (!ACTIONS.has(action) || !(await this.parts.store.ofCommand(tenant, id))) return;
    const ref = { tenant, station };
    const attempt = outcomeOf(command);
    const order = orderIn(response);
    const read = order === null ? null : { order, slot: freeSlot(order, await slotsOf(this.parts.slots, ref)) };
    const stepped = await this.parts.steps.of(ref, (upgrade, _station, now) =>
      upgrade.command === id && upgrade.state === 'sent' ? afterAttempt(upgrade, { ...attempt, read }, now) : upgrade,
    );
    if (stepped?.state === 'waiting') await this.advance(ref); // the next step, where it is due
  }

  /** A05.FR.07: by what profile stations come back. */
  async onConnected(events: readonly ConnectionEvent[]): Promise<void> {
    if (events.length === 0) return;
    const watched = new Set((await this.parts.store.watchedAmong(events)).map(({ tenant, station }) => `${tenant}/${station}`));
    for (const { tenant, station, epoch, securityProfile } of events)
      if (securityProfile !== undefined && watched.has(`${tenant}/${station}`))
        await this.parts.steps.ofWatched({ tenant, station }, (upgrade, _station, now) =>
          afterConnection(upgrade, { profile: securityProfile, epoch }, now),
        );
  }

  /** Does what time demands. What is stored as sent and was not published is published, under the same id. */
  private async advance(ref: StationRef): Promise<void> {
    const id = randomUUID();
    const { steps, store } = this.parts;
    await steps.of(ref, (upgrade, station, now) => look(upgrade, station, now, id));
    const upgrade = await store.find(ref);
    if (upgrade?.state !== 'sent' || upgrade.published || upgrade.command === null) return;
    const protocol: Protocol = upgrade.step === 'change' ? 'ocpp1.6' : ((await store.protocolOf(ref)) ?? 'ocpp2.0.1');
    await this.parts.sendCommand({
      ...{ id: upgrade.command, ...ref, ...messageOf(protocol, upgrade), priority: PRIORITY, requestedBy: 'device-config' },
    });
    await steps.of(ref, (known) => (known.state === 'sent' && known.command === upgrade.command ? { ...known, published: true } : known));
  }
}

function protocolOf({ protocol }: UpgradingStation, { url }: NetworkWish): Protocol {
  if (protocol === null) throw new Error('a station that never connected was not refused');
  if (protocol !== 'ocpp1.6' && url === null) throw invalidAt('/url', 'is needed for a station of OCPP 2');
  return protocol;
}
