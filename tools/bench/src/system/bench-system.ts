import { startStack, type Stack } from '@voltbus/stack';
import { LoadGenerator } from '../load/load-generator';
import type { LoadResult, LoadTask } from '../load/load-tasks';
import { tokenOf } from '../load/messages';
import type { Measurement } from './measurement';
import { processorTimes, usedBetween } from './processor-time';
import { Profiles } from './profiles';
import { StoredRows } from './stored-rows';

export const TENANT = 'bench';
/** As many as the largest fleet that charges. */
const TOKENS = 300;

/** The system under test, its load generator and its database. */
export class BenchSystem {
  private constructor(
    private readonly stack: Stack,
    private readonly generator: LoadGenerator,
    readonly stored: StoredRows,
    private readonly profiles: Profiles | null,
  ) {}

  /** `profile`: a directory for profiles of the measurements. */
  static async start(profile?: string): Promise<BenchSystem> {
    const profiles = profile === undefined ? null : new Profiles(profile);
    const stack = await startStack({ gateways: 1, env: profiles?.environment ?? {} });
    try {
      const stored = await StoredRows.open(stack.facts().postgres.url, TENANT);
      const system = new BenchSystem(stack, new LoadGenerator(), stored, profiles);
      await system.provision();
      return system;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  get addresses() {
    const { apiUrl, adminKey, gateways, kafka } = this.stack.facts();
    return { apiUrl, adminKey, ocppUrl: `${gateways[0]?.ocppUrl ?? ''}/${TENANT}`, brokers: kafka.brokers };
  }

  get databaseUrl(): string {
    return this.stack.facts().postgres.url;
  }

  perform(task: LoadTask): Promise<LoadResult> {
    return this.generator.perform(task);
  }

  /** Measures the processor time of the work, and of what it causes until everything is stored. */
  async measure(work: () => Promise<LoadResult>, untilStored: (result: LoadResult) => Promise<void>) {
    await this.profiles?.begin(this.stack.facts());
    const before = processorTimes(this.stack.facts());
    const result = await work();
    await untilStored(result);
    const cpu = usedBetween(before, processorTimes(this.stack.facts()));
    await this.profiles?.end(this.stack.facts(), result.units);
    const { units, seconds, latencies, cpuMs } = result;
    return { units, seconds, latencies, cpu, generatorCpuMs: cpuMs } satisfies Partial<Measurement>;
  }

  async stop(): Promise<void> {
    await this.stored.close();
    await this.generator.stop();
    await this.stack.stop();
  }

  /** Stations register themselves, the tokens are known, sessions have a price, messages are kept: as a tenant is by default. */
  private async provision(): Promise<void> {
    const policy = { currency: 'EUR', unknownStations: 'register', unknownTokens: 'refuse', minSecurityProfile: 0 };
    await this.put(`tenants/${TENANT}`, { ...policy, defaultTariff: null });
    await this.put('tariffs/bench', { currency: 'EUR', perKwh: '0.49', perMinute: '0.01' });
    await this.put(`tenants/${TENANT}`, { ...policy, defaultTariff: 'bench' });
    for (let station = 0; station < TOKENS; station++)
      await this.put(`tokens/${tokenOf(station)}`, { type: 'ISO14443', status: 'Accepted' });
  }

  private async put(path: string, body: object): Promise<void> {
    const { apiUrl, adminKey } = this.addresses;
    const headers = { authorization: `Bearer ${adminKey}`, 'voltbus-tenant': TENANT, 'content-type': 'application/json' };
    const response = await fetch(`${apiUrl}/v1/${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
  }
}
