import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startStack, type Stack } from '@voltbus/stack';
import { OwnProcess } from '../own-process';
import { FleetApi } from './fleet-api';
import { faultsOf, runCampaign, type CampaignResult } from './fleet-campaign';
import { CAMPAIGN_VARIABLE, VARIABLES } from './fleet-messages';
import type { FleetAnswer, FleetTask } from './fleet-process';
import { measureQueries, type QueryTime } from './fleet-queries';
import { FleetRows, HISTORY, TEMPLATES, TENANT, type TableSize } from './fleet-rows';
import type { Received } from './ws-fleet-station';

export interface FleetOptions {
  stations: number;
  /** Measures queries, and no campaign. */
  queries: boolean;
  record: boolean;
}

/** What a fleet costs, and what came of its campaign. */
export interface FleetResult {
  stations: number;
  variables: number;
  history: number;
  sizes: TableSize[];
  /** Processes that wanted to run while queries were measured, on average: more than the cores means that others slowed them down. */
  load: number;
  queries: QueryTime[];
  /** Seconds until all stations were connected and booted. */
  connectedWithin: number;
  /** Null: none was run. */
  campaign: CampaignResult | null;
}

/** The templates are asked for their variables, and checked against the profile, some seconds after their boot. */
const REPORTED_MS = 120_000;
const LOOK_MS = 1_000;

/** Rejects when a station was not brought its value exactly once. Ends its processes and removes its data. */
export async function measureFleet({ stations, queries: only }: FleetOptions, print: (text: string) => void): Promise<FleetResult> {
  const stack = await startStack({ gateways: 1 });
  const process = new OwnProcess<FleetTask, FleetAnswer>(join(__dirname, 'fleet-process.js'));
  try {
    const fleet = new Fleet(stack, process, await FleetRows.open(stack.facts().postgres.url));
    try {
      return await fleet.measure(stations, only, print);
    } finally {
      await fleet.rows.close();
    }
  } finally {
    await process.stop();
    await stack.stop();
  }
}

class Fleet {
  private readonly api: FleetApi;

  constructor(
    private readonly stack: Stack,
    private readonly process: OwnProcess<FleetTask, FleetAnswer>,
    readonly rows: FleetRows,
  ) {
    const { apiUrl, adminKey } = stack.facts();
    this.api = new FleetApi(apiUrl, adminKey);
  }

  async measure(stations: number, only: boolean, print: (text: string) => void): Promise<FleetResult> {
    print('two stations report what they have');
    await this.templates();
    print(`${stations} stations are made of them`);
    await this.rows.copyTo(stations);
    print('all connect and boot');
    const begin = performance.now();
    await this.perform({ do: 'connect', ocppUrl: this.ocppUrl, from: TEMPLATES.length, to: stations });
    const connectedWithin = (performance.now() - begin) / 1_000;
    await this.rows.copyConfigurations(stations);
    print(`connected within ${connectedWithin.toFixed(0)} s; queries are measured`);
    const sizes = await this.rows.sizes();
    const queries = await measureQueries(this.api, this.stack.facts().postgres.url, stations);
    const load = loadavg()[0] ?? 0;
    for (const { query, p50, p95, longest } of queries)
      print(`  ${query}: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, longest ${longest.toFixed(1)} ms`);
    const campaign = only ? null : await this.campaign(stations, print);
    return { stations, variables: VARIABLES, history: HISTORY, sizes, load, queries, connectedWithin, campaign };
  }

  /** What the system itself stores of a station of each version: all others are copies. */
  private async templates(): Promise<void> {
    await this.api.send('PUT', `tenants/${TENANT}`, {
      ...{ currency: 'EUR', defaultTariff: null, unknownStations: 'register', unknownTokens: 'refuse', minSecurityProfile: 0 },
    });
    const { component, variable } = CAMPAIGN_VARIABLE;
    await this.api.send('PUT', 'configuration-profiles/fleet', { mode: 'dry-run', values: [{ component, variable, value: '900' }] });
    await this.perform({ do: 'connect', ocppUrl: this.ocppUrl, from: 0, to: TEMPLATES.length });
    await this.perform({ do: 'report', statuses: HISTORY });
    await this.until('variables', 'SELECT count(*) FROM device_config.variables WHERE tenant = $1', TEMPLATES.length * VARIABLES);
    await this.until(
      'states',
      "SELECT count(*) FROM device_config.status_history WHERE tenant = $1 AND kind = 'status'",
      TEMPLATES.length * HISTORY,
    );
    await this.until(
      'checks',
      'SELECT count(*) FROM device_config.station_configurations WHERE tenant = $1 AND state IS NOT NULL',
      TEMPLATES.length,
    );
  }

  private async campaign(stations: number, print: (text: string) => void): Promise<CampaignResult> {
    await this.api.send('DELETE', 'configuration-profiles/fleet');
    print('a campaign sets a value at each station, and device-config is killed meanwhile');
    const result = await runCampaign({
      ...{ api: this.api, rows: this.rows, stations, print },
      received: () => this.perform({ do: 'count' }),
      killAndRestart: () => this.killAndRestart(),
    });
    print(`  ${JSON.stringify(result)}`);
    const faults = faultsOf(result);
    if (faults.length > 0) throw new Error(`not every station exactly once: ${faults.join('; ')}`);
    return result;
  }

  private async killAndRestart(): Promise<void> {
    this.stack.signal('device-config', 'SIGKILL');
    while (this.stack.pidOf('device-config') !== null) await pause(50);
    await this.stack.restart('device-config');
  }

  private async until(what: string, sql: string, wanted: number): Promise<void> {
    const end = performance.now() + REPORTED_MS;
    for (let found = -1; found !== wanted; await pause(LOOK_MS)) {
      if (performance.now() > end) throw new Error(`of ${wanted} ${what}, ${found} are stored`);
      found = await this.rows.count(sql, [TENANT]);
    }
  }

  private get ocppUrl(): string {
    return `${this.stack.facts().gateways[0]?.ocppUrl ?? ''}/${TENANT}`;
  }

  private async perform(task: FleetTask): Promise<Received[]> {
    const { received, error } = await this.process.ask(task);
    if (received === undefined) throw new Error(error);
    return received;
  }
}
