/** Statuses of connectors: ChargePointStatus of 1.6, and ConnectorStatusEnumType of 2.x. */
export const CONNECTOR_STATUSES = [
  'Available',
  'Preparing',
  'Charging',
  'SuspendedEVSE',
  'SuspendedEV',
  'Finishing',
  'Reserved',
  'Unavailable',
  'Faulted',
  'Occupied',
] as const;

/** A connector as its station last reported it. EVSE 0 is the station itself. */
export interface Connector {
  evse: number;
  connector: number;
  status: string;
  /** 1.6 only. */
  errorCode: string | null;
  changedAt: string;
}

/** A component of a station, an EVSE or a connector has a problem (2.x, variable Problem). */
export interface Problem {
  /** 0: the station. */
  evse: number;
  /** 0: the EVSE. */
  connector: number;
  component: string;
  /** The vendor's error code and its description. */
  code: string | null;
  info: string | null;
  /** ISO 8601 UTC. */
  since: string;
}

/** A connector as the API shows it, with the problems of its components. */
export interface ShownConnector extends Connector {
  problems: Omit<Problem, 'evse' | 'connector'>[];
}

/** The connector of a problem whose EVSE has never reported a connector. */
const ONLY_CONNECTOR = 1;

/**
 * Connectors with their problems. A station may report a fault by the Problem of a component alone (OCPP 2.1): a connector is Faulted by its own problem or its
 * EVSE's until that is over, or until the station reports a later status. The station itself (EVSE 0) has problems of its own.
 */
export function connectorsWithProblems(connectors: readonly Connector[], problems: readonly Problem[]): ShownConnector[] {
  const unreported = problems.filter((problem) => !connectors.some((connector) => concerns(problem, connector)));
  const added = new Map(unreported.map((problem) => [`${problem.evse}/${placeOf(problem)}`, implied(problem)]));
  return [...connectors, ...added.values()]
    .map((connector) => withProblems(connector, problems))
    .sort((a, b) => a.evse - b.evse || a.connector - b.connector);
}

function withProblems(connector: Connector, all: readonly Problem[]): ShownConnector {
  const problems = all.filter((problem) => concerns(problem, connector)).sort((a, b) => (a.since < b.since ? -1 : 1));
  const [first] = problems;
  const shown = problems.map(({ component, code, info, since }) => ({ component, code, info, since }));
  if (first === undefined) return { ...connector, problems: shown };
  const errorCode = connector.errorCode ?? first.code ?? first.component;
  const newest = problems.at(-1)?.since ?? first.since;
  if (newest < connector.changedAt) return { ...connector, errorCode, problems: shown };
  return {
    ...connector,
    status: 'Faulted',
    errorCode,
    changedAt: first.since > connector.changedAt ? first.since : newest,
    problems: shown,
  };
}

function concerns(problem: Problem, { evse, connector }: Pick<Connector, 'evse' | 'connector'>): boolean {
  return problem.evse === evse && (evse === 0 || problem.connector === 0 || problem.connector === connector);
}

function implied(problem: Problem): Connector {
  return { evse: problem.evse, connector: placeOf(problem), status: 'Faulted', errorCode: null, changedAt: problem.since };
}

function placeOf({ evse, connector }: Problem): number {
  return evse === 0 ? 0 : connector === 0 ? ONLY_CONNECTOR : connector;
}
