import type { Bus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import type { Tariff } from '@voltbus/contracts';
import type { Outbox } from '@voltbus/database';
import type { TariffAssignment } from '@voltbus/pricing';
import { readSettings } from '@voltbus/runtime';
import { Service } from '@voltbus/service';
import { extended, silentLogger, type TestMetrics } from '@voltbus/testing';
import { cdrs } from '../cdrs/block';
import { review } from '../review/block';
import { cdr } from '../service';
import { settlement } from '../settlement/block';
import { tariffs } from '../tariffs/block';
import type { TypeormAssignments } from '../tariffs/store/typeorm-assignments';
import type { TypeormTariffs } from '../tariffs/store/typeorm-tariffs';

interface OpenCdrParts {
  url: string;
  bus: Bus;
  metrics: TestMetrics;
  outbox?: Outbox;
  now?: () => Date;
}

/** Prices as specs set them: from an instant on, whatever was stored. */
export function pricesOf({ tariffs: tariffStore, assignments: assignmentStore }: TariffStores) {
  return {
    tariffs: extended(tariffStore, {
      add: (tenant: string, tariff: string, body: Tariff | null, since: Date) =>
        tariffStore.change({ tenant, tariff, now: () => since }, () => Promise.resolve(body)),
    }),
    assignments: extended(assignmentStore, {
      assign: (tenant: string, { kind, group, tariff }: AssignmentKindOf, since: Date) =>
        assignmentStore.change({ tenant, kind, group, now: () => since }, () =>
          Promise.resolve(tariff === null ? null : { kind, group, tariff }),
        ),
    }),
  };
}

interface TariffStores {
  tariffs: TypeormTariffs;
  assignments: TypeormAssignments;
}

type AssignmentKindOf = Omit<TariffAssignment, 'tariff'> & { tariff: string | null };

/** The service on a database, with what its blocks have built. */
export async function openCdr({ url, ...parts }: OpenCdrParts) {
  const secrets = { VOLTBUS_ADMIN_KEY: 'k'.repeat(40), VOLTBUS_KEY_PEPPER: 'p'.repeat(40) };
  const settings = readSettings({ VOLTBUS_DATABASE_URL: url, VOLTBUS_DATABASE_POOL: '4', ...secrets }, 'standalone', 'standalone');
  const commands = { sendCommand: () => Promise.reject(new Error('no router here')) };
  const service = await Service.open(cdr, { settings, logger: silentLogger, connections: new MemoryConnections(), commands, ...parts });
  return {
    ...{ service, database: service.database },
    ...service.use(cdrs),
    ...service.use(review),
    ...pricesOf(service.storeOf(tariffs)),
    billing: service.use(settlement).billing,
  };
}

export type OpenedCdr = Awaited<ReturnType<typeof openCdr>>;
