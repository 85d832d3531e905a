import { parser } from '@prometheus-io/lezer-promql';

/** Grafana puts a duration here; the grammar does not know it. */
const GRAFANA_INTERVAL = '$__rate_interval';
const STAND_IN = '1337s';

/** Adds a label matcher to every selector of a PromQL expression. Throws where the expression cannot be parsed. */
export function withMatcher(expression: string, matcher: string): string {
  const text = expression.replaceAll(GRAFANA_INTERVAL, STAND_IN);
  const inserts: { at: number; text: string }[] = [];
  parsed(text).iterate({
    enter: ({ name, node }) => {
      if (name !== 'VectorSelector') return;
      const matchers = node.getChild('LabelMatchers');
      if (matchers === null) inserts.push({ at: node.to, text: `{${matcher}}` });
      else inserts.push({ at: matchers.from + 1, text: matchers.firstChild === null ? matcher : `${matcher}, ` });
    },
  });
  const scoped = inserts
    .sort((a, b) => b.at - a.at)
    .reduce((result, insert) => result.slice(0, insert.at) + insert.text + result.slice(insert.at), text);
  return scoped.replaceAll(STAND_IN, GRAFANA_INTERVAL);
}

/** The metrics of an expression, each with the labels that its selectors match or that an aggregation above it keeps or drops. */
export function metricsUsed(expression: string): { metric: string; labels: string[] }[] {
  const text = expression.replaceAll(GRAFANA_INTERVAL, STAND_IN).replaceAll('$namespace', 'namespace');
  const found: { metric: string; labels: string[] }[] = [];
  const groupings: string[][] = [];
  parsed(text).iterate({
    enter: ({ name, node }) => {
      if (name === 'AggregateExpr') groupings.push(labelsBelow(node.getChild('AggregateModifier')));
      if (name !== 'VectorSelector') return;
      const metric = node.getChild('Identifier');
      if (metric === null) throw new Error(`a selector without a metric: ${expression}`);
      const matched = labelsBelow(node.getChild('LabelMatchers'));
      found.push({ metric: text.slice(metric.from, metric.to), labels: [...new Set([...matched, ...groupings.flat()])] });
    },
    leave: ({ name }) => {
      if (name === 'AggregateExpr') groupings.pop();
    },
  });
  return found;

  function labelsBelow(node: ReturnType<typeof parser.parse>['topNode'] | null): string[] {
    const labels: string[] = [];
    node?.cursor().iterate(({ name, from, to }) => {
      if (name === 'LabelName') labels.push(text.slice(from, to));
    });
    return labels;
  }
}

function parsed(text: string): ReturnType<typeof parser.parse> {
  const tree = parser.parse(text);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new Error(`PromQL that cannot be parsed, at ${from}: ${text}`);
    },
  });
  return tree;
}
