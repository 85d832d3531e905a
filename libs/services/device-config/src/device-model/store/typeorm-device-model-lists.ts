import type { StationRef } from '@voltbus/contracts';
import { TypeormList, filteredBy, type ListDefinition, type ListSource } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { REPORT_COLUMNS, type StoredReport } from './typeorm-reports';
import { CHANGE_LIST, VARIABLE_LIST, type ChangeFilters, type ChangeRow, type ChangeSort } from './typeorm-variable-list';
import type { VariableFilters, VariableSort } from './typeorm-variable-list';
import type { VariableRow } from './variable-row';

type OwnFilters<F> = Omit<F, 'station'>;

type ReportSort = 'begunAt';
interface ReportFilters {
  station: string;
  id?: string[] | undefined;
}

const REPORT_LIST: ListDefinition<ReportFilters, ReportSort> = {
  columns: REPORT_COLUMNS,
  from: 'device_config.device_reports r',
  owner: 'r.tenant',
  station: 'r.station',
  id: [{ sql: 'r.id', type: 'uuid' }],
  sorts: { begunAt: [{ sql: 'r.begun_at', type: 'timestamptz' }] },
  filters: {
    station: (station, bind) => `r.station = ${bind(station)}`,
    id: (ids, bind) => `r.id = ANY(${bind(ids)}::uuid[])`,
  },
};

/** What is stored of a station's variables, as lists. */
export class TypeormDeviceModelLists {
  private readonly variableList: TypeormList<VariableRow, VariableFilters, VariableSort>;
  private readonly changeList: TypeormList<ChangeRow, ChangeFilters, ChangeSort>;
  private readonly reportList: TypeormList<StoredReport, ReportFilters, ReportSort>;

  constructor(dataSource: DataSource) {
    this.variableList = new TypeormList(dataSource, VARIABLE_LIST);
    this.changeList = new TypeormList(dataSource, CHANGE_LIST);
    this.reportList = new TypeormList(dataSource, REPORT_LIST);
  }

  variables({ tenant, station }: StationRef): ListSource<VariableRow, OwnFilters<VariableFilters>, VariableSort> {
    return filteredBy(this.variableList.of(tenant), { station });
  }

  changes({ tenant, station }: StationRef): ListSource<ChangeRow, OwnFilters<ChangeFilters>, ChangeSort> {
    return filteredBy(this.changeList.of(tenant), { station });
  }

  reports({ tenant, station }: StationRef): ListSource<StoredReport, OwnFilters<ReportFilters>, ReportSort> {
    return filteredBy(this.reportList.of(tenant), { station });
  }
}
