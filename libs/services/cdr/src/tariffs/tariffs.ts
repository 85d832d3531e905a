import { CsmsError, unknownReference, type Tariff } from '@voltbus/contracts';
import type { TariffAssignment } from '@voltbus/pricing';
import type { AssignmentChange, TypeormAssignments } from './store/typeorm-assignments';
import type { TypeormTariffs } from './store/typeorm-tariffs';

interface TariffsParts {
  tariffs: TypeormTariffs;
  assignments: TypeormAssignments;
  /** Called after a commit that has put an event into the outbox. */
  wakeRelay(): void;
  now(): Date;
}

/** Changes tariffs and their assignments. A change applies to sessions that start after it. */
export class Tariffs {
  constructor(private readonly parts: TariffsParts) {}

  async put(tenant: string, tariff: Tariff): Promise<void> {
    await this.parts.tariffs.add(tenant, tariff.tariff, tariff, this.parts.now());
    this.parts.wakeRelay();
  }

  /** `tenantDefault` is the tariff that the tenant's sessions have by default. Throws `conflict` while the tariff is in use. */
  async remove(tenant: string, tariff: string, tenantDefault: string | null): Promise<void> {
    const groups = await this.parts.assignments.usersOf(tenant, tariff);
    const usedBy = [
      ...(tenantDefault === tariff ? ['the tenant (defaultTariff)'] : []),
      ...groups.map(({ kind, group }) => `${kind} ${group}`),
    ];
    if (usedBy.length > 0) throw new CsmsError('conflict', `it is used by ${usedBy.join(', ')}`, { usedBy });
    await this.parts.tariffs.add(tenant, tariff, null, this.parts.now());
    this.parts.wakeRelay();
  }

  /** Throws `unknown-reference` where there is no such tariff. */
  async assign(tenant: string, assignment: TariffAssignment): Promise<void> {
    if ((await this.parts.tariffs.find(tenant, assignment.tariff)) === null) throw unknownReference('/tariff', 'tariff');
    await this.changeAssignment(tenant, assignment);
  }

  removeAssignment(tenant: string, { kind, group }: Pick<TariffAssignment, 'kind' | 'group'>): Promise<void> {
    return this.changeAssignment(tenant, { kind, group, tariff: null });
  }

  private async changeAssignment(tenant: string, change: AssignmentChange): Promise<void> {
    await this.parts.assignments.assign(tenant, change, this.parts.now());
    this.parts.wakeRelay();
  }
}
