/** A change of what is known of a station, in the order of time. */
export interface StatePoint {
  evse: number;
  connector: number;
  kind: 'status' | 'problem' | 'connection';
  component: string;
  status: string;
  /** Epoch milliseconds. */
  at: number;
}

/**
 * What a port is at an instant. `up`: it can be used, or is in use. `faulted`, `unavailable`: none of its connectors can be used. `offline`: its station is
 * not connected, and nothing else is known to be wrong. `unknown`: nothing has been reported of it yet.
 */
export const CONDITIONS = ['up', 'faulted', 'unavailable', 'offline', 'unknown'] as const;
export type Condition = (typeof CONDITIONS)[number];

interface Reported {
  status: string;
  at: number;
}

/** What is known of one port. */
export interface PortState {
  online: boolean | null;
  /** Of the station itself (1.6 connector 0). */
  station: string | null;
  connectors: ReadonlyMap<number, Reported>;
  /** Since when components of the EVSE and its connectors have a problem, by connector and component; connector 0 stands for all. */
  problems: ReadonlyMap<string, { connector: number; since: number }>;
}

export const UNKNOWN_PORT: PortState = { online: null, station: null, connectors: new Map(), problems: new Map() };

/** The connector of a problem whose EVSE has reported no connector. */
const ONLY_CONNECTOR = 1;
const BROKEN: ReadonlySet<string | null> = new Set(['Faulted', 'Unavailable']);

export function concernsPort(evse: number, point: StatePoint): boolean {
  return point.evse === evse || (point.evse === 0 && point.kind !== 'problem');
}

/** What is known of the port after the point. */
export function afterPoint(state: PortState, { evse, connector, kind, component, status, at }: StatePoint): PortState {
  if (kind === 'connection') return { ...state, online: status === 'online' };
  if (kind === 'problem') return { ...state, problems: problemsAfter(state, { connector, component, isActive: status === 'active', at }) };
  if (evse === 0) return { ...state, station: status };
  const known = state.connectors.get(connector);
  if (known?.status === status) return state; // a repetition begins nothing
  return { ...state, connectors: new Map(state.connectors).set(connector, { status, at }) };
}

function problemsAfter(
  { problems }: PortState,
  { connector, component, isActive, at }: { connector: number; component: string; isActive: boolean; at: number },
): PortState['problems'] {
  const key = `${connector} ${component}`;
  const after = new Map(problems);
  if (isActive) after.set(key, after.get(key) ?? { connector, since: at });
  else after.delete(key);
  return after;
}

/** A port can be used as long as one of its connectors can. */
export function conditionOf({ online, station, connectors, problems }: PortState): Condition {
  const all = connectors.size > 0 ? [...connectors] : [...problems.values()].map(({ connector }) => implied(connector));
  if (all.length === 0) return 'unknown';
  const states = all.map(([number, reported]) => connectorState(number, reported, problems));
  if (station === 'Faulted' || states.every((state) => state === 'Faulted')) return 'faulted';
  if (station === 'Unavailable' || states.every((state) => BROKEN.has(state))) return 'unavailable';
  return online === false ? 'offline' : 'up';
}

function implied(connector: number): [number, Reported] {
  return [connector === 0 ? ONLY_CONNECTOR : connector, { status: 'Available', at: -Infinity }];
}

/** A problem makes a connector Faulted until it is over, or the station reports another status. */
function connectorState(number: number, { status, at }: Reported, problems: PortState['problems']): string {
  const isFaulted = [...problems.values()].some(({ connector, since }) => (connector === 0 || connector === number) && since >= at);
  return isFaulted ? 'Faulted' : status;
}
