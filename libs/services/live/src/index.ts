export { EVENT_STREAM_LIMITS } from './event-stream/limits';
export { LiveModule } from './live.module';
