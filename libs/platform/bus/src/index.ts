export { publishInSpan } from './publish-in-span';
export {
  BusFull,
  BusUnavailable,
  MAX_HEADER_BYTES,
  MAX_VALUE_BYTES,
  PoisonError,
  RecordRefused,
  TransientError,
  type Bus,
  type BusRecord,
  type DeadLetterCause,
  type FollowSubscription,
  type GroupSubscription,
  type Handler,
  type HandlerContext,
  type OutgoingRecord,
  type Subscription,
} from './port';
export { ORIGIN_HEADERS, deadLetterTo } from './runner/dead-letters';
export { KafkaBus, type KafkaBusOptions } from './kafka/kafka-bus';
export { type KafkaAccess } from './kafka/kafka-access';
export { type KafkaToken, type KafkaTokenProvider } from './kafka/oauthbearer';
export { KafkaInspection, type InspectedGroup } from './kafka/kafka-inspection';
export { kafkaRefusal, lacksKafkaRights } from './kafka/kafka-refusal';
export { rewindGroups } from './kafka/kafka-rewind';
export { readTopic, type TopicRecord } from './kafka/read-topic';
export { MemoryBus, type MemoryBusOptions } from './memory/memory-bus';
export { type Delivery, type Faults } from './memory/memory-group';
export { partitionOf } from './partition-of';
export { troubleOf } from './health';
