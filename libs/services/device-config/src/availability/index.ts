export { availability } from './block';
export { connectorsWithProblems, type Connector, type Problem, type ShownConnector } from './domain/connector-status';
