export {
  BusFull, BusUnavailable, PoisonError, TransientError,
  type Bus, type BusRecord, type DeadLetterCause, type FollowSubscription, type GroupSubscription, type Handler, type HandlerContext, type OutgoingRecord, type Subscription,
} from './bus';
