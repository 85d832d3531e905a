import type { Protocol } from '@voltbus/contracts';
import type { HttpFixture } from '../../testing/start-http';
import { nameOf } from '../domain/observation';

/** A variable as a test has a station report it. */
export interface ReportedVariable {
  component?: string;
  name: string;
  instance?: string;
  value?: string | null;
  mutability?: string;
  evse?: number;
}

export const wire = ({ component = 'A', name, instance, evse }: ReportedVariable) => ({
  component: { name: component, ...(evse === undefined ? {} : { evse: { id: evse } }) },
  variable: { name, ...(instance === undefined ? {} : { instance }) },
});

/** A station that has connected in this version and has reported these variables; its path in the API. */
export async function stationWith(
  http: HttpFixture,
  name: string,
  protocol: Protocol,
  reported: readonly ReportedVariable[] = [],
): Promise<string> {
  await http.request('PUT', `/v1/stations/${name}`, {});
  await http.service.database.query('UPDATE device_config.stations SET protocol = $2 WHERE station = $1', [name, protocol]);
  const observations = reported.map((one) => {
    const named = nameOf(wire(one));
    if (named === null) throw new Error('no name');
    return {
      name: named,
      attributes: [{ type: 'Actual' as const, value: one.value ?? null, mutability: (one.mutability ?? 'ReadWrite') as 'ReadWrite' }],
    };
  });
  await http.service.deviceModel.model.observe({ tenant: 'default', station: name }, observations, { source: 'report', at: new Date() });
  return `/v1/stations/${name}`;
}

/** The variables that the API shows of the station at this path. */
export async function shownVariables(http: HttpFixture, path: string, query = '') {
  type Shown = { items: { variable: string; attributes: { value: string | null }[] }[] };
  return (await http.request<Shown>('GET', `${path}/variables${query}`)).body.items;
}
