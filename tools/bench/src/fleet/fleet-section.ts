import { table } from '../system/markdown-table';
import type { QueryTime } from './fleet-queries';
import type { RecordedFleet } from './recorded-fleet';

/** What a query of the API or of a job is to take, in 95 of 100 cases. */
const TARGET_MS = 50;
/** The query with which others are compared: a row by its key, with everything that a request costs besides. */
const LEAST = 'one tenant, for comparison';

/** The section of docs/reference/performance.md about a fleet. */
export function fleetSection(run: RecordedFleet): string {
  const { date, machine, node, stations, variables, history, load } = run;
  return `## Ten thousand stations

Measured on ${date}: ${machine}, Node ${node}, \`npm run bench -- fleet\`: ${thousands(stations)} stations, half of 1.6 and half of 2.0.1, with ${variables} variables and ${history}
entries of status history each. Two of them are stored by the system as they report; the others are copies of their rows by SQL, with names of their own and histories of
two months. All are connected.

### Size

${table(['table', 'rows', 'rows, MiB', 'indexes, MiB', 'a station, KiB'], sizeRows(run))}

### Queries

Milliseconds, ${run.queries[0]?.times ?? 0} times each, of another station each time. Target: p95 under ${TARGET_MS} ms. Beside them ran what else the machine had to do, on average ${load.toFixed(1)} processes that wanted to
run: where that is more than the cores, each step waits for its turn. What a query costs is its distance from the first line, which reads one row.

${table(['query', 'p50', 'p95', 'longest', 'p50 beyond the first'], queryRows(run))}

### A campaign over all of them

${campaignText(run)}
`;
}

function sizeRows({ sizes, stations }: RecordedFleet): string[][] {
  return sizes.map(({ table: name, rows, bytes, indexBytes }) => [
    `\`${name}\``,
    thousands(Math.round(rows)),
    mebibytes(bytes),
    mebibytes(indexBytes),
    ((bytes + indexBytes) / stations / 1_024).toFixed(1),
  ]);
}

function queryRows({ queries }: RecordedFleet): string[][] {
  const least = queries.find(({ query }) => query === LEAST);
  return queries.map((one) => [
    one.query,
    one.p50.toFixed(1),
    one.p95 < TARGET_MS ? one.p95.toFixed(1) : `**${one.p95.toFixed(1)}**`,
    one.longest.toFixed(1),
    beyond(one, least),
  ]);
}

function beyond({ kind, p50 }: QueryTime, least: QueryTime | undefined): string {
  return kind === 'job' || least === undefined ? '' : Math.max(0, p50 - least.p50).toFixed(1);
}

function campaignText({ campaign, connectedWithin, stations }: RecordedFleet): string {
  if (campaign === null) return 'Not measured.';
  const { kills, seconds, told, stored, reconnected } = campaign;
  return `The stations connected and booted within ${connectedWithin.toFixed(0)} s. Then a campaign set a value at each, in three waves, while \`device-config\`, which runs it, was killed with
\`SIGKILL\` ${kills} times and started again. It took ${minutes(seconds)}. As the stations counted themselves, ${thousands(told.once)} of ${thousands(stations)} were told to set the value exactly once, ${told.never} never and ${told.more} more
than once; the database has ${thousands(stored.commands)} commands for ${thousands(stored.stationsWithACommand)} stations, and ${thousands(stored.valuesSet)} variables with the value. ${reconnected} stations lost their socket meanwhile. The run fails where
a station was told twice, or not at all.`;
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)} minutes and ${Math.round(seconds % 60)} seconds`;
}

function mebibytes(bytes: number): string {
  return (bytes / 1_024 ** 2).toFixed(0);
}

function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
