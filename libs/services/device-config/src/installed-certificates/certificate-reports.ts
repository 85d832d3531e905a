import { randomUUID } from 'node:crypto';
import { CsmsError, commandEnded, commandOutcome, type Command, type CommandRequest, type StationRef } from '@voltbus/contracts';
import type { CommandSender } from '@voltbus/service';
import {
  afterAbsence,
  afterReport,
  endedFirst,
  isNamedBy,
  type HashData,
  type Identity,
  type InstalledCertificate,
} from './domain/installed-certificate';
import { BATCH, LOST_RESULT_MS, MAX_CERTIFICATES } from './limits';
import { reportRequests, reportedCertificates, requestedKinds, type ReportedCertificate } from './ocpp-messages';
import { NO_REPORT, type CertificateReport, type InstalledUnit } from './store/typeorm-installed-unit';
import type { TypeormInstalledCertificates } from './store/typeorm-installed-certificates';

interface CertificateReportsParts {
  store: TypeormInstalledCertificates;
  commands: CommandSender;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

interface Asked {
  id: string;
  action: 'GetInstalledCertificateIds';
  payload: Record<string, unknown>;
}

/** Behind the commands of operators. */
const PRIORITY = 8;
const ACTION = 'GetInstalledCertificateIds';

/** What stations say that they have installed (M03). */
export class CertificateReports {
  constructor(private readonly parts: CertificateReportsParts) {}

  /** Asks the station for all of its certificates, now. */
  async request(ref: StationRef): Promise<CertificateReport> {
    for (const command of await this.begun(ref)) {
      const sent = await this.parts.commands.sendCommand({ ...command, ref, requestedBy: 'api' });
      if (commandEnded(sent.status)) await this.onEnded(sent);
    }
    return this.find(ref);
  }

  async find(ref: StationRef): Promise<CertificateReport> {
    return (await this.parts.store.report(ref)) ?? NO_REPORT;
  }

  /** Asks stations whose certificates have changed. Returns how many. */
  async sweep(): Promise<number> {
    const { store, now } = this.parts;
    await store.askAgain(new Date(now().getTime() - LOST_RESULT_MS));
    const due = await store.due(BATCH);
    for (const { tenant, station } of due)
      for (const command of await this.begun({ tenant, station }))
        await this.parts.sendCommand({ ...command, tenant, station, priority: PRIORITY, requestedBy: 'device-config' });
    return due.length;
  }

  /** M03.FR.02 to 04: the answer is the whole list of the kinds that were asked for, also by hand; `NotFound` is an empty one. */
  async onEnded(command: Command): Promise<void> {
    if (command.action !== ACTION) return;
    const { tenant, station, id, payload, response, createdAt } = command;
    const { kind, text } = commandOutcome(command);
    const isList = kind === 'answered' && (text === 'Accepted' || text === 'NotFound');
    const request = (payload ?? {}) as Record<string, unknown>;
    await this.parts.store.inStation({ tenant, station }, async (unit) => {
      const reported = isList && text === 'Accepted' ? reportedCertificates(request, response) : [];
      const kinds = new Set(requestedKinds(request));
      const askedAt = new Date(createdAt);
      const notKept = isList ? await this.record(unit, { reported, askedAt, isOf: (one) => kinds.has(one.kind) }) : 0;
      await this.answered(unit, { id, text, notKept });
    });
  }

  private async answered(unit: InstalledUnit, { id, text, notKept }: { id: string; text: string; notKept: number }): Promise<void> {
    const report = await unit.report();
    if (!report.commands.some((one) => one.id === id && one.outcome === null)) return;
    const commands = report.commands.map((one) => (one.id === id ? { ...one, outcome: text } : one));
    const completedAt = commands.every(({ outcome }) => outcome !== null) ? this.parts.now() : null;
    await unit.saveReport({ ...report, commands, completedAt, notKept: report.notKept + notKept });
  }

  /** Returns how many were not kept: there are too many of the station. */
  private async record(
    unit: InstalledUnit,
    list: { reported: readonly ReportedCertificate[]; askedAt: Date; isOf(one: InstalledCertificate): boolean },
  ): Promise<number> {
    const all = await unit.all();
    const at = this.parts.now();
    const changed = new Map<string, InstalledCertificate>();
    const added: ReportedCertificate[] = [];
    for (const one of list.reported) {
      const own = all.find(({ kind, identity }) => kind === one.kind && isNamedBy(identity, one.reported));
      if (own === undefined) added.push(one);
      else changed.set(own.id, afterReport(own, { ...one, askedAt: list.askedAt, at }));
    }
    const ended = endedFirst(all.filter(({ id }) => !changed.has(id)));
    const foreigners = distinct(added);
    const kept = foreigners.slice(0, MAX_CERTIFICATES - all.length + ended.length);
    await unit.remove(ended.slice(0, Math.max(0, all.length + kept.length - MAX_CERTIFICATES)).map(({ id }) => id));
    await unit.write([...changed.values(), ...kept.map((one) => foreign(one, at))]);
    const notKept = foreigners.length - kept.length;
    if (notKept === 0)
      await this.noteAbsent(unit, { all: all.filter((one) => list.isOf(one) && !changed.has(one.id)), askedAt: list.askedAt, at });
    return notKept;
  }

  /** A list that could not be kept whole says of no certificate that it is missing. */
  private async noteAbsent(
    unit: InstalledUnit,
    { all, askedAt, at }: { all: readonly InstalledCertificate[]; askedAt: Date; at: Date },
  ): Promise<void> {
    const gone = all.map((before) => ({ before, after: afterAbsence(before, { askedAt, at }) }));
    await unit.write(gone.flatMap(({ before, after }) => (before === after ? [] : [after])));
  }

  /** The request is noted before it is sent: its answer may come first. */
  private async begun(ref: StationRef): Promise<Asked[]> {
    const begun = await this.parts.store.inStation(ref, async (unit) => {
      const { protocol } = unit.station;
      if (protocol === null) throw new CsmsError('conflict', 'the station has never connected: which version it speaks is not known');
      const requests = reportRequests(protocol).map(({ kinds, payload }) => ({ id: randomUUID(), kinds, payload }));
      const commands = requests.map(({ id, kinds }) => ({ id, kinds, outcome: null }));
      await unit.saveReport({ ...NO_REPORT, commands, askedAt: this.parts.now() });
      return requests.map(({ id, payload }): Asked => ({ id, action: ACTION, payload }));
    });
    if (begun === null) throw new CsmsError('unknown-station', 'no such station');
    return begun;
  }
}

/** One that was not installed here. Of a root that signed itself, the name of its issuer is its own. */
function foreign({ kind, reported, children }: ReportedCertificate, at: Date): InstalledCertificate {
  const name = reported.issuerNameHash.toLowerCase();
  const authority = reported.hashAlgorithm === 'SHA256' ? { nameHash: name, keyId: null } : null;
  return {
    ...{ id: randomUUID(), kind, state: 'foreign', pem: null, facts: null, identity: identityOf(reported), authority, reported, children },
    ...{ reportedAt: at, replaces: null, removals: 0, answer: null, command: null, installedAt: null, changedAt: at },
  };
}

function identityOf({ hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }: HashData): Identity {
  return { serial: serialNumber, hashes: { [hashAlgorithm]: { name: issuerNameHash.toLowerCase(), key: issuerKeyHash.toLowerCase() } } };
}

/** A station may name a certificate twice. */
function distinct(all: readonly ReportedCertificate[]): ReportedCertificate[] {
  return [...new Map(all.map((one) => [`${one.kind} ${JSON.stringify(identityOf(one.reported))}`, one])).values()];
}
