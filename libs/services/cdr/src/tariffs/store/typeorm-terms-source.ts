import type { StationRef, Tariff } from '@voltbus/contracts';
import type { AssignmentKind, TenantTerms, TermsSource, Version } from '@voltbus/pricing';
import type { EntityManager } from 'typeorm';
import type { TypeormAssignments } from './typeorm-assignments';
import type { TypeormTariffs } from './typeorm-tariffs';

interface TermsStores {
  tariffs: TypeormTariffs;
  assignments: TypeormAssignments;
}

/** The prices and groups for the sessions of one station, read in the database transaction of the caller. */
export class TypeormTermsSource implements TermsSource {
  constructor(
    private readonly stores: TermsStores,
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
  ) {}

  termsHistory(): Promise<Version<TenantTerms>[]> {
    return this.stores.tariffs.termsHistory(this.manager, this.ref.tenant);
  }

  tariffHistory(tariff: string): Promise<Version<Tariff>[]> {
    return this.stores.tariffs.tariffHistory(this.manager, this.ref.tenant, tariff);
  }

  assignmentHistory(kind: AssignmentKind, group: string): Promise<Version<string>[]> {
    return this.stores.assignments.history(this.manager, this.ref.tenant, kind, group);
  }

  stationGroups(): Promise<Version<string>[]> {
    return this.stores.assignments.stationGroups(this.manager, this.ref);
  }
}
