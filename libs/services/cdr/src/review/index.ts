export { review } from './block';
export { decided, type Decision } from './domain/decisions';
export { reviewReasons, type ReviewPolicy } from './domain/review-reasons';
