import { setTimeout as pause } from 'node:timers/promises';
import type { FleetApi } from './fleet-api';
import { CAMPAIGN_VARIABLE } from './fleet-messages';
import { TENANT, type FleetRows } from './fleet-rows';
import type { Received } from './ws-fleet-station';

/** The value that the campaign sets; stations have another. */
const CAMPAIGN_VALUE = '300';
/** A campaign that takes longer has failed. On a machine with nothing else to do 10,000 stations take some minutes, on a crowded one most of an hour. */
const LONGEST_MS = 3_600_000;
const LOOK_MS = 500;
/** device-config is killed when so great a share of the stations has ended. */
const KILLS_AT = [0.02, 0.2, 0.45, 0.7, 0.9];

/** What came of the campaign. */
export interface CampaignResult {
  stations: number;
  kills: number;
  seconds: number;
  /** Stations that were told to set the value by no message, by one, and by more, as they counted themselves. */
  told: { never: number; once: number; more: number };
  /** What the database says, each apart from the campaign's own account of it. */
  stored: { commands: number; stationsWithACommand: number; valuesSet: number };
  /** Stations by their state in the campaign. */
  states: Record<string, number>;
  state: string;
  /** Stations whose socket was lost meanwhile. */
  reconnected: number;
}

interface Campaigning {
  api: FleetApi;
  rows: FleetRows;
  stations: number;
  received(): Promise<Received[]>;
  killAndRestart(): Promise<void>;
  print(text: string): void;
}

/** A campaign sets a value at each station while the process that runs it is killed again and again. */
export async function runCampaign(run: Campaigning): Promise<CampaignResult> {
  const { api, rows, stations, print } = run;
  const before = await run.received();
  const begin = performance.now();
  const { id } = await api.send<{ id: string }>('POST', 'campaigns', plan(stations));
  let kills = 0;
  for (let ended = 0; ended < stations && performance.now() - begin < LONGEST_MS;) {
    await pause(LOOK_MS);
    ended = await rows.count('SELECT count(*) FROM device_config.campaign_stations WHERE campaign = $1 AND ended_at IS NOT NULL', [id]);
    const at = KILLS_AT[kills];
    if (at === undefined || ended < at * stations || ended >= stations) continue;
    print(`  ${ended} stations have ended: device-config is killed`);
    await run.killAndRestart();
    kills += 1;
  }
  const seconds = (performance.now() - begin) / 1_000;
  const state = await untilOver(api, id);
  const received = await run.received();
  const told = received.map(({ sets }, nth) => sets - (before[nth]?.sets ?? 0));
  return {
    ...{ stations, kills, seconds, state },
    told: { never: told.filter((n) => n === 0).length, once: told.filter((n) => n === 1).length, more: told.filter((n) => n > 1).length },
    stored: await storedOf(rows),
    states: await statesOf(rows, id),
    reconnected: received.filter(({ connections }, nth) => connections !== before[nth]?.connections).length,
  };
}

/** What is wrong; empty where every station was brought the value exactly once. */
export function faultsOf({ stations, kills, told, stored, states, state }: CampaignResult): string[] {
  const expected = (name: string, found: number, wanted: number): string[] =>
    found === wanted ? [] : [`${name}: ${found} instead of ${wanted}`];
  return [
    ...expected('stations that were told once, as they say', told.once, stations),
    ...expected('commands that are stored', stored.commands, stations),
    ...expected('stations with a stored command', stored.stationsWithACommand, stations),
    ...expected('stations whose variable has the value', stored.valuesSet, stations),
    ...expected('stations that have succeeded', states['succeeded'] ?? 0, stations),
    ...(kills > 0 ? [] : ['device-config was never killed']),
    ...(state === 'done' ? [] : [`the campaign is ${state}`]),
  ];
}

/** As fast as a campaign may be: the spread over minutes is for real stations. */
function plan(stations: number): object {
  const { component, variable } = CAMPAIGN_VARIABLE;
  return {
    name: 'fleet',
    work: { kind: 'configuration', values: [{ component, variable, value: CAMPAIGN_VALUE }] },
    ...{ waves: [{ stations: Math.ceil(stations / 100) }, { percent: 20 }], jitterSeconds: 0, atOnce: 2_000, maxFailures: 0 },
  };
}

/** The campaign notices within its next look that the last station has ended. */
async function untilOver(api: FleetApi, id: string): Promise<string> {
  for (let looks = 0; ; looks++) {
    const { state } = await api.get<{ state: string }>(`campaigns/${id}`);
    if (state !== 'running' || looks > 60) return state;
    await pause(LOOK_MS);
  }
}

async function storedOf(rows: FleetRows): Promise<CampaignResult['stored']> {
  const sent = `FROM router.commands WHERE tenant = '${TENANT}' AND action IN ('SetVariables', 'ChangeConfiguration')`;
  const { variable } = CAMPAIGN_VARIABLE;
  return {
    commands: await rows.count(`SELECT count(*) ${sent}`),
    stationsWithACommand: await rows.count(`SELECT count(DISTINCT station) ${sent} AND status = 'answered'`),
    valuesSet: await rows.count(
      `SELECT count(*) FROM device_config.variables WHERE tenant = $1 AND variable = $2 AND attributes #>> '{Actual,value}' = $3`,
      [TENANT, variable, CAMPAIGN_VALUE],
    ),
  };
}

async function statesOf(rows: FleetRows, campaign: string): Promise<Record<string, number>> {
  const states = await rows.rows<{ state: string; count: number }>(
    'SELECT state, count(*)::integer AS count FROM device_config.campaign_stations WHERE campaign = $1 GROUP BY state',
    [campaign],
  );
  return Object.fromEntries(states.map(({ state, count }) => [state, count]));
}
