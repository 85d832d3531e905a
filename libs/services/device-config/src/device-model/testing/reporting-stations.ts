import type { StationRef } from '@voltbus/contracts';
import type { ServiceFixture } from '../../testing/start-service';
import { reportState } from '../domain/report';
import type { StoredReport } from '../store/typeorm-reports';

interface Row {
  name: string;
  attributes: Record<string, { value: string | null; mutability: string | null }>;
  secret: boolean;
}
export interface Item {
  component: object;
  variable: object;
  variableAttribute: object[];
  variableCharacteristics?: object;
}
interface Sent {
  requestId?: number;
  seqNo: number;
  second?: number;
  tbc?: boolean;
  generatedAt?: string;
  items?: unknown[];
}

export const at = (second: number) => new Date(Date.UTC(2026, 5, 1, 12, 0, second));
export const ref = (station: string): StationRef => ({ tenant: 'default', station });
export const item = (component: string, name: string, value: unknown, more: object = {}): Item => ({
  component: { name: component },
  variable: { name },
  variableAttribute: [{ value, mutability: 'ReadWrite', ...more }],
});

/** For specs: stations that report their variables, and what is stored of them. */
export class ReportingStations {
  constructor(private readonly service: ServiceFixture) {}

  async known(station: string): Promise<void> {
    await this.service.stations.put(ref(station), {});
  }

  async send(station: string, parts: readonly Sent[]): Promise<void> {
    for (const { requestId = 7, seqNo, second = 0, tbc = false, generatedAt = at(second).toISOString(), items = [] } of parts) {
      const payload = { requestId, seqNo, tbc, generatedAt, reportData: items };
      await this.service.send({ protocol: 'ocpp2.0.1', station, receivedAt: at(second) }, 'NotifyReport', payload);
    }
  }

  async variables(station: string): Promise<Row[]> {
    const rows: Row[] = await this.service.database.query(
      `SELECT coalesce(component || '.', '') || variable AS name, attributes, secret FROM device_config.variables WHERE station = $1 ORDER BY 1`,
      [station],
    );
    return rows;
  }

  async names(station: string): Promise<string[]> {
    return (await this.variables(station)).map(({ name }) => name);
  }

  async values(station: string): Promise<unknown[]> {
    return (await this.variables(station)).map(({ name, attributes }) => [name, attributes['Actual']?.value]);
  }

  async reports(station: string): Promise<StoredReport[]> {
    const list = this.service.deviceModel.lists.reports(ref(station));
    return (await list.read({ filters: {}, sort: { by: 'begunAt', descending: false }, limit: 100, after: null })).items;
  }

  async states(station: string, now = at(30)): Promise<string[]> {
    return (await this.reports(station)).map((report) => reportState(report, now));
  }
}
