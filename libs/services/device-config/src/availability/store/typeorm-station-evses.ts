import type { StationRef } from '@voltbus/contracts';
import type { StationEvses } from '@voltbus/http';
import type { DataSource } from 'typeorm';

/** Of an EVSE without a known type, null. A value of a variable is shown as the station wrote it. */
const EVSES = `
SELECT evse, array_agg(DISTINCT type) FILTER (WHERE type IS NOT NULL) AS "connectorTypes" FROM (
  SELECT evse, NULL AS type FROM device_config.connectors WHERE tenant = $1 AND station = $2
  UNION ALL
  SELECT evse, CASE WHEN component = 'Connector' AND variable = 'ConnectorType' THEN attributes #>> '{Actual,value}' END
  FROM device_config.variables WHERE tenant = $1 AND station = $2 AND component IN ('EVSE', 'Connector')
) AS told WHERE evse > 0 GROUP BY evse ORDER BY evse`;

/** The EVSEs that stations have told of: by the states of their connectors, and by their device model. */
export class TypeormStationEvses implements StationEvses {
  constructor(private readonly dataSource: DataSource) {}

  of({ tenant, station }: StationRef): ReturnType<StationEvses['of']> {
    return this.dataSource.query(EVSES, [tenant, station]);
  }
}
