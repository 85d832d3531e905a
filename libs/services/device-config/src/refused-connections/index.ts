export { refusedConnections } from './block';
export { removeRefusedConnections } from './typeorm-refused-connections';
