import { STATIONS, TENANTS } from '@voltbus/contracts';
import { TARIFF_DIRECTORY } from '@voltbus/http';
import { defineBlock, onEach } from '@voltbus/service';
import { TariffAssignmentsController } from './http/tariff-assignments.controller';
import { TariffsController } from './http/tariffs.controller';
import { tariffsMigration } from './store/migrations/0010-tariffs';
import { tables } from './store/tables';
import { AssignmentVersionEntity } from './store/assignment-version.entity';
import { StationGroupVersionEntity } from './store/station-group-version.entity';
import { TariffVersionEntity } from './store/tariff-version.entity';
import { TermsVersionEntity } from './store/terms-version.entity';
import { TypeormAssignments } from './store/typeorm-assignments';
import { TypeormTariffs } from './store/typeorm-tariffs';
import { Tariffs } from './tariffs';

/** Tariffs, their assignments to groups, and the terms of tenants, all with their history. */
export const tariffs = defineBlock({
  name: 'tariffs',
  migrations: [tariffsMigration],
  tables,
  entities: [TermsVersionEntity, TariffVersionEntity, AssignmentVersionEntity, StationGroupVersionEntity],
  store: ({ database, outbox }) => ({
    tariffs: new TypeormTariffs(database, outbox),
    assignments: new TypeormAssignments(database, outbox),
  }),
  build: ({ store, wakeRelay, now }) => ({ stores: store, tariffs: new Tariffs({ ...store, wakeRelay, now }) }),
  on: ({ stores }) => [
    // a deleted tenant keeps its terms: its sessions of before may still have to be billed
    onEach(TENANTS.events.changed, ({ data: { currency, defaultTariff }, tenant, time }) =>
      stores.tariffs.addTerms(tenant, { currency, defaultTariff }, time),
    ),
    onEach([STATIONS.events.grouped, STATIONS.events.deleted], ({ data, ref, time }) => stores.assignments.regroup(ref, data.group, time)),
  ],
  controllers: [TariffsController, TariffAssignmentsController],
  provides: (provide) => [
    provide(TARIFF_DIRECTORY, ({ stores }) => stores.tariffs),
    provide(Tariffs, ({ tariffs }) => tariffs),
    provide(TypeormTariffs, ({ stores }) => stores.tariffs),
    provide(TypeormAssignments, ({ stores }) => stores.assignments),
  ],
});
