import { randomUUID } from 'node:crypto';
import type { CommandRequest, StationRef } from '@voltbus/contracts';
import type { HashData } from './domain/installed-certificate';
import { isReplaced } from './domain/removal';
import type { InstalledCertificates } from './installed-certificates';
import { REMOVE_AGAIN_MS } from './limits';
import type { InstalledUnit } from './store/typeorm-installed-unit';
import type { TypeormInstalledCertificates } from './store/typeorm-installed-certificates';

interface RootReplacementsParts {
  store: TypeormInstalledCertificates;
  certificates: Pick<InstalledCertificates, 'deleting'>;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

const PRIORITY = 8;

/** Removes roots whose place another one has taken, once the station was seen under that one (M05). */
export class RootReplacements {
  constructor(private readonly parts: RootReplacementsParts) {}

  /** Returns how many roots were asked to be removed. */
  async sweep(): Promise<number> {
    const { store, now } = this.parts;
    const due = await store.replacing(new Date(now().getTime() - REMOVE_AGAIN_MS));
    let asked = 0;
    for (const { id, tenant, station } of due) if (await this.removeOld({ tenant, station }, id)) asked++;
    return asked;
  }

  private async removeOld(ref: StationRef, next: string): Promise<boolean> {
    const command = randomUUID();
    const reported = await this.parts.store.inStation(ref, (unit) => this.decide(unit, next, command));
    if (reported === null) return false;
    const payload = { certificateHashData: reported };
    await this.parts.sendCommand({
      ...{ id: command, ...ref, action: 'DeleteCertificate', payload, priority: PRIORITY, requestedBy: 'device-config' },
    });
    return true;
  }

  /** The hashes of the root that is to be removed; null: not yet. */
  private async decide(unit: InstalledUnit, id: string, command: string): Promise<HashData | null> {
    const next = await unit.find(id);
    const { replaces = null } = next ?? {};
    const old = replaces === null ? null : await unit.find(replaces);
    if (next === null || old === null || !isReplaced({ next, old }, await unit.seen())) return null;
    if (old.reported === null) {
      const report = await unit.report();
      if (report.askedAt === null || report.completedAt !== null) await unit.saveReport({ ...report, due: true });
      return null;
    }
    await unit.write([{ ...next, removals: next.removals + 1 }]);
    return this.parts.certificates.deleting(unit, old, command);
  }
}
