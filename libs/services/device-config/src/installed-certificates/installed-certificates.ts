import { randomUUID } from 'node:crypto';
import { CsmsError, commandEnded, commandOutcome, invalidAt, type Command, type StationRef } from '@voltbus/contracts';
import type { CommandSender } from '@voltbus/service';
import type { TypeormDeviceModel } from '../device-model';
import {
  afterDelete,
  afterInstall,
  endedFirst,
  isAtStation,
  type InstalledCertificate,
  type RootKind,
} from './domain/installed-certificate';
import { whyNotRemoved } from './domain/removal';
import { beyondStore, flawOf, forbiddenRoot, unknownKind, type StoreLimits } from './domain/root-rules';
import { MAX_CERTIFICATES } from './limits';
import { writtenKind } from './ocpp-messages';
import { readRoot, type ReadRoot } from './read-root';
import type { InstalledUnit } from './store/typeorm-installed-unit';
import type { TypeormInstalledCertificates } from './store/typeorm-installed-certificates';
import { storeLimitsOf } from './store-limits';

interface InstalledCertificatesParts {
  store: TypeormInstalledCertificates;
  model: Pick<TypeormDeviceModel, 'find' | 'protocolOf'>;
  commands: CommandSender;
  now(): Date;
}

interface Wish {
  kind: RootKind;
  pem: string;
  /** The certificate that it takes the place of; null: it stands beside the others. */
  replaces: string | null;
}

const REQUESTED_BY = 'api';
const CHANGES = { InstallCertificate: afterInstall, DeleteCertificate: afterDelete } as const;

/** Installs CA certificates at stations, and removes them (M04, M05; 1.6 security whitepaper). */
export class InstalledCertificates {
  constructor(private readonly parts: InstalledCertificatesParts) {}

  /** Throws `invalid` for a certificate that no station would take, and `conflict` for one that this station would not. */
  async install(ref: StationRef, { kind, pem, replaces }: Wish): Promise<InstalledCertificate> {
    const { store, model, now } = this.parts;
    const protocol = await model.protocolOf(ref);
    const root = readPem(pem);
    const unfit = unknownKind(protocol, kind);
    if (unfit !== null) throw invalidAt('/kind', unfit);
    const flaw = flawOf(root.judged, protocol, now());
    if (flaw !== null) throw invalidAt('/pem', flaw);
    const limits = await storeLimitsOf(model, ref, protocol);
    const command = randomUUID();
    const asked = await store.inStation(ref, (unit) => this.ask(unit, root, { wish: { kind, pem, replaces }, limits, command }));
    if (asked === null) throw new CsmsError('unknown-station', 'no such station');
    const payload = { certificateType: writtenKind(protocol, kind), certificate: pem };
    return this.send(ref, asked.id, { id: command, action: 'InstallCertificate', payload });
  }

  /**
   * Throws `conflict` where the station would not come back without it (M04), where it has not reported it, and where it is not at the station. `unproven`: an
   * operator knows that the station connects by another root, which nobody here can tell.
   */
  async remove(ref: StationRef, id: string, { unproven }: { unproven: boolean }): Promise<InstalledCertificate> {
    const command = randomUUID();
    const reported = await this.parts.store.inStation(ref, async (unit) => {
      const before = (await unit.find(id)) ?? noCertificate();
      if (!isAtStation(before)) throw new CsmsError('conflict', `the certificate is ${before.state}`);
      const danger = whyNotRemoved(before, await unit.all(), { ...(await unit.seen()), unproven });
      if (danger !== null) throw new CsmsError('conflict', danger);
      return this.deleting(unit, before, command);
    });
    if (reported === null) throw new CsmsError('unknown-station', 'no such station');
    return this.send(ref, id, { id: command, action: 'DeleteCertificate', payload: { certificateHashData: reported } });
  }

  /** M04.FR.07: by the hashes that the station itself has told. */
  async deleting(unit: InstalledUnit, before: InstalledCertificate, command: string) {
    if (before.reported === null)
      throw new CsmsError('conflict', 'the station has not reported the certificate: ask it for its certificates first');
    await unit.write([{ ...before, state: 'deleting', answer: null, command, changedAt: this.parts.now() }]);
    return before.reported;
  }

  async find(ref: StationRef, id: string): Promise<InstalledCertificate> {
    return (await this.parts.store.inStation(ref, (unit) => unit.find(id))) ?? noCertificate();
  }

