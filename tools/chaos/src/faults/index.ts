import type { Fault } from './fault';
import { DISK_FAULTS } from './disk-faults';
import { KAFKA_FAULTS } from './kafka-faults';
import { NEIGHBOUR_FAULTS } from './neighbour-faults';
import { PEER_FAULTS } from './peer-faults';
import { POSTGRES_FAULTS } from './postgres-faults';
import { PROCESS_FAULTS } from './process-faults';
import { REDIS_FAULTS } from './redis-faults';

/** Every fault that can be injected, by kind. */
export const FAULTS: readonly Fault[] = [
  ...PROCESS_FAULTS,
  ...REDIS_FAULTS,
  ...POSTGRES_FAULTS,
  ...KAFKA_FAULTS,
  ...DISK_FAULTS,
  ...PEER_FAULTS,
  ...NEIGHBOUR_FAULTS,
];

export { type Fault, type Scene } from './fault';
