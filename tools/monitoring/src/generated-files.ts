import { alertFile } from './alert-file';
import { alertsPage } from './alerts-page';
import { dashboardFile } from './dashboards/dashboard-file';
import type { Dashboard } from './dashboards/panel';
import { SERVICE_BOARDS } from './dashboards/service-boards';
import { STATION_BOARDS } from './dashboards/station-boards';
import { SLO_PAGE, sloPage } from './slo-page';

export const DASHBOARDS: readonly Dashboard[] = [...SERVICE_BOARDS, ...STATION_BOARDS];
export const DASHBOARD_FOLDER = 'helm/voltbus/files/dashboards';

/** What `npm run monitoring` writes: content by path. */
export function generatedFiles(): Record<string, string> {
  return {
    'helm/voltbus/files/alerts.yaml': alertFile(),
    'docs/reference/alerts.md': alertsPage(),
    [SLO_PAGE]: sloPage(),
    ...Object.fromEntries(DASHBOARDS.map((board) => [`${DASHBOARD_FOLDER}/${board.name}.json`, dashboardFile(board)])),
  };
}
