import { faultsOf, type CampaignResult } from './fleet-campaign';
import { fleetSection } from './fleet-section';
import type { RecordedFleet } from './recorded-fleet';

const campaign: CampaignResult = {
  ...{ stations: 10_000, kills: 5, seconds: 312, state: 'done', reconnected: 0, states: { succeeded: 10_000 } },
  told: { never: 0, once: 10_000, more: 0 },
  stored: { commands: 10_000, stationsWithACommand: 10_000, valuesSet: 10_000 },
};
const query = (name: string, kind: 'route' | 'job', p50: number, p95: number) => ({
  query: name,
  kind,
  times: 100,
  p50,
  p95,
  longest: p95,
});
const run: RecordedFleet = {
  ...{ date: '2026-01-01', machine: '2 x CPU', node: 'v24', stations: 10_000, variables: 300, history: 100, load: 1, connectedWithin: 30 },
  sizes: [{ table: 'variables', rows: 3_000_000, bytes: 1_024 ** 3, indexBytes: 512 * 1_024 ** 2 }],
  queries: [
    query('one tenant, for comparison', 'route', 3, 5),
    query('slow', 'route', 40, 50),
    query('alert rule `offline`', 'job', 7, 49.9),
  ],
  campaign,
};

describe('the section about a fleet', () => {
  it('shows what a station takes up, and what a query costs beyond the cheapest', () => {
    const text = fleetSection(run);
    expect(text).toMatch(/\| `variables` +\| 3,000,000 +\| 1024 +\| 512 +\| 157\.3 +\|/);
    expect(text).toMatch(/\| slow +\| 40\.0 +\| \*\*50\.0\*\* +\| 50\.0 +\| 37\.0 +\|/);
    expect(text).toMatch(/\| alert rule `offline` +\| 7\.0 +\| 49\.9 +\| 49\.9 +\| +\|/);
    expect(text).toContain('10,000 of 10,000 were told to set the value exactly once, 0 never and 0 more');
  });
});

describe('a campaign over a fleet', () => {
  it.each<[string, Partial<CampaignResult>]>([
    ['stations that were told once, as they say: 9999 instead of 10000', { told: { never: 0, once: 9_999, more: 1 } }],
    ['commands that are stored: 10001 instead of 10000', { stored: { ...campaign.stored, commands: 10_001 } }],
    ['stations whose variable has the value: 9998 instead of 10000', { stored: { ...campaign.stored, valuesSet: 9_998 } }],
    ['stations that have succeeded: 0 instead of 10000', { states: {} }],
    ['the campaign is running', { state: 'running' }],
    ['device-config was never killed', { kills: 0 }],
  ])('has failed: %s', (fault, changed) => {
    expect(faultsOf(campaign)).toEqual([]);
    expect(faultsOf({ ...campaign, ...changed })).toEqual([fault]);
  });
});