  /** The end of a command. One that an operator sent by hand is told by the list of the station, which is asked for. */
  async onEnded(command: Command): Promise<void> {
    const { id, tenant, station, action } = command;
    const change = CHANGES[action as keyof typeof CHANGES] as typeof afterInstall | undefined; // actions of other commands are none
    if (change === undefined) return;
    const outcome = commandOutcome(command);
    await this.parts.store.inStation({ tenant, station }, async (unit) => {
      const own = await unit.byCommand(id);
      if (own !== null && own.answer !== null) return; // it comes again
      if (own !== null) await unit.write([change(own, outcome, this.parts.now())]);
      // M04.FR.07: how the station names the certificate, and whether it has it, is on its list
      if (outcome.kind === 'answered' || outcome.kind === 'unknown') await unit.saveReport({ ...(await unit.report()), due: true });
    });
  }

  private async ask(
    unit: InstalledUnit,
    root: ReadRoot,
    { wish: { kind, pem, replaces }, limits, command }: { wish: Wish; limits: StoreLimits; command: string },
  ): Promise<InstalledCertificate> {
    const all = await unit.all();
    const { facts, identity, authority, judged, signedBy } = root;
    const known = all.find((one) => one.kind === kind && one.facts?.fingerprint === facts.fingerprint);
    if (known !== undefined && isAtStation(known))
      throw new CsmsError('conflict', `the station has that certificate: it is ${known.state}`);
    if (replaces !== null) mustBeReplaceable(all, { id: replaces, kind });
    const present = all.filter(isAtStation);
    const refusal =
      beyondStore(limits, { pemLength: judged.pemLength, others: present.length }) ??
      forbiddenRoot(all, kind, { checksRoots: limits.checksRoots, signedBy });
    if (refusal !== null) throw new CsmsError('conflict', refusal);
    if (known === undefined) await makeRoom(unit, all);
    const nothing = { reported: null, children: [], reportedAt: null, answer: null, installedAt: null, removals: 0 };
    const asked: InstalledCertificate = {
      ...{ id: known?.id ?? randomUUID(), kind, state: 'installing', pem, facts, identity, authority, replaces, command },
      ...{ ...nothing, changedAt: this.parts.now() },
    };
    await unit.write([asked]);
    await unit.saveReport(await unit.report()); // so that it is kept how the station is seen
    return asked;
  }

  private async send(
    ref: StationRef,
    id: string,
    command: { id: string; action: 'InstallCertificate' | 'DeleteCertificate'; payload: Record<string, unknown> },
  ): Promise<InstalledCertificate> {
    try {
      const sent = await this.parts.commands.sendCommand({ ...command, ref, requestedBy: REQUESTED_BY });
      if (commandEnded(sent.status)) await this.onEnded(sent);
    } catch (error) {
      if (error instanceof CsmsError) await this.notTaken(ref, command, error.code);
      throw error;
    }
    return this.find(ref, id);
  }

  /** The command was refused before it was stored. */
  private async notTaken(ref: StationRef, { id, action }: { id: string; action: keyof typeof CHANGES }, code: string): Promise<void> {
    await this.parts.store.inStation(ref, async (unit) => {
      const own = await unit.byCommand(id);
      if (own !== null) await unit.write([CHANGES[action](own, { kind: 'error', text: code }, this.parts.now())]);
    });
  }
}

function readPem(pem: string): ReadRoot {
  try {
    return readRoot(pem);
  } catch (error) {
    throw invalidAt('/pem', error instanceof Error && error.message.startsWith('is not') ? error.message : 'is not a certificate in PEM');
  }
}

function mustBeReplaceable(all: readonly InstalledCertificate[], { id, kind }: { id: string; kind: RootKind }): void {
  const old = all.find((one) => one.id === id);
  if (old === undefined || !isAtStation(old)) throw invalidAt('/replaces', 'is no certificate that the station has');
  if (old.kind !== kind) throw invalidAt('/replaces', `is a ${old.kind}`);
  if (all.some((one) => one.replaces === id && isAtStation(one)))
    throw new CsmsError('conflict', 'another certificate is taking its place already');
}

/** What is not at the station any more gives its place, the oldest first. */
async function makeRoom(unit: InstalledUnit, all: readonly InstalledCertificate[]): Promise<void> {
  if (all.length < MAX_CERTIFICATES) return;
  const [oldest] = endedFirst(all);
  if (oldest === undefined) throw new CsmsError('conflict', `${all.length} certificates are kept of the station already`);
  await unit.remove([oldest.id]);
}

function noCertificate(): never {
  throw new CsmsError('not-found', 'no such certificate of the station');
}
