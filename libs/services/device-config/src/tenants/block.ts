import { TENANT_DIRECTORY } from '@voltbus/http';
import { defineBlock } from '@voltbus/service';
import { apiKeys } from '../api-keys';
import { DEMO_TENANT } from './domain/demo-tenant';
import { TenantsController } from './http/tenants.controller';
import { DeletedTenantEntity } from './store/deleted-tenant.entity';
import { TenantEntity } from './store/tenant.entity';
import { TypeormTenants } from './store/typeorm-tenants';
import { Tenants } from './tenants';
import { tenantsMigration } from './store/migrations/0010-tenants';
import { certificateOrganizationMigration } from './store/migrations/0190-certificate-organization';
import { tables } from './store/tables';

/** Operators that share this installation, and their policies. */
export const tenants = defineBlock({
  name: 'tenants',
  migrations: [tenantsMigration, certificateOrganizationMigration],
  tables,
  entities: [TenantEntity, DeletedTenantEntity],
  store: ({ database, outbox }) => new TypeormTenants(database, outbox),
  build: ({ store, use, wakeRelay, settings, now }) => ({
    tenants: new Tenants({ store, apiKeys: use(apiKeys).issuer, wakeRelay }),
    demo: settings.DEMO,
    now,
  }),
  async start({ tenants: built, demo, now }) {
    await built.publishSeeded(now());
    if (demo) await built.add(DEMO_TENANT, now());
  },
  controllers: [TenantsController],
  provides: (provide) => [provide(Tenants, (built) => built.tenants), provide(TENANT_DIRECTORY, (built) => built.tenants)],
});
