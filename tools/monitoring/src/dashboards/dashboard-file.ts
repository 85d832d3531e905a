import { withMatcher } from '../promql/scope';
import type { Dashboard, Panel } from './panel';

const SCHEMA_VERSION = 39;
const WIDTH = 24;
/** Panels in a row, and how high they are. */
const LAYOUT = { timeseries: { width: 12, height: 8 }, heatmap: { width: 12, height: 8 }, stat: { width: 4, height: 4 } };
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
/** Every query sees the chosen namespaces alone; `.*` also matches a Prometheus that knows none. */
const CHOSEN = 'namespace=~"$namespace"';

/** The queries of a panel, as Grafana sends them but for its variables. */
export function queriesOf({ queries }: Panel): string[] {
  return Object.values(queries).map((expression) => withMatcher(expression, CHOSEN));
}

/** The JSON of a dashboard, as Grafana imports it. */
export function dashboardFile({ name, title, panels }: Dashboard): string {
  const content = {
    title: `Voltbus ${title}`,
    uid: `voltbus-${name}`,
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    tags: ['voltbus'],
    links: [{ type: 'dashboards', tags: ['voltbus'], title: 'Voltbus', asDropdown: true, includeVars: true, keepTime: true }],
    templating: { list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' }, NAMESPACE] },
    panels: placed(panels).map(panelJson),
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}

const NAMESPACE = {
  name: 'namespace',
  type: 'query',
  datasource: DATASOURCE,
  query: 'label_values(csms_build_info, namespace)',
  refresh: 2,
  multi: true,
  includeAll: true,
  allValue: '.*',
  current: { text: 'All', value: '$__all' },
};

interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** From left to right; a panel that has no room in its row, or another height, begins the next. */
function placed(panels: readonly Panel[]): [Panel, Place][] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return panels.map((panel) => {
    const { width, height } = LAYOUT[panel.kind];
    if (x + width > WIDTH || (rowHeight !== 0 && height !== rowHeight)) {
      y += rowHeight;
      x = 0;
    }
    rowHeight = height;
    const place = { x, y, w: width, h: height };
    x += width;
    return [panel, place];
  });
}

function panelJson([panel, gridPos]: [Panel, Place], index: number): object {
  const { title, kind, unit, help } = panel;
  const legends = Object.keys(panel.queries);
  const heatmap = kind === 'heatmap';
  return {
    id: index + 1,
    type: kind,
    title,
    ...(help === undefined ? {} : { description: help }),
    datasource: DATASOURCE,
    gridPos,
    fieldConfig: {
      defaults: { unit, ...(kind === 'timeseries' ? { min: 0, custom: { fillOpacity: 10, showPoints: 'never' } } : {}) },
      overrides: [],
    },
    options: heatmap
      ? { calculate: false, yAxis: { unit } }
      : kind === 'stat'
        ? { graphMode: 'area', colorMode: 'none' }
        : { tooltip: { mode: 'multi', sort: 'desc' } },
    targets: queriesOf(panel).map((expr, at) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + at),
      expr,
      legendFormat: heatmap ? '{{le}}' : legends[at],
      ...(heatmap ? { format: 'heatmap' } : {}),
    })),
  };
}
