export { ownerOf, type Webhooks } from './webhooks';
export { SigningSecrets, type SealedSecret } from './signing-secrets';
export { releaseQueues } from './store/typeorm-webhooks';
export { type Webhook } from './domain/webhook';
