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
} from './bus';
export { ORIGIN_HEADERS, deadLetterTo } from './dead-letters';
export { KafkaBus, type KafkaBusOptions } from './kafka-bus';
export { readTopic, type TopicRecord } from './kafka-read-topic';
export { MemoryBus, type MemoryBusOptions } from './memory-bus';
export { type Delivery, type Faults } from './memory-group';
export { partitionOf } from './murmur2';
export { troubleOf } from './trouble';
