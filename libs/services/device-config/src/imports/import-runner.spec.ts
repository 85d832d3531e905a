import { CsmsError } from '@voltbus/contracts';
import type { ImportItem, ImportResult } from '@voltbus/http';
import { silentLogger, testMetrics } from '@voltbus/testing';
import { DeviceConfigTelemetry } from '../telemetry';
import { PEPPER, startService, type ServiceFixture } from '../testing/start-service';
import { TENANT } from '../testing/tenant';
import type { ImportJob } from './import-job';
import { ImportRunner } from './import-runner';
import { Imports } from './imports';
import { ItemSealing } from './item-sealing';
import { MAX_KEPT, MAX_WAITING } from './limits';
import { TypeormImportQueue } from './store/typeorm-import-queue';
import { TypeormImports } from './store/typeorm-imports';
import { fakeTarget } from './testing/fake-target';

const AUTHOR = { key: null, address: '127.0.0.1', requestId: 'r', reason: null };
const REQUEST = { kind: 'tokens', dryRun: false, onlyNew: false } as const;

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

let tenants = 0;
async function newTenant(): Promise<string> {
  const tenant = `tenant-${tenants++}`;
  await service.tenants.put({ ...TENANT, tenant }, new Date());
  return tenant;
}

type Put = (item: ImportItem) => Promise<ImportResult>;
const created: Put = () => Promise.resolve({ outcome: 'created' });
const idOf = ({ body }: ImportItem) => (body as { id: string }).id;

/** A process of its own, as far as imports know. */
function newProcess(put: Put, pepper = PEPPER) {
  const sealing = new ItemSealing(pepper);
  const store = new TypeormImports(service.database, sealing);
  const imports = new Imports({ store, wake: () => undefined });
  imports.serve([fakeTarget(put)]);
  const queue = new TypeormImportQueue(service.database);
  const telemetry = new DeviceConfigTelemetry(silentLogger, testMetrics());
  return { store, imports, runner: new ImportRunner({ queue, sealing, telemetry, targetOf: (kind) => imports.targetOf(kind) }) };
}
type Process = ReturnType<typeof newProcess>;

function start({ imports }: Process, tenant: string, count: number): Promise<ImportJob> {
  const bytes = Buffer.from(Array.from({ length: count }, (_, index) => `{"id":"${tenant} ${index}"}`).join('\n'));
  return imports.start(tenant, REQUEST, { format: 'jsonl', bytes }, AUTHOR);
}
async function finish({ runner }: Process): Promise<void> {
  while (await runner.turn());
}
/** As if a minute had passed. */
const lapse = (id: string) =>
  service.database.query(
    "UPDATE device_config.imports SET lease_until = now() - interval '1 second' WHERE id = $1 AND lease_until IS NOT NULL",
    [id],
  );
const outcomes = async ({ store }: Process, id: string) =>
  (await store.results(id).read({ filters: {}, sort: { by: 'line', descending: false }, limit: 1_000, after: null })).items.map(
    ({ outcome }) => outcome,
  );
const sealedItems = async (id: string) => {
  const rows: { sealed: Buffer }[] = await service.database.query(
    'SELECT sealed FROM device_config.import_items WHERE import = $1 AND sealed IS NOT NULL',
    [id],
  );
  return rows.map(({ sealed }) => sealed.toString('latin1'));
};

it('goes on after a process that was killed, with the item that had no result, and counts each item once', async () => {
  const [tenant, seen] = [await newTenant(), [] as string[]];
  let reached = (): void => undefined;
  const third = new Promise<void>((resolve) => (reached = resolve));
  let revive: (result: ImportResult) => void = () => undefined;
  const killed = newProcess((item) => {
    seen.push(idOf(item));
    if (seen.length < 3) return created(item);
    reached();
    return new Promise((resolve) => (revive = resolve));
  });
  const { id } = await start(killed, tenant, 5);
  const turn = killed.runner.turn();
  await third;
  const next = newProcess((item) => (seen.push(idOf(item)), created(item)));
  expect(await next.runner.turn()).toBe(false); // the lease holds
  await lapse(id);
  await finish(next);
  expect(seen).toEqual([0, 1, 2, 2, 3, 4].map((index) => `${tenant} ${index}`));
  expect(await next.imports.find(tenant, id)).toMatchObject({ state: 'done', total: 5, created: 5, failed: 0, skipped: 0 });
  revive({ outcome: 'replaced' });
  await turn; // a process that was only slow changes nothing any more
  expect(await next.imports.find(tenant, id)).toMatchObject({ state: 'done', created: 5, replaced: 0 });
  expect(await outcomes(next, id)).toEqual(Array(5).fill('created'));
});

