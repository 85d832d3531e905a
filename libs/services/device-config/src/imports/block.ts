import { IMPORT_WORKER } from '@voltbus/http';
import { encryptionKeys } from '@voltbus/runtime';
import { defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { ImportsController } from './http/imports.controller';
import { ImportRunner } from './import-runner';
import { Imports } from './imports';
import { ItemSealing } from './item-sealing';
import { importsMigration } from './store/migrations/0150-imports';
import { tables } from './store/tables';
import { TypeormImportQueue } from './store/typeorm-import-queue';
import { TypeormImports } from './store/typeorm-imports';

/** Bulk imports of resources of all services, carried out where the HTTP API is. */
export const imports = defineBlock({
  name: 'imports',
  migrations: [importsMigration],
  tables,
  store({ database, settings }) {
    const sealing = new ItemSealing(encryptionKeys(settings));
    return { sealing, jobs: new TypeormImports(database, sealing), queue: new TypeormImportQueue(database) };
  },
  build({ store: { sealing, jobs, queue }, use }) {
    const service: Imports = new Imports({ store: jobs, wake: () => runner.wake() });
    const runner = new ImportRunner({ queue, sealing, telemetry: use(telemetry), targetOf: (kind) => service.targetOf(kind) });
    return { imports: service, runner, jobs };
  },
  controllers: [ImportsController],
  provides: (provide) => [
    provide(IMPORT_WORKER, (built) => built.imports),
    provide(Imports, (built) => built.imports),
    provide(TypeormImports, ({ jobs }) => jobs),
    provide(ImportRunner, ({ runner }) => runner),
  ],
  httpParts: ({ runner }) => [{ name: 'imports', phase: 'work', start: () => runner.start(), stop: () => runner.stop() }],
});
