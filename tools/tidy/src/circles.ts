import type { Module } from './module-graph';

/** Every group of files that import each other in a circle, types included, as one whole circle each: `a -> b -> a`. */
export function importCircles(graph: ReadonlyMap<string, Module>): string[] {
  return components(graph)
    .filter((group) => group.length > 1 || importsOf(graph, group[0] ?? '').includes(group[0] ?? ''))
    .map((group) => shortestCircle(graph, new Set(group)).join(' -> '))
    .sort();
}

function importsOf(graph: ReadonlyMap<string, Module>, path: string): string[] {
  return (graph.get(path)?.imports ?? []).map(({ from }) => from).filter((from) => graph.has(from));
}

/** Tarjan's strongly connected components, with a stack of its own: chains of imports are long. */
function components(graph: ReadonlyMap<string, Module>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const found: string[][] = [];
  const open = (path: string): { path: string; left: string[] } => {
    order.set(path, order.size);
    lowest.set(path, order.get(path) ?? 0);
    stack.push(path);
    onStack.add(path);
    return { path, left: importsOf(graph, path) };
  };
  const reach = (path: string, rank: number | undefined): void =>
    void lowest.set(path, Math.min(lowest.get(path) ?? Infinity, rank ?? Infinity));
  const close = (path: string): void => {
    if (lowest.get(path) !== order.get(path)) return;
    const group = stack.splice(stack.lastIndexOf(path));
    for (const one of group) onStack.delete(one);
    found.push(group);
  };
  for (const start of graph.keys()) {
    const calls = order.has(start) ? [] : [open(start)];
    for (let top = calls.at(-1); top !== undefined; top = calls.at(-1)) {
      const next = top.left.pop();
      if (next === undefined) {
        close(top.path);
        calls.pop();
        const caller = calls.at(-1);
        if (caller !== undefined) reach(caller.path, lowest.get(top.path));
      } else if (!order.has(next)) calls.push(open(next));
      else if (onStack.has(next)) reach(top.path, order.get(next));
    }
  }
  return found;
}

/** Breadth first from each file of the group: the shortest way back to it. */
function shortestCircle(graph: ReadonlyMap<string, Module>, group: ReadonlySet<string>): string[] {
  const circles = [...group].sort().map((start) => circleFrom(graph, group, start));
  return circles.reduce((best, one) => (one.length < best.length ? one : best));
}

function circleFrom(graph: ReadonlyMap<string, Module>, group: ReadonlySet<string>, start: string): string[] {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of importsOf(graph, way.at(-1) ?? '')) {
      if (next === start) return [...way, start];
      if (!group.has(next) || seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  throw new Error(`${start} is in no circle`);
}
