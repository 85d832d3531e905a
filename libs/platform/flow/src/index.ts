export { boundedBody } from './bounded-body';
export { DropOldestBuffer, type DropOldestBufferOptions } from './drop-oldest-buffer';
export { unlessAborted } from './unless-aborted';
export { WakeableLoop, type WakeableLoopOptions } from './wakeable-loop';
export { TimeoutError, withTimeout } from './with-timeout';
