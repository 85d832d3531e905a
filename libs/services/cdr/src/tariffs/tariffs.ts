import { CsmsError, inUse, invalidAt, unknownReference, type Tariff } from '@voltbus/contracts';
import type { TenantDirectory } from '@voltbus/http';
import type { TariffAssignment } from '@voltbus/pricing';
import type { TypeormAssignments } from './store/typeorm-assignments';
import type { TypeormTariffs } from './store/typeorm-tariffs';

interface TariffsParts {
  tariffs: TypeormTariffs;
  assignments: TypeormAssignments;
  /** Called after a commit that has put an event into the outbox. */
  wakeRelay(): void;
  now(): Date;
}

/** `writes` is called with what is about to be stored, when everything has been checked. */
interface TariffDecision {
  decide(before: Tariff | null): Tariff;
  writes?(after: Tariff): void;
}

type Group = Pick<TariffAssignment, 'kind' | 'group'>;

/** Changes tariffs and their assignments. A change applies to sessions that start after it. `decide` is called while no price of the tenant changes. */
export class Tariffs {
  constructor(private readonly parts: TariffsParts) {}

  /** Throws `invalid` where the currency is not that of the tenant. */
  async change(tenant: string, name: string, { decide, writes }: TariffDecision, tenants: TenantDirectory): Promise<Tariff> {
    const stored = await this.parts.tariffs.change({ tenant, tariff: name, now: this.parts.now }, async (before) => {
      const after = decide(before);
      const owner = await tenants.find(tenant);
      if (owner === null) throw new CsmsError('not-found', 'no such tenant');
      if (after.currency !== owner.currency) throw invalidAt('/currency', `the tenant's currency is ${owner.currency}`);
      writes?.(after);
      return after;
    });
    this.parts.wakeRelay();
    return stored;
  }

  /** Throws `in-use` where the tariff is the tenant's default, or that of a group. */
  async remove(tenant: string, name: string, mayRemove: (before: Tariff | null) => void, tenants: TenantDirectory): Promise<void> {
    const { tariffs, assignments, now, wakeRelay } = this.parts;
    await tariffs.change({ tenant, tariff: name, now }, async (before, manager) => {
      mayRemove(before);
      const owner = await tenants.find(tenant);
      const groups = await assignments.usersOf(manager, tenant, name);
      const usedBy = [
        ...(owner?.defaultTariff === name ? ['the tenant (defaultTariff)'] : []),
        ...groups.map(({ kind, group }) => `${kind} ${group}`),
      ];
      if (usedBy.length > 0) throw inUse(usedBy);
      return null;
    });
    wakeRelay();
  }

  /** Throws `unknown-reference` where there is no such tariff. */
  async assign(tenant: string, group: Group, decide: (before: TariffAssignment | null) => TariffAssignment): Promise<TariffAssignment> {
    const { tariffs, assignments, now, wakeRelay } = this.parts;
    const stored = await assignments.change({ tenant, ...group, now }, async (before, manager) => {
      const after = decide(before);
      if (!(await tariffs.exists(manager, tenant, after.tariff))) throw unknownReference('/tariff', 'tariff');
      return after;
    });
    wakeRelay();
    return stored;
  }

  async removeAssignment(tenant: string, group: Group, mayRemove: (before: TariffAssignment | null) => void): Promise<void> {
    await this.parts.assignments.change({ tenant, ...group, now: this.parts.now }, (before) => {
      mayRemove(before);
      return Promise.resolve(null);
    });
    this.parts.wakeRelay();
  }
}
