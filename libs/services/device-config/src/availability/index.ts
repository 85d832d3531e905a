export { availability } from './block';
export { CONNECTOR_STATUSES, connectorsWithProblems, type Connector, type Problem, type ShownConnector } from './domain/connector-status';