it('goes on at the next start after a stop, which waits for the item that is being written', async () => {
  const tenant = await newTenant();
  const stopping: Process = newProcess(async (item) => {
    if (idOf(item).endsWith(' 1')) void stopping.runner.stop();
    return created(item);
  });
  const { id } = await start(stopping, tenant, 4);
  await stopping.runner.turn();
  expect(await stopping.imports.find(tenant, id)).toMatchObject({ state: 'running', created: 2 });
  await finish(newProcess(created));
  expect(await stopping.imports.find(tenant, id)).toMatchObject({ state: 'done', created: 4 });
});

it('ends at its next item when it is cancelled, skips the rest, and keeps none of it', async () => {
  const tenant = await newTenant();
  let running = '';
  const process: Process = newProcess(async (item) => {
    if (idOf(item).endsWith(' 2')) expect(await process.imports.cancel(tenant, running)).toMatchObject({ state: 'running', endedAt: null });
    return created(item);
  });
  running = (await start(process, tenant, 5)).id;
  const queued = await start(process, tenant, 3);
  expect(await process.imports.cancel(tenant, queued.id)).toMatchObject({ state: 'cancelled', created: 0, skipped: 3 });
  await finish(process);
  expect(await process.imports.find(tenant, running)).toMatchObject({ state: 'cancelled', total: 5, created: 3, skipped: 2 });
  expect(await outcomes(process, running)).toEqual(['created', 'created', 'created', 'skipped', 'skipped']);
  for (const id of [running, queued.id]) expect(await sealedItems(id)).toEqual([]);
  expect(await process.imports.cancel(tenant, running)).toMatchObject({ state: 'cancelled', created: 3, skipped: 2 });
});

it('works on one import of a tenant at a time, in order, and lets tenants take turns', async () => {
  const [one, other, order] = [await newTenant(), await newTenant(), [] as string[]];
  const process = newProcess((item) => (order.push(item.tenant), created(item)));
  const first = await start(process, one, 150);
  const second = await start(process, one, 1);
  await start(process, other, 150);
  await process.runner.turn();
  expect(await process.imports.find(one, second.id)).toMatchObject({ state: 'queued' });
  await finish(process);
  const runs = order.filter((tenant, index) => tenant !== order[index - 1]);
  expect(runs).toEqual([one, other, one, other, one]);
  expect((await process.imports.find(one, first.id)).endedAt?.getTime()).toBeLessThanOrEqual(
    (await process.imports.find(one, second.id)).startedAt?.getTime() ?? 0,
  );
});

it('waits while a part of the system is away, and fails after three defects of one item', async () => {
  const [tenant, faults] = [
    await newTenant(),
    [new CsmsError('unavailable', 'away'), ...Array.from({ length: 3 }, () => new Error('a defect'))],
  ];
  const process = newProcess((item) => {
    const fault = idOf(item).endsWith(' 1') ? faults.shift() : undefined;
    return fault === undefined ? created(item) : Promise.reject(fault);
  });
  const { id } = await start(process, tenant, 3);
  for (const state of ['running', 'running', 'running', 'failed']) {
    expect(await process.runner.turn()).toBe(true);
    expect(await process.runner.turn()).toBe(false); // it waits
    await lapse(id);
    expect(await process.imports.find(tenant, id)).toMatchObject({ state, created: 1 });
  }
  expect(await outcomes(process, id)).toEqual(['created', 'skipped', 'skipped']);
});

it('stores items encrypted until they are tried, and fails where the pepper is another one', async () => {
  const [tenant, process] = [await newTenant(), newProcess(created)];
  const { id } = await start(process, tenant, 2);
  const sealed = await sealedItems(id);
  expect([sealed.length, sealed.some((text) => text.includes(tenant))]).toEqual([2, false]);
  await finish(newProcess(created, 'another pepper'));
  expect(await process.imports.find(tenant, id)).toMatchObject({ state: 'failed', skipped: 2 });
  expect(await sealedItems(id)).toEqual([]);
});

it('refuses more waiting imports of a tenant than may be, and keeps the latest of those that have ended', async () => {
  const [tenant, process] = [await newTenant(), newProcess(created)];
  const waiting = await Promise.allSettled(Array.from({ length: MAX_WAITING + 1 }, () => start(process, tenant, 1)));
  expect(waiting.filter(({ status }) => status === 'fulfilled')).toHaveLength(MAX_WAITING);
  expect(waiting.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'too-many-requests' } });
  await finish(process);
  for (let more = MAX_WAITING; more < MAX_KEPT + 2; more++) {
    await start(process, tenant, 1);
    await finish(process);
  }
  expect(await process.store.list(tenant).count({}, 100)).toMatchObject({ total: MAX_KEPT });
});

it('goes with its tenant', async () => {
  const [tenant, process] = [await newTenant(), newProcess(created)];
  await start(process, tenant, 2);
  await service.tenants.forget(tenant, new Date());
  expect(await process.runner.turn()).toBe(false);
  expect(await process.store.list(tenant).count({}, 10)).toMatchObject({ total: 0 });
});
